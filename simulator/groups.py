"""Groups, where a bot in privacy mode sees only what is meant for it."""

from simulator.chats import Chat, Message
from simulator.entities import slice_units
from simulator.shapes import Json


class Group:
    """A group with the bot in it. People write there with `chat=group`."""

    def __init__(self, chat: Chat) -> None:
        self.place = chat

    @property
    def id(self) -> int:
        return self.place.id

    @property
    def chat(self) -> list[Message]:
        return self.place.list_messages()


def seen_by_bot(raw: Json, bot: Json) -> bool:
    """Commands for it, replies to it and mentions of it."""
    answered = raw.get("reply_to_message", {}).get("from", {})
    if answered.get("id") == bot["id"]:
        return True
    text = str(raw.get("text") or raw.get("caption") or "")
    entities = raw.get("entities") or raw.get("caption_entities") or []
    return any(_addresses(slice_units(text, e), e, bot["username"]) for e in entities)


def _addresses(part: str, entity: Json, username: str) -> bool:
    name = part.partition("@")[2].lower()
    match entity["type"]:
        case "bot_command":
            return name in {"", username.lower()}
        case "mention":
            return name == username.lower()
        case _:
            return False
