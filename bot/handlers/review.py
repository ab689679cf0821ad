"""The moderators' queue: the least certain idea first, one at a time."""

from datetime import datetime, timedelta

from telegram import Message, Update

from bot import keyboards, receipts
from bot.context import Context
from bot.conversation import clean, excerpt, has_words
from bot.handlers.access import may
from bot.keyboards import Press
from classifier import load_topics
from storage import audit, conversations, ideas, people
from storage.errors import IdeaNotFound
from storage.models import Conversation, DecidedBy, Idea, Label, RoleName, Stage, Status
from storage.privacy import mask

ROLES = (RoleName.MODERATOR, RoleName.ADMIN)
LONGEST_SHOWN = 1_500
LONGEST_REASON = 1_000
# After this a moderator's next message is an idea of their own again.
REASON_AWAITED = timedelta(hours=1)


async def show_queue(update: Update, context: Context) -> None:
    message = update.effective_message
    assert message, "the filters let only commands through"
    await _drop_question(context)
    await _show_next(context, message.chat.id)


async def _show_next(context: Context, chat_id: int, *, after: int | None = None) -> None:
    idea = await ideas.claim_doubtful(context.db, context.person.id, now=context.now(), after=after)
    left = await ideas.count_doubtful(context.db)
    if idea is None:
        context.say(chat_id, context.t("queue-rest" if left else "queue-empty", left=left))
        return
    context.say(chat_id, _card(context, idea, left), _keyboard(context, idea))


def _keyboard(context: Context, idea: Idea) -> keyboards.Keyboard:
    if idea.blind:
        taxonomy = context.classifier.taxonomy
        return keyboards.review_blind(context.t, taxonomy, idea.id)
    return keyboards.review(context.t, idea.id)


def _card(context: Context, idea: Idea, left: int) -> str:
    t = context.t
    kind = {DecidedBy.AUTHOR: "queue-tag-author"}.get(
        idea.decided_by, "queue-tag-unsure" if idea.abstained else "queue-tag"
    )
    text = mask(idea.text)
    facts: dict[str, str | int] = {
        "code": context.code(idea.id),
        "role": t(f"role-{idea.role}"),
        "day": t.day(idea.sent_at),
        "left": left,
        "text": text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…",
    }
    if idea.blind:
        return t("queue-idea-blind", **facts)
    return t(
        "queue-idea",
        **facts,
        tag=t(
            kind,
            confidence=t.percent(idea.confidence),
            **receipts.names(t, context.classifier.taxonomy, idea.topic),
        ),
        words=", ".join(excerpt(mask(word)) for word in idea.words) or t("queue-no-words"),
    )


async def press(update: Update, context: Context, press: Press) -> None:
    """A moderator decided, or looks around first."""
    try:
        idea = await ideas.get(context.db, press.idea_id)
    except IdeaNotFound:
        context.answer(update, context.t("pressed-not-yours"), alert=True)
        return
    await _drop_question(context)
    if idea.doubt is None:
        context.answer(update)
        _close(update, context, idea, "queue-done-before")
        return
    t, taxonomy = context.t, context.classifier.taxonomy
    dimension = next((d for d in taxonomy.dimensions if d.id == press.value), None)
    match press.act:
        case "right" if not idea.blind:
            await _relabel(update, context, idea, topic=idea.topic)
        case "topic" if press.value in load_topics().ids:
            await _relabel(update, context, idea, topic=press.value)
        case "skip":
            context.answer(update)
            _close(update, context, idea, "queue-done-skipped")
            await _show_next(context, context.person.telegram_id, after=idea.id)
        case "because" if press.value == "typed":
            _ask_reason(update, context, idea)
        case "because" if press.value in keyboards.REASONS:
            context.answer(update)
            _close(update, context, idea, "queue-done-rejected")
            await _reject(context, idea, reason=t(f"reason-{press.value}"))
        case "dimensions":
            _turn(update, context, keyboards.dimensions(t, taxonomy, "review", idea.id))
        case "dimension" if dimension:
            _turn(update, context, keyboards.topics_of(t, dimension, "review", idea.id))
        case "reject":
            _turn(update, context, keyboards.reasons(t, idea.id))
        case "back":
            _turn(update, context, _keyboard(context, idea))
        case _:
            context.answer(update, t("pressed-not-yours"), alert=True)


def _turn(update: Update, context: Context, keyboard: keyboards.Keyboard) -> None:
    context.answer(update)
    context.edit(update, keyboard=keyboard)


def _close(update: Update, context: Context, idea: Idea, outcome: str, **facts: str) -> None:
    context.edit(update, context.t(outcome, code=context.code(idea.id), **facts))


async def _relabel(update: Update, context: Context, idea: Idea, *, topic: str) -> None:
    """Keep the moderator's word, tell the author, and go on to the next idea."""
    changed = topic != idea.topic
    label = Label(
        topic=topic,
        decided_by=DecidedBy.MODERATOR,
        model_id=idea.model_id,
        intent=idea.intent,
        person_id=context.person.id,
        reason="changed" if changed else "confirmed",
        blind=idea.blind,
    )
    now = context.now()
    ideas.add_label(context.db, idea.id, label, at=now)
    ideas.add_status(
        context.db, idea.id, Status.REVIEWED, by=context.person.id, at=now, reason=None
    )
    _audit(context, "relabel" if changed else "confirm", idea, now, topic=topic)
    names = receipts.names(context.t, context.classifier.taxonomy, topic)
    context.answer(update)
    outcome = "queue-done-changed" if changed else "queue-done-right"
    _close(update, context, idea, outcome, topic=names["topic"])
    if changed:
        await _tell_author(context, idea, "told-relabelled", **names)
    else:
        await _tell_author(context, idea, "told-confirmed")
    await _show_next(context, context.person.telegram_id)


def _ask_reason(update: Update, context: Context, idea: Idea) -> None:
    until, card = context.now() + REASON_AWAITED, update.effective_message
    asked = Conversation(
        person_id=context.person.id,
        stage=Stage.EXPLAINING,
        data={
            "idea_id": idea.id,
            "until": until.isoformat(),
            "card": card.message_id if card else None,
        },
    )
    conversations.save(context.db, asked, at=context.now())
    context.answer(update)
    context.say(context.person.telegram_id, context.t("ask-reason", code=context.code(idea.id)))


async def find_question(context: Context) -> Conversation | None:
    """Find the reason that is still awaited, from somebody who may still give it."""
    asked = await conversations.get(context.db, context.person.id)
    if asked.stage != Stage.EXPLAINING:
        return None
    if context.now() < datetime.fromisoformat(asked.data["until"]) and may(context, *ROLES):
        return asked
    await _drop_question(context)
    return None


async def _drop_question(context: Context) -> None:
    """Who goes on with something else is not waited for."""
    asked = await conversations.get(context.db, context.person.id)
    if asked.stage == Stage.EXPLAINING:
        conversations.save(context.db, Conversation(person_id=asked.person_id), at=context.now())


async def receive_reason(context: Context, asked: Conversation, message: Message) -> None:
    """The moderator typed why an idea is rejected; the author will read it."""
    reason = clean(message.text or "")
    if not has_words(reason):
        context.say(message.chat.id, context.t("ask-reason-words"))
        return
    if len(reason) > LONGEST_REASON:
        context.say(message.chat.id, context.t("ask-reason-shorter", longest=LONGEST_REASON))
        return
    conversations.save(context.db, Conversation(person_id=context.person.id), at=context.now())
    if card := asked.data.get("card"):
        context.take_buttons(message.chat.id, card)
    idea = await ideas.get(context.db, asked.data["idea_id"])
    code = context.code(idea.id)
    if idea.doubt is None:
        context.say(message.chat.id, context.t("queue-done-before", code=code))
        return
    context.say(message.chat.id, context.t("queue-done-rejected", code=code))
    await _reject(context, idea, reason=reason)


async def _reject(context: Context, idea: Idea, *, reason: str) -> None:
    now = context.now()
    ideas.add_status(
        context.db, idea.id, Status.REJECTED, by=context.person.id, at=now, reason=reason
    )
    _audit(context, "reject", idea, now)
    await _tell_author(context, idea, "told-rejected", reason=reason)
    await _show_next(context, context.person.telegram_id)


async def _tell_author(context: Context, idea: Idea, name: str, **facts: str) -> None:
    """Every change reaches the author; one who erased themselves cannot be told."""
    if idea.person_id is None:
        return
    author = await people.get(context.db, idea.person_id)
    said = context.t(name, code=context.code(idea.id), **facts)
    context.say(author.telegram_id, said, reply_to=idea.message_id)


def _audit(context: Context, act: str, idea: Idea, now: datetime, **facts: str) -> None:
    audit.add(context.db, act, by=context.person.id, at=now, detail={"idea_id": idea.id, **facts})
