"""All of it as bin/run starts it: what dies comes back, and nothing outlives it."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from huying.config import postgres
from huying.config.postgres_folder import base_of


@contextmanager
def _running(home: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    environ = {**os.environ, "HUYING_HOME": str(home), "PORT": str(port)}
    environ.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "huying.config.run", "--no-story"]
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as house:
        try:
            yield house
        finally:
            if house.poll() is None:
                house.terminate()
                house.wait(20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def _eventually(happens: Callable[[], object], within_s: float) -> bool:
    patience = time.monotonic() + within_s
    while not happens():
        if time.monotonic() > patience:
            return False
        time.sleep(0.05)
    return True


def _ours(home: Path, words: str) -> set[int]:
    """The living processes of `home` whose command line holds `words`."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            mine = f"HUYING_HOME={home}\0".encode() in (folder / "environ").read_bytes()
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if mine and words in line:
            found.add(int(folder.name))
    return found


def _kill(pids: set[int]) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def test_what_is_killed_comes_back_and_nothing_outlives_the_house(home: Path) -> None:
    port = _free_port()
    with _running(home, port) as house:
        assert _eventually(lambda: _answers(port), 40), house.stdout and house.stdout.read()
        assert _eventually(lambda: _ours(home, "config.work"), 10)

        # The worker, the web with all below it, and the database.
        for words in ("config.work", "config.serve"):
            killed = _ours(home, words)
            _kill(killed)
            assert _eventually(lambda: _ours(home, words) - killed, 10), words  # noqa: B023
        database = postgres.running_pid(home)
        assert database
        _kill({database})
        assert _eventually(lambda: postgres.running_pid(home) not in (None, database), 10)
        assert _eventually(lambda: _answers(port), 20)

        second = subprocess.run(house.args, env=_environ(home), capture_output=True, check=False)
        assert second.returncode == 1
        assert b"already runs" in second.stderr

        house.terminate()
        assert house.wait(20) == 0
    assert not _ours(home, "huying")
    assert not postgres.is_up(home)


def test_a_database_whose_folder_is_gone_is_not_made_anew(home: Path) -> None:
    data = base_of(home) / "data"
    with _running(home, port := _free_port()):
        assert _eventually(lambda: _answers(port), 40)
        database = postgres.running_pid(home)
        assert database
        data.rename(data.with_name("elsewhere"))
        _kill({database})

        assert not _eventually(data.exists, 3)

        data.with_name("elsewhere").rename(data)
        assert _eventually(lambda: postgres.is_up(home), 20)


def test_when_the_house_itself_is_killed_its_children_go_too(home: Path) -> None:
    port = _free_port()
    with _running(home, port) as house:
        assert _eventually(lambda: _answers(port), 40)
        house.kill()
        assert _eventually(lambda: not _ours(home, "huying"), 15)
        assert _eventually(lambda: not _answers(port), 15)


def test_a_port_that_is_taken_is_told_before_anything_is_started(home: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = int(other.getsockname()[1])
        with _running(home, port) as house:
            words, _ = house.communicate(timeout=10)

    assert house.returncode == 1
    assert f"PORT={port + 1} bin/run" in words
    assert "Traceback" not in words
    assert not (home / "pg").exists()


def _environ(home: Path) -> dict[str, str]:
    return {**os.environ, "HUYING_HOME": str(home), "PORT": str(_free_port())}
