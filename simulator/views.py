"""A message as the chat page and the control API show it. Pure."""

from simulator.chats import Chat, Message
from simulator.shapes import Json

PASSED_ON = ("entities", "caption_entities", "location", "media_group_id", "forward_origin")


def view(message: Message) -> Json:
    raw = message.raw
    shown: Json = {
        "seq": message.seq,
        "chat_id": raw["chat"]["id"],
        "message_id": message.message_id,
        "from": "bot" if message.from_bot else raw["from"]["id"],
        "from_name": raw["from"]["first_name"],
        "date": message.date,
        "edited": message.edited,
        "deleted": message.deleted,
        "kind": message.kind,
        "text": message.text,
        "buttons": message.keyboard,
        "reaction": message.reaction,
    }
    shown |= {key: raw[key] for key in PASSED_ON if key in raw}
    if "reply_to_message" in raw:
        shown["reply_to"] = raw["reply_to_message"]["message_id"]
    if message.file:
        file = message.file
        shown["file"] = {
            "file_id": file.file_id,
            "name": file.name,
            "mime": file.mime,
            "size": len(file.body),
        }
    return shown


def person_view(chat: Chat, person: Json, note: str) -> Json:
    return {
        "id": person["id"],
        "first_name": person["first_name"],
        "language_code": person.get("language_code", ""),
        "note": note,
        "started": chat.started,
        "blocked": chat.blocked,
    }
