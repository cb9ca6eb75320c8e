"""The worker: runs the rooms' jobs, one piece after another, until it is told to stop.

It is woken by NOTIFY and by the clock, and asks the tables what there is to do; so it may be
killed at any moment, and as many of it may run as one likes.
"""

import contextlib
import importlib
import logging
import os
import select
import signal
import socket
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import psycopg
from django.db import close_old_connections, connections

from huying.config import listening

WAIT_MAX_S = 1.0  # a worker looks at the clock at least this often
PAUSE_MAX_S = 60.0  # a job that fails is tried again at least this often
JUMP_S = 2.0  # the wall clock moved against the steady one: more than any machine drifts in a tick

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """Something that a worker does again and again."""

    name: str
    run: Callable[[], int]  # does some, gives how many pieces it found; 0 is "nothing left"
    every_s: float  # how long it may rest when nobody calls
    woken: bool = True  # also runs when anybody left something to do, and as long as pieces come


@dataclass
class Turn:
    """When a job has its next turn, and how often it failed in a row."""

    job: Job
    due: float = 0.0  # on the steady clock
    paused_until: float = 0.0
    failures: int = 0

    def is_due(self, now: float) -> bool:
        return now >= self.paused_until and now >= self.due


@dataclass
class Worker:
    """Runs `jobs` in their order. `on_jump` is told by how many seconds the wall clock jumped."""

    jobs: Sequence[Job]
    on_jump: Callable[[float], None] | None = None
    stopping: bool = False
    _turns: list[Turn] = field(init=False)
    _line: psycopg.Connection | None = None
    _line_retry_at: float = 0.0

    def __post_init__(self) -> None:
        self._turns = [Turn(job) for job in self.jobs]
        self._waker, self._woken = socket.socketpair()
        self._waker.setblocking(False)
        self._woken.setblocking(False)
        self._wall_ahead = time.time() - time.monotonic()

    def stop(self) -> None:
        """Ends `work` after the piece in hand. May be called from a signal or another thread."""
        self.stopping = True
        with contextlib.suppress(OSError):  # full, or closed: then it wakes up anyway
            self._waker.send(b"s")

    def work(self) -> None:
        """Works until `stop`."""
        while not self.stopping:
            self._watch_the_clock()
            self._listen()
            if self.run_due():
                self.wake()
            elif not self.stopping:
                self._rest()
        if self._line:
            self._line.close()
        self._waker.close()
        self._woken.close()
        connections.close_all()

    def wake(self) -> None:
        """Gives every job that listens a turn now."""
        for turn in self._turns:
            if turn.job.woken:
                turn.due = 0.0

    def run_due(self) -> int:
        """Runs each job that is due, once. Gives how many pieces were found by those that listen.

        What one finds is often work for the next, so the caller shall wake them all.
        """
        found = 0
        for turn in self._turns:
            if self.stopping:
                break
            if turn.is_due(time.monotonic()):
                pieces = self._run(turn)
                found += pieces if turn.job.woken else 0
        return found

    def _run(self, turn: Turn) -> int:
        turn.due = time.monotonic() + turn.job.every_s
        close_old_connections()
        try:
            pieces = turn.job.run()
        except Exception as failure:  # one broken job must not keep the others from their promises
            turn.failures += 1
            pause = min(0.5 * 2 ** min(turn.failures, 10), PAUSE_MAX_S)
            turn.paused_until = time.monotonic() + pause
            log.error("%s failed, next in %.0f s: %s", turn.job.name, pause, where(failure))
            return 0
        turn.failures, turn.paused_until = 0, 0.0
        return pieces

    def _rest(self) -> None:
        """Waits for a call, a stop, or the next turn."""
        now = time.monotonic()
        turns = [max(turn.due, turn.paused_until) for turn in self._turns]
        wait = max(0.0, min([now + WAIT_MAX_S, *turns]) - now)
        files: list[socket.socket | psycopg.Connection] = [self._woken]
        if self._line:
            files.append(self._line)
        ready, _, _ = select.select(files, [], [], wait)
        if self._line in ready and self._called():
            self.wake()

    def _called(self) -> bool:
        """Whether somebody left something to do. Empties the line."""
        assert self._line
        try:
            return len(list(self._line.notifies(timeout=0))) > 0
        except psycopg.OperationalError:
            self._line.close()
            self._line = None
            return False

    def _listen(self) -> None:
        """Has a connection that listens. Without one, jobs still run by the clock."""
        if self._line or time.monotonic() < self._line_retry_at:
            return
        try:
            line = psycopg.connect(listening.address(), autocommit=True, connect_timeout=5)
            line.execute(f"listen {listening.WORK}")
        except psycopg.OperationalError:
            log.warning("the worker cannot reach the database, and tries again")
            self._line_retry_at = time.monotonic() + WAIT_MAX_S
        else:
            self._line = line
            self._forgive()
            self.wake()  # nobody knows what was called out meanwhile

    def _forgive(self) -> None:
        """Ends every pause: the database is back, and it was most likely why they failed."""
        for turn in self._turns:
            turn.failures, turn.paused_until = 0, 0.0

    def _watch_the_clock(self) -> None:
        ahead = time.time() - time.monotonic()
        jump = ahead - self._wall_ahead
        self._wall_ahead = ahead
        if abs(jump) > JUMP_S:
            log.warning("the wall clock jumped by %.1f s", jump)
            if self.on_jump:
                self.on_jump(jump)


def where(failure: BaseException) -> str:
    """What kind of failure and where. Never its text, which may quote a message."""
    frames = traceback.extract_tb(failure.__traceback__)[-4:]
    places = [f"{os.path.basename(f.filename)}:{f.lineno} {f.name}" for f in frames]
    return f"{type(failure).__name__} at {' > '.join(places)}"


def main() -> None:
    """`python -m huying.config.work`: a worker for the jobs of `config/jobs_table.py`."""
    import django  # noqa: PLC0415

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huying.config.settings")
    django.setup()
    table = importlib.import_module("huying.config.jobs_table")
    worker = Worker(table.JOBS, on_jump=getattr(table, "ON_CLOCK_JUMP", None))
    for kind in (signal.SIGTERM, signal.SIGINT):
        signal.signal(kind, lambda *_: worker.stop())
    log.info("the worker works: %s", ", ".join(job.name for job in table.JOBS))
    worker.work()


if __name__ == "__main__":
    main()
