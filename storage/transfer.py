"""Moves everything from one database to another, whichever engines they are, or moves nothing."""

import hashlib
import json
from collections.abc import AsyncIterator, Callable, Sequence
from typing import NamedTuple

from storage.alone import alone, refuse_if_missing
from storage.database import Database, Session
from storage.errors import Refused
from storage.session import Row
from storage.tables import Table, list_tables

PAGE = 500
WHOLE = 2**256
_CANONICAL = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

Progress = Callable[[str, int], None]


class Content(NamedTuple):
    """What a table holds: how many rows, and the sum of their hashes, whatever their order."""

    table: str
    rows: int
    checksum: str


class Differs(Refused):
    """The copy is not the same as the original. Nothing was moved."""

    def __init__(self, tables: Sequence[str]) -> None:
        names = ", ".join(tables)
        super().__init__(
            f"the copy differs from the original in: {names}. Nothing was moved; did the bot run?"
        )


async def move(source_url: str, target_url: str, *, progress: Progress) -> list[Content]:
    """Copy all rows with their numbers, in one transaction, and compare both sides before it ends.

    Raises Refused if a bot works on either database, or if the target is not empty, and Differs.
    """
    if source_url == target_url:
        raise Refused("source and target are the same database.")
    refuse_if_missing(source_url)
    async with (
        alone(source_url),
        alone(target_url),
        Database.open(source_url) as source,
        Database.open(target_url) as target,
        target.writing() as session,
    ):
        await _refuse_unless_empty(session)
        async with source.reading() as original:
            for table in list_tables():
                await _copy(original, session, table, progress)
                await _continue_numbers(original, session, table)
        copied = [await content_of(session, table) for table in list_tables()]
        # In a new snapshot: whatever somebody did to the source meanwhile is a difference.
        async with source.reading() as original:
            kept = [await content_of(original, table) for table in list_tables()]
        different = [old.table for old, new in zip(kept, copied, strict=True) if old != new]
        if different:
            raise Differs(different)
    return copied


async def content_of(session: Session, table: Table) -> Content:
    """Count and sum up a table, the same way on every engine."""
    count, total = 0, 0
    async for page in _pages(session, table):
        count += len(page)
        total = (total + sum(_hash(row, table) for row in page)) % WHOLE
    return Content(table.name, count, f"{total:064x}")


def _hash(row: Row, table: Table) -> int:
    values = [row[column] for column in table.columns]
    return int.from_bytes(hashlib.sha256(_CANONICAL(values).encode()).digest())


async def _pages(session: Session, table: Table) -> AsyncIterator[Sequence[Row]]:
    """Walk a table by its key; rows that refer to others of the same table come after them."""
    columns = ", ".join(table.columns)
    key, after, last = table.key, "", None
    while True:
        page = await session.fetch_all(
            f"SELECT {columns} FROM {table.name} {after} ORDER BY {key} LIMIT {PAGE}",
            {"last": last} if after else None,
        )
        if page:
            yield page
        if len(page) < PAGE:
            return
        after, last = f"WHERE {key} > :last", page[-1][key]


async def _refuse_unless_empty(session: Session) -> None:
    for table in list_tables():
        if await session.fetch_one(f"SELECT 1 FROM {table.name} LIMIT 1"):
            raise Refused(f"the target is not empty: there are rows in {table.name}.")


async def _copy(source: Session, target: Session, table: Table, progress: Progress) -> None:
    rows = 0
    async for page in _pages(source, table):
        values = [dict(row) for row in page]
        if target.shared:
            target.execute(_insert_as_json(table), {"rows": values})
        else:
            target.execute_many(_insert(table), values)
        await target.flush()
        rows += len(page)
        progress(table.name, rows)


def _insert(table: Table) -> str:
    values = ", ".join(f":{column}" for column in table.columns)
    return f"INSERT INTO {table.name} ({', '.join(table.columns)}) VALUES ({values})"


def _insert_as_json(table: Table) -> str:
    """Put many rows into one parameter: PostgreSQL reads it several times faster than many."""
    columns = ", ".join(table.columns)
    source = f"json_populate_recordset(NULL::{table.name}, :rows)"
    return f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM {source}"


async def _continue_numbers(source: Session, target: Session, table: Table) -> None:
    """Let new rows get numbers that were never given: above the highest, even if it is deleted."""
    if not table.numbered:
        return
    values = {"table": table.name, "key": table.key}
    row = await target.fetch_one(f"SELECT coalesce(max({table.key}), 0) AS n FROM {table.name}")
    given = await source.fetch_one(_GIVEN[source.shared], values)
    highest = max(int(found["n"] or 0) for found in (row, given) if found)
    if highest:
        for sql in _CONTINUE[target.shared]:
            await target.fetch_all(sql, {**values, "highest": highest})


# By engine: False is SQLite, True is PostgreSQL, the one that processes share.
_GIVEN = {
    False: "SELECT max(seq) AS n FROM sqlite_sequence WHERE name = :table",
    True: "SELECT pg_sequence_last_value(pg_get_serial_sequence(:table, :key)::regclass) AS n",
}
_CONTINUE = {
    False: [
        "DELETE FROM sqlite_sequence WHERE name = :table",
        "INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :highest)",
    ],
    True: ["SELECT setval(pg_get_serial_sequence(:table, :key)::regclass, :highest)"],
}
