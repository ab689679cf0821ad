"""One unit of work, the same on every engine."""

import json
import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import Any, Protocol

Params = Mapping[str, object]
Row = Mapping[str, Any]
Statement = tuple[str, Sequence[Params]]

# By their exact type: an Enum may be a str, and a bool is an int.
AS_THEY_ARE = frozenset({str, int, float, type(None)})
_LIST = re.compile(r"\bIN :(\w+)")


class Connection(Protocol):
    """What a unit of work needs of an engine's connection."""

    skip_locked: str
    """Ends a SELECT that claims rows: those that another process has claimed are passed over."""
    shared: bool
    """Whether other processes may be at work on the same database."""
    short: bool
    """Whether the next statements touch a few rows each: the loop itself may run them."""

    async def lock_chats(self, chats: Sequence[int]) -> set[int]:
        """Take those chats that no other process is at work on, until the unit of work ends."""

    async def run(self, statements: list[Statement], query: Statement | None) -> list[Row]:
        """Run statements in one hand-over, then the query, and return its rows.

        Raises DatabaseUnavailable if nothing can be written now.
        """


class Session:
    """One unit of work. Writes are gathered and go out with the next read, or at the end.

    So a write that fails says so at the next read or at the end of its savepoint, which undoes it;
    outside a savepoint it says so until the end: part of a unit is never kept.
    Parameters are named (``:name``); a list stands for what ``IN :name`` looks in.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._pending: list[Statement] = []
        self._failure: Exception | None = None

    @property
    def skip_locked(self) -> str:
        return self._connection.skip_locked

    @property
    def shared(self) -> bool:
        return self._connection.shared

    def take_time(self) -> None:
        """Say that statements from here on may touch many rows, and must not hold up the loop."""
        self._connection.short = False

    async def lock_chats(self, chats: Sequence[int]) -> set[int]:
        await self.flush()
        return await self._connection.lock_chats(chats)

    def execute(self, sql: str, params: Params | None = None) -> None:
        self._pending.append(_bind(sql, params or {}))

    def execute_many(self, sql: str, rows: Iterable[Params]) -> None:
        bound = [_plain(row) for row in rows]
        if bound:
            self._pending.append((sql, bound))

    async def fetch_all(self, sql: str, params: Params | None = None) -> list[Row]:
        return await self._run(_bind(sql, params or {}))

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
            self.execute("RELEASE SAVEPOINT step")
            await self.flush()
        except BaseException:
            self._undo()
            raise

    def _undo(self) -> None:
        begun = not any(sql == "SAVEPOINT step" for sql, _ in self._pending)
        if begun:
            self._pending = [("ROLLBACK TO SAVEPOINT step", [{}]), ("RELEASE SAVEPOINT step", [{}])]
            self._failure = None
        else:
            # What was gathered before the savepoint belongs to somebody else and stays.
            names = [sql for sql, _ in reversed(self._pending)]
            del self._pending[-1 - names.index("SAVEPOINT step") :]

    async def _run(self, query: Statement | None) -> list[Row]:
        if self._failure:
            raise self._failure
        statements, self._pending = self._pending, []
        try:
            return await self._connection.run(statements, query)
        except Exception as error:
            self._failure = error
            raise


def _bind(sql: str, params: Params) -> Statement:
    """Turn values into what every engine takes, and a list into as many parameters."""
    bound = _plain(params)
    for name in _lists_in(sql):
        values = list(params[name]) or [""]  # type: ignore[call-overload]
        names = [f"{name}_{number}" for number in range(len(values))]
        placeholders = ", ".join(f":{each}" for each in names)
        sql = re.sub(rf"\bIN :{name}\b", f"IN ({placeholders})", sql)
        del bound[name]
        bound |= _plain(dict(zip(names, values, strict=True)))
    return sql, [bound]


@cache
def _lists_in(sql: str) -> list[str]:
    return _LIST.findall(sql)


def _plain(params: Params) -> dict[str, object]:
    return {
        name: value if type(value) in AS_THEY_ARE else _value(value)
        for name, value in params.items()
    }


def _value(value: object) -> object:
    match value:
        case datetime():
            # In UTC, so that times are in order as text.
            assert value.tzinfo, "a time without its zone is no time"
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case Enum():
            return value.value
        case bool():
            return int(value)
        case dict() | list() | tuple():
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        case _:
            return value
