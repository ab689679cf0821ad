"""What anybody can do: send an idea, change it, see what became of it."""

from telegram import Message, Update

from bot import keyboards, receipts
from bot.context import Context
from bot.conversation import clean, has_words
from bot.handlers import review, roles
from bot.keyboards import Press
from bot.texts import Texts
from storage import conversations, ideas
from storage.ideas import Source
from storage.models import Idea, RoleName

# With its heading a page has five lines.
PAGE = 4


async def receive_text(update: Update, context: Context) -> None:
    """A message is an idea, unless the bot asked its sender for something else."""
    message = _message(update)
    if context.person.roles and (asked := await review.find_question(context)):
        await review.receive_reason(context, asked, message)
        return
    await _take_idea(context, message, clean(message.text or ""))


async def receive_media(update: Update, context: Context) -> None:
    """A photo, album or document with words is an idea; the pictures stay with it."""
    message = _message(update)
    album = message.media_group_id
    idea_id = await ideas.find_album(context.db, message.chat.id, album) if album else None
    if idea_id is None:
        await _take_idea(context, message, clean(message.caption or ""))
    else:
        _attach(context, idea_id, message)


async def receive_wordless(update: Update, context: Context) -> None:
    """A sticker, a voice note, a pin: say kindly that words are needed."""
    context.say(_message(update).chat.id, context.t("need-words"))


async def receive_edit(update: Update, context: Context) -> None:
    """An edited message is a new revision of its idea, never a second idea."""
    message = _message(update)
    idea = await ideas.find_by_message(context.db, message.chat.id, message.message_id)
    text = clean(message.text or message.caption or "")
    if idea is None:
        conversation = await conversations.get(context.db, context.person.id)
        if conversation.data.get("asked") == message.message_id:
            await _take_idea(context, message, text)
    elif text != idea.text and has_words(text):
        await _revise(context, message, idea, text)


async def _revise(context: Context, message: Message, idea: Idea, text: str) -> None:
    tag = context.tag(text)
    model_id = context.classifier.id
    ideas.revise(context.db, idea.id, text, at=context.now())
    ideas.add_label(
        context.db, idea.id, receipts.label_of(tag, model_id=model_id), at=context.now()
    )
    revised = await ideas.get(context.db, idea.id)
    taxonomy = context.classifier.taxonomy
    said = context.t(
        "receipt-revised",
        code=context.code(idea.id),
        **receipts.names(context.t, taxonomy, revised.topic),
    )
    context.say(message.chat.id, said, reply_to=message.message_id)


async def _take_idea(context: Context, message: Message, text: str) -> None:
    """Keep an idea with its picture, tag it, and write its receipt."""
    if not has_words(text):
        await _ask_for_words(context, message)
        return
    tag = context.tag(text)
    roles = context.person.roles
    idea_id = await ideas.add(
        context.db,
        text,
        receipts.label_of(tag, model_id=context.classifier.id),
        person=context.person,
        role=roles[-1] if roles else None,
        source=Source(message.chat.id, message.message_id, message.date, message.media_group_id),
    )
    if idea_id is None:
        return
    said, keyboard = receipts.compose(
        context.t,
        context.classifier.taxonomy,
        code=context.code(idea_id),
        idea_id=idea_id,
        tag=tag,
    )
    _attach(context, idea_id, message)
    context.say(message.chat.id, said, keyboard, reply_to=message.message_id)


async def _ask_for_words(context: Context, message: Message) -> None:
    """Ask once an album, not once a picture. An edit of this message may bring the words."""
    before = await conversations.get(context.db, context.person.id)
    album = message.media_group_id
    if album and before.data.get("album") == album:
        return
    data = before.data | {"asked": message.message_id, "album": album}
    conversations.save(context.db, before.model_copy(update={"data": data}), at=context.now())
    context.say(message.chat.id, context.t("no-words" if message.text else "need-words-file"))


def _attach(context: Context, idea_id: int, message: Message) -> None:
    if message.photo:
        ideas.attach(context.db, idea_id, kind="photo", file_id=message.photo[-1].file_id)
    elif message.document:
        ideas.attach(context.db, idea_id, kind="document", file_id=message.document.file_id)
    elif message.video:
        ideas.attach(context.db, idea_id, kind="video", file_id=message.video.file_id)
    elif message.voice:
        ideas.attach(context.db, idea_id, kind="voice", file_id=message.voice.file_id)
    elif message.audio:
        ideas.attach(context.db, idea_id, kind="audio", file_id=message.audio.file_id)


async def start(update: Update, context: Context) -> None:
    """Greet, or accept the invitation that the link carried."""
    if context.words:
        await roles.accept(context, _message(update).chat.id, token=context.words[0])
    else:
        context.say(_message(update).chat.id, context.t("start"))


async def show_help(update: Update, context: Context) -> None:
    """Explain in five lines, and a line for each duty that somebody has."""
    lines = [context.t("help")]
    held = {role.role for role in context.person.roles}
    if held & {RoleName.MODERATOR, RoleName.ADMIN}:
        lines.append(context.t("help-moderator"))
    if held & {RoleName.PLANNER, RoleName.ADMIN}:
        lines.append(context.t("help-planner"))
    if RoleName.ADMIN in held:
        lines.append(context.t("help-admin"))
    context.say(_message(update).chat.id, "\n".join(lines))


async def refuse_command(update: Update, context: Context) -> None:
    context.say(_message(update).chat.id, context.t("unknown-command"))


async def list_mine(update: Update, context: Context) -> None:
    """Show somebody's ideas and what became of them, five at a time."""
    await _show_page(context, _message(update).chat.id, before=None)


async def press_older(update: Update, context: Context, press: Press) -> None:
    chat = update.effective_chat
    assert chat, "the gate lets only chats through"
    context.answer(update)
    context.edit(update)
    await _show_page(context, chat.id, before=press.idea_id)


async def _show_page(context: Context, chat_id: int, *, before: int | None) -> None:
    page = await ideas.list_of_person(context.db, context.person.id, limit=PAGE + 1, before=before)
    if not page:
        context.say(chat_id, context.t("mine-no-more" if before else "mine-none"))
        return
    shown = page[:PAGE]
    lines = [_line(context.t, idea, context.code(idea.id)) for idea in shown]
    keyboard = keyboards.older(context.t, shown[-1].id) if len(page) > PAGE else None
    context.say(chat_id, "\n".join([context.t("mine"), *lines]), keyboard)


def _line(t: Texts, idea: Idea, code: str) -> str:
    return t(
        "mine-line",
        code=code,
        day=t.day(idea.sent_at),
        topic=t(f"topic-{idea.topic}"),
        status=t(f"status-{idea.status}"),
    )


def _message(update: Update) -> Message:
    message = update.effective_message
    assert message, "the filters let only messages through"
    return message
