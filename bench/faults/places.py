"""Where a bot keeps everything, as the harness and the checker see it: plain SQL, none of ours."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from pathlib import Path
from typing import Any, Protocol

from bench.evidence import select, select_from_copy

Rows = list[tuple[Any, ...]]


class Place(Protocol):
    """A database of one run."""

    url: str
    shared: bool
    files: list[Path]

    def rows(self, sql: str) -> Rows:
        """Read while bots are at work, or after."""

    def rows_left(self, sql: str) -> Rows:
        """Read what a killed process left, and change nothing by it."""

    def write(self, sql: str) -> None:
        """Change something as an operator could, from outside."""

    def locked(self) -> AbstractAsyncContextManager[None]:
        """Hold everything locked for as long as the block lasts."""


class SqlitePlace:
    """A file."""

    shared = False

    def __init__(self, folder: Path) -> None:
        self.path = folder / "palanta.db"
        self.url = f"sqlite:///{self.path}"
        self.files = [self.path]

    def rows(self, sql: str) -> Rows:
        return select(self.path, sql)

    def rows_left(self, sql: str) -> Rows:
        return select_from_copy(self.path, sql)

    def write(self, sql: str) -> None:
        with closing(sqlite3.connect(self.path, timeout=30)) as connection, connection:
            connection.execute(sql)

    @asynccontextmanager
    async def locked(self) -> AsyncIterator[None]:
        with closing(sqlite3.connect(self.path, isolation_level=None, timeout=0.1)) as connection:
            while not _begin(connection):
                await asyncio.sleep(0.02)
            yield


def _begin(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return False
    return True
