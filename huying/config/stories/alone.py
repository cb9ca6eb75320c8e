"""A throw-away server with a database of its own, started for one story and removed after it."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from huying.config import postgres

UP_WITHIN_S = 60.0
DOWN_WITHIN_S = 20.0
# Below those that systems give to whoever connects somewhere: one of these stays free until the
# server, a moment later, takes it.
PORTS = range(12_000, 32_000)


class NotUp(Exception):
    """The throw-away server did not start, and where its last words are."""


@contextmanager
def throwaway() -> Iterator[tuple[str, Path]]:
    """Address and home of a server that ends, with all that it knew, when the block ends."""
    home = Path(tempfile.mkdtemp(prefix="huying-"))
    port = two_free_ports()
    address = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "HUYING_HOME": str(home),
        "PORT": str(port),
        "PUBLIC_URL": address,
    }
    environment.pop("DATABASE_URL", None)
    log = home / "log"
    with log.open("wb") as words:
        running = subprocess.Popen(
            [sys.executable, "-m", "huying.config.run", "--no-story"],
            stdout=words,
            stderr=words,
            env=environment,
        )
        try:
            _wait_for(running, f"{address}/readyz", log)
            # The house starts it when its web is up, and a story begins with a message through it.
            _wait_for(running, f"http://127.0.0.1:{port + 1}/_sent/nobody", log)
            yield address, home
        finally:
            running.terminate()
            try:
                running.wait(DOWN_WITHIN_S)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()
            # Under root its database lies elsewhere; and if the house had to be killed, it runs.
            postgres.remove(home)
            shutil.rmtree(home, ignore_errors=True)


def two_free_ports() -> int:
    """A port that is free together with the next one, which the fake WeChat takes."""
    while True:
        port = secrets.choice(PORTS)
        with socket.socket() as first, socket.socket() as second:
            try:
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def _wait_for(running: subprocess.Popen[bytes], page: str, log: Path) -> None:
    patience = time.monotonic() + UP_WITHIN_S
    while time.monotonic() < patience and running.poll() is None:
        try:
            with urllib.request.urlopen(page, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise NotUp(f"the throw-away server does not answer at {page}:\n{log.read_text()[-2000:]}")
