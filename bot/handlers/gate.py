"""Runs before every other handler: who is it, and may we keep what they say?"""

from telegram import Update
from telegram.constants import ChatType
from telegram.ext import ApplicationHandlerStop

from bot.context import Context
from bot.handlers.access import may
from bot.intake import is_number
from bot.keyboards import Button, Press
from bot.pace import Turn
from storage import inbox, people
from storage.models import RoleName

NOTICE_VERSION = "2026-11"
CONSENT = Press("notice", 0, "agree")


async def check(update: Update, context: Context) -> None:
    """Let private chats through, and hold what was sent before the notice was agreed to.

    What is held stays in the inbox, untouched; the tap releases it, in the order sent.
    """
    chat, sender = update.effective_chat, update.effective_user
    if chat is None or sender is None or chat.type != ChatType.PRIVATE:
        raise ApplicationHandlerStop
    _insist_on_shape(update)
    person = await people.meet(context.db, sender.id, at=context.now())
    context.work.person = person
    if person.blocked_at and not update.my_chat_member:
        people.set_blocked(context.db, sender.id, at=None)
    if person.consented_at is None and update.effective_message and not update.callback_query:
        await _hold(context, chat.id, writes=_is_prose(update))
        raise ApplicationHandlerStop
    if update.message or update.edited_message:
        await _pace(context, chat.id, writes=_is_prose(update))


def _insist_on_shape(update: Update) -> None:
    """Refuse what we would write down and send back without its being what Telegram promises.

    The library checks no types: a message "number" of a hundred brackets would come out again in
    the outbox, where nothing can read it.
    """
    message, query = update.effective_message, update.callback_query
    chat, sender = update.effective_chat, update.effective_user
    assert chat and sender, "the gate has looked"
    numbers = [chat.id, sender.id, *([message.message_id] if message else [])]
    names = [query.id, query.data or ""] if query else []
    names += [getattr(message, "media_group_id", None) or ""]
    if not all(map(is_number, numbers)) or not all(isinstance(name, str) for name in names):
        raise TypeError("not the shape of an update")


async def _pace(context: Context, chat_id: int, *, writes: bool) -> None:
    """Answer less to who writes very much: everything is kept, and once a minute they are told.

    Who works through a queue for the city is not slowed down.
    """
    kind = "message" if writes else "command"
    turn = context.tools.pace.take(context.person.id, kind=kind, at=context.now())
    if turn is Turn.ANSWERED or may(context, RoleName.MODERATOR, RoleName.ADMIN):
        return
    if turn is Turn.TOLD:
        context.say(chat_id, context.t(f"pace-{kind}"))
    if not writes:
        raise ApplicationHandlerStop
    context.work.quiet = True


async def _hold(context: Context, chat_id: int, *, writes: bool) -> None:
    """Show the notice, once for all that is held."""
    context.work.held = True
    if not await inbox.has_held(context.db, chat_id):
        notice = "privacy-notice-held" if writes else "privacy-notice"
        agree = Button(context.t("button-agree"), CONSENT.data)
        context.say(chat_id, context.t(notice), [[agree]])


def _is_prose(update: Update) -> bool:
    message = update.effective_message
    return bool(message and not (message.text or "").startswith("/"))


async def press(update: Update, context: Context, press: Press) -> None:
    """Somebody agreed to the notice: process what was held."""
    chat = update.effective_chat
    assert chat, "the gate lets only chats through"
    if context.person.consented_at is not None:
        context.answer(update, context.t("pressed-before"))
        return
    people.consent(context.db, context.person.id, version=NOTICE_VERSION, at=context.now())
    context.answer(update)
    context.edit(update, context.t("privacy-notice"))
    if not await inbox.has_held(context.db, chat.id):
        context.say(chat.id, context.t("welcome"))
    inbox.release(context.db, chat.id)
    context.work.released = True


async def note_membership(update: Update, context: Context) -> None:
    """Somebody blocked the bot, or is back."""
    change = update.my_chat_member
    assert change, "the filter lets only membership changes through"
    blocked = change.new_chat_member.status in ("kicked", "left")
    at = context.now() if blocked else None
    people.set_blocked(context.db, change.from_user.id, at=at)
