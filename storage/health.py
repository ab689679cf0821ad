"""Looks at a database without changing it: can it be read, is it whole, is it up to date."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from typing import NamedTuple

from storage.alone import is_sqlite, path_of
from storage.database import Session

STUCK = timedelta(seconds=60)


class Condition(NamedTuple):
    """What was found. ``damage`` is None for a sound database, ``migration`` 0 for an empty one."""

    damage: str | None
    migration: int


async def examine(url: str) -> Condition:
    """Read the whole database. Raises OSError or an engine's error if it cannot be reached."""
    if is_sqlite(url):
        return await asyncio.to_thread(_examine_sqlite, url)
    from storage import dump  # noqa: PLC0415 - psycopg is needed only for PostgreSQL

    return await dump.examine(url)


def _examine_sqlite(url: str) -> Condition:
    path = path_of(url).resolve()
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=5)) as connection:
        damage = find_damage(connection)
        there = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'migration'")
        if damage or not there.fetchone():
            return Condition(damage, 0)
        [number] = connection.execute("SELECT coalesce(max(number), 0) FROM migration").fetchone()
        return Condition(None, number)


def find_damage(connection: sqlite3.Connection) -> str | None:
    """Say what is wrong with the file or with references, in SQLite's words without content."""
    said = [row[0] for row in connection.execute("PRAGMA integrity_check(1)")]
    if said != ["ok"]:
        return "integrity check failed"
    broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    return f"a row of {broken[0]} refers to nothing in {broken[2]}" if broken else None


class Queues(NamedTuple):
    """How many rows have waited for longer than they should, and the age of the oldest."""

    unprocessed: int
    sending: int
    unsent: int
    jobs: int
    aside: int


LONG_UNSENT = timedelta(minutes=10)


async def look_at_queues(session: Session, *, now: datetime) -> Queues:
    """Count what waits although a running bot would have done it."""
    row = await session.fetch_one(
        """
        SELECT
            (SELECT count(*) FROM inbox WHERE state = 'new' AND received_at < :stuck)
                AS unprocessed,
            (SELECT count(*) FROM outbox WHERE state = 'sending' AND not_before < :now)
                AS sending,
            (SELECT count(*) FROM outbox WHERE state = 'new' AND created_at < :long)
                AS unsent,
            (SELECT count(*) FROM job WHERE state = 'new' AND created_at < :stuck
                AND claimed_until < :stuck) AS jobs,
            (SELECT count(*) FROM inbox WHERE state = 'aside') AS aside
        """,
        {"now": now, "stuck": now - STUCK, "long": now - LONG_UNSENT},
    )
    assert row
    return Queues(**row)
