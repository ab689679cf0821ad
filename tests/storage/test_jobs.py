"""Jobs: long work that a crash only delays."""

from datetime import timedelta

import pytest

from storage import jobs, outbox
from storage.jobs import CLAIM
from tests.storage.builders import NOW, look, meet

SECOND = timedelta(seconds=1)


@pytest.fixture
async def two_orders(database):
    """Two exports, ordered one after the other."""
    async with database.writing() as session:
        person = await meet(session)
        for word in ("dimensi:mobilitas", "dimensi:ekonomi"):
            shown = {"chat_id": person.telegram_id, "text": "0 %"}
            row = await outbox.add_numbered(session, "sendMessage", shown, at=NOW)
            jobs.add(
                session,
                "export",
                arguments={"words": [word]},
                person_id=person.id,
                chat_id=person.telegram_id,
                progress_row=row,
                at=NOW,
            )
    return database


async def take(database, now=NOW):
    async with database.writing() as session:
        return await jobs.take_next(session, now=now)


async def test_orders_are_taken_oldest_first_each_by_one_worker(two_orders):
    """Nobody's export is made twice at once, and none is passed over."""
    first, second, none = [await take(two_orders) for _ in range(3)]

    assert first.arguments == {"words": ["dimensi:mobilitas"]}
    assert second.arguments == {"words": ["dimensi:ekonomi"]}
    assert (first.kind, first.attempts, first.progress_row) == ("export", 1, 1)
    assert none is None


async def test_a_job_whose_worker_fell_silent_is_taken_up_again(two_orders):
    """A crash in the middle of an export delays it by a minute."""
    first = await take(two_orders)
    again = await take(two_orders, NOW + CLAIM + SECOND)

    assert (again.id, again.attempts) == (first.id, 2)


async def test_a_job_whose_worker_is_heard_of_is_left_to_it(two_orders):
    """An export may take longer than a minute."""
    first = await take(two_orders)
    async with two_orders.writing() as session:
        jobs.hold(session, first.id, now=NOW + CLAIM)

    assert (await take(two_orders, NOW + CLAIM + SECOND)).id != first.id


@pytest.mark.parametrize("only_one", [True, False])
async def test_a_job_that_was_let_go_is_taken_up_at_once(two_orders, only_one):
    """After a restart nobody waits for a worker that is known to be dead."""
    first, second = await take(two_orders), await take(two_orders)
    async with two_orders.writing() as session:
        jobs.let_go(session, job_id=second.id if only_one else None)

    assert (await take(two_orders)).id == (second.id if only_one else first.id)


@pytest.mark.parametrize(("error", "state"), [(None, "done"), ("ValueError", "failed")])
async def test_a_job_that_has_ended_is_not_taken_up(two_orders, error, state):
    """Its end is written down, with what went wrong if something did."""
    first, second = await take(two_orders), await take(two_orders)
    async with two_orders.writing() as session:
        jobs.finish(session, first.id, at=NOW, error=error)
        jobs.let_go(session)

    assert (await take(two_orders)).id == second.id
    [row] = await look(two_orders, "SELECT state, error FROM job WHERE done_at IS NOT NULL")
    assert row == {"state": state, "error": error}
