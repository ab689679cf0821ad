"""A database of its own for every test, once on each engine."""

from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest

from storage.database import Database
from storage.tables import list_tables
from tests.engines import PostgresServer, make_postgres_database, postgres_server

__all__ = ["postgres_server"]

EVERY_TABLE = ", ".join(table.name for table in list_tables())


@pytest.fixture(scope="session")
def postgres_tables(postgres_server: PostgresServer) -> str:
    """One database on PostgreSQL for all tests here: emptying it is faster than a new one."""
    return make_postgres_database(postgres_server)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/palanta.db"
    return str(request.getfixturevalue("postgres_tables"))


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with Database.open(url) as database:
        yield database
    if not url.startswith("sqlite"):
        with psycopg.connect(url) as connection:
            connection.execute(f"TRUNCATE {EVERY_TABLE} RESTART IDENTITY CASCADE")
