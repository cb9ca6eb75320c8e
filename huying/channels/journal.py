"""Where messages wait while the database is away: files that survive a power cut.

A record is a mark, its length, a checksum, a JSON header and the bytes behind it. Each process
writes files of its own, under a lock that dies with it; whoever drains takes the same lock.
"""

import fcntl
import json
import logging
import os
import struct
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

FOLDER = "journal"  # in HUYING_HOME
SUFFIX = ".journal"
DAMAGED = ".damaged"  # set aside for a human: something in the middle is not what we wrote
MARK = b"HYJ1"
FRAME = struct.Struct(">4sII")  # mark, length, checksum of what follows
HEADER = struct.Struct(">I")
RECORD_BYTES_MAX = 64 * 1024 * 1024  # a form with five files of 5 MB, twice over
FILE_BYTES_MAX = 64 * 1024 * 1024  # then the next one; a drain holds one file in memory

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Enclosure:
    """A file that came with a form."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(kw_only=True, slots=True)
class Record:
    """One delivery on its way into `Inbound`."""

    channel: str
    account: str
    external_id: str
    receipt: str
    body: bytes = field(repr=False)
    meta: dict[str, str]
    received_at: datetime
    enclosures: tuple[Enclosure, ...] = ()


class Damaged(Exception):
    """The file holds something that we did not write."""


class Journal:
    """The files that this process appends to. Any thread may append."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._path: Path | None = None
        self._descriptor = -1

    def append(self, records: Sequence[Record]) -> None:
        """Keep all of `records`; when this returns, they are on the disk.

        Raises `OSError` when they could not be kept: then none of them is.
        """
        data = b"".join(_packed(record) for record in records)
        with self._lock, self._file() as descriptor:
            end = os.lseek(descriptor, 0, os.SEEK_END)
            try:
                _write_all(descriptor, data)
                os.fsync(descriptor)
            except OSError:
                # Half a record in the middle would hide everything behind it.
                with suppress(OSError):
                    os.ftruncate(descriptor, end)
                    # Or a disk that is full would fill with a new empty file for each try.
                    if end == 0 and self._path:
                        self._path.unlink()
                self._leave()
                raise
            if end + len(data) > FILE_BYTES_MAX:
                self._leave()

    def close(self) -> None:
        """Let go of the file, so that it can be drained and removed."""
        with self._lock:
            self._leave()

    @contextmanager
    def _file(self) -> Iterator[int]:
        """Our file, locked. A new one if the last was drained away or is being drained."""
        if self._descriptor < 0 or not self._is_ours():
            self._leave()
            self._open()
        try:
            yield self._descriptor
        finally:
            if self._descriptor >= 0:
                fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def _is_ours(self) -> bool:
        assert self._path
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return self._path.stat().st_ino == os.fstat(self._descriptor).st_ino
        except OSError:  # held by a drain, or removed by one
            return False

    def _open(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # The time comes first, so that names sort as the files were begun.
        name = f"{time.time_ns()}-{os.getpid()}-{os.urandom(3).hex()}{SUFFIX}"
        self._path = self.folder / name
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL
        self._descriptor = os.open(self._path, flags, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _sync_folder(self.folder)

    def _leave(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor, self._path = -1, None


def waiting(folder: Path) -> list[Path]:
    """Files that hold messages, the oldest first."""
    return sorted(folder.glob(f"*{SUFFIX}"))


@contextmanager
def taken(path: Path) -> Iterator[list[Record] | None]:
    """The records of a file, which is removed when the block ends well, and stays when it raises.

    None when its writer is at it in this very moment, or another drain has it. A record that a
    power cut left unfinished was never acknowledged and is left out. Damage in the middle is
    set aside for a human, after the records before it were given.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        yield None
        return
    try:
        if not _locked(descriptor, path):
            yield None
            return
        records, damaged = _read(path)
        yield records
        if damaged:
            log.error("%s is damaged; set aside, see RUNBOOK.md", path)
            path.rename(path.with_suffix(DAMAGED))
        else:
            path.unlink()
        _sync_folder(path.parent)
    finally:
        os.close(descriptor)


def _locked(descriptor: int, path: Path) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return path.stat().st_ino == os.fstat(descriptor).st_ino
    except OSError:
        return False


def _read(path: Path) -> tuple[list[Record], bool]:
    data = path.read_bytes()
    records: list[Record] = []
    start = 0
    while start < len(data):
        try:
            record, start = _unpacked(data, start)
        except EOFError:
            return records, False
        except Damaged:
            return records, True
        records.append(record)
    return records, False


def _packed(record: Record) -> bytes:
    header = json.dumps(
        {
            "channel": record.channel,
            "account": record.account,
            "external_id": record.external_id,
            "receipt": record.receipt,
            "meta": record.meta,
            "received_at": record.received_at.isoformat(),
            "body": len(record.body),
            "enclosures": [
                [each.name, each.media_type, len(each.content)] for each in record.enclosures
            ],
        }
    ).encode()
    parts = [HEADER.pack(len(header)), header, record.body]
    payload = b"".join(parts + [each.content for each in record.enclosures])
    if len(payload) > RECORD_BYTES_MAX:
        raise OSError("too large for the journal")
    return FRAME.pack(MARK, len(payload), zlib.crc32(payload)) + payload


def _unpacked(data: bytes, start: int) -> tuple[Record, int]:
    """The record at `start`, and where the next begins.

    Raises `EOFError` when it is unfinished at the end of the file, else `Damaged`.
    """
    frame = data[start : start + FRAME.size]
    if len(frame) < FRAME.size:
        raise EOFError
    mark, length, checksum = FRAME.unpack(frame)
    if mark != MARK or length > RECORD_BYTES_MAX:
        # After a power cut a file may end in zeros: its size reached the disk, its data didn't.
        raise EOFError if not any(data[start:]) else Damaged
    start += FRAME.size
    payload = data[start : start + length]
    if len(payload) < length:
        raise EOFError
    if zlib.crc32(payload) != checksum:
        raise EOFError if start + length == len(data) else Damaged
    return _record(payload), start + length


def _record(payload: bytes) -> Record:
    (length,) = HEADER.unpack_from(payload)
    position = HEADER.size + length
    header = json.loads(payload[HEADER.size : position])
    body = payload[position : position + header.pop("body")]
    position += len(body)
    enclosures = []
    for name, media_type, size in header.pop("enclosures"):
        content = payload[position : position + size]
        enclosures.append(Enclosure(name=name, media_type=media_type, content=content))
        position += size
    received_at = datetime.fromisoformat(header.pop("received_at"))
    return Record(**header, body=body, received_at=received_at, enclosures=tuple(enclosures))


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
