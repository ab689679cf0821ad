"""The bots that are killed: ours, and a plain one that has to lose something."""

import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import psycopg

from bench import checker
from bench.bot import Place
from bench.checker import Findings, InFlight
from bench.evidence import Told, select, select_from_copy
from bench.processes import Running, start
from bench.telegram import TOKEN

OPEN = """
    SELECT NULL, 'update' FROM inbox WHERE state = 'new'
    UNION ALL SELECT NULL, 'call' FROM outbox WHERE state IN ('new', 'sending')
"""


class Subject(Protocol):
    """A bot that can be started again and again on what it left behind."""

    has_notice: bool

    async def start(self) -> Running: ...

    def in_flight(self) -> InFlight:
        """List the calls whose outcome was open when it was killed."""

    def left_open(self) -> bool:
        """Whether it was killed in the middle of something."""

    def count_open(self) -> int:
        """Count what it still has to do by its own books, while it is alive."""

    def check(self, told: Told, in_flight: Sequence[InFlight]) -> Findings: ...


class Palanta:
    """``palanta run``."""

    has_notice = True

    def __init__(
        self, folder: Path, api_url: str, *, models: Path, database: str | None = None
    ) -> None:
        self._place = Place(folder, api_url, models=models, database=database)

    async def start(self) -> Running:
        return await self._place.start()

    def in_flight(self) -> InFlight:
        return self._look("SELECT chat_id, method FROM outbox WHERE state = 'sending'")

    def left_open(self) -> bool:
        return bool(self._look(OPEN))

    def count_open(self) -> int:
        """Ask the database itself: a copy of a file that is being written may be of two minds."""
        return len(select(self._place.kept, OPEN))

    def check(self, told: Told, in_flight: Sequence[InFlight]) -> Findings:
        return checker.check(self._place.kept, told, in_flight)

    def _look(self, sql: str) -> list[tuple[int | None, str]]:
        """An early kill may come before there are tables."""
        try:
            return [(row[0], str(row[-1])) for row in select_from_copy(self._place.kept, sql)]
        except (sqlite3.OperationalError, psycopg.errors.UndefinedTable):
            return []


class PlainEcho:
    """python-telegram-bot's echo example that keeps each message first."""

    has_notice = False

    def __init__(self, folder: Path, api_url: str) -> None:
        self._folder = folder
        self._api_url = api_url
        self._database = folder / "echo.db"

    async def start(self) -> Running:
        command = [sys.executable, "-m", "bench.echo_ptb", "--api-url", self._api_url]
        command += ["--token", TOKEN, "--database", str(self._database)]
        return await start(command, log=self._folder / "bot.log")

    def in_flight(self) -> InFlight:
        return []

    def left_open(self) -> bool:
        return False

    def count_open(self) -> int:
        return 0

    def check(self, told: Told, in_flight: Sequence[InFlight]) -> Findings:
        findings = Findings()
        expected = [(act.chat_id, act.text) for act in told.acts]
        kept = select(self._database, "SELECT chat_id, text FROM kept ORDER BY rowid")
        findings.compare("messages", sorted(expected), sorted(kept))
        echoes = [d.chat_id for d in told.deliveries if d.method == "sendMessage"]
        findings.compare_echoes([act.chat_id for act in told.acts], echoes)
        return findings
