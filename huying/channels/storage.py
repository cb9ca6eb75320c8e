"""Where the ear puts what it heard: the table, or the journal while the table can't be reached."""

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, LiteralString

import psycopg
from django.db import connections
from psycopg.conninfo import make_conninfo

from huying.channels.journal import Journal, Record

# WeChat hangs up after 5 s. The worst case is to wait for a batch that finds the database away
# and goes to the journal, and then for the journal once more: 1.5 + 1 + 1.
DATABASE_WITHIN_S = 1.5
JOURNAL_WITHIN_S = 1.0
CONNECT_WITHIN_S = 3
RETRY_AFTER_S = 0.5  # between two attempts to reach a database that is away
# How soon a worker hears of a message. Not in the batch's own transaction: PostgreSQL lets only
# one that notifies commit at a time, and two web processes would wait for each other's disk.
WAKE_WITHIN_S = 0.02
TURNS_MAX = 4  # receipts tried for a delivery; the second is needed once in ten million years

KEEP: LiteralString = """
INSERT INTO channels_inbound
    (channel, account, external_id, receipt, body, meta, received_at, attempts)
SELECT channel, account, external_id, receipt, body, meta::jsonb, received_at, 0
FROM unnest(
    %b::text[], %b::text[], %b::text[], %b::text[], %b::bytea[], %b::text[], %b::timestamptz[]
) AS heard (channel, account, external_id, receipt, body, meta, received_at)
ON CONFLICT DO NOTHING
"""
FIND: LiteralString = """
SELECT channel, account, external_id, receipt
FROM channels_inbound
JOIN unnest(%b::text[], %b::text[], %b::text[]) AS heard (channel, account, external_id)
    USING (channel, account, external_id)
"""

log = logging.getLogger(__name__)

Key = tuple[str, str, str]


class NotKept(Exception):
    """Neither the database nor the journal took it: the sender must try again."""


class Away(Exception):
    """The database cannot be reached, or does not answer."""


def key_of(record: Record) -> Key:
    """What the table tells a repeat by."""
    return record.channel, record.account, record.external_id


def conninfo() -> str:
    """How to reach the database that Django is set to."""
    settings = connections["default"].settings_dict
    given = {
        "dbname": settings["NAME"],
        "user": settings["USER"],
        "password": settings["PASSWORD"],
        "host": settings["HOST"],
        "port": settings["PORT"],
    }
    return make_conninfo(
        **{name: str(value) for name, value in given.items() if value},
        connect_timeout=CONNECT_WITHIN_S,
        application_name="huying-ear",
    )


class Storage:
    """One connection and one journal. Belongs to one event loop."""

    def __init__(
        self,
        journal: Journal,
        receipt: Callable[[Record, int], str],
        count: Callable[[str, int], None],
    ) -> None:
        self._journal = journal
        self._receipt = receipt  # the code for a record, at its nth turn
        self._count = count
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._waking: asyncio.Task[None] | None = None
        self._tried = False
        self._is_away = False
        self._abandoned: set[asyncio.Task[Any]] = set()

    async def keep(self, records: Sequence[Record]) -> Sequence[str | Exception]:
        """Keep all of `records` where they survive us; the receipt of each, in order.

        A repeat gets the receipt that it got before. In place of a receipt stands `NotKept` for
        what could be kept nowhere.
        """
        try:
            kept = await self._in_table(records)
        except Away as failure:
            if not self._is_away:
                log.warning("the database is away, messages go to the journal: %s", failure)
            self._is_away = True
            return await self._in_journal(records)
        if self._is_away:
            log.warning("the database is back")
        self._is_away = False
        return kept

    async def close(self) -> None:
        """Let go of connection and journal."""
        for task in (self._connecting, self._waking):
            if task:
                task.cancel()
        if self._connection:
            await self._connection.close()
        self._connection = None
        self._journal.close()

    async def _in_table(self, records: Sequence[Record]) -> Sequence[str | Exception]:
        connection = await self._connected()
        # Not wait_for: on its time-out psycopg would ask the silent server to cancel, and wait.
        task = asyncio.create_task(_keep(connection, records, self._receipt))
        await asyncio.wait({task}, timeout=DATABASE_WITHIN_S)
        if not task.done():
            self._drop(connection, task)
            raise Away("no answer in time")
        try:
            kept = task.result()
        except (psycopg.DataError, psycopg.IntegrityError, ValueError) as failure:
            # The database is well; something among the rows is not. Find it, keep the others.
            if len(records) == 1:
                log.error("a message was refused by the database: %s", type(failure).__name__)
                return [NotKept(type(failure).__name__)]
            return [result for each in records for result in await self._in_table([each])]
        except psycopg.Error as failure:
            # Also a table that is not there yet, or a server that only reads since a failover.
            self._drop(connection, task)
            raise Away(type(failure).__name__) from failure
        if self._waking is None:
            self._waking = asyncio.create_task(self._wake(connection))
        return kept

    async def _wake(self, connection: psycopg.AsyncConnection[Any]) -> None:
        """Tell the workers, for all that is kept from now until then."""
        await asyncio.sleep(WAKE_WITHIN_S)
        self._waking = None
        # Should it fail, they look by themselves once a second.
        with suppress(psycopg.Error):
            await connection.execute("SELECT pg_notify('huying_work', 'inbound')")

    async def _connected(self) -> psycopg.AsyncConnection[Any]:
        if self._connection and not self._connection.closed:
            return self._connection
        self._connection = None
        if self._connecting is None:
            self._connecting = asyncio.create_task(self._connect())
        if not self._tried:
            # Only the first message of a process waits for the connection; once we know that the
            # database is away, nobody is kept waiting to learn it again.
            self._tried = True
            await asyncio.wait({self._connecting}, timeout=DATABASE_WITHIN_S)
        if self._connection:
            return self._connection
        raise Away("not connected")

    async def _connect(self) -> None:
        try:
            while True:
                try:
                    self._connection = await psycopg.AsyncConnection.connect(
                        conninfo(), autocommit=True, prepare_threshold=0
                    )
                    # Whatever the server is set to: what we acknowledge is on its disk.
                    await self._connection.execute("SET synchronous_commit = on")
                except psycopg.Error:
                    await asyncio.sleep(RETRY_AFTER_S)
                else:
                    return
        finally:
            self._connecting = None

    def _drop(self, connection: psycopg.AsyncConnection[Any], task: asyncio.Task[Any]) -> None:
        self._connection = None
        task.cancel()
        self._abandoned.add(task)  # or it could be collected before it ends
        task.add_done_callback(self._abandoned.discard)
        connection.pgconn.finish()
        self._connecting = self._connecting or asyncio.create_task(self._connect())

    async def _in_journal(self, records: Sequence[Record]) -> Sequence[str | Exception]:
        write = asyncio.create_task(asyncio.to_thread(self._journal.append, records))
        await asyncio.wait({write}, timeout=JOURNAL_WITHIN_S)
        if not write.done():
            # It may yet reach the disk and be drained. The sender's repeat then changes nothing.
            self._abandoned.add(write)
            write.add_done_callback(self._abandoned.discard)
            return [NotKept("the journal does not answer")] * len(records)
        if failure := write.exception():
            log.error("the journal cannot be written: %s", failure)
            return [NotKept("the journal cannot be written")] * len(records)
        self._count("journaled", len(records))
        return [record.receipt for record in records]


async def _keep(
    connection: psycopg.AsyncConnection[Any],
    records: Sequence[Record],
    receipt: Callable[[Record, int], str],
) -> list[str | Exception]:
    count = await _insert(connection, records)
    if count == len(records):
        return [record.receipt for record in records]
    # Some were there already: mostly repeats, whose receipts we look up rather than compute, for
    # a new message whose code belongs to somebody else must not be told that one's.
    for turn in range(1, TURNS_MAX):
        found = await _find(connection, records)
        missing = [record for record in records if key_of(record) not in found]
        if not missing:
            return [found[key_of(record)] for record in records]
        await _insert(connection, [replace(each, receipt=receipt(each, turn)) for each in missing])
    return [found.get(key_of(record), NotKept("no receipt")) for record in records]


async def _insert(connection: psycopg.AsyncConnection[Any], records: Sequence[Record]) -> int:
    columns = (
        [record.channel for record in records],
        [record.account for record in records],
        [record.external_id for record in records],
        [record.receipt for record in records],
        [record.body for record in records],
        [json.dumps(record.meta) for record in records],
        [record.received_at for record in records],
    )
    cursor = await connection.execute(KEEP, columns)
    return cursor.rowcount


async def _find(
    connection: psycopg.AsyncConnection[Any], records: Sequence[Record]
) -> dict[Key, str]:
    keys = {key_of(record) for record in records}
    cursor = await connection.execute(FIND, tuple(map(list, zip(*keys, strict=True))))
    return {(row[0], row[1], row[2]): row[3] for row in await cursor.fetchall()}
