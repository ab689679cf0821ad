"""Editing the bot's own messages."""

from simulator import keyboards
from simulator.chats import Chat, Message
from simulator.errors import bad_request
from simulator.files import StoredFile
from simulator.methods.media import media_content
from simulator.methods.signature import Method, caption, formatted, target
from simulator.params import Params
from simulator.shapes import CONTENT, MAX_TEXT, Json
from simulator.world import World

UNCHANGED = (
    "message is not modified: specified new message content and reply markup "
    "are exactly the same as a current content and reply markup of the message"
)


def edit_message_text(world: World, call: Params) -> Json:
    content = formatted(call, "text", longest=MAX_TEXT, refusal="message is too long")
    if not content:
        raise bad_request("message text is empty")
    chat, message = _editable(world, call)
    if message.kind != "text":
        raise bad_request("there is no text in the message to edit")
    kept = _without(message.raw, "text", "entities", "reply_markup")
    return _change(world, call, chat, message, kept | content | _markup(call))


def edit_message_caption(world: World, call: Params) -> Json:
    text = caption(call)
    chat, message = _editable(world, call)
    if message.file is None:
        raise bad_request("there is no caption in the message to edit")
    kept = _without(message.raw, "caption", "caption_entities", "reply_markup")
    return _change(world, call, chat, message, kept | text | _markup(call))


def edit_message_reply_markup(world: World, call: Params) -> Json:
    chat, message = _editable(world, call)
    kept = _without(message.raw, "reply_markup")
    return _change(world, call, chat, message, kept | _markup(call))


def edit_message_media(world: World, call: Params) -> Json:
    part = call.json("media")
    if not isinstance(part, dict):
        raise bad_request("can't parse media JSON object")
    chat, message = _editable(world, call)
    content, file = media_content(world, call, part)
    kept = _without(message.raw, *CONTENT, "caption", "caption_entities", "reply_markup")
    return _change(world, call, chat, message, kept | content | _markup(call), file)


def _editable(world: World, call: Params) -> tuple[Chat, Message]:
    if "inline_message_id" in call:
        raise bad_request("MESSAGE_ID_INVALID")
    chat = target(world, call)
    message = chat.find(call.find_integer("message_id"))
    if message is None:
        raise bad_request("message to edit not found")
    if not message.from_bot:
        raise bad_request("message can't be edited")
    return chat, message


def _change(
    world: World,
    call: Params,
    chat: Chat,
    message: Message,
    raw: Json,
    file: StoredFile | None = None,
) -> Json:
    if _without(raw, "edit_date") == _without(message.raw, "edit_date"):
        raise bad_request(UNCHANGED)
    world.limits.check(chat)
    edited = raw | {"edit_date": int(world.clock())}
    changed = message._replace(raw=edited, file=file or message.file)
    return world.replace(chat, changed).raw


def _markup(call: Params) -> Json:
    return keyboards.inline_markup(call.json("reply_markup"))


def _without(raw: Json, *names: str) -> Json:
    return {key: value for key, value in raw.items() if key not in names}


METHODS: dict[str, Method] = {
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "editMessageMedia": edit_message_media,
}
