"""getUpdates: what is handed out, and when it is forgotten."""

import asyncio


def texts(updates):
    return [update["message"]["text"] for update in updates]


async def test_updates_come_again_until_an_offset_confirms_them(rina, http):
    """A bot that crashes before it confirms gets the message once more."""
    await rina.says("satu")
    await rina.says("dua")

    first = await http.updates()
    again = await http.updates()
    later = await http.updates(offset=first[0]["update_id"] + 1)

    assert texts(first) == texts(again) == ["satu", "dua"]
    assert texts(later) == ["dua"]


async def test_confirmed_updates_are_gone_for_good(rina, http, telegram):
    """A smaller offset afterwards does not bring them back, and the record knows when it was."""
    await rina.says("satu")
    [update] = await http.updates()

    assert await http.updates(offset=update["update_id"] + 1) == []
    assert await http.updates(offset=update["update_id"]) == []
    assert telegram.record.updates[0].confirmed_at is not None


async def test_limit_bounds_what_is_handed_out(rina, http):
    """A bot that asks for two gets two, whatever waits."""
    for number in range(5):
        await rina.says(f"pesan {number}")

    assert texts(await http.updates(limit=2)) == ["pesan 0", "pesan 1"]


async def test_a_negative_offset_counts_from_the_end_and_forgets_the_rest(rina, http):
    """A bot that wants only the newest message drops what came before."""
    for number in range(4):
        await rina.says(f"pesan {number}")

    assert texts(await http.updates(offset=-1)) == ["pesan 3"]
    assert texts(await http.updates()) == ["pesan 3"]


async def test_an_offset_from_another_life_confirms_nothing(rina, http):
    """Update numbers may start again lower; an old high offset must not lose messages."""
    await rina.says("halo")

    assert texts(await http.updates(offset=2_000_000_000)) == ["halo"]


async def test_a_long_poll_ends_as_soon_as_someone_writes(rina, http):
    """Nobody waits for the timeout to be answered."""
    poll = asyncio.create_task(http.updates(timeout=20))
    await asyncio.sleep(0.05)
    await rina.says("halo")

    assert texts(await asyncio.wait_for(poll, 2)) == ["halo"]


async def test_a_long_poll_without_news_ends_with_nothing(http):
    """Silence is an empty list, not an error."""
    assert await http.updates(timeout=0.1) == []


async def test_a_second_poller_ends_the_first_with_409(http):
    """Two bots with one token are told so, as Telegram tells them."""
    first = asyncio.create_task(http.call("getUpdates", timeout=20))
    await asyncio.sleep(0.05)
    await http.updates(timeout=0)

    status, answer = await asyncio.wait_for(first, 2)
    assert status == answer["error_code"] == 409
    assert answer["description"] == (
        "Conflict: terminated by other getUpdates request; "
        "make sure that only one bot instance is running"
    )


async def test_only_the_kinds_that_were_asked_for_are_created(rina, http):
    """A bot that asks for presses only hears of no messages, until it asks for all again."""
    await http.updates(allowed_updates=["callback_query"])
    await rina.says("tidak terdengar")
    await http.updates(allowed_updates=[])
    await rina.says("terdengar")

    assert texts(await http.updates()) == ["terdengar"]


async def test_messages_wait_a_day_and_presses_150_seconds(rina, http, bot, clock):
    """What a bot missed for longer than that, Telegram has thrown away."""
    await rina.says("halo")
    message = await bot.send_message(rina.id, "Betul?")
    await rina.presses_data("ya", message.message_id)
    assert len(await http.updates()) == 2

    clock.passes(151)
    assert texts(await http.updates()) == ["halo"]

    clock.passes(24 * 3600)
    assert await http.updates() == []


async def test_updates_keep_the_order_in_which_people_wrote(telegram, http):
    """In each chat, and over all chats, first come is first served."""
    people = [telegram.person(f"Warga {number}") for number in range(3)]
    for number in range(9):
        await people[number % 3].says(str(number))

    assert texts(await http.updates()) == [str(number) for number in range(9)]


async def test_any_body_can_be_injected_and_its_sender_answered(telegram, http, bot):
    """Replays and fuzzing: what is given is what the bot gets, parsable or not."""
    sender = {"id": 42, "is_bot": False, "first_name": "Uji"}
    chat = {"id": 42, "type": "private", "first_name": "Uji"}
    body = {"message_id": 7, "from": sender, "chat": chat, "date": 1, "text": "putar ulang"}

    telegram.inject([{"message": body}, {"update_id": 600_000_000, "message": {"text": 1}}, "?"])
    updates = await http.updates()
    await bot.send_message(42, "sampai")

    assert updates[0]["message"] == body
    assert updates[1] == {"update_id": 600_000_000, "message": {"text": 1}}
    assert updates[2]["unparsable"] == "?"
    assert [m.text for m in telegram.people[42].chat] == ["putar ulang", "sampai"]


async def test_a_repeated_update_id_is_handed_out_twice(telegram, http):
    """The same update can arrive again, and a bot has to bear it."""
    telegram.inject([{"update_id": 900_000_000, "poll": {}}] * 2)

    assert [u["update_id"] for u in await http.updates()] == [900_000_000] * 2
