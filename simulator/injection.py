"""Raw updates from outside: replays, and bodies that no Telegram would send."""

from collections.abc import Callable, Sequence
from typing import Any

from simulator.chats import Chat
from simulator.shapes import Json
from simulator.world import World


# Any: a fuzzed update may be anything at all.
def inject(world: World, updates: Sequence[Any], *, on_new: Callable[[Chat], None]) -> list[int]:
    """Queue each as it is; one without an update_id gets the next."""
    return [_inject_one(world, update, on_new) for update in updates]


def _inject_one(world: World, update: Any, on_new: Callable[[Chat], None]) -> int:
    body = update if isinstance(update, dict) else {"unparsable": update}
    given = body.get("update_id")
    update_id = given if isinstance(given, int) else world.updates.next_id
    kind = next((key for key in body if key != "update_id"), "none")
    message = _message_of(body.get(kind))
    chat_id = _number(message.get("chat"))
    if chat_id and chat_id > 0:
        _meet(world, chat_id, message, on_new)
    return world.updates.add_raw(
        update_id,
        {"update_id": update_id, **body},
        kind=kind,
        chat_id=chat_id,
        user_id=_number(_object(body.get(kind)).get("from")),
        text=str(message.get("text") or ""),
    )


def _meet(world: World, chat_id: int, message: Json, on_new: Callable[[Chat], None]) -> None:
    """Whoever writes can be answered, and what they wrote is in their chat."""
    chat = world.chats.get(chat_id)
    if chat is None and chat_id not in world.users:
        name = _object(message.get("from")).get("first_name")
        chat = world.add_person(str(name or chat_id), user_id=chat_id, language=None)
        on_new(chat)
    if chat is None:
        return
    chat.started = True
    if isinstance(message.get("message_id"), int) and _number(message.get("from")) == chat_id:
        whole = {"date": int(world.clock())} | message
        world.put(chat, whole | {"chat": chat.raw, "from": world.users[chat_id]}, from_bot=False)


def _message_of(payload: Any) -> Json:
    inside = _object(payload)
    return _object(inside["message"]) if "message" in inside else inside


def _object(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _number(value: Any) -> int | None:
    number = _object(value).get("id")
    return number if isinstance(number, int) else None
