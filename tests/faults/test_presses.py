"""Telegram may deliver one tap as two updates, and may begin to number updates anew."""

from tests.bot import scenes
from tests.conftest import agrees


async def tap(telegram, person, receipt, choice, *, query_id):
    """Deliver a tap by hand and wait for its answer."""
    number = next(iter(receipt.data.values())).split(":")[1]
    data = f"idea:{number}:topic:{choice}"
    calls = len(telegram.record.calls_of("answerCallbackQuery"))
    telegram.inject([scenes.press_update(person, receipt, data, query_id=query_id)])
    while len(telegram.record.calls_of("answerCallbackQuery")) == calls:
        await person.private_chat.changed(0.05)


async def test_one_tap_under_two_numbers_takes_effect_once(telegram, bot, database):
    """The app heard no answer in time and asks again, when its owner has already tapped on."""
    rina = telegram.person("Rina")
    await agrees(rina)
    receipt = await scenes.sends(rina, scenes.LAMPS)

    await tap(telegram, rina, receipt, "parking", query_id="71")
    await tap(telegram, rina, receipt, "waste_management", query_id="72")
    await tap(telegram, rina, receipt, "parking", query_id="71")

    decisions = [(by, topic) for _, by, topic in await scenes.labels(database) if by == "author"]
    assert decisions == [("author", "parking"), ("author", "waste_management")]


async def test_numbers_that_begin_anew_lose_nothing(telegram, bot, database):
    """After a quiet week update_id may be anything, also less than it was."""
    rina = telegram.person("Rina")
    await agrees(rina)
    await scenes.sends(rina, scenes.LAMPS)
    while len(telegram.world.updates):
        await rina.private_chat.changed(0.05)

    telegram.world.updates.next_id = 7
    await scenes.sends(rina, scenes.WASTE)
    await scenes.sends(rina, scenes.BUSES)

    kept = [idea.text for idea in await scenes.list_ideas(database)]
    assert kept == [scenes.LAMPS, scenes.WASTE, scenes.BUSES]
