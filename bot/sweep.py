"""Forgets in time what must not be kept: unagreed messages, what is done, and old exports."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import structlog

from storage import inbox, retention
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.retention import Due, Swept

EVERY_SECONDS = 600.0
# Between two pages, so that messages of people go first.
REST_SECONDS = 0.02

log = structlog.get_logger()


class Forgotten(NamedTuple):
    """What has gone, or would go."""

    rows: Due
    files: int


async def sweep_for_ever(database: Database, exports: Path, *, now: Callable[[], datetime]) -> None:
    """Sweep every ten minutes until cancelled."""
    while True:
        try:
            gone = await sweep(database, exports, now=now())
        except DatabaseUnavailable as error:
            log.warning("cannot write; swept later", error=str(error))
        else:
            if any(gone.rows) or gone.files:
                log.info("forgot what was due", **gone.rows._asdict(), files=gone.files)
        await asyncio.sleep(EVERY_SECONDS)


async def look(database: Database, exports: Path, *, now: datetime) -> Forgotten:
    """Say what a sweep would forget now."""
    async with database.reading() as session:
        due = await retention.count_due(session, now=now)
        owed = await retention.list_owed_files(session)
    return Forgotten(due, len(await asyncio.to_thread(_list_old, exports, owed, now)))


async def sweep(database: Database, exports: Path, *, now: datetime) -> Forgotten:
    """Forget what has reached the end of its term; each page of rows is a transaction."""
    async with database.writing() as session:
        held = await inbox.drop_held(session, before=now - retention.HELD_FOR)
        aside = await retention.empty_aside(session, now=now)
        owed = await retention.list_owed_files(session)
    delivered = await _each_page(database, retention.sweep_outbox, now)
    processed = await _each_page(database, retention.sweep_inbox, now)
    files = await asyncio.to_thread(_remove_old, exports, owed, now)
    return Forgotten(Due(held, aside, processed, delivered), files)


Sweeper = Callable[..., Awaitable[Swept]]


async def _each_page(database: Database, sweep_page: Sweeper, now: datetime) -> int:
    gone, after = 0, 0
    while True:
        async with database.writing() as session:
            swept = await sweep_page(session, after=after, now=now)
        gone += swept.rows
        if swept.next is None:
            return gone
        after = swept.next
        await asyncio.sleep(REST_SECONDS)


def _list_old(exports: Path, owed: set[Path], now: datetime) -> list[Path]:
    before = (now - retention.EXPORTS_FOR).timestamp()
    files = [file for file in exports.glob("*.zip") if file.resolve() not in owed]
    return [file for file in files if file.stat().st_mtime < before]


def _remove_old(exports: Path, owed: set[Path], now: datetime) -> int:
    old = _list_old(exports, owed, now)
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)
