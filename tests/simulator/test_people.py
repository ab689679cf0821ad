"""What people do, and what the bot is told of it."""

import pytest
from telegram.constants import MessageOriginType


async def test_a_deep_link_is_a_start_with_its_payload(rina, bot):
    """Whoever follows an invitation arrives with its code."""
    await rina.opens_link("lurah_8FK2")
    [update] = await bot.get_updates()

    assert update.message.text == "/start lurah_8FK2"
    assert update.message.entities[0].type == "bot_command"
    with pytest.raises(ValueError, match="does not fit"):
        await rina.opens_link("tidak boleh!")


async def test_an_edit_is_an_edited_message_with_the_same_number(rina, bot):
    """A correction is recognised as one."""
    idea = await rina.says("Lampu mti")
    await rina.edits(idea, "Lampu mati")
    _, update = await bot.get_updates()

    assert update.edited_message.message_id == idea.message_id
    assert update.edited_message.text == "Lampu mati"
    assert update.edited_message.edit_date is not None


async def test_all_kinds_of_messages_can_be_read(telegram, rina, bot):
    """Sticker, place, contact, forward and reply are what python-telegram-bot expects."""
    idea = await rina.says("Lampu mati")
    await rina.sends_sticker()
    await rina.sends_location(-0.95, 100.36)
    await rina.sends_contact()
    await rina.forwards("Air mati", written_by=telegram.person("Buyung"))
    await rina.forwards("Macet", written_by="Seseorang")
    await rina.says("tambahan", reply_to=idea)
    messages = [update.message for update in await bot.get_updates()]

    assert messages[1].sticker.emoji
    assert messages[2].location.latitude == -0.95
    assert messages[3].contact.first_name == "Rina"
    assert messages[4].forward_origin.sender_user.first_name == "Buyung"
    assert messages[5].forward_origin.type == MessageOriginType.HIDDEN_USER
    assert messages[6].reply_to_message.text == "Lampu mati"


async def test_a_text_that_is_too_long_goes_out_in_parts(rina, bot):
    """As the app does it, at 4096 characters."""
    await rina.says("x" * 5000)

    assert [len(update.message.text) for update in await bot.get_updates()] == [4096, 904]
    with pytest.raises(ValueError, match="empty"):
        await rina.says("  ")


async def test_blocking_and_unblocking_are_told(rina, bot):
    """The bot learns that it is not wanted, and when it is again."""
    await rina.says("halo")
    rina.blocks_bot()
    rina.unblocks_bot()
    _, blocked, unblocked = await bot.get_updates()

    assert blocked.my_chat_member.new_chat_member.status == "kicked"
    assert unblocked.my_chat_member.new_chat_member.status == "member"
    rina.blocks_bot()
    with pytest.raises(ValueError, match="unblock"):
        await rina.says("halo")


async def test_in_a_group_the_bot_sees_only_what_is_meant_for_it(telegram, rina, bot):
    """Privacy mode: talk among neighbours stays among neighbours."""
    group = telegram.group("Warga RT 3", members=[rina])
    await rina.says("besok kerja bakti", chat=group)
    await rina.says("/ide lampu mati", chat=group)
    await rina.says("/ide@bot_lain lampu mati", chat=group)
    await rina.says("@palanta_bot tolong", chat=group)
    sent = await bot.send_message(group.id, "Di mana?")
    await rina.says("di pasar", chat=group, reply_to=sent.message_id)
    joined, *updates = await bot.get_updates()

    assert joined.my_chat_member.new_chat_member.status == "member"
    assert [update.message.text for update in updates] == [
        "/ide lampu mati",
        "@palanta_bot tolong",
        "di pasar",
    ]
    assert len(group.chat) == 6


async def test_waiting_in_vain_shows_the_chat(rina, bot):
    """A failed test tells what was said, so that nobody has to guess."""
    await rina.says("halo")
    await bot.send_message(rina.id, "Betul?")

    with pytest.raises(
        AssertionError, match=r"2 new message\(s\)(.|\n)*Rina: halo(.|\n)*bot: Betul"
    ):
        await rina.hears(2, timeout=0.05)
    with pytest.raises(AssertionError, match="'Terima kasih'"):
        await rina.sees("Terima kasih", timeout=0.05)
    with pytest.raises(AssertionError, match="no button 'Tarik'; there are"):
        await rina.presses("Tarik")


async def test_nobody_is_given_the_same_message_twice(rina, bot):
    """Each message is heard once, in order; seeing does not count as hearing."""
    await rina.says("halo")
    for text in ("satu", "dua", "tiga"):
        await bot.send_message(rina.id, text)

    assert (await rina.sees("dua")).text == "dua"
    assert [m.text for m in await rina.hears(2)] == ["satu", "dua"]
    assert [m.text for m in await rina.hears()] == ["tiga"]


async def test_a_forged_press_can_be_sent(rina, bot):
    """A changed client may send any data; the bot has to check it."""
    await rina.says("halo")
    sent = await bot.send_message(rina.id, "Betul?")
    await rina.presses_data("hapus:semua", sent.message_id)

    *_, update = await bot.get_updates()
    assert update.callback_query.data == "hapus:semua"
    assert update.callback_query.chat_instance


def test_two_people_cannot_have_one_id(telegram):
    """A slip in a test is told at once."""
    telegram.person("Rina", id=77)

    with pytest.raises(ValueError, match="77"):
        telegram.person("Buyung", id=77)
