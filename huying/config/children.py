"""Processes that we started, and start again when they die."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from huying.config import orphans

PAUSES_S = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0)  # before each start of one that does not stay
# Who lived this long can start and is not told to wait: WeChat repeats a message for 15 s and then
# forgets it. Pauses are for what does not start at all.
STAYED_AFTER_S = 5.0
STOP_WITHIN_S = 12.0  # then kill -9; a little more than the web needs for its own

Say = Callable[[str], None]


@dataclass
class Child:
    """`python -m …` in a process group of its own, that ends when we do."""

    name: str
    arguments: tuple[str, ...]
    environ: Mapping[str, str] = field(default_factory=dict)
    once: bool = False  # not started again when it ends
    _process: subprocess.Popen[bytes] | None = None
    _since: float = 0.0
    _starts: int = 0
    _start_at: float = 0.0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Starts it, now."""
        # Its own session: ctrl-C reaches us alone, and we stop everybody in order.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "huying.config.orphans", *self.arguments],
            env={**os.environ, **self.environ, orphans.PARENT: str(os.getpid())},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._since = time.monotonic()

    def look(self, say: Say) -> None:
        """Starts it again if it died, after a pause that grows while it does not stay."""
        if self._process and (code := self._process.poll()) is not None:
            self._forget()
            if self.once:
                return
            lived = time.monotonic() - self._since
            self._starts = 0 if lived > STAYED_AFTER_S else self._starts + 1
            pause = PAUSES_S[min(self._starts, len(PAUSES_S) - 1)]
            say(f"{self.name} ended ({_how(code)}) and is started again in {pause:g} s")
            self._start_at = time.monotonic() + pause
        elif self._process is None and not self.once and time.monotonic() >= self._start_at:
            self.start()

    def ask_to_stop(self) -> None:
        """Sends it, and nobody below it, the wish to end."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def warn(self) -> None:
        """Tells all of its group that the end is near (SIGUSR1), so that open answers end."""
        self._signal_group(signal.SIGUSR1)

    def is_gone(self) -> bool:
        """Whether it has ended."""
        return self._process is None or self._process.poll() is not None

    def kill(self) -> None:
        """Ends it and all of its group at once."""
        self._forget()

    def _forget(self) -> None:
        # Killed alone, the web's main process would leave its own children on the port.
        self._signal_group(signal.SIGKILL)
        if self._process:
            self._process.wait()
        self._process = None

    def _signal_group(self, kind: signal.Signals) -> None:
        if self._process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, kind)


def stop_all(children: list[Child]) -> None:
    """Ends them all in order, those that do not listen by force."""
    for child in children:
        child.ask_to_stop()
    patience = time.monotonic() + STOP_WITHIN_S
    while time.monotonic() < patience and not all(child.is_gone() for child in children):
        time.sleep(0.02)
    for child in children:
        child.kill()


def _how(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name
