"""People, and what they do in a chat: write, send, correct, press, wait for an answer."""

import re
from collections.abc import Callable

from simulator import samples
from simulator.chats import Chat, Message
from simulator.entities import find_entities
from simulator.files import StoredFile, content_of
from simulator.groups import Group, seen_by_bot
from simulator.methods.signature import without_reply
from simulator.shapes import MAX_TEXT, Json
from simulator.views import person_view
from simulator.waiting import wait_for, wait_for_answer, wait_for_new
from simulator.world import World

PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
DEEP_LINK = re.compile(r"t\.me/(\w+)\?start=([A-Za-z0-9_-]{1,64})$")
Place = Group | None


class Person:
    """Someone with Telegram on their phone. What they send, the bot gets as an update."""

    def __init__(self, world: World, chat: Chat, *, note: str = "") -> None:
        self.user = world.users[chat.id]
        self.note = note
        self.private_chat = chat
        self._world = world
        self._heard = 0
        self._last_press = ""

    @property
    def id(self) -> int:
        return int(self.user["id"])

    @property
    def name(self) -> str:
        return str(self.user["first_name"])

    @property
    def chat(self) -> list[Message]:
        """All messages both ways, as they stand now."""
        return self.private_chat.list_messages()

    def view(self) -> Json:
        return person_view(self.private_chat, self.user, self.note)

    async def says(
        self, text: str, *, reply_to: int | Message | None = None, chat: Place = None
    ) -> Message:
        """Send text; what is too long goes out in several messages, the last is returned.

        Nothing is cleaned away: a bot has to bear odd characters.
        """
        if not text.strip():
            raise ValueError("Telegram does not let people send an empty message")
        parts = [text[start : start + MAX_TEXT] for start in range(0, len(text), MAX_TEXT)]
        sent = [self._send(_text_content(part), chat=chat, reply_to=reply_to) for part in parts]
        return sent[-1]

    async def opens_link(self, payload: str) -> Message:
        """Follow `t.me/<bot>?start=<payload>` and tap Start."""
        if not PAYLOAD.fullmatch(payload):
            raise ValueError(f"{payload!r} does not fit into a deep link")
        return await self.says(f"/start {payload}")

    async def sends_photo(
        self, *, caption: str = "", body: bytes | None = None, chat: Place = None
    ) -> Message:
        file = self._world.files.add("photo", "photo.png", body or samples.photo())
        return self._send_file(file, caption, chat=chat)

    async def sends_album(self, n: int, caption: str = "", *, chat: Place = None) -> list[Message]:
        """`n` photos at once; the caption is on the first."""
        album = {"media_group_id": self._world.next_album_id()}
        files = [
            self._world.files.add("photo", f"photo{number}.png", samples.photo(number * 13))
            for number in range(n)
        ]
        captions = [caption] + [""] * (n - 1)
        return [
            self._send(album | content_of(file) | _caption(text), chat=chat, file=file)
            for file, text in zip(files, captions, strict=True)
        ]

    async def sends_document(
        self, name: str, body: bytes, caption: str = "", *, chat: Place = None
    ) -> Message:
        return self._send_file(self._world.files.add("document", name, body), caption, chat=chat)

    async def sends_voice(self, body: bytes = samples.VOICE, *, chat: Place = None) -> Message:
        file = self._world.files.add("voice", "voice.ogg", body, "audio/ogg")
        return self._send_file(file, "", chat=chat)

    async def sends_sticker(self, *, chat: Place = None) -> Message:
        file = self._world.files.add("sticker", "sticker.png", samples.photo(40), "image/png")
        return self._send_file(file, "", chat=chat)

    async def sends_location(self, lat: float, lon: float, *, chat: Place = None) -> Message:
        return self._send({"location": {"latitude": lat, "longitude": lon}}, chat=chat)

    async def sends_contact(self, phone: str = "+62811000000") -> Message:
        contact = {"phone_number": phone, "first_name": self.name, "user_id": self.id}
        return self._send({"contact": contact})

    async def forwards(
        self, text: str, *, written_by: "Person | str", chat: Place = None
    ) -> Message:
        """Pass on what someone else wrote; a name alone stands for a hidden account."""
        origin: Json = {"type": "hidden_user", "date": int(self._world.clock()) - 60}
        if isinstance(written_by, Person):
            origin |= {"type": "user", "sender_user": written_by.user}
        else:
            origin["sender_user_name"] = written_by
        return self._send(_text_content(text) | {"forward_origin": origin}, chat=chat)

    async def edits(self, message: int | Message, text: str, *, chat: Place = None) -> Message:
        """Change the text, or the caption, of a message of one's own."""
        place = chat.place if chat else self.private_chat
        before = place.find(_number(message))
        if before is None or before.raw["from"]["id"] != self.id:
            raise ValueError(f"{self.name} has no message {_number(message)} to edit")
        content = _text_content(text) if before.kind == "text" else _caption(text)
        kept = {k: v for k, v in before.raw.items() if k not in {"entities", "caption_entities"}}
        raw = kept | content | {"edit_date": int(self._world.clock())}
        changed = self._world.replace(place, before._replace(raw=raw))
        self._tell("edited_message", place, raw)
        return changed

    async def presses(self, label: str, message: int | Message | None = None) -> str:
        """Press the newest button of this name; a link opens. Returns the press's id."""
        holder, button = self._find_button(label, message)
        if "callback_data" in button:
            return await self.presses_data(button["callback_data"], holder)
        link = DEEP_LINK.search(button.get("url", ""))
        if link is None:
            raise AssertionError(f"the button {label!r} leads out of the chat: {button}")
        await self.opens_link(link[2])
        return ""

    async def presses_data(self, data: str, message: int | Message) -> str:
        """Send any data as if a button had it; forged ones too."""
        holder = self.private_chat.messages[_number(message)]
        press = self._world.add_press(self.private_chat, self.user)
        self._last_press = press.query_id
        query = {
            "id": press.query_id,
            "from": self.user,
            "message": holder.raw,
            "chat_instance": str(7_000_000_000_000_000_000 + self.id),
            "data": data,
        }
        self._world.updates.add(
            "callback_query",
            query,
            chat_id=self.private_chat.id,
            user_id=self.id,
            text=data,
            lifetime=self._world.press_lifetime,
        )
        return press.query_id

    async def alert(self, timeout: float = 10.0) -> str:
        """What the bot answered to the last press; empty when it only took note."""
        press = self._world.presses[self._last_press]
        answer = await wait_for_answer(press, timeout=timeout, name=self.name)
        return str(answer["text"])

    async def hears(self, count: int = 1, timeout: float = 10.0) -> list[Message]:
        """The next messages from the bot that this person has not been given yet."""
        fresh = await wait_for_new(
            self.private_chat, after=self._heard, count=count, timeout=timeout, name=self.name
        )
        self._heard = fresh[-1].message_id if fresh else self._heard
        return fresh

    async def sees(
        self, wanted: str | Callable[[Message], object], timeout: float = 10.0
    ) -> Message:
        """The newest message from the bot, as edited by now, that holds this or fits it."""
        return await wait_for(self.private_chat, wanted, timeout=timeout, name=self.name)

    def blocks_bot(self) -> None:
        self._set_blocked(True)

    def unblocks_bot(self) -> None:
        self._set_blocked(False)

    def _set_blocked(self, blocked: bool) -> None:
        chat = self.private_chat
        if chat.blocked == blocked:
            return
        chat.blocked = blocked
        before, after = ("member", "kicked") if blocked else ("kicked", "member")
        self._world.change_membership(chat, self.user, before=before, after=after)

    def _find_button(self, label: str, message: int | Message | None) -> tuple[Message, Json]:
        chat = self.private_chat
        chosen = self.chat if message is None else [chat.messages[_number(message)]]
        for holder in reversed(chosen):
            for row in holder.keyboard:
                for button in row:
                    if button["text"] == label:
                        return holder, button
        labels = [name for holder in chosen for row in holder.buttons for name in row]
        raise AssertionError(f"{self.name} sees no button {label!r}; there are {labels}")

    def _send_file(self, file: StoredFile, caption: str, *, chat: Place) -> Message:
        return self._send(content_of(file) | _caption(caption), chat=chat, file=file)

    def _send(
        self,
        content: Json,
        *,
        chat: Place = None,
        reply_to: int | Message | None = None,
        file: StoredFile | None = None,
    ) -> Message:
        place = chat.place if chat else self.private_chat
        if place.private and place.blocked:
            raise ValueError(f"{self.name} has blocked the bot and must unblock it to write")
        place.started = True
        answered = place.find(_number(reply_to)) if reply_to is not None else None
        reply = {"reply_to_message": without_reply(answered.raw)} if answered else {}
        raw = self._world.compose(place, self.user, reply | content)
        message = self._world.put(place, raw, from_bot=False, file=file)
        self._tell("message", place, raw)
        return message

    def _tell(self, kind: str, chat: Chat, raw: Json) -> None:
        """The update for the bot, if the bot may see the message."""
        if chat.private or seen_by_bot(raw, self._world.bot):
            text = str(raw.get("text") or raw.get("caption") or "")
            self._world.updates.add(kind, raw, chat_id=chat.id, user_id=self.id, text=text)


def _number(message: int | Message) -> int:
    return message if isinstance(message, int) else message.message_id


def _text_content(text: str) -> Json:
    entities = find_entities(text)
    return {"text": text, "entities": entities} if entities else {"text": text}


def _caption(text: str) -> Json:
    entities = find_entities(text)
    return ({"caption": text} if text else {}) | (
        {"caption_entities": entities} if entities else {}
    )
