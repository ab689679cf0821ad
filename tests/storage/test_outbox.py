"""The outbox: in order per chat, answers to presses first, repeated after a crash."""

from datetime import timedelta

import pytest

from storage import outbox, people
from storage.outbox import LEASE, Outcome
from tests.storage.builders import NOW, look, meet

RINA, EKO = 7_001, 7_002
LATER = NOW + timedelta(seconds=10)


def say(session, chat, text, **more):
    outbox.add(session, "sendMessage", {"chat_id": chat, "text": text}, at=NOW, **more)


async def owe(database, *said):
    """Owe messages, each ``(chat, text)``."""
    async with database.writing() as session:
        for chat, text in said:
            say(session, chat, text)


async def list_ready(database, *, now=NOW, limit=100, resting=()):
    async with database.writing() as session:
        return await outbox.list_ready(session, now=now, limit=limit, resting=resting)


async def texts(database, **when):
    return [message.payload["text"] for message in await list_ready(database, **when)]


async def send(database, message, state="sent", *, at=NOW, message_id=None):
    async with database.writing() as session:
        outbox.mark_sending(session, [message.id], now=at)
        outbox.record(session, [Outcome(message.id, state, at, message_id)])


async def test_a_chat_gets_its_messages_in_order_and_one_at_a_time(database):
    """The receipt of the first idea never arrives after that of the second."""
    await owe(database, (RINA, "one"), (RINA, "two"), (EKO, "for Eko"))

    ready = await list_ready(database)
    assert [message.payload["text"] for message in ready] == ["one", "for Eko"]
    async with database.writing() as session:
        outbox.mark_sending(session, [ready[0].id], now=NOW)
    assert await texts(database) == ["for Eko"]

    async with database.writing() as session:
        outbox.record(session, [Outcome(ready[0].id, "sent", NOW)])
    assert await texts(database) == ["two", "for Eko"]


async def test_an_answer_to_a_press_goes_first_and_waits_for_no_message(database):
    """The button stops spinning while messages queue."""
    await owe(database, (RINA, "one"), (EKO, "two"))
    async with database.writing() as session:
        payload = {"callback_query_id": "99", "text": "saved"}
        outbox.add(session, "answerCallbackQuery", payload, at=NOW, lane="press 99")

    assert await texts(database) == ["saved", "one", "two"]
    assert await texts(database, limit=1) == ["saved"]


async def test_resting_chats_are_left_out(database):
    """A chat that Telegram asked to spare is spared; no other waits for it."""
    await owe(database, (RINA, "one"), (EKO, "two"))

    assert await texts(database, resting=[str(RINA), "999"]) == ["two"]


async def test_a_message_that_failed_for_now_is_tried_later_and_the_chat_waits(database):
    """Order is kept through a bad connection too."""
    await owe(database, (RINA, "one"), (RINA, "two"), (EKO, "three"))
    first = (await list_ready(database))[0]
    async with database.writing() as session:
        outbox.mark_sending(session, [first.id], now=NOW)
        outbox.record(session, [Outcome(first.id, "new", LATER, error="TimeoutError")])

    assert await texts(database) == ["three"]
    again = (await list_ready(database, now=LATER))[0]
    assert (again.payload["text"], again.attempts) == ("one", 1)


@pytest.mark.parametrize("state", ["sent", "blocked"])
async def test_what_has_arrived_is_not_kept(database, state):
    """The words are in the chat; a second copy would only have to be guarded."""
    async with database.writing() as session:
        await meet(session, RINA)
    await owe(database, (RINA, "your idea PDG-7K3M"))
    await send(database, (await list_ready(database))[0], state, message_id=31)

    [row] = await look(database, "SELECT state, payload, message_id FROM outbox")
    assert row == {"state": state, "payload": None, "message_id": 31}


async def test_what_was_refused_is_kept_for_the_operator(database):
    """A refusal is a bug of ours, and cannot be mended unseen."""
    async with database.writing() as session:
        await meet(session, RINA)
    await owe(database, (RINA, "one"), (RINA, "two"))
    await send(database, (await list_ready(database))[0], "failed")

    [row] = await look(database, "SELECT payload FROM outbox WHERE state = 'failed'")
    assert "one" in str(row["payload"])
    assert await texts(database) == ["two"]


async def test_what_was_in_flight_when_the_process_died_is_sent_again(database):
    """Twice is better than never, and Telegram offers no way to ask."""
    await owe(database, (RINA, "one"), (RINA, "two"))
    [message] = await list_ready(database)
    async with database.writing() as session:
        outbox.mark_sending(session, [message.id], now=NOW)
    assert await texts(database) == []

    async with database.writing() as session:
        assert await outbox.repeat_interrupted(session) == 1
        assert await outbox.repeat_interrupted(session) == 0
    assert await texts(database) == ["one"]


async def test_what_another_process_may_still_be_sending_is_left_to_it(database):
    """Two replicas do not send the same message while both are alive."""
    await owe(database, (RINA, "one"))
    [message] = await list_ready(database)
    async with database.writing() as session:
        outbox.mark_sending(session, [message.id], now=NOW)

    async with database.writing() as session:
        assert await outbox.repeat_interrupted(session, now=NOW + LEASE) == 0
        assert await outbox.repeat_interrupted(session, now=NOW + LEASE * 2) == 1
    assert await texts(database) == ["one"]


async def test_an_edit_waits_for_the_message_that_it_edits(database):
    """Progress can be written before the message that shows it has a number."""
    async with database.writing() as session:
        shown = {"chat_id": RINA, "text": "0 of 10"}
        row = await outbox.add_numbered(session, "sendMessage", shown, at=NOW)
        say(session, RINA, "10 of 10", edits=row)

    [message] = await list_ready(database)
    assert message.payload["text"] == "0 of 10"
    async with database.reading() as session:
        assert await outbox.find_message_id(session, row) is None
    await send(database, message, message_id=55)

    [edit] = await list_ready(database)
    assert edit.edits == row
    async with database.reading() as session:
        assert await outbox.find_message_id(session, edit.edits) == 55
        assert await outbox.find_message_id(session, 999) is None


async def test_the_last_words_to_somebody_who_erased_themselves_leave_no_trace(database):
    """The confirmation is sent after the erasure; then their number is forgotten."""
    async with database.writing() as session:
        await meet(session, EKO)
    await owe(database, (RINA, "Semua sudah dihapus."), (EKO, "for Eko"))
    for message in await list_ready(database):
        await send(database, message)

    rows = await look(database, "SELECT lane, chat_id, payload FROM outbox ORDER BY id")
    assert rows == [
        {"lane": "", "chat_id": None, "payload": None},
        {"lane": "", "chat_id": EKO, "payload": None},
    ]


async def test_a_call_that_takes_long_is_held_by_a_process_that_is_alive(database):
    """A slow answer of Telegram's is no reason for another process to send again."""
    await owe(database, (RINA, "one"))
    [message] = await list_ready(database)
    almost = NOW + LEASE * 0.9
    async with database.writing() as session:
        outbox.mark_sending(session, [message.id], now=NOW)
        outbox.hold(session, [message], now=almost)
        assert await outbox.repeat_interrupted(session, now=NOW + LEASE * 1.5) == 0

        assert await outbox.repeat_interrupted(session, now=almost + LEASE * 1.1) == 1
        outbox.hold(session, [message], now=almost)
    assert await texts(database) == ["one"]


async def test_what_is_owed_can_be_counted(database):
    """The operator sees what waits."""
    await owe(database, (RINA, "one"), (EKO, "two"))
    await send(database, (await list_ready(database))[0])

    async with database.reading() as session:
        assert await outbox.count(session, "new", "sending") == 1
        assert await outbox.count(session, "sent") == 1
        assert await outbox.count(session) == 0


async def test_a_message_to_nobody_met_yet_is_kept_until_it_is_sent(database):
    """A retry keeps whom it is for."""
    await owe(database, (RINA, "one"))
    await send(database, (await list_ready(database))[0], "new")

    [message] = await list_ready(database)
    assert (message.chat_id, message.lane) == (RINA, str(RINA))


async def test_whoever_blocked_the_bot_is_noted_and_forgiven(database):
    """They are back as soon as they write again."""
    async with database.writing() as session:
        await meet(session, RINA)
        people.set_blocked(session, RINA, at=NOW)
        assert (await meet(session, RINA)).blocked_at == NOW
        people.set_blocked(session, RINA, at=None)
        assert (await meet(session, RINA)).blocked_at is None
