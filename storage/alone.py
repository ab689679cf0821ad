"""Makes sure that no bot works on a database while it is replaced or moved."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from storage import sqlite
from storage.errors import DatabaseUnusable, Refused

LOOK_SECONDS = 0.5
IN_USE = "a bot works on the database {which}. Stop it first (systemctl stop palanta)."


def is_sqlite(url: str) -> bool:
    return url.startswith(sqlite.SCHEME)


def path_of(url: str) -> Path:
    return Path(url.removeprefix(sqlite.SCHEME))


@asynccontextmanager
async def alone(url: str, *, which: str = "") -> AsyncIterator[None]:
    """Raise Refused if a bot works on the database.

    One on SQLite is kept from starting until the block ends. On PostgreSQL nothing keeps it; who
    goes on must notice that something has changed.
    """
    if is_sqlite(url):
        async with _alone_on_file(path_of(url), which):
            yield
        return
    from storage import dump  # noqa: PLC0415 - PostgreSQL's library is needed only for PostgreSQL

    if await dump.count_others(url):
        raise Refused(IN_USE.format(which=which).replace("database .", "database."))
    yield


@asynccontextmanager
async def _alone_on_file(path: Path, which: str) -> AsyncIterator[None]:
    leading = sqlite.lead(path, "run")
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            await leading.__aenter__()
    except TimeoutError:
        raise Refused(IN_USE) from None
    except OSError as error:
        raise DatabaseUnusable(str(path), str(error)) from error
    try:
        yield
    finally:
        await leading.__aexit__(None, None, None)
