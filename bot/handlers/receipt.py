"""The buttons under a receipt: the author says what their idea is about."""

from telegram import Update

from bot import keyboards, receipts
from bot.context import Context
from bot.keyboards import Press
from classifier import load_topics
from storage import ideas
from storage.errors import IdeaNotFound
from storage.models import DecidedBy, Idea, Label

LONGEST_WHY = 150


async def press(update: Update, context: Context, press: Press) -> None:
    """Only the author may press, and only what the buttons offer; anything else changes nothing."""
    try:
        idea = await ideas.get(context.db, press.idea_id)
    except IdeaNotFound:
        idea = None
    if idea is None or idea.person_id != context.person.id:
        context.answer(update, context.t("pressed-not-yours"), alert=True)
        return
    if idea.decided_by is DecidedBy.MODERATOR:
        context.answer(update, context.t("settled-elsewhere"))
        _show_settled(update, context, idea, topic=idea.topic, note="settled-elsewhere")
        return
    t, taxonomy = context.t, context.classifier.taxonomy
    dimension = next((d for d in taxonomy.dimensions if d.id == press.value), None)
    match press.act:
        case "right":
            _decide(update, context, idea, topic=idea.topic, note="settled-right")
        case "topic" if press.value in load_topics().ids:
            _decide(update, context, idea, topic=press.value, note="settled-changed")
        case "why":
            context.answer(update, _why(context, idea), alert=True)
        case "dimensions":
            context.answer(update)
            context.edit(update, keyboard=keyboards.dimensions(t, taxonomy, "idea", idea.id))
        case "dimension" if dimension:
            context.answer(update)
            context.edit(update, keyboard=keyboards.topics_of(t, dimension, "idea", idea.id))
        case "back":
            context.answer(update)
            context.edit(update, keyboard=receipts.keyboard_of(t, idea))
        case _:
            context.answer(update, t("pressed-not-yours"), alert=True)


def _why(context: Context, idea: Idea) -> str:
    """Name the words that carried the machine's decision; an alert has room for 200 letters."""
    words = ", ".join(idea.words)[:LONGEST_WHY]
    return context.t("why", words=words) if words else context.t("why-none")


def _decide(update: Update, context: Context, idea: Idea, *, topic: str, note: str) -> None:
    """Keep the author's word. Pressed twice, it is kept once."""
    if idea.decided_by is DecidedBy.AUTHOR and idea.topic == topic:
        context.answer(update, context.t("pressed-before"))
        return
    label = Label(
        topic=topic,
        decided_by=DecidedBy.AUTHOR,
        model_id=idea.model_id,
        intent=idea.intent,
        person_id=context.person.id,
        reason="confirmed" if topic == idea.topic else "changed",
    )
    ideas.add_label(context.db, idea.id, label, at=context.now())
    context.answer(update, context.t("pressed-saved"))
    _show_settled(update, context, idea, topic=topic, note=note)


def _show_settled(update: Update, context: Context, idea: Idea, *, topic: str, note: str) -> None:
    taxonomy = context.classifier.taxonomy
    text = receipts.settled(context.t, taxonomy, code=context.code(idea.id), topic=topic, note=note)
    context.edit(update, text)
