"""Both engines, and the shell of the person who keeps the bot running."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from bot.cli import app
from storage.database import Database
from tests.engines import PostgresServer, postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]


class Said(NamedTuple):
    """How a command ended and what it printed."""

    code: int
    text: str


Palanta = Callable[..., Awaitable[Said]]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, once on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/own/palanta.db"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with Database.open(url) as database:
        yield database


@pytest.fixture
def palanta(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Palanta:
    """Run a command as an operator does, on the database of ``url``."""

    async def run(*words: str, url: str, **settings: object) -> Said:
        monkeypatch.setenv("PALANTA_DATABASE", url)
        monkeypatch.setenv("PALANTA_FOLDER", str(tmp_path))
        for name, value in settings.items():
            monkeypatch.setenv(f"PALANTA_{name.upper()}", str(value))
        result = await asyncio.to_thread(CliRunner().invoke, app, list(words))
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.output)

    return run


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch, postgres_server: PostgresServer) -> None:
    """PostgreSQL's programs are installed."""
    monkeypatch.setenv("PATH", str(postgres_server.programs))
