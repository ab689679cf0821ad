"""Backup and restore of PostgreSQL with its own programs, pg_dump and pg_restore."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import AsyncConnection, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from storage.alone import IN_USE
from storage.backup import NEWER, NOT_EMPTY
from storage.errors import DatabaseUnusable, Refused
from storage.health import Condition
from storage.postgres import CONNECT_SECONDS, MIGRATION_LOCK
from storage.tables import list_tables, newest_migration

LOOKS, LOOK_SECONDS = 10, 0.2
# Where a restore keeps what it replaced; pg_dump leaves these schemas out.
ASIDE = "before_"


async def write(url: str, file: Path) -> None:
    """Write a dump in pg_dump's own format. Raises Refused with the program's first words."""
    options = ["--format=custom", "--no-owner", "--no-privileges", f"--exclude-schema={ASIDE}*"]
    await _run("pg_dump", url, [*options, f"--file={file}"])
    await _run("pg_restore", None, ["--list", str(file)])


async def restore(url: str, file: Path, *, replace: bool, stamp: str) -> str | None:
    """Put a dump in the place of our tables; old ones with rows move to a schema of their own."""
    if await _migration_of(file) > newest_migration():
        raise Refused(NEWER)
    async with _connect(url) as connection:
        await _hold_back_others(connection)
        there = await _list_there(connection)
        kept = f"{ASIDE}{stamp}" if await _has_rows(connection, there) else None
        if kept and not replace:
            raise Refused(NOT_EMPTY)
        await _clear(connection, there, kept)
        try:
            options = ["--single-transaction", "--no-owner", "--no-privileges"]
            await _run("pg_restore", url, [*options, str(file)])
        except BaseException:
            await _put_back(connection, kept)
            raise
    return f"schema {kept}" if kept else None


async def is_used(url: str) -> bool:
    """Whether others are connected to the database as the same user; a bot always is."""
    async with _connect(url) as connection:
        return await _is_used(connection)


async def examine(url: str) -> Condition:
    """Read every row once, and look for indexes and pages that the server knows to be broken."""
    async with _connect(url) as connection:
        if not await _list_there(connection):
            return Condition(None, 0)
        for name in await _list_there(connection):
            read_all = sql.SQL("SELECT coalesce(sum(length(whole::text)), 0) FROM {} AS whole")
            await connection.execute(read_all.format(sql.Identifier(name)))
        broken = await _value(connection, "SELECT count(*) FROM pg_index WHERE NOT indisvalid")
        failures = await _value(
            connection,
            """
            SELECT coalesce(checksum_failures, 0) FROM pg_stat_database
            WHERE datname = current_database()
            """,
        )
        damage = f"{broken} broken indexes" if broken else None
        if failures:
            damage = f"{failures} pages with a wrong checksum"
        return Condition(damage, await _migration(connection))


async def _hold_back_others(connection: AsyncConnection[Any]) -> None:
    """A bot that starts waits for this lock before it looks at the tables."""
    free = await _value(connection, f"SELECT pg_try_advisory_lock({MIGRATION_LOCK})")
    if not free or await _is_used(connection):
        raise Refused(IN_USE)


async def _is_used(connection: AsyncConnection[Any]) -> bool:
    """Look several times: the server takes a moment to notice that somebody has left."""
    for _ in range(LOOKS):
        others = await _value(
            connection,
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND usename = current_user
              AND pid <> pg_backend_pid() AND backend_type = 'client backend'
            """,
        )
        if not others:
            return False
        await asyncio.sleep(LOOK_SECONDS)
    return True


async def _list_there(connection: AsyncConnection[Any]) -> list[str]:
    cursor = await connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    )
    there = {row[0] for row in await cursor.fetchall()}
    return [table.name for table in list_tables() if table.name in there] + (
        ["migration"] if "migration" in there else []
    )


async def _has_rows(connection: AsyncConnection[Any], names: Sequence[str]) -> bool:
    for name in names:
        query = sql.SQL("SELECT EXISTS (SELECT 1 FROM {})").format(sql.Identifier(name))
        if name != "migration" and await _value(connection, query):
            return True
    return False


async def _clear(connection: AsyncConnection[Any], names: Sequence[str], kept: str | None) -> None:
    """Move our tables into a schema of their own, or drop them if they are empty."""
    async with connection.transaction():
        if kept:
            await connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(kept)))
            for name in names:
                await connection.execute(
                    sql.SQL("ALTER TABLE {} SET SCHEMA {}").format(
                        sql.Identifier(name), sql.Identifier(kept)
                    )
                )
        elif names:
            listed = sql.SQL(", ").join(sql.Identifier(name) for name in names)
            await connection.execute(sql.SQL("DROP TABLE {}").format(listed))


async def _put_back(connection: AsyncConnection[Any], kept: str | None) -> None:
    """Undo ``_clear``; empty tables are made anew by whoever opens the database."""
    await _clear(connection, await _list_there(connection), None)
    if kept is None:
        return
    async with connection.transaction():
        cursor = await connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = %s", (kept,)
        )
        for (name,) in await cursor.fetchall():
            await connection.execute(
                sql.SQL("ALTER TABLE {} SET SCHEMA public").format(sql.Identifier(kept, name))
            )
        await connection.execute(sql.SQL("DROP SCHEMA {}").format(sql.Identifier(kept)))


async def _migration_of(file: Path) -> int:
    """Read from a dump how new its tables are."""
    options = ["--data-only", "--table=migration", "--file=-", str(file)]
    said = await _run("pg_restore", None, options)
    return max((int(line) for line in said.splitlines() if line.isdecimal()), default=0)


async def _migration(connection: AsyncConnection[Any]) -> int:
    return await _value(connection, "SELECT coalesce(max(number), 0) FROM migration")


async def _value(connection: AsyncConnection[Any], query: Any) -> int:
    cursor = await connection.execute(query)
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


@asynccontextmanager
async def _connect(url: str) -> AsyncIterator[AsyncConnection[Any]]:
    try:
        connection = await AsyncConnection.connect(
            url, autocommit=True, connect_timeout=int(CONNECT_SECONDS)
        )
    except psycopg.Error as error:
        raise DatabaseUnusable("postgresql", str(error).strip()) from error
    async with connection:
        yield connection


async def _run(program: str, url: str | None, arguments: Sequence[str]) -> str:
    """Run one of PostgreSQL's programs and return what it printed.

    A password travels in the environment: arguments can be seen by everybody on the machine.
    """
    found = shutil.which(program)
    if found is None:
        raise Refused(f"{program} is not installed (apt install postgresql-client).")
    environment, options = dict(os.environ), []
    if url:
        parts: dict[str, Any] = dict(conninfo_to_dict(url))
        password = parts.pop("password", None)
        if password:
            environment["PGPASSWORD"] = str(password)
        options = [f"--dbname={make_conninfo('', **parts)}"]
    process = await asyncio.create_subprocess_exec(
        found,
        *options,
        *arguments,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, said = await process.communicate()
    if process.returncode:
        first = said.decode(errors="replace").strip().splitlines()[:2]
        raise Refused(f"{program} failed: {'; '.join(first)}")
    return printed.decode(errors="replace")
