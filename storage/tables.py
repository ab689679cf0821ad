"""The tables as the migrations make them, in an order in which rows can be put in."""

import sqlite3
from contextlib import closing
from functools import cache
from graphlib import TopologicalSorter
from typing import NamedTuple

from storage.migrations import list_statements


class Table(NamedTuple):
    """A table with its columns. ``key`` is the primary key; ``numbered`` if the engine gives it."""

    name: str
    columns: tuple[str, ...]
    key: str
    numbered: bool


@cache
def list_tables() -> tuple[Table, ...]:
    """List all tables, each after those that it refers to."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for _, statements in list_statements():
            for statement in statements:
                connection.execute(statement)
        names = [
            row[1]
            for row in connection.execute("PRAGMA table_list")
            if row[2] == "table" and not row[1].startswith("sqlite_")
        ]
        refers = {name: _references(connection, name) - {name} for name in sorted(names)}
        order = TopologicalSorter(refers).static_order()
        return tuple(_read(connection, name) for name in order)


def newest_migration() -> int:
    return max(number for number, _ in list_statements())


def _references(connection: sqlite3.Connection, table: str) -> set[str]:
    return {row[2] for row in connection.execute(f"PRAGMA foreign_key_list({table})")}


def _read(connection: sqlite3.Connection, name: str) -> Table:
    rows = connection.execute(f"PRAGMA table_info({name})").fetchall()
    [key] = [row for row in rows if row[5]]
    references = connection.execute(f"PRAGMA foreign_key_list({name})")
    numbered = key[2] == "INTEGER" and key[1] not in {row[3] for row in references}
    return Table(name, tuple(row[1] for row in rows), key[1], numbered)
