"""The database: one file, one writing connection, units of work that happen whole or not at all."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any

import aiosqlite

from storage.errors import DatabaseUnavailable, DatabaseUnusable
from storage.migrations import migrate

Params = Mapping[str, object]
Row = sqlite3.Row
Statement = tuple[str, Sequence[Params]]

SCHEME = "sqlite:///"
BUSY_TIMEOUT_MS = 5_000
# SQLite's words for "not now"; anything else that it says is a bug of ours.
NOT_NOW = ("database or disk is full", "database is locked", "disk I/O error", "readonly database")


class _Connection(aiosqlite.Connection):
    """An aiosqlite connection that takes many statements in one hand-over to its thread.

    Awaiting each statement costs two thread switches; a unit of work has about ten.
    """

    async def run(self, statements: list[Statement], query: Statement | None) -> list[Row]:
        return await self._execute(_run, self._conn, statements, query)  # type: ignore[no-any-return, no-untyped-call]


def _run(
    connection: sqlite3.Connection, statements: list[Statement], query: Statement | None
) -> list[Row]:
    for sql, rows in statements:
        if len(rows) == 1:
            connection.execute(sql, rows[0])
        else:
            connection.executemany(sql, rows)
    return connection.execute(query[0], query[1][0]).fetchall() if query else []


class Session:
    """One unit of work. Writes are gathered and go out with the next read, or at the end.

    So a write that fails says so at the next read or at the end of its savepoint, which undoes it.
    """

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection
        self._pending: list[Statement] = []

    def execute(self, sql: str, params: Params | None = None) -> None:
        self._pending.append((sql, [_bind(params or {})]))

    def execute_many(self, sql: str, rows: Iterable[Params]) -> None:
        bound = [_bind(row) for row in rows]
        if bound:
            self._pending.append((sql, bound))

    async def fetch_all(self, sql: str, params: Params | None = None) -> list[Row]:
        return await self._run((sql, [_bind(params or {})]))

    async def fetch_one(self, sql: str, params: Params | None = None) -> Row | None:
        rows = await self.fetch_all(sql, params)
        return rows[0] if rows else None

    async def flush(self) -> None:
        if self._pending:
            await self._run(None)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Keep what happens in the block if it ends, undo it if it raises."""
        self.execute("SAVEPOINT step")
        try:
            yield
            self.execute("RELEASE step")
            await self.flush()
        except BaseException:
            await self._undo()
            raise

    async def _undo(self) -> None:
        begun = not any(sql == "SAVEPOINT step" for sql, _ in self._pending)
        self._pending.clear()
        if begun:
            self.execute("ROLLBACK TO step")
            self.execute("RELEASE step")

    async def _run(self, query: Statement | None) -> list[Row]:
        statements, self._pending = self._pending, []
        try:
            return await self._connection.run(statements, query)
        except sqlite3.OperationalError as error:
            if any(words in str(error) for words in NOT_NOW):
                raise DatabaseUnavailable(str(error)) from error
            raise


def _bind(params: Params) -> dict[str, object]:
    return {name: _plain(value) for name, value in params.items()}


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.isoformat(timespec="microseconds")
        case Enum():
            return value.value
        case dict() | list() | tuple():
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        case _:
            return value


class Database:
    """A SQLite file in WAL mode. What is committed has reached the disk (``synchronous=FULL``)."""

    def __init__(self, path: Path, writer: _Connection) -> None:
        self.path = path
        self._writer = writer
        self._turn = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str) -> AsyncIterator["Database"]:
        """Open ``sqlite:///path``, bring its tables up to date, and close it at the end.

        Raises DatabaseUnusable with the reason if the file cannot be used.
        """
        path = _path(url)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            writer = await _connect(path)
        except (OSError, sqlite3.Error) as error:
            raise DatabaseUnusable(url, str(error)) from error
        try:
            try:
                await writer.execute("PRAGMA journal_mode = WAL")
                await writer.execute("PRAGMA synchronous = FULL")
                await migrate(writer)
            except sqlite3.Error as error:
                raise DatabaseUnusable(url, str(error)) from error
            yield cls(path, writer)
        finally:
            await writer.close()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Session]:
        """Open a unit of work that writes: kept if the block ends, undone if it raises.

        There is one writer; others wait for their turn. Raises DatabaseUnavailable if the disk is
        full or another process holds the lock; everything in the block is undone then.
        """
        async with self._turn:
            session = Session(self._writer)
            session.execute("BEGIN IMMEDIATE")
            try:
                yield session
                session.execute("COMMIT")
                await session.flush()
            except BaseException:
                # Shielded: a unit that was cancelled must not stay open for the next one.
                await asyncio.shield(self._roll_back())
                raise

    async def _roll_back(self) -> None:
        await self._writer.rollback()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Session]:
        """Open a unit of work that reads: a snapshot on its own connection, which blocks nobody."""
        connection = await _connect(self.path)
        try:
            session = Session(connection)
            session.execute("BEGIN")
            yield session
        finally:
            await connection.close()


def _path(url: str) -> Path:
    if not url.startswith(SCHEME) or len(url) == len(SCHEME):
        raise DatabaseUnusable(url, f"expected an address like {SCHEME}palanta.db")
    return Path(url.removeprefix(SCHEME))


async def _connect(path: Path) -> _Connection:
    connection = _Connection(partial(_open, path), iter_chunk_size=64)
    await connection
    return connection


def _open(path: Path) -> sqlite3.Connection:
    connection: Any = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection  # type: ignore[no-any-return]
