"""A real installation that is started, hurt and started again: what lives of it, and its end."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import DictRow, dict_row

from huying.config import postgres
from huying.config.postgres_folder import base_of
from huying.config.stories.alone import two_free_ports

# Generous, since everybody's tests share two processors; a minute means that it does not happen.
UP_WITHIN_S = 90.0
DOWN_WITHIN_S = 30.0
LOG_ZONE = ZoneInfo("Asia/Shanghai")  # Django sets the process to the time that people read
Ask = Callable[[str], list[DictRow]]

WORKS = re.compile(r"^(\S+ \S+),(\d+) INFO __main__ the worker works", re.M)


class Part(StrEnum):
    """What of an installation can be hit."""

    WEB = "web"  # all of it
    WEB_KEEPER = "web_keeper"  # only the process that looks after those that listen
    WEB_LISTENER = "web_listener"  # only those that listen
    WORKER = "worker"
    DATABASE = "database"  # the postmaster; the rest of it ends by itself
    BACKEND = "backend"  # one server process: PostgreSQL then ends all others and recovers


class Installation:
    """`bin/run` in a home of its own. `end` leaves no process and no file of it."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="hy-", dir="/tmp"))
        self.home.chmod(0o755)  # the user that PostgreSQL runs as must get in
        self.port = two_free_ports()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = self.home / "log"
        self.environment = {
            **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
            "HUYING_HOME": str(self.home),
            "PORT": str(self.port),
            "PUBLIC_URL": self.address,
        }
        self._house: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when the first page answers and a worker works."""
        before = self.worker_starts()
        with self.log.open("ab") as words:
            self._house = subprocess.Popen(
                [sys.executable, "-m", "huying.config.run", "--no-story"],
                stdout=words,
                stderr=words,
                stdin=subprocess.DEVNULL,
                env=self.environment,
                start_new_session=True,
            )
        self.wait(self.answers, "the first page", UP_WITHIN_S)
        self.wait(lambda: len(self.worker_starts()) > len(before), "a worker", UP_WITHIN_S)

    def stop(self) -> None:
        """Ends it in order."""
        if self._house:
            self._house.terminate()
            self._house.wait(DOWN_WITHIN_S)
            self._house = None

    def end(self) -> None:
        """Ends it in whatever state it is, and removes all that it knew."""
        house = self._house
        if house:
            self.signal_house(signal.SIGCONT)
            house.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                house.wait(DOWN_WITHIN_S)
        left = self.processes()
        signal_all(left, signal.SIGKILL)
        if house:
            house.wait()
        _wait_for(lambda: not self.processes(), DOWN_WITHIN_S)
        postgres.remove(self.home)
        shutil.rmtree(self.home)

    def signal_house(self, kind: signal.Signals) -> None:
        """To the process that looks after all others, and to none of them."""
        if self._house:
            os.kill(self._house.pid, kind)

    def hit(self, part: Part, kind: signal.Signals = signal.SIGKILL) -> float:
        """Sends `kind` (kill -9) to a part that lives. Gives the moment, on the steady clock."""
        self.wait(lambda: self.pids(part), f"a {part} to hit", UP_WITHIN_S)
        signal_all(self.pids(part), kind)
        return time.monotonic()

    def pids(self, part: Part) -> set[int]:
        """The living processes of a part."""
        if part == Part.WORKER:
            return self._running("huying.config.work")
        if part == Part.DATABASE:
            pid = postgres.running_pid(self.home)
            return {pid} if pid else set()
        if part == Part.BACKEND:
            backends = self.at_work() - self.pids(Part.DATABASE)
            return set(sorted(backends)[-1:])  # the youngest: one that somebody works with
        family = self._running("huying.config.serve")
        keepers = {pid for pid in family if os.getsid(pid) == pid}
        return {
            Part.WEB: family,
            Part.WEB_KEEPER: keepers,
            Part.WEB_LISTENER: family - keepers,
        }[part]

    def processes(self) -> set[int]:
        """Every living process of this installation."""
        return self._running("") | self.at_work()

    def _running(self, words: str) -> set[int]:
        mark = f"HUYING_HOME={self.home}\0".encode()
        return {
            pid
            for pid in _pids()
            if pid != os.getpid() and mark in _seen(pid, "environ") and _says(pid, words)
        }

    def at_work(self) -> set[int]:
        """PostgreSQL's processes: they know no variable of ours, but work in our folder."""
        data = str(base_of(self.home) / "data")
        return {pid for pid in _pids() if _folder(pid) == data}

    def answers(self, path: str = "/console/login") -> bool:
        """Whether a page is there."""
        try:
            with urllib.request.urlopen(f"{self.address}{path}", timeout=5) as page:
                return bool(page.status == 200)
        except OSError:  # an HTTP status of refusal is one too, and holds a connection
            return False

    def worker_starts(self) -> list[datetime]:
        """When workers began to work, by what they wrote in the log."""
        words = self.log.read_text() if self.log.exists() else ""
        return [
            datetime.strptime(f"{day_and_time}.{ms}000", "%Y-%m-%d %H:%M:%S.%f").replace(
                tzinfo=LOG_ZONE
            )
            for day_and_time, ms in WORKS.findall(words)
        ]

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[Ask]:
        """Asks the database, past the program; all answers are of one moment."""
        url = postgres.database_url(self.home)
        with psycopg.connect(url, row_factory=dict_row, connect_timeout=5) as way:
            way.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            yield lambda query: way.execute(query.encode()).fetchall()

    def run(self, module: str, *arguments: str) -> str:
        """What `python -m module` of this installation said; the house itself may be stopped."""
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def wait(self, happens: Callable[[], object], what: str, within_s: float) -> None:
        """Waits until it happens; `within_s` seconds are the end of all patience."""
        if not _wait_for(happens, within_s):
            words = self.log.read_text()[-3000:] if self.log.exists() else ""
            raise AssertionError(f"{what} did not come within {within_s:.0f} s:\n{words}")


def _wait_for(happens: Callable[[], object], within_s: float) -> bool:
    patience = time.monotonic() + within_s
    while not happens():
        if time.monotonic() > patience:
            return False
        time.sleep(0.05)
    return True


def signal_all(pids: Collection[int], kind: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, kind)


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdecimal()]


def _seen(pid: int, file: str) -> bytes:
    """What /proc says of a process; nothing of one that ended, also of one nobody buried yet."""
    try:
        return Path(f"/proc/{pid}/{file}").read_bytes()
    except OSError:
        return b""


def _says(pid: int, words: str) -> bool:
    return words in _seen(pid, "cmdline").replace(b"\0", b" ").decode()


def _folder(pid: int) -> str:
    try:
        return os.readlink(f"/proc/{pid}/cwd")
    except OSError:
        return ""
