"""Telegram's limits on sending, which are on unless a test turns them off."""

import pytest
from telegram.error import RetryAfter


@pytest.fixture
def strict(telegram):
    telegram.world.limits.enabled = True
    return telegram


async def send_until_refused(bot, chat_id):
    """How many messages went through, and the seconds to wait."""
    for count in range(200):
        try:
            await bot.send_message(chat_id, "halo")
        except RetryAfter as refused:
            return count, refused.retry_after.total_seconds()
    raise AssertionError("nothing was refused")


async def test_a_private_chat_takes_a_short_burst_then_one_a_second(strict, rina, bot, clock):
    """After the wait that Telegram names, the message goes through."""
    await rina.says("halo")

    count, wait = await send_until_refused(bot, rina.id)

    assert (count, wait) == (5, 1)
    clock.passes(wait)
    await bot.send_message(rina.id, "halo")


async def test_a_group_takes_twenty_a_minute(strict, rina, bot):
    """Groups are protected more than people."""
    group = strict.group("Warga RT 3", members=[rina])

    count, wait = await send_until_refused(bot, group.id)

    assert (count, wait) == (20, 3)


async def test_all_chats_together_take_thirty_a_second(strict, bot):
    """A broadcast has to be paced."""
    people = [strict.person(f"Warga {number}") for number in range(31)]
    for person in people:
        await person.says("halo")
    for person in people[:30]:
        await bot.send_message(person.id, "pengumuman")

    with pytest.raises(RetryAfter):
        await bot.send_message(people[30].id, "pengumuman")
