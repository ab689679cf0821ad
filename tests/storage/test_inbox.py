"""The inbox: kept once, taken in order, held until consent, emptied when done."""

from datetime import timedelta

from storage import inbox
from tests.storage.builders import NOW, look

RINA, EKO = 7_001, 7_002
LATER = NOW + timedelta(seconds=10)


async def receive(database, *updates, at=NOW):
    """Keep updates, each ``(update_id, chat_id)``, with a body that tells them apart."""
    rows = [(number, chat, f'{{"update_id": {number}}}') for number, chat in updates]
    async with database.writing() as session:
        inbox.add(session, rows, at=at)


async def list_claimed(database, *, now=NOW, limit=100):
    async with database.writing() as session:
        return await inbox.claim(session, now=now, limit=limit)


async def numbers(database, **when):
    return [update.update_id for update in await list_claimed(database, **when)]


async def test_an_update_that_comes_twice_is_kept_once(database):
    """Telegram repeats what it is not sure that we have; nobody's idea is counted twice."""
    await receive(database, (5, RINA), (6, RINA))
    await receive(database, (5, RINA), (7, RINA))

    assert await numbers(database) == [5, 6, 7]


async def test_an_update_that_was_done_is_not_taken_up_again_when_it_is_repeated(database):
    """Nor when the repeat comes an hour later."""
    await receive(database, (5, RINA))
    [update] = await list_claimed(database)
    async with database.writing() as session:
        inbox.mark_done(session, [update.seq])
    await receive(database, (5, RINA), at=LATER)

    assert await numbers(database, now=LATER) == []


async def test_a_chat_waits_behind_its_postponed_update_and_others_go_on(database):
    """Rina's second message never overtakes her first; Eko does not wait for Rina."""
    await receive(database, (1, RINA), (2, EKO), (3, RINA), (4, EKO))
    first = (await list_claimed(database))[0]
    async with database.writing() as session:
        inbox.try_again(session, first.seq, error="ValueError", not_before=LATER)

    assert await numbers(database) == [2, 4]
    assert await numbers(database, now=LATER) == [1, 2, 3, 4]


async def test_what_came_before_a_postponed_update_does_not_wait_for_it(database):
    """Only what was sent later waits."""
    await receive(database, (1, RINA), (2, RINA), (3, RINA))
    second = (await list_claimed(database))[1]
    async with database.writing() as session:
        inbox.try_again(session, second.seq, error="ValueError", not_before=LATER)

    assert await numbers(database) == [1]


async def test_updates_without_a_chat_wait_for_nobody(database):
    """What belongs to no chat has no order to keep."""
    await receive(database, (1, None), (2, None))
    first = (await list_claimed(database))[0]
    async with database.writing() as session:
        inbox.try_again(session, first.seq, error="ValueError", not_before=LATER)

    assert await numbers(database) == [2]


async def test_a_batch_is_the_oldest(database):
    """However long the queue is, who came first is served first."""
    await receive(database, *((number, number) for number in range(1, 11)))

    assert await numbers(database, limit=3) == [1, 2, 3]


async def test_what_is_done_keeps_neither_what_was_said_nor_by_whom(database):
    """The idea is kept with the ideas; the raw message, with name and number, is not."""
    await receive(database, (1, RINA))
    [update] = await list_claimed(database)
    async with database.writing() as session:
        inbox.mark_done(session, [update.seq])

    assert await look(database, "SELECT update_id, chat_id, body, state FROM inbox") == [
        {"update_id": 1, "chat_id": None, "body": None, "state": "done"}
    ]


async def test_what_was_sent_before_consent_waits_and_goes_on_in_order(database):
    """One tap, and what Rina wrote before it is processed as she sent it."""
    await receive(database, (1, RINA), (2, EKO), (3, RINA))
    held = [update.seq for update in await list_claimed(database) if update.chat_id == RINA]
    async with database.writing() as session:
        inbox.hold(session, held)
    assert await numbers(database) == [2]
    await receive(database, (4, RINA))

    async with database.writing() as session:
        assert await inbox.has_held(session, RINA)
        assert not await inbox.has_held(session, EKO)
        inbox.release(session, RINA)
        assert not await inbox.has_held(session, RINA)

    bodies = [update.body for update in await list_claimed(database) if update.chat_id == RINA]
    assert bodies == [f'{{"update_id": {number}}}' for number in (1, 3, 4)]


async def test_what_was_sent_without_consent_in_time_is_forgotten(database):
    """Who never agreed leaves nothing, not even their number; who wrote just now has time."""
    await receive(database, (1, RINA))
    await receive(database, (2, EKO), at=LATER)
    async with database.writing() as session:
        inbox.hold(
            session, [update.seq for update in await inbox.claim(session, now=LATER, limit=9)]
        )

    async with database.writing() as session:
        assert await inbox.drop_held(session, before=LATER) == 1
    assert await look(database, "SELECT chat_id, body, state FROM inbox ORDER BY seq") == [
        {"chat_id": None, "body": None, "state": "done"},
        {"chat_id": EKO, "body": '{"update_id": 2}', "state": "held"},
    ]


async def test_an_update_set_aside_holds_up_nobody_and_can_be_replayed(database):
    """After the last try the chat goes on; the operator finds the message and its error."""
    await receive(database, (1, RINA), (2, RINA))
    first = (await list_claimed(database))[0]
    async with database.writing() as session:
        inbox.try_again(session, first.seq, error="KeyError", not_before=LATER)
        inbox.set_aside(session, first.seq, error="ValueError at clean:12")

    assert await numbers(database) == [2]
    async with database.reading() as session:
        assert await inbox.count(session, "aside") == 1
        assert await inbox.list_aside(session) == [
            {"seq": first.seq, "update_id": 1, "error": "ValueError at clean:12"}
        ]
    [row] = await look(database, "SELECT body, attempts FROM inbox WHERE state = 'aside'")
    assert row == {"body": '{"update_id": 1}', "attempts": 2}


async def test_tries_are_counted(database):
    """So that the third is the last."""
    await receive(database, (1, RINA))
    for attempt in range(3):
        [update] = await list_claimed(database, now=LATER)
        assert update.attempts == attempt
        async with database.writing() as session:
            inbox.try_again(session, update.seq, error="ValueError", not_before=NOW)


async def test_nothing_to_keep_is_no_mistake(database):
    """An empty answer of Telegram's is the usual one."""
    await receive(database)

    async with database.reading() as session:
        assert await inbox.count(session, "new") == 0
