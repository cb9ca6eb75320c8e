import asyncio
from collections.abc import Sequence

import pytest

from huying.channels import batcher as batcher_module
from huying.channels.batcher import Batcher, Overrun


def test_who_comes_meanwhile_shares_the_next_batch() -> None:
    batches: list[list[int]] = []

    async def write(items: Sequence[int]) -> list[int | Exception]:
        batches.append(list(items))
        await asyncio.sleep(0.01)
        return [item * 2 for item in items]

    async def story() -> list[int]:
        batcher = Batcher(write)
        return await asyncio.gather(*(batcher.put(number, 1) for number in range(10)))

    assert asyncio.run(story()) == [number * 2 for number in range(10)]
    assert [item for batch in batches for item in batch] == list(range(10))
    assert len(batches) < 10


def test_who_hangs_up_takes_nobody_along() -> None:
    async def write(items: Sequence[int]) -> list[int | Exception]:
        await asyncio.sleep(0.02)
        return list(items)

    async def story() -> int:
        batcher = Batcher(write)
        gone = asyncio.create_task(batcher.put(1, 1))
        stays = asyncio.create_task(batcher.put(2, 1))
        await asyncio.sleep(0.01)
        gone.cancel()
        await stays
        return await batcher.put(3, 1)

    assert asyncio.run(story()) == 3


def test_one_bad_item_and_one_bad_batch_harm_no_other() -> None:
    async def write(items: Sequence[int]) -> list[int | Exception]:
        if 0 in items:
            raise RuntimeError("a bad batch")
        return [ValueError("a bad item") if item == 13 else item for item in items]

    async def story() -> None:
        batcher = Batcher(write)
        with pytest.raises(RuntimeError):
            await batcher.put(0, 1)
        bad, good = await asyncio.gather(
            batcher.put(13, 1), batcher.put(14, 1), return_exceptions=True
        )
        assert isinstance(bad, ValueError)
        assert good == 14

    asyncio.run(story())


def test_more_than_we_can_hold_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batcher_module, "WAITING_BYTES_MAX", 100)

    async def write(items: Sequence[int]) -> list[int | Exception]:
        return list(items)

    async def story() -> int:
        batcher = Batcher(write)
        first = asyncio.create_task(batcher.put(1, 60))
        await asyncio.sleep(0)
        with pytest.raises(Overrun):
            await batcher.put(2, 60)
        await first
        return await batcher.put(3, 60)

    assert asyncio.run(story()) == 3
