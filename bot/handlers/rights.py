"""What the law gives everybody: a copy of all that is theirs, and its erasure."""

import json

from telegram import Update

from bot.context import Context
from bot.keyboards import Button, Press
from bot.learning import ERASURE, KIND
from bot.weekly import order_training
from storage import audit, jobs, learning, outbox, rights

FILE_NAME = "dataku.json"


async def send_data(update: Update, context: Context) -> None:
    """Send everything that is kept about somebody, as a file."""
    message = update.effective_message
    assert message, "the filters let only commands through"
    copy = await rights.copy_of(context.db, context.person)
    payload = {
        "chat_id": message.chat.id,
        "document": {"name": FILE_NAME, "text": json.dumps(copy, ensure_ascii=False, indent=2)},
        "caption": context.t("data-caption"),
    }
    outbox.add(context.db, "sendDocument", payload, at=context.now())


async def ask_to_erase(update: Update, context: Context) -> None:
    """Say what would go and what would stay, and ask."""
    message = update.effective_message
    assert message, "the filters let only commands through"
    count = await rights.count_ideas(context.db, context.person.id)
    keyboard = [
        [
            Button(context.t("button-erase"), Press("erase", 0, "yes").data),
            Button(context.t("button-keep"), Press("erase", 0, "no").data),
        ]
    ]
    context.say(message.chat.id, context.t("erase-ask", count=count), keyboard)


async def press(update: Update, context: Context, press: Press) -> None:
    context.answer(update)
    if press.act != "yes":
        context.edit(update, context.t("kept"))
        return
    context.edit(update, context.t("erased"))
    known = await learning.list_models(context.db)
    if known or await jobs.is_open(context.db, KIND):
        # A model, live or not or just in the making, may know their words.
        order_training(context.db, ERASURE, at=context.now())
    rights.erase(context.db, context.person)
    # By nobody's number: the log must not bring back the link that was cut.
    audit.add(context.db, "erase person", by=None, at=context.now(), detail={})
