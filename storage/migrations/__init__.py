"""Numbered SQL files, each applied once, in one transaction with its number. Never edited later."""

import sqlite3
from collections.abc import Iterator
from importlib import resources

import aiosqlite


async def migrate(connection: aiosqlite.Connection) -> None:
    """Bring the tables up to the newest number, all in one transaction.

    The lock is taken before looking: two processes may start on a new database at once.
    """
    await connection.execute("BEGIN IMMEDIATE")
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY) STRICT"
    )
    rows = await connection.execute_fetchall("SELECT number FROM migration")
    applied = {row[0] for row in rows}
    for number, script in list_scripts():
        if number not in applied:
            for statement in _statements(script):
                await connection.execute(statement)
            await connection.execute("INSERT INTO migration (number) VALUES (?)", (number,))
    await connection.commit()


def list_scripts() -> list[tuple[int, str]]:
    """List the numbers and texts of the migrations, in order."""
    files = [file for file in resources.files(__name__).iterdir() if file.name.endswith(".sql")]
    return sorted((int(file.name[:4]), file.read_text("utf-8")) for file in files)


def _statements(script: str) -> Iterator[str]:
    """Split a script; ``executescript`` would end the transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
