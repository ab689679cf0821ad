"""Short units on SQLite: the loop runs their statements itself, but never one that may wait."""

import threading

import pytest

from storage.database import Database
from storage.sqlite import WAITING, Sqlite
from tests.storage.builders import meet


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/palanta.db"


@pytest.fixture
async def traced(url):
    """A database, and each statement with whether the loop's own thread ran it."""
    loop, ran = threading.get_ident(), []

    def note(sql):
        ran.append((sql, threading.get_ident() == loop))

    async with Sqlite.open(url) as engine:
        async with engine.writer() as connection:
            await connection.set_trace_callback(note)
        yield Database(engine), ran


async def test_a_short_unit_never_waits_for_the_disk_or_a_lock_on_the_loop(traced):
    """While one message is committed, the next is received."""
    database, ran = traced
    async with database.writing(short=True) as session, session.savepoint():
        await meet(session)

    waiting = [on_loop for sql, on_loop in ran if sql in WAITING]
    others = [on_loop for sql, on_loop in ran if sql.startswith(("SAVEPOINT", "RELEASE"))]
    assert (waiting, others) == ([False, False], [False, True])


async def test_a_unit_that_takes_time_leaves_the_loop(traced):
    """Whoever erases ten thousand ideas holds up nobody else's receipt."""
    database, ran = traced
    async with database.writing(short=True) as session:
        await meet(session, 1)
        session.take_time()
        await meet(session, 2)
    async with database.writing() as session:
        await meet(session, 3)

    made = [on_loop for sql, on_loop in ran if "INSERT INTO person" in sql]
    assert made == [True, False, False]


async def test_a_short_unit_that_breaks_leaves_nothing(traced):
    """Half a message is never kept, however it was written."""
    database, _ = traced
    with pytest.raises(ZeroDivisionError):
        async with database.writing(short=True) as session:
            await meet(session)
            await session.fetch_all("SELECT 1")
            raise ZeroDivisionError

    async with database.reading() as session:
        assert await session.fetch_all("SELECT id FROM person") == []
