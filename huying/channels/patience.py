"""One timer for everybody who is slow. A timer for each took a seventh of the ear's time."""

import asyncio
from types import TracebackType
from typing import Any

LOOK_EVERY_S = 1.0


class Patience:
    """`with patience:` ends the task inside with `TimeoutError`, a second late at most.

    Belongs to one event loop; any number of tasks may be inside.
    """

    def __init__(self, within_s: float) -> None:
        self._within_s = within_s
        self._since: dict[asyncio.Task[Any], float] = {}
        self._late: set[asyncio.Task[Any]] = set()
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> None:
        task = asyncio.current_task()
        assert task
        self._since[task] = self._loop.time()
        if self._timer is None:
            self._timer = self._loop.call_later(LOOK_EVERY_S, self._look)

    def __exit__(
        self, kind: type[BaseException] | None, what: BaseException | None, _: TracebackType | None
    ) -> None:
        task = asyncio.current_task()
        assert task
        del self._since[task]
        if task in self._late:
            self._late.discard(task)
            # Our own wish to end it is fulfilled; one of somebody else's still stands.
            if task.uncancel() == 0 and kind is asyncio.CancelledError:
                raise TimeoutError from what

    def _look(self) -> None:
        self._timer = None
        latest = self._loop.time() - self._within_s
        for task, since in self._since.items():
            if since < latest and task not in self._late:
                self._late.add(task)
                task.cancel()
        if self._since:
            self._timer = self._loop.call_later(LOOK_EVERY_S, self._look)
