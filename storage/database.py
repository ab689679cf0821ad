"""The database: units of work that happen whole or not at all, on SQLite or PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

from storage.errors import DatabaseUnusable
from storage.session import Connection, Session

__all__ = ["Database", "Session"]


class Engine(Protocol):
    """What differs between the two databases."""

    begin_writing: str
    begin_reading: str
    shared: bool

    def writer(self) -> AbstractAsyncContextManager[Connection]:
        """Lend a connection for one unit of work that writes."""

    def reader(self) -> AbstractAsyncContextManager[Connection]:
        """Lend a connection for one unit of work that reads."""

    def lead(self, name: str) -> AbstractAsyncContextManager[None]:
        """Wait until no other process leads by this name, and lead until the block ends."""

    async def roll_back(self, connection: Connection) -> None:
        """Undo what the connection has begun."""


class Database:
    """Where everything is kept. What is committed has reached the disk."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str) -> AsyncIterator["Database"]:
        """Open ``sqlite:///path`` or ``postgresql://…``, bring its tables up to date, close it.

        Raises DatabaseUnusable with the reason if it cannot be used.
        """
        async with _open_engine(url) as engine:
            yield cls(engine)

    @asynccontextmanager
    async def writing(self, *, short: bool = False) -> AsyncIterator[Session]:
        """Open a unit of work that writes: kept if the block ends, undone if it raises.

        ``short`` promises that its statements touch a few rows each, until it says otherwise.
        Raises DatabaseUnavailable if nothing can be written now: the disk is full, another process
        holds the lock, the server is away. Everything in the block is undone then.
        """
        async with self._engine.writer() as connection:
            connection.short = short
            session = Session(connection)
            session.execute(self._engine.begin_writing)
            try:
                yield session
                session.execute("COMMIT")
                await session.flush()
            except BaseException:
                # Shielded: a unit that was cancelled must not stay open for the next one.
                await asyncio.shield(self._engine.roll_back(connection))
                raise

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Session]:
        """Open a unit of work that reads: a snapshot on its own connection, which blocks nobody."""
        async with self._engine.reader() as connection:
            session = Session(connection)
            session.execute(self._engine.begin_reading)
            try:
                yield session
            finally:
                await asyncio.shield(self._engine.roll_back(connection))

    @property
    def shared(self) -> bool:
        """Whether several processes may be at work on it at once."""
        return self._engine.shared

    def lead(self, name: str) -> AbstractAsyncContextManager[None]:
        """Wait until no other process leads by this name, and lead until the block ends.

        Raises DatabaseUnavailable inside the block's process as soon as the lead is lost.
        """
        return self._engine.lead(name)


def _open_engine(url: str) -> AbstractAsyncContextManager[Engine]:
    """Choose the engine by the address; PostgreSQL's library is needed only for PostgreSQL."""
    if url.startswith("sqlite:///") and url != "sqlite:///":
        from storage.sqlite import Sqlite  # noqa: PLC0415 - one engine is used, one is imported

        return Sqlite.open(url)
    if url.startswith(("postgresql://", "postgres://")):
        try:
            from storage.postgres import Postgres  # noqa: PLC0415 - as above
        except ImportError:
            reason = "psycopg is not installed (pip install 'palanta[postgres]')"
            raise DatabaseUnusable(url, reason) from None
        return Postgres.open(url)
    # Not the address itself: with a slip in its first word it may still hold a password.
    raise DatabaseUnusable("this address", "expected sqlite:///palanta.db or postgresql://…")
