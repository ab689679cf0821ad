"""What the bot sends, seen from the phone; all calls by the real python-telegram-bot."""

from datetime import UTC, datetime

import pytest
from telegram import BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity
from telegram.constants import ChatMemberStatus
from telegram.error import BadRequest

KEYS = InlineKeyboardMarkup(
    [
        [
            InlineKeyboardButton("Betul", callback_data="ya"),
            InlineKeyboardButton("Ubah", callback_data="ubah"),
        ],
        [InlineKeyboardButton("Undang", url="https://t.me/palanta_bot?start=undangan")],
    ]
)


async def test_a_message_arrives_with_text_entities_and_buttons(rina, bot, clock):
    """What the bot formats is what the person sees."""
    await rina.says("halo")

    sent = await bot.send_message(rina.id, "<b>Tercatat</b>", parse_mode="HTML", reply_markup=KEYS)
    [heard] = await rina.hears()

    assert heard.text == "Tercatat"
    assert heard.buttons == [["Betul", "Ubah"], ["Undang"]]
    assert heard.data == {"Betul": "ya", "Ubah": "ubah"}
    assert sent.entities[0] == MessageEntity(MessageEntity.BOLD, 0, 8)
    assert sent.date == datetime.fromtimestamp(clock.now, tz=UTC)


async def test_explicit_entities_are_taken(rina, bot):
    """A bot may say itself what is bold."""
    await rina.says("halo")

    bold = MessageEntity(MessageEntity.BOLD, 0, 3)
    sent = await bot.send_message(rina.id, "abc d", entities=[bold])

    assert sent.entities == (bold,)


async def test_an_edit_changes_the_message_in_place_and_takes_old_buttons_away(rina, bot):
    """The person still has one message, marked as edited."""
    await rina.says("halo")
    sent = await bot.send_message(rina.id, "Betul?", reply_markup=KEYS)

    await bot.edit_message_text("Dicatat", rina.id, sent.message_id)

    seen = await rina.sees("Dicatat")
    assert (seen.message_id, seen.edited, seen.buttons) == (sent.message_id, True, [])
    assert len(rina.chat) == 2


async def test_buttons_can_change_alone(rina, bot):
    """The text stays as it was."""
    await rina.says("halo")
    sent = await bot.send_message(rina.id, "Betul?", reply_markup=KEYS)

    await bot.edit_message_reply_markup(rina.id, sent.message_id, reply_markup=None)

    assert (await rina.sees("Betul?")).buttons == []
    with pytest.raises(BadRequest, match="not modified"):
        await bot.edit_message_reply_markup(rina.id, sent.message_id, reply_markup=None)


async def test_a_deleted_message_is_gone_for_two_days_it_can_be(rina, bot, clock):
    """Later than that Telegram keeps it."""
    await rina.says("halo")
    first = await bot.send_message(rina.id, "sebentar")
    second = await bot.send_message(rina.id, "lama")

    await bot.delete_message(rina.id, first.message_id)
    clock.passes(49 * 3600)

    assert [m.text for m in rina.chat] == ["halo", "lama"]
    with pytest.raises(BadRequest, match="can't be deleted"):
        await bot.delete_message(rina.id, second.message_id)


async def test_a_reply_carries_what_it_answers(rina, bot):
    """The person sees which of their ideas is meant."""
    idea = await rina.says("Lampu mati")

    sent = await bot.send_message(rina.id, "Yang ini?", reply_to_message_id=idea.message_id)

    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "Lampu mati"


async def test_reactions_copies_and_forwards_arrive(rina, bot):
    """A thumb on the idea; a copy without origin; a forward with it."""
    idea = await rina.says("Lampu mati")

    await bot.set_message_reaction(rina.id, idea.message_id, "👍")
    await bot.copy_message(rina.id, rina.id, idea.message_id)
    forwarded = await bot.forward_message(rina.id, rina.id, idea.message_id)

    assert rina.chat[0].reaction == "👍"
    assert [m.text for m in await rina.hears(2)] == ["Lampu mati", "Lampu mati"]
    assert forwarded.forward_origin.sender_user.id == rina.id


async def test_the_answer_to_a_press_reaches_the_person(rina, bot):
    """A press gets a short notice, and the update has what the bot needs."""
    await rina.says("halo")
    await bot.send_message(rina.id, "Betul?", reply_markup=KEYS)
    await rina.presses("Betul")
    *_, update = await bot.get_updates()

    await update.callback_query.answer("Terima kasih", show_alert=True)

    assert update.callback_query.data == "ya"
    assert update.callback_query.message.text == "Betul?"
    assert await rina.alert() == "Terima kasih"


async def test_a_button_with_a_deep_link_opens_it(rina, bot):
    """Tapping an invitation sends /start with its code."""
    await rina.says("halo")
    await bot.send_message(rina.id, "Undangan", reply_markup=KEYS)

    await rina.presses("Undang")

    assert rina.chat[-1].text == "/start undangan"


async def test_commands_are_kept_by_scope_and_language(telegram, rina, bot):
    """A moderator can have a longer menu than a resident."""
    await bot.set_my_commands([BotCommand("ideku", "Ide saya")])
    scope = {"type": "chat", "chat_id": rina.id}
    await bot.set_my_commands([BotCommand("antrean", "Antrean")], scope=scope)

    assert telegram.commands == {"ideku": "Ide saya"}
    assert telegram.commands_for(rina) == {"antrean": "Antrean"}
    await bot.delete_my_commands(scope=scope)
    assert telegram.commands_for(rina) == {"ideku": "Ide saya"}


async def test_the_bot_says_what_it_is(bot):
    """Description and name are kept and given back."""
    await bot.set_my_description("Tempat ide kota")
    await bot.set_my_short_description("Ide kota")

    assert (await bot.get_my_description()).description == "Tempat ide kota"
    assert (await bot.get_my_short_description()).short_description == "Ide kota"
    assert (await bot.get_me()).username == "palanta_bot"


async def test_chats_and_members_can_be_looked_up(telegram, rina, bot):
    """The one who made the group is its creator; a stranger has left."""
    await rina.says("halo")
    buyung = telegram.person("Buyung")
    group = telegram.group("Warga RT 3", members=[rina])

    assert (await bot.get_chat(rina.id)).first_name == "Rina"
    assert (await bot.get_chat_member(group.id, rina.id)).status == ChatMemberStatus.OWNER
    assert (await bot.get_chat_member(group.id, buyung.id)).status == ChatMemberStatus.LEFT


async def test_every_call_is_on_record_in_order(telegram, rina, bot):
    """An independent checker can compare what was sent with what was stored."""
    await rina.says("halo")
    sent = await bot.send_message(rina.id, "satu")
    with pytest.raises(BadRequest):
        await bot.send_message(rina.id, "")

    good, bad = telegram.record.calls_of("sendMessage")
    assert (good.text, good.chat_id, good.ok, good.message_id) == ("satu", rina.id, True, sent.id)
    assert (bad.ok, bad.error_code) == (False, 400)
    assert (telegram.record.updates[0].text, telegram.record.updates[0].kind) == ("halo", "message")
