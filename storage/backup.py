"""Copies the database into one file while the bot runs, and puts such a file back."""

import asyncio
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from storage import health, moments
from storage.alone import alone, is_sqlite, path_of, refuse_if_missing
from storage.database import Database
from storage.errors import Refused
from storage.tables import list_tables, newest_migration

NOT_EMPTY = "the database is not empty. --replace puts the backup in its place and keeps it aside."
ITSELF = "this file is the database itself."
NEWER = "the backup comes from a newer Palanta. Install that version first."


async def back_up(url: str, file: Path, *, at: datetime) -> int:
    """Write a consistent, verified copy to ``file`` and return its size in bytes.

    An older file of that name stays until the new one is complete. Raises Refused.
    """
    refuse_if_missing(url)
    with _beside(file) as made:
        if is_sqlite(url):
            await asyncio.to_thread(_copy_verified, path_of(url), made, file)
        else:
            from storage import dump  # noqa: PLC0415 - psycopg is needed only for PostgreSQL

            await dump.write(url, made)
        size = await asyncio.to_thread(_move_into_place, made, file)
    async with Database.open(url) as database, database.writing() as session:
        moments.save(session, moments.BACKUP, at=at)
    return size


async def restore(url: str, file: Path, *, replace: bool, at: datetime) -> str | None:
    """Put a backup in the database's place. Return where the old content is kept, if there was any.

    Raises Refused if a bot works on the database, or if it is not empty and not to be replaced.
    """
    if not await asyncio.to_thread(file.is_file):
        raise Refused(f"there is no file {file}.")
    stamp = at.strftime("%Y%m%d_%H%M%S")
    if is_sqlite(url):
        kept = await _restore_sqlite(path_of(url), file, replace=replace, stamp=stamp)
    else:
        from storage import dump  # noqa: PLC0415 - as above

        kept = await dump.restore(url, file, replace=replace, stamp=stamp)
    # Brings the tables of an older backup up to date.
    async with Database.open(url):
        return kept


async def _restore_sqlite(path: Path, file: Path, *, replace: bool, stamp: str) -> str | None:
    await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
    async with alone(f"sqlite:///{path}"):
        return await asyncio.to_thread(_replace, path, file, replace, stamp)


def _replace(path: Path, file: Path, replace: bool, stamp: str) -> str | None:
    """Pour the backup into the database in one transaction of SQLite's.

    The file stays the same one, so that a process that has it open sees the new content.
    """
    if path.exists() and file.samefile(path):
        raise Refused(ITSELF)
    _check(file)
    kept = None
    if not _is_empty(path):
        if not replace:
            raise Refused(NOT_EMPTY)
        kept = path.with_name(f"{path.name}.before-{stamp}")
        _keep_aside(path, kept)
    if not path.exists():
        path.touch(mode=0o600)
    _copy(file, path)
    return str(kept) if kept else None


def _check(file: Path) -> None:
    """Raise Refused unless the file is a sound backup that this version understands."""
    try:
        with closing(_open(file, "ro")) as connection:
            complaint = health.find_damage(connection)
            numbers = [row[0] for row in connection.execute("SELECT number FROM migration")]
    except sqlite3.Error as error:
        raise Refused(f"{file} is no backup of Palanta ({error}).") from error
    if complaint:
        raise Refused(f"{file} is damaged ({complaint}).")
    if max(numbers, default=0) > newest_migration():
        raise Refused(NEWER)


def _is_empty(path: Path) -> bool:
    """Whether no table has a row. What cannot be read is not empty."""
    if not path.exists() or path.stat().st_size == 0:
        return True
    try:
        with closing(_open(path, "rw")) as connection:
            there = {row[1] for row in connection.execute("PRAGMA table_list")}
            return not any(
                connection.execute(f"SELECT 1 FROM {table.name} LIMIT 1").fetchone()
                for table in list_tables()
                if table.name in there
            )
    except sqlite3.Error:
        return False


def _keep_aside(path: Path, kept: Path) -> None:
    """Copy the database; one that is damaged is moved away as it is, with what belongs to it."""
    kept.touch(mode=0o600)
    try:
        _copy(path, kept)
    except sqlite3.Error:
        for suffix in ("", "-wal", "-shm"):
            part = path.with_name(path.name + suffix)
            if part.exists():
                part.replace(kept.with_name(kept.name + suffix))


def _copy_verified(path: Path, made: Path, file: Path) -> None:
    if file.exists() and file.samefile(path):
        raise Refused(ITSELF)
    try:
        _copy(path, made)
        with closing(_open(made, "rw")) as connection:
            # One file, without a journal beside it.
            connection.execute("PRAGMA journal_mode = DELETE")
            complaint = health.find_damage(connection)
    except sqlite3.Error as error:
        complaint = str(error)
    if complaint:
        raise Refused(f"the copy is not sound ({complaint}); nothing was kept of it.")


def _copy(source: Path, target: Path) -> None:
    """Copy in one step: from one snapshot, while others go on reading and writing."""
    with closing(_open(source, "rw")) as reading, closing(_open(target, "rw")) as writing:
        reading.backup(writing)


def _open(path: Path, mode: str) -> sqlite3.Connection:
    """Open a file that is there; ``mode`` is ``ro`` or ``rw``."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode={mode}", uri=True, timeout=30)
    connection.isolation_level = None
    return connection


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """Give a new file for our eyes only, on the same disk; it goes if it was not moved away."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
    except OSError as error:
        raise Refused(f"cannot write to {file.parent} ({error.strerror}).") from error
    os.close(descriptor)
    made = Path(name)
    try:
        yield made
    except OSError as error:
        raise Refused(f"cannot write {file} ({error.strerror}).") from error
    finally:
        for left in file.parent.glob(f"{made.name}*"):
            left.unlink(missing_ok=True)


def _move_into_place(made: Path, file: Path) -> int:
    """Make the file complete on disk before it has its name; return its size."""
    with made.open("rb") as written:
        os.fsync(written.fileno())
        size = os.fstat(written.fileno()).st_size
    made.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return size
