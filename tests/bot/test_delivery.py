"""What the bot owes arrives: in order, once, and whatever Telegram does in between."""

import asyncio

from tests.bot.scenes import (
    BUSES,
    GUTTER,
    LAMPS,
    WASTE,
    answer_to,
    fetch,
    list_ideas,
    press_update,
    replied_to,
    says_and_hears,
    sends,
)
from tests.conftest import agrees

TEXTS = [LAMPS, WASTE, BUSES, GUTTER]


async def test_answers_keep_the_order_of_the_questions(telegram, rina, eri, quiet):
    """On a slow line too, the second receipt does not overtake the first."""
    telegram.faults.add("latency", ms=1, jitter_ms=60)
    sent = []

    for text in TEXTS * 3:
        sent.append((await rina.says(text)).message_id)
        await eri.says(text)
    await quiet()

    receipts = [message for message in rina.chat if "PDG-" in message.text]
    assert [replied_to(receipt) for receipt in receipts] == sent
    assert len([message for message in eri.chat if "PDG-" in message.text]) == 12


async def test_a_slow_chat_holds_up_no_other(telegram, rina, eri):
    """One person's broken line is not everybody's."""
    telegram.faults.add("latency", ms=2_000, count=1, methods=["sendMessage"])

    await rina.says(LAMPS)
    await _until(lambda: not telegram.faults.active[0].count)
    await sends(eri, WASTE)

    assert not [message for message in rina.chat if "PDG-" in message.text]
    await rina.sees("PDG-")


async def test_when_telegram_asks_for_a_pause_it_is_kept(telegram, rina, quiet):
    """A bot that does not listen is cut off for longer."""
    telegram.faults.add("too_many", retry_after=1, count=1, methods=["sendMessage"])

    await sends(rina, LAMPS)
    await quiet()

    refused, *after = telegram.record.calls_of("sendMessage")[-2:]
    assert (refused.error_code, after[0].ok) == (429, True)
    assert after[0].at - refused.at >= 0.95
    assert len([message for message in rina.chat if "PDG-" in message.text]) == 1


async def test_errors_and_cut_lines_are_tried_again(telegram, rina, eri, quiet):
    """Nobody misses an answer because a server was restarting."""
    telegram.faults.add("error", code=500, count=1, methods=["sendMessage"])
    telegram.faults.add("error", code=502, count=1, methods=["sendMessage"])
    telegram.faults.add("drop_before", count=1, methods=["sendMessage"])
    people = [rina, eri]

    for text in TEXTS[:3]:
        for person in people:
            await person.says(text)
    await quiet()

    for person in people:
        receipts = [message for message in person.chat if "PDG-" in message.text]
        assert len(receipts) == 3
        assert receipts == sorted(receipts, key=lambda message: message.message_id)


async def test_an_answer_whose_arrival_is_unknown_comes_again_rather_than_never(
    telegram, rina, database, quiet
):
    """A line cut after sending may show a receipt twice; the idea is there once."""
    telegram.faults.add("drop_after", count=1, methods=["sendMessage"])

    await rina.says(LAMPS)
    await quiet()

    receipts = [message for message in rina.chat if "PDG-" in message.text]
    assert len(receipts) == 2
    assert receipts[0].text == receipts[1].text, "the code shows that they are one"
    assert len(await list_ideas(database)) == 1


async def test_updates_that_come_twice_or_in_disorder_count_once(telegram, rina, database, quiet):
    """Telegram repeats what it is not sure that we have."""
    telegram.faults.add("repeat", probability=0.5, methods=["getUpdates"])
    telegram.faults.add("reorder", probability=0.5, methods=["getUpdates"])

    texts = [f"{LAMPS} Gang {number}." for number in range(30)]
    for text in texts:
        await rina.says(text)
        await asyncio.sleep(0)
    telegram.faults.add("repeat", probability=0, methods=["getUpdates"])
    await quiet()

    assert sorted(idea.text for idea in await list_ideas(database)) == sorted(texts)
    assert len([message for message in rina.chat if "PDG-" in message.text]) == 30


async def test_somebody_who_blocked_the_bot_is_noted_and_left_alone(
    telegram, rina, desi, database, quiet
):
    """News that cannot arrive is not tried for ever."""
    await sends(rina, LAMPS)
    await sends(rina, WASTE)
    rina.blocks_bot()
    await quiet()
    assert await _blocked(database, rina)

    card = await says_and_hears(desi, "/antrean")
    await desi.presses("Betul", card)
    await desi.sees(lambda m: m.message_id > card.message_id and m.buttons)
    await quiet()

    refused = [call for call in telegram.record.calls_of("sendMessage") if not call.ok]
    assert [(call.chat_id, call.error_code) for call in refused] == [(rina.id, 403)]
    states = await fetch(database, "SELECT state FROM outbox WHERE chat_id = :id", id=rina.id)
    assert "new" not in {row["state"] for row in states}


async def test_a_refusal_alone_is_enough_to_note_a_blocked_bot(telegram, rina, database, quiet):
    """The word that somebody left may never have come; the refusal says it too."""
    await sends(rina, LAMPS)
    rina.private_chat.blocked = True
    telegram.inject([{"message": {**rina.chat[-1].raw, "from": rina.user, "message_id": 9_001}}])
    await quiet()

    assert await _blocked(database, rina)


async def test_somebody_who_comes_back_is_answered_again(rina, database, quiet):
    """Blocking is not for ever, and nothing was lost meanwhile."""
    await sends(rina, LAMPS)
    rina.blocks_bot()
    await quiet()

    rina.unblocks_bot()
    await sends(rina, WASTE)
    await quiet()

    assert not await _blocked(database, rina)
    assert len(await list_ideas(database)) == 2


async def test_a_blocked_person_holds_up_no_other(rina, eri, quiet):
    """Everybody else's answers go on."""
    await rina.says(LAMPS)
    rina.blocks_bot()

    await sends(eri, WASTE)
    await quiet()


async def test_a_change_that_changes_nothing_is_no_failure(telegram, rina, database, quiet):
    """A button pressed twice quickly makes the same edit twice; Telegram refuses the second."""
    receipt = await sends(rina, LAMPS)

    await rina.presses_data("idea:1:dimensions", receipt)
    await rina.presses_data("idea:1:dimensions", receipt)
    await quiet()

    [refused] = [c for c in telegram.record.calls_of("editMessageReplyMarkup") if not c.ok]
    assert "message is not modified" in refused.description
    assert await fetch(database, "SELECT * FROM outbox WHERE state NOT IN ('sent')") == []
    await sends(rina, WASTE)


async def test_a_press_that_telegram_has_forgotten_is_no_failure(telegram, rina, database, quiet):
    """Whoever presses while the bot is down for minutes is still taken at their word."""
    receipt = await sends(rina, LAMPS)

    telegram.inject([press_update(rina, receipt, "idea:1:right", query_id="77")])
    await rina.sees("tagnya sudah kamu pastikan")
    await quiet()

    assert "query is too old" in telegram.record.calls_of("answerCallbackQuery")[-1].description
    assert await fetch(database, "SELECT * FROM outbox WHERE state <> 'sent'") == []


async def test_a_message_that_is_gone_from_the_chat_does_not_stop_the_next(
    telegram, rina, database, quiet
):
    """Somebody deleted the receipt; pressing it from another device is no dead end."""
    receipt = await sends(rina, LAMPS)
    del rina.private_chat.messages[receipt.message_id]
    telegram.inject([press_update(rina, receipt, "idea:1:right", query_id="77")])
    await sends(rina, WASTE)
    await quiet()

    assert [idea.decided_by for idea in await list_ideas(database)] == ["author", "model"]


async def test_telegrams_limits_are_kept_without_being_told(telegram, running_bot, database, quiet):
    """With Telegram's own limits on, the bot paces itself and is never refused."""
    telegram.world.limits.enabled = True
    rina = telegram.person("Rina")
    async with running_bot(messages_per_second=30.0, messages_per_second_and_chat=1.0):
        await agrees(rina)
        for text in TEXTS:
            await rina.says(text)
        await quiet()

    assert [call for call in telegram.record.calls if not call.ok] == []
    assert len([message for message in rina.chat if "PDG-" in message.text]) == 4


async def test_a_very_low_limit_is_slow_but_not_silent(telegram, running_bot):
    """An operator who is careful beyond need still has a bot that speaks."""
    rina = telegram.person("Rina")
    async with running_bot(messages_per_second=0.9):
        await rina.says(LAMPS)

        await rina.sees("Pesanmu sudah saya pegang")


async def test_what_was_owed_before_a_restart_is_delivered_after_it(telegram, running_bot, quiet):
    """A promise is a row: a restart between deed and word costs nobody their receipt."""
    rina = telegram.person("Rina")
    async with running_bot():
        await agrees(rina)
        telegram.faults.add("error", methods=["sendMessage"])
        sent = await rina.says(LAMPS)
        await _until(lambda: telegram.record.calls_of("sendMessage")[-1].error_code == 500)
    telegram.faults.clear()

    async with running_bot():
        await answer_to(rina, sent)
        await quiet()

    assert len([message for message in rina.chat if "PDG-" in message.text]) == 1


async def _blocked(database, person) -> bool:
    sql = "SELECT blocked_at FROM person WHERE telegram_id = :id"
    [row] = await fetch(database, sql, id=person.id)
    return row["blocked_at"] is not None


async def _until(holds) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.01)
