"""The moments at which a process can be made to die: before and after each step that counts.

They are counted as they pass, so a first run tells how many there are, and the next die at each.
Nothing of the bot knows of this: its own functions are wrapped in the process that is to die.
"""

import os
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from telegram.ext import Application

from bot.transport import AiohttpRequest, Answer
from storage import sqlite
from storage.session import Row, Statement

KILLED = 137


class Points:
    """Counts the points that were passed, writes down their names, and dies at one of them."""

    def __init__(self, log: Path, *, die_at: int = 0) -> None:
        """``die_at`` 0 only counts."""
        self._log = log.open("a", buffering=1)
        self._die_at = die_at
        self._passed = 0
        self._lock = Lock()

    def passing(self, name: str) -> None:
        with self._lock:
            self._passed += 1
            self._log.write(f"{self._passed} {name}\n")
            if self._passed == self._die_at:
                # As SIGKILL: no handler, no flush, no rollback, no last words.
                os._exit(KILLED)


def watch(points: Points, *, every_statement: bool) -> None:
    """Put a point before and after each step of this process."""
    sqlite._run = _watched_run(points, every_statement=every_statement)  # type: ignore[assignment]
    AiohttpRequest.call = _watched_call(points)  # type: ignore[method-assign]
    Application.process_update = _watched_update(points)  # type: ignore[method-assign]


def watch_postgres(points: Points) -> None:
    """As ``watch``; here a hand-over is one message to the server and cannot die halfway."""
    from storage.postgres import PostgresConnection  # noqa: PLC0415 - one engine, one import

    run = PostgresConnection.run

    async def watched(
        self: PostgresConnection, statements: list[Statement], query: Statement | None
    ) -> list[Row]:
        points.passing(f"before {_name(statements, query)}")
        rows = await run(self, statements, query)
        points.passing(f"after {_name(statements, query)}")
        return rows

    PostgresConnection.run = watched  # type: ignore[method-assign]


def _watched_run(
    points: Points, *, every_statement: bool
) -> Callable[[sqlite3.Connection, list[Statement], Statement | None], list[sqlite3.Row]]:
    """One hand-over to SQLite's thread, as storage.sqlite does it, with points in between."""

    def run(
        connection: sqlite3.Connection, statements: list[Statement], query: Statement | None
    ) -> list[sqlite3.Row]:
        for number, (sql, rows) in enumerate(statements):
            if every_statement or number == 0 or sql == "COMMIT":
                points.passing(f"before {_short(sql)}")
            connection.executemany(sql, rows) if len(rows) > 1 else connection.execute(sql, rows[0])
        found = connection.execute(query[0], query[1][0]).fetchall() if query else []
        points.passing(f"after {_name(statements, query)}")
        return found

    return run


# Any: the Bot API's JSON, and python-telegram-bot's application.
def _watched_call(points: Points) -> Callable[..., Any]:
    call = AiohttpRequest.call

    async def watched(
        self: AiohttpRequest, method: str, payload: dict[str, Any], **options: Any
    ) -> Answer:
        points.passing(f"before {method}")
        answer = await call(self, method, payload, **options)
        points.passing(f"after {method}")
        return answer

    return watched


def _watched_update(points: Points) -> Callable[..., Any]:
    process = Application.process_update

    async def watched(self: Application[Any, Any, Any, Any, Any, Any], update: object) -> None:
        points.passing("before handler")
        await process(self, update)
        points.passing("after handler")

    return watched


def _name(statements: Sequence[Statement], query: Statement | None) -> str:
    last = query[0] if query else statements[-1][0] if statements else "nothing"
    return _short(last)


def _short(sql: str) -> str:
    return " ".join(sql.split()[:4])
