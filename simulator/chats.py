"""Chats and the messages in them, as they stand now."""

import asyncio
from typing import Any, NamedTuple

from simulator.files import StoredFile
from simulator.shapes import Json, kind_of


class Message(NamedTuple):
    """A message as it stood when it was read; an edit makes a new value."""

    raw: Json
    from_bot: bool
    seq: int
    file: StoredFile | None = None
    deleted: bool = False
    reaction: str = ""

    @property
    def message_id(self) -> int:
        return int(self.raw["message_id"])

    @property
    def text(self) -> str:
        """The text, or the caption of a file."""
        return str(self.raw.get("text") or self.raw.get("caption") or "")

    @property
    def date(self) -> int:
        return int(self.raw["date"])

    @property
    def edited(self) -> bool:
        return "edit_date" in self.raw

    @property
    def kind(self) -> str:
        return kind_of(self.raw)

    @property
    def keyboard(self) -> list[list[Json]]:
        markup: dict[str, Any] = self.raw.get("reply_markup") or {}
        return list(markup.get("inline_keyboard", []))

    @property
    def buttons(self) -> list[list[str]]:
        """The labels of the inline keyboard, row by row."""
        return [[str(button["text"]) for button in row] for row in self.keyboard]

    @property
    def data(self) -> dict[str, str]:
        """What each button sends back, by its label."""
        return {
            button["text"]: button["callback_data"]
            for row in self.keyboard
            for button in row
            if "callback_data" in button
        }

    @property
    def document(self) -> tuple[str, bytes] | None:
        """Name and content of the attached file."""
        return (self.file.name, self.file.body) if self.file else None


# What the tests of a bot look at; the same value, named for its reader.
BotMessage = Message


class Chat:
    """One private chat or group: what was said, and whether the bot may speak."""

    def __init__(self, raw: Json, *, keep: int | None = None) -> None:
        self.raw = raw
        self.messages: dict[int, Message] = {}
        self.members: dict[int, str] = {}
        self.started = False
        self.blocked = False
        self._keep = keep
        self._waiters: set[asyncio.Future[None]] = set()

    @property
    def id(self) -> int:
        return int(self.raw["id"])

    @property
    def private(self) -> bool:
        return bool(self.raw["type"] == "private")

    def put(self, message: Message) -> None:
        """Add a message, or replace it by what it has become."""
        self.messages[message.message_id] = message
        if self._keep is not None and len(self.messages) > self._keep:
            del self.messages[next(iter(self.messages))]
        self.wake()

    def find(self, message_id: int | None) -> Message | None:
        message = self.messages.get(message_id) if message_id is not None else None
        return None if message is None or message.deleted else message

    def list_messages(self) -> list[Message]:
        return [message for message in self.messages.values() if not message.deleted]

    def wake(self) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()

    async def changed(self, timeout: float) -> bool:
        """Wait until anything in this chat changes; False when it did not in time."""
        if timeout <= 0:
            return False
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        done, _ = await asyncio.wait({waiter}, timeout=timeout)
        self._waiters.discard(waiter)
        return bool(done)
