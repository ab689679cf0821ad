"""SQLite: one file in WAL mode, one writing connection, ``synchronous=FULL``."""

import asyncio
import fcntl
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import aiosqlite

from storage.errors import DatabaseUnavailable, DatabaseUnusable
from storage.migrations import list_statements
from storage.session import Connection, Row, Statement

SCHEME = "sqlite:///"
BUSY_TIMEOUT_MS = 5_000
WAL_PAUSE_MS = 50
LOOK_SECONDS = 1.0
# What may wait for another process's lock, or until what was written has reached the disk.
WAITING = frozenset({"BEGIN IMMEDIATE", "COMMIT"})
# SQLite's words for "not now"; anything else that it says is a bug of ours.
NOT_NOW = ("database or disk is full", "database is locked", "disk I/O error", "readonly database")


class SqliteConnection(aiosqlite.Connection):
    """An aiosqlite connection that takes many statements in one hand-over to its thread.

    A hand-over costs more than a short statement does. So where a unit of work says that its
    statements are short, they run on the spot; only what may wait is handed over.
    """

    # There is one writer, so nothing is ever locked by somebody else.
    skip_locked = ""
    shared = False
    short = False

    async def lock_chats(self, chats: Sequence[int]) -> set[int]:
        return set(chats)

    async def run(self, statements: list[Statement], query: Statement | None) -> list[Row]:
        try:
            if self.short and not any(sql in WAITING for sql, _ in statements):
                return _run(self._conn, statements, query)  # type: ignore[return-value]
            return await self._execute(_run, self._conn, statements, query)  # type: ignore[no-any-return, no-untyped-call]
        except sqlite3.OperationalError as error:
            if any(words in str(error) for words in NOT_NOW):
                raise DatabaseUnavailable(str(error)) from error
            raise


def _run(
    connection: sqlite3.Connection, statements: list[Statement], query: Statement | None
) -> list[sqlite3.Row]:
    for sql, rows in statements:
        if len(rows) == 1:
            connection.execute(sql, rows[0])
        else:
            connection.executemany(sql, rows)
    return connection.execute(query[0], query[1][0]).fetchall() if query else []


class Sqlite:
    """The engine for one process on one machine."""

    begin_writing = "BEGIN IMMEDIATE"
    begin_reading = "BEGIN"
    shared = False

    def __init__(self, path: Path, writer: SqliteConnection) -> None:
        self._path = path
        self._writer = writer
        self._turn = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str) -> AsyncIterator["Sqlite"]:
        path = Path(url.removeprefix(SCHEME))
        try:
            await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
            writer = await _connect(path)
        except (OSError, sqlite3.Error) as error:
            raise DatabaseUnusable(url, str(error)) from error
        try:
            try:
                await _prepare(writer)
                await _migrate(writer)
            except sqlite3.Error as error:
                raise DatabaseUnusable(url, str(error)) from error
            yield cls(path, writer)
        finally:
            await writer.close()

    @asynccontextmanager
    async def writer(self) -> AsyncIterator[Connection]:
        """Lend the one writing connection; others wait for their turn."""
        async with self._turn:
            yield self._writer

    @asynccontextmanager
    async def reader(self) -> AsyncIterator[Connection]:
        connection = await _connect(self._path)
        try:
            yield connection
        finally:
            await connection.close()

    async def roll_back(self, connection: Connection) -> None:
        assert isinstance(connection, SqliteConnection)
        await connection.rollback()

    def lead(self, name: str) -> AbstractAsyncContextManager[None]:
        return lead(self._path, name)


@asynccontextmanager
async def lead(path: Path, name: str) -> AsyncIterator[None]:
    """Lead by a lock on a file beside the database; the system frees it when we die."""
    path = path.with_name(f"{path.name}-{name}.lock")
    with await asyncio.to_thread(path.open, "w") as file:
        while not _try_lock(file.fileno()):  # noqa: ASYNC110 - another process sets no event
            await asyncio.sleep(LOOK_SECONDS)
        yield


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


async def _prepare(writer: SqliteConnection) -> None:
    mode = await _use_wal(writer)
    if mode != "wal":
        raise sqlite3.NotSupportedError(f"the journal is in {mode} mode, not WAL")
    await writer.execute("PRAGMA synchronous = FULL")
    # What somebody erased must not lie on in free pages.
    await writer.execute("PRAGMA secure_delete = ON")
    # What a savepoint would need to undo: a few pages, else written to a file once an update.
    await writer.execute("PRAGMA temp_store = MEMORY")


async def _use_wal(writer: SqliteConnection) -> str:
    """Change the mode. SQLite's own waiting leaves this out: two may open a new file at once."""
    tries = BUSY_TIMEOUT_MS // WAL_PAUSE_MS
    while True:
        try:
            [mode] = await writer.execute_fetchall("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            tries -= 1
            if "locked" not in str(error) or not tries:
                raise
            await asyncio.sleep(WAL_PAUSE_MS / 1000)
        else:
            return str(mode[0])


async def _migrate(connection: SqliteConnection) -> None:
    """Bring the tables up to the newest number, all in one transaction.

    The lock is taken before looking: two processes may start on a new database at once.
    """
    await connection.execute("BEGIN IMMEDIATE")
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY) STRICT"
    )
    rows = await connection.execute_fetchall("SELECT number FROM migration")
    applied = {row[0] for row in rows}
    for number, statements in list_statements():
        if number not in applied:
            for statement in statements:
                await connection.execute(statement)
            await connection.execute("INSERT INTO migration (number) VALUES (?)", (number,))
    await connection.commit()


async def _connect(path: Path) -> SqliteConnection:
    connection = SqliteConnection(partial(_open, path), iter_chunk_size=64)
    await connection
    return connection


def _open(path: Path) -> sqlite3.Connection:
    connection: Any = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection  # type: ignore[no-any-return]
