"""PostgreSQL: several processes of the bot on one database."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import psycopg
from psycopg import AsyncClientCursor, AsyncConnection, errors
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from storage.errors import DatabaseUnavailable, DatabaseUnusable
from storage.migrations import list_statements
from storage.session import Connection, Row, Statement

CONNECTIONS = 8
# Errors name the kind of address only: a password has many places in one.
NAMELESS = "postgresql://…"
CONNECT_SECONDS = 10.0
LOOK_SECONDS = 1.0
# Numbers that keep our advisory locks apart from those of others on the same server.
CHAT_LOCKS, LEAD_LOCKS, MIGRATION_LOCK = 7_401, 7_402, 7_403
NOT_NOW = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    errors.ReadOnlySqlTransaction,
    PoolTimeout,
)

_NAME = re.compile(r"(?<![:\w]):(\w+)")


class PostgresConnection:
    """A psycopg connection that sends many statements in one round trip.

    Parameters are put in by the client, so that a unit of work is one message to the server.
    """

    skip_locked = "FOR UPDATE SKIP LOCKED"
    shared = True
    # Makes no difference: the server does the work, and waiting for it holds up nobody.
    short = False

    def __init__(self, connection: AsyncConnection[Row]) -> None:
        self.raw = connection

    async def lock_chats(self, chats: Sequence[int]) -> set[int]:
        """Lock by number; two chats that share a hash wait for each other, which harms nobody."""
        cursor = await self.raw.execute(
            """
            SELECT chat FROM unnest(%s::bigint[]) AS chat
            WHERE pg_try_advisory_xact_lock(%s, hashint8(chat))
            """,
            (list(chats), CHAT_LOCKS),
        )
        return {row["chat"] for row in await cursor.fetchall()}

    async def run(self, statements: list[Statement], query: Statement | None) -> list[Row]:
        cursor = AsyncClientCursor(self.raw)
        calls = [(sql, row) for sql, rows in statements for row in rows]
        if query:
            calls.append((query[0], query[1][0]))
        script = ";\n".join(cursor.mogrify(_translate(sql), row) for sql, row in calls)
        try:
            await cursor.execute(script)
            while cursor.nextset():
                pass
            return await cursor.fetchall() if query else []
        except NOT_NOW as error:
            raise DatabaseUnavailable(type(error).__name__) from error


@cache
def _translate(sql: str) -> str:
    """Write parameters as psycopg does."""
    return _NAME.sub(r"%(\1)s", sql.replace("%", "%%"))


class Postgres:
    """The engine for several processes."""

    begin_writing = "BEGIN"
    begin_reading = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    shared = True

    def __init__(self, url: str, pool: AsyncConnectionPool[AsyncConnection[Row]]) -> None:
        self._url = url
        self._pool = pool

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str) -> AsyncIterator["Postgres"]:
        try:
            await _migrate(url)
        except psycopg.Error as error:
            raise DatabaseUnusable(NAMELESS, _reason(error)) from error
        pool: AsyncConnectionPool[AsyncConnection[Row]] = AsyncConnectionPool(
            url,
            min_size=2,
            max_size=CONNECTIONS,
            timeout=CONNECT_SECONDS,
            open=False,
            check=AsyncConnectionPool.check_connection,
            kwargs={"autocommit": True, "row_factory": dict_row},
        )
        async with pool:
            yield cls(url, pool)

    @asynccontextmanager
    async def writer(self) -> AsyncIterator[Connection]:
        try:
            connection = await self._pool.getconn()
        except NOT_NOW as error:
            raise DatabaseUnavailable(type(error).__name__) from error
        try:
            yield PostgresConnection(connection)
        finally:
            await asyncio.shield(self._pool.putconn(connection))

    reader = writer

    async def roll_back(self, connection: Connection) -> None:
        assert isinstance(connection, PostgresConnection)
        try:
            await connection.raw.execute("ROLLBACK")
        except psycopg.Error:
            # The server has undone it already, or will when it notices that we are gone.
            await connection.raw.close()

    @asynccontextmanager
    async def lead(self, name: str) -> AsyncIterator[None]:
        """Lead by a lock of the server's that ends with our connection to it."""
        while True:
            try:
                connection = await AsyncConnection.connect(self._url, autocommit=True)
            except psycopg.Error as error:
                raise DatabaseUnavailable(type(error).__name__) from error
            async with connection:
                if await _try_lead(connection, name):
                    async with _guarded(connection):
                        yield
                    return
            await asyncio.sleep(LOOK_SECONDS)


async def _try_lead(connection: AsyncConnection[Any], name: str) -> bool:
    cursor = await connection.execute(
        "SELECT pg_try_advisory_lock(%s, hashtext(%s))", (LEAD_LOCKS, name)
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


@asynccontextmanager
async def _guarded(connection: AsyncConnection[Any]) -> AsyncIterator[None]:
    """End the block with DatabaseUnavailable when the connection, and so the lock, is lost."""
    leader = asyncio.current_task()
    assert leader
    lost = False

    async def watch() -> None:
        nonlocal lost
        try:
            while True:
                await asyncio.sleep(LOOK_SECONDS)
                await connection.execute("SELECT 1")
        except psycopg.Error:
            lost = True
            leader.cancel()

    watching = asyncio.create_task(watch())
    try:
        yield
    except asyncio.CancelledError:
        if lost and leader.uncancel() == 0:
            raise DatabaseUnavailable("the lead was lost") from None
        raise
    finally:
        watching.cancel()


async def _migrate(url: str) -> None:
    """Bring the tables up to the newest number, all in one transaction, one process at a time."""
    connection = await AsyncConnection.connect(url, connect_timeout=int(CONNECT_SECONDS))
    async with connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", (MIGRATION_LOCK,))
        await connection.execute("CREATE TABLE IF NOT EXISTS migration (number bigint PRIMARY KEY)")
        cursor = await connection.execute("SELECT number FROM migration")
        applied = {row[0] for row in await cursor.fetchall()}
        for number, statements in list_statements():
            if number not in applied:
                for statement in statements:
                    await connection.execute(_translate_table(statement))
                await connection.execute("INSERT INTO migration VALUES (%s)", (number,))


def _translate_table(statement: str) -> str:
    """Translate the names of types; everything else is written so that both understand it."""
    for pattern, replacement in (
        (
            r"\bINTEGER PRIMARY KEY( AUTOINCREMENT)?",
            "bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
        ),
        (r"\bINTEGER\b", "bigint"),
        (r"\bREAL\b", "double precision"),
        (r"\)\s*STRICT\s*;", ");"),
    ):
        statement = re.sub(pattern, replacement, statement)
    return statement


def _reason(error: psycopg.Error) -> str:
    """Keep the server's part only: what is said of the address may quote a password in it."""
    _, failed, said = str(error).strip().partition("failed: ")
    return said if failed else "the address cannot be read or reached"
