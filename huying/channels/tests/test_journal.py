import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from huying.channels.journal import DAMAGED, Enclosure, Journal, Record, taken, waiting

FIRST = Record(
    channel="wechat",
    account="health",
    external_id="1",
    receipt="ABCDEFGHJKMN",
    body=b"\x00\xff one",
    meta={"nonce": "7"},
    received_at=datetime(2022, 4, 15, 1, 2, 3, 456789, tzinfo=UTC),
    enclosures=(Enclosure(name="a.jpg", media_type="image/jpeg", content=b"\xff\xd8\xff"),),
)
SECOND = replace(FIRST, external_id="2", body=b"", enclosures=())


def drained(folder: Path) -> Sequence[Record]:
    found: list[Record] = []
    for path in waiting(folder):
        with taken(path) as records:
            found += records or []
    return found


def test_what_was_kept_comes_out_again_once(tmp_path: Path) -> None:
    journal = Journal(tmp_path)

    journal.append([FIRST])
    journal.append([SECOND])

    assert drained(tmp_path) == [FIRST, SECOND]
    assert drained(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_what_comes_after_a_drain_goes_to_another_file(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append([FIRST])
    drained(tmp_path)

    journal.append([SECOND])

    assert drained(tmp_path) == [SECOND]


def test_what_comes_during_a_drain_is_not_removed_with_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append([FIRST])

    with taken(waiting(tmp_path)[0]) as records:
        journal.append([SECOND])

    assert records == [FIRST]
    assert drained(tmp_path) == [SECOND]


def test_two_drains_do_not_take_the_same_file(tmp_path: Path) -> None:
    Journal(tmp_path).append([FIRST])
    (path,) = waiting(tmp_path)

    with taken(path) as records, taken(path) as others:
        assert records == [FIRST]
        assert others is None
    with taken(path) as records:
        assert records is None


def test_a_drain_that_fails_leaves_everything(tmp_path: Path) -> None:
    Journal(tmp_path).append([FIRST])

    with pytest.raises(RuntimeError), taken(waiting(tmp_path)[0]):
        raise RuntimeError("the database went away")

    assert drained(tmp_path) == [FIRST]


@pytest.mark.parametrize("lost", [1, 5, 60])
def test_a_record_that_a_power_cut_left_unfinished_is_left_out(tmp_path: Path, lost: int) -> None:
    Journal(tmp_path).append([FIRST, SECOND])
    (path,) = waiting(tmp_path)

    os.truncate(path, path.stat().st_size - lost)

    assert drained(tmp_path) == [FIRST]
    assert list(tmp_path.iterdir()) == []


def test_a_file_whose_end_never_reached_the_disk_is_read_up_to_there(tmp_path: Path) -> None:
    Journal(tmp_path).append([FIRST])
    (path,) = waiting(tmp_path)

    os.truncate(path, path.stat().st_size + 4096)

    assert drained(tmp_path) == [FIRST]


def test_damage_in_the_middle_is_set_aside_for_a_human(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append([FIRST])
    (path,) = waiting(tmp_path)
    end = path.stat().st_size
    journal.append([SECOND, SECOND])
    data = bytearray(path.read_bytes())

    data[end + 30] ^= 1
    path.write_bytes(data)

    assert drained(tmp_path) == [FIRST]
    assert [left.suffix for left in tmp_path.iterdir()] == [DAMAGED]


def test_a_write_that_fails_leaves_no_half_record_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path)
    journal.append([FIRST])
    write = os.write

    def full(descriptor: int, data: bytes) -> int:
        if len(data) < 100:
            raise OSError(28, "No space left on device")
        return write(descriptor, data[: len(data) // 2])

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        with pytest.raises(OSError, match="No space"):
            journal.append([SECOND])
    journal.append([SECOND])

    assert drained(tmp_path) == [FIRST, SECOND]


def test_a_disk_that_is_full_is_not_filled_with_empty_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        for _ in range(3):
            with pytest.raises(OSError, match="No space"):
                Journal(tmp_path).append([FIRST])

    assert waiting(tmp_path) == []


def test_the_folder_may_not_be_there_yet(tmp_path: Path) -> None:
    assert waiting(tmp_path / "journal") == []

    Journal(tmp_path / "journal").append([FIRST])

    assert drained(tmp_path / "journal") == [FIRST]
