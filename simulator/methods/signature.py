"""What every method takes, and the steps that all that send have in common."""

from collections.abc import Callable
from typing import Any

from simulator import html_markup, keyboards, markdown
from simulator.chats import Chat
from simulator.entities import find_entities, merge, trim
from simulator.errors import bad_request
from simulator.files import StoredFile
from simulator.params import Params
from simulator.shapes import MAX_CAPTION, Json
from simulator.world import World

# Any: a result is an object, a list or true, by method.
Method = Callable[[World, Params], Any]

PARSERS = {
    "html": html_markup.parse,
    "markdownv2": markdown.parse,
    "markdown": markdown.parse_old,
}


def send(world: World, call: Params, content: Json, file: StoredFile | None = None) -> Json:
    """Put the bot's message into the chat; every refusal comes before."""
    markup = keyboards.inline_markup(call.json("reply_markup"))
    chat = target(world, call)
    reply = replied(chat, call)
    world.limits.check(chat)
    protected = {"has_protected_content": True} if call.flag("protect_content") else {}
    raw = world.compose(chat, world.bot, reply | content | markup | protected)
    return world.put(chat, raw, from_bot=True, file=file).raw


def target(world: World, call: Params) -> Chat:
    """The chat that the call writes to."""
    if not call.text("chat_id"):
        raise bad_request("chat_id is empty")
    return world.get_writable_chat(call.find_integer("chat_id"))


def replied(chat: Chat, call: Params) -> Json:
    """The message that this one answers, as part of the new message."""
    given = call.json("reply_parameters") or {}
    wanted = given.get("message_id", call.find_integer("reply_to_message_id"))
    if wanted is None:
        return {}
    if not isinstance(wanted, int):
        raise bad_request('can\'t parse reply parameters: field "message_id" must be a number')
    message = chat.find(wanted)
    if message is not None:
        return {"reply_to_message": without_reply(message.raw)}
    if given.get("allow_sending_without_reply") or call.flag("allow_sending_without_reply"):
        return {}
    raise bad_request("message to be replied not found")


def without_reply(raw: Json) -> Json:
    return {key: value for key, value in raw.items() if key != "reply_to_message"}


def formatted(call: Params, field: str, *, longest: int, refusal: str) -> Json:
    """Text or caption with its entities, parsed and checked."""
    entity_field = "entities" if field == "text" else "caption_entities"
    text, given = parse(
        call.text(field), mode=call.text("parse_mode"), entities=call.list_of(entity_field)
    )
    if len(text) > longest:
        raise bad_request(refusal)
    if not text:
        return {}
    entities = merge(given, find_entities(text))
    return {field: text, entity_field: entities} if entities else {field: text}


def parse(source: str, *, mode: str, entities: list[Json]) -> tuple[str, list[Json]]:
    if not mode:
        return trim(source, entities)
    parser = PARSERS.get(mode.lower())
    if parser is None:
        raise bad_request("unsupported parse_mode")
    return trim(*parser(source))


def caption(call: Params) -> Json:
    refusal = "message caption is too long"
    return formatted(call, "caption", longest=MAX_CAPTION, refusal=refusal)
