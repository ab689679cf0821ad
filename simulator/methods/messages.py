"""Sending text and places, passing messages on, taking them back, reacting."""

from simulator import keyboards
from simulator.chats import Chat, Message
from simulator.errors import bad_request
from simulator.methods.signature import Method, caption, formatted, send, target
from simulator.params import Params
from simulator.shapes import MAX_TEXT, Json
from simulator.world import World

TWO_DAYS = 48 * 3600
ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)
REACTIONS = frozenset(
    (
        "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤\u200d🔥 "
        "🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨\u200d💻 👀 🎃 🙈 😇 😨 "
        "🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷\u200d♂ 🤷 🤷\u200d♀ 😡"
    ).split()
)
NOT_PASSED_ON = frozenset({"message_id", "from", "chat", "date", "edit_date", "reply_markup"})


def send_message(world: World, call: Params) -> Json:
    content = formatted(call, "text", longest=MAX_TEXT, refusal="message is too long")
    if not content:
        raise bad_request("message text is empty")
    return send(world, call, content)


def send_location(world: World, call: Params) -> Json:
    if "latitude" not in call or "longitude" not in call:
        raise bad_request("bad location")
    place = {"latitude": call.number("latitude"), "longitude": call.number("longitude")}
    return send(world, call, {"location": place})


def send_chat_action(world: World, call: Params) -> bool:
    action = call.text("action")
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = target(world, call)
    world.publish("action", chat_id=chat.id, action=action)
    return True


def delete_message(world: World, call: Params) -> bool:
    chat = world.get_chat(call.find_integer("chat_id"))
    _delete(world, chat, _find(chat, call.find_integer("message_id"), "delete"))
    return True


def delete_messages(world: World, call: Params) -> bool:
    """Those that are there go; Telegram skips the others in silence."""
    chat = world.get_chat(call.find_integer("chat_id"))
    for message_id in call.list_of("message_ids"):
        message = chat.find(message_id)
        if message is not None:
            _delete(world, chat, message)
    return True


def copy_message(world: World, call: Params) -> Json:
    """The content without its origin; only the new number is told."""
    message = _source(world, call, "copy")
    content = {key: value for key, value in message.raw.items() if key not in NOT_PASSED_ON}
    if "caption" in call:
        content = {k: v for k, v in content.items() if not k.startswith("caption")} | caption(call)
    return {"message_id": send(world, call, content, message.file)["message_id"]}


def forward_message(world: World, call: Params) -> Json:
    message = _source(world, call, "forward")
    content = {key: value for key, value in message.raw.items() if key not in NOT_PASSED_ON}
    origin = {"type": "user", "sender_user": message.raw["from"], "date": message.date}
    return send(world, call, content | {"forward_origin": origin}, message.file)


def set_message_reaction(world: World, call: Params) -> bool:
    chat = target(world, call)
    message = _find(chat, call.find_integer("message_id"), "react")
    emoji = [str(reaction.get("emoji", "")) for reaction in call.list_of("reaction")]
    if len(emoji) > 1 or any(one.replace("\ufe0f", "") not in REACTIONS for one in emoji):
        raise bad_request("REACTION_INVALID")
    world.replace(chat, message._replace(reaction="".join(emoji)))
    return True


def _find(chat: Chat, message_id: int | None, purpose: str) -> Message:
    message = chat.find(message_id)
    if message is None:
        raise bad_request(f"message to {purpose} not found")
    return message


def _source(world: World, call: Params, purpose: str) -> Message:
    keyboards.inline_markup(call.json("reply_markup"))
    chat = world.get_chat(call.find_integer("from_chat_id"))
    return _find(chat, call.find_integer("message_id"), purpose)


def _delete(world: World, chat: Chat, message: Message) -> None:
    if world.clock() - message.date > TWO_DAYS:
        raise bad_request("message can't be deleted for everyone")
    world.replace(chat, message._replace(deleted=True))


METHODS: dict[str, Method] = {
    "sendMessage": send_message,
    "sendLocation": send_location,
    "sendChatAction": send_chat_action,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "copyMessage": copy_message,
    "forwardMessage": forward_message,
    "setMessageReaction": set_message_reaction,
}
