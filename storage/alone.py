"""Makes sure that no bot works on a database while it is replaced or moved."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from storage import sqlite
from storage.errors import DatabaseUnusable, Refused

WAIT_SECONDS = 0.5
IN_USE = "a bot works on this database. Stop it first (systemctl stop palanta)."


def is_sqlite(url: str) -> bool:
    return url.startswith(sqlite.SCHEME)


def path_of(url: str) -> Path:
    """Give the file of an SQLite database."""
    return Path(url.removeprefix(sqlite.SCHEME))


def refuse_if_missing(url: str) -> None:
    """Raise Refused for an address where no SQLite database is; opening would make one."""
    if is_sqlite(url) and not path_of(url).exists():
        raise Refused(f"there is no database {path_of(url)}.")


@asynccontextmanager
async def alone(url: str) -> AsyncIterator[None]:
    """Raise Refused if a bot works on the database.

    A bot on SQLite waits until the block ends. On PostgreSQL nothing holds it back: who goes on
    has to notice what it changes.
    """
    async with AsyncExitStack() as stack:
        if is_sqlite(url):
            await _lock(path_of(url), stack)
        else:
            from storage import dump  # noqa: PLC0415 - psycopg is needed only for PostgreSQL

            if await dump.is_used(url):
                raise Refused(IN_USE)
        yield


async def _lock(path: Path, stack: AsyncExitStack) -> None:
    try:
        await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
        async with asyncio.timeout(WAIT_SECONDS):
            await stack.enter_async_context(sqlite.lead(path, "run"))
    except TimeoutError:
        raise Refused(IN_USE) from None
    except OSError as error:
        raise DatabaseUnusable(str(path), str(error)) from error
