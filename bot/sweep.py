"""Forgets in time what must not be kept: unagreed messages and the files of old exports."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from storage import inbox
from storage.database import Database
from storage.errors import DatabaseUnavailable

HELD_FOR = timedelta(hours=24)
EXPORTS_FOR = timedelta(hours=24)
EVERY_SECONDS = 600.0

log = structlog.get_logger()


async def sweep_for_ever(database: Database, exports: Path, *, now: Callable[[], datetime]) -> None:
    """Sweep every ten minutes until cancelled."""
    while True:
        try:
            await sweep(database, exports, now=now())
        except DatabaseUnavailable as error:
            log.warning("cannot write; swept later", error=str(error))
        await asyncio.sleep(EVERY_SECONDS)


async def sweep(database: Database, exports: Path, *, now: datetime) -> None:
    async with database.writing() as session:
        dropped = await inbox.drop_held(session, before=now - HELD_FOR)
    if dropped:
        log.info("dropped what was sent without consent in time", updates=dropped)
    await asyncio.to_thread(_remove_old, exports, before=now - EXPORTS_FOR)


def _remove_old(exports: Path, *, before: datetime) -> None:
    for file in exports.glob("*.zip"):
        if file.stat().st_mtime < before.timestamp():
            file.unlink(missing_ok=True)
