"""Gathers what arrives at nearly the same time, so that many messages share one commit."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

BATCH_ITEMS_MAX = 256  # one statement of this many takes some 5 ms; more only makes all wait
# Where several come at a time, the next batch waits for those who are just being answered: this
# share of what the latest took, for a commit costs nearly the same for one as for a hundred.
GATHER_SHARE = 0.5
GATHER_WITHIN_S = 0.005
WAITING_ITEMS_MAX = 4096  # who comes after them is told to come again
WAITING_BYTES_MAX = 64 * 1024 * 1024  # 64 messages of the largest size

log = logging.getLogger(__name__)

Item = TypeVar("Item")
Result = TypeVar("Result")


class Overrun(Exception):
    """More is waiting than we can hold."""


class Batcher(Generic[Item, Result]):
    """Hands items to `write` in batches, one batch at a time, and each result to its waiter.

    While one batch is written the next gathers: somebody alone waits for nobody, and the busier
    it is, the larger the batches are.
    """

    def __init__(
        self, write: Callable[[Sequence[Item]], Awaitable[Sequence[Result | Exception]]]
    ) -> None:
        self._write = write
        self._waiting: deque[tuple[Item, int, asyncio.Future[Result]]] = deque()
        self._bytes = 0
        self._writer: asyncio.Task[None] | None = None
        self._gather_s = 0.0

    async def put(self, item: Item, size: int) -> Result:
        """What `write` gave for `item`, once its batch is written. `size` in bytes.

        Raises `Overrun` at once when too much is waiting, else whatever `write` found wrong.
        """
        if len(self._waiting) >= WAITING_ITEMS_MAX or self._bytes + size > WAITING_BYTES_MAX:
            raise Overrun
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, size, future))
        self._bytes += size
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_all())
        return await future

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                if self._gather_s:
                    await asyncio.sleep(self._gather_s)
                count = min(len(self._waiting), BATCH_ITEMS_MAX)
                batch = [self._waiting.popleft() for _ in range(count)]
                self._bytes -= sum(size for _, size, _ in batch)
                began = time.perf_counter()
                await self._write_one(batch)
                took = time.perf_counter() - began
                is_alone = len(batch) + len(self._waiting) == 1
                self._gather_s = 0 if is_alone else min(took * GATHER_SHARE, GATHER_WITHIN_S)
        finally:
            self._writer = None

    async def _write_one(self, batch: list[tuple[Item, int, asyncio.Future[Result]]]) -> None:
        results: Sequence[Result | Exception]
        try:
            results = await self._write([item for item, _, _ in batch])
        except Exception as failure:
            # Whatever it was, it was this batch's. Those that come after must still be heard.
            log.exception("a batch was not written")
            results = [failure] * len(batch)
        for (_, _, future), result in zip(batch, results, strict=True):
            # Who hung up meanwhile has cancelled their future; setting it would kill this task,
            # and with it everybody who waits.
            if future.done():
                continue
            if isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)
