"""Numbered SQL files, each applied once, in one transaction with its number. Never edited later.

They are written for SQLite; ``storage.postgres`` translates the names of types.
"""

import sqlite3
from collections.abc import Iterator
from importlib import resources


def list_statements() -> list[tuple[int, list[str]]]:
    """List the numbers of the migrations with their statements, in order."""
    files = [file for file in resources.files(__name__).iterdir() if file.name.endswith(".sql")]
    return sorted((int(file.name[:4]), list(_split(file.read_text("utf-8")))) for file in files)


def _split(script: str) -> Iterator[str]:
    """Split a script into statements; running it as a whole would end the transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
