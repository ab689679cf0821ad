"""Units of work: kept whole or undone whole, whatever happens in the middle."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from storage import conversations, inbox, people
from storage.models import Conversation
from tests.storage.builders import NOW, look, meet

INSERT = "INSERT INTO person (telegram_id, created_at) VALUES (:telegram_id, '')"
FAILED = Exception  # each engine has its own errors for a broken rule


class Stop(Exception):
    """Something goes wrong in the middle of a unit."""


def add(session, telegram_id):
    session.execute(INSERT, {"telegram_id": telegram_id})


async def list_people(database):
    rows = await look(database, "SELECT telegram_id FROM person ORDER BY telegram_id")
    return [row["telegram_id"] for row in rows]


async def test_what_a_unit_did_is_kept_when_it_ends(database):
    """Somebody who got a receipt finds their idea there tomorrow."""
    async with database.writing() as session:
        add(session, 1)
        inbox.add(session, [(10, 1, "{}"), (11, 1, "{}")], at=NOW)

    assert await list_people(database) == [1]
    assert len(await look(database, "SELECT seq FROM inbox")) == 2


async def test_a_unit_that_breaks_off_leaves_nothing(database):
    """Half a message is never kept."""
    with pytest.raises(Stop):
        async with database.writing() as session:
            add(session, 1)
            await session.fetch_all("SELECT 1")
            add(session, 2)
            raise Stop

    assert await list_people(database) == []


@pytest.mark.parametrize("looked", [False, True], ids=["gathered", "gone out"])
async def test_a_savepoint_is_undone_alone(database, looked):
    """One bad update in a batch takes nothing from the people before and after it."""
    async with database.writing() as session:
        add(session, 1)
        with pytest.raises(Stop):
            async with session.savepoint():
                add(session, 2)
                if looked:
                    await session.fetch_all("SELECT 1")
                add(session, 3)
                raise Stop
        async with session.savepoint():
            add(session, 4)

    assert await list_people(database) == [1, 4]


async def test_a_savepoint_in_another_is_undone_alone(database):
    """What the outer one did before stays with the outer one."""
    async with database.writing() as session, session.savepoint():
        add(session, 1)
        with pytest.raises(Stop):
            async with session.savepoint():
                add(session, 2)
                raise Stop
        add(session, 3)

    assert await list_people(database) == [1, 3]


async def test_a_write_that_fails_is_reported_at_the_next_read(database):
    """Nobody decides on what they read after a write that did not happen."""
    with pytest.raises(FAILED, match=r"(?i)unique"):
        async with database.writing() as session:
            add(session, 1)
            add(session, 1)
            await session.fetch_all("SELECT 1")
            raise AssertionError("the read must not be answered")

    assert await list_people(database) == []


async def test_a_write_that_fails_is_reported_at_the_end(database):
    """And a unit without a read does not end as if all were well."""
    with pytest.raises(FAILED, match=r"(?i)unique"):
        async with database.writing() as session:
            add(session, 1)
            add(session, 1)

    assert await list_people(database) == []


async def test_a_write_that_fails_is_undone_with_its_savepoint(database):
    """The update at fault is undone as a whole; the unit goes on."""
    async with database.writing() as session:
        add(session, 1)
        with pytest.raises(FAILED, match=r"(?i)unique"):
            async with session.savepoint():
                add(session, 2)
                add(session, 1)
        add(session, 3)

    assert await list_people(database) == [1, 3]


@pytest.mark.parametrize("sql", ["SELECT 1", f"{INSERT} RETURNING id"])
async def test_nothing_is_kept_of_a_unit_whose_failure_was_passed_over(database, sql):
    """A mistake of ours that swallows an error cannot keep half of a message either."""
    with pytest.raises(FAILED, match=r"(?i)unique"):
        async with database.writing() as session:
            add(session, 1)
            if sql == "SELECT 1":
                add(session, 1)
            with pytest.raises(FAILED):
                await session.fetch_all(sql, {"telegram_id": 1})
            add(session, 2)

    assert await list_people(database) == []


async def test_a_write_that_failed_before_a_savepoint_undoes_the_unit(database):
    """The savepoint that happens to hear of it cannot make it good."""
    with pytest.raises(FAILED):
        async with database.writing() as session:
            add(session, 1)
            add(session, 1)
            with pytest.raises(FAILED):
                async with session.savepoint():
                    add(session, 2)
            add(session, 3)

    assert await list_people(database) == []


@pytest.mark.parametrize("gathered", [False, True], ids=["waiting", "with writes gathered"])
async def test_a_cancelled_unit_leaves_nothing_and_the_next_one_works(database, gathered):
    """A stop in the middle of a message does not harm the one after it."""
    inside = asyncio.Event()

    async def work():
        async with database.writing() as session:
            add(session, 1)
            await session.flush()
            if gathered:
                add(session, 2)
            inside.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with database.writing() as session:
        add(session, 3)

    assert await list_people(database) == [3]


async def test_units_cancelled_at_any_moment_are_kept_whole_or_not_at_all(database):
    """There is no moment at which a stop keeps one half of a message and not the other."""

    async def work(number):
        async with database.writing() as session:
            add(session, number)
            await session.fetch_all("SELECT 1")
            add(session, -number)

    for number in range(1, 41):
        task = asyncio.create_task(work(number))
        for _ in range(number % 20):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    kept = await list_people(database)
    assert sorted(kept) == sorted(-number for number in kept)
    async with database.writing() as session:
        add(session, 1_000)
    assert 1_000 in await list_people(database)


async def test_a_reader_sees_one_moment_while_writing_goes_on(database):
    """An export that takes a minute is of one state of the pool, and nobody waits for it."""
    async with database.writing() as session:
        add(session, 1)
    async with database.reading() as reader:
        before = await reader.fetch_all("SELECT * FROM person")
        async with database.writing() as session:
            add(session, 2)
        after = await reader.fetch_all("SELECT * FROM person")
        assert await list_people(database) == [1, 2]

    assert len(before) == len(after) == 1


async def test_a_reader_does_not_see_what_is_not_kept_yet(database):
    """Nobody is shown an idea that may yet be undone."""
    async with database.writing() as session:
        add(session, 1)
        await session.flush()
        assert await list_people(database) == []

    assert await list_people(database) == [1]


async def test_times_are_kept_in_utc_from_whatever_zone_they_come(database):
    """Noon in Padang is before six in the morning in London, as text too."""
    padang = timezone(timedelta(hours=7))
    async with database.writing() as session:
        person = await meet(session, at=datetime(2026, 11, 25, 12, 0, tzinfo=padang))
        people.set_blocked(session, 7_001, at=datetime(2026, 11, 25, 6, 0, tzinfo=UTC))

    [row] = await look(database, "SELECT created_at, blocked_at FROM person")
    assert row["created_at"] == "2026-11-25T05:00:00.000000+00:00" < row["blocked_at"]
    assert person.created_at == datetime(2026, 11, 25, 5, 0, tzinfo=UTC)


async def test_a_time_without_a_zone_is_a_mistake_and_says_so(database):
    """It would be wrong by seven hours, and nobody would notice."""
    with pytest.raises(AssertionError, match="zone"):
        async with database.writing() as session:
            await meet(session, at=datetime(2026, 11, 25, 12, 0))


async def test_any_words_come_back_as_they_were_written(database):
    """Quotes, emoji, right-to-left marks and what looks like a command to a database."""
    words = {"said": "Robert'); DROP TABLE idea; -- 🙂 \u202eab\u202c :limit ? % %s {x}\n\tø"}
    async with database.writing() as session:
        person = await meet(session)
        conversations.save(session, Conversation(person_id=person.id, data=words), at=NOW)

    async with database.reading() as session:
        assert (await conversations.get(session, person.id)).data == words
