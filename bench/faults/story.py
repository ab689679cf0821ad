"""Tells the written story to the simulated Telegram, and keeps what must come of it."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.faults.acts import (
    Act,
    Agree,
    Album,
    Block,
    Edit,
    Erase,
    Export,
    Press,
    Say,
    Sticker,
    Write,
)
from simulator import Message, Person, Simulator

# Nobody gives up before the harness does.
FOR_EVER = 3600.0
PLAIN = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A message that the bot must write: in answer to that one, or to none in particular."""

    to: int | None
    optional: bool = False


@dataclass(slots=True)
class Chat:
    """What one person did, and what must come of it."""

    person: int
    replies: list[Reply] = field(default_factory=list)
    texts: dict[int, list[str]] = field(default_factory=dict)  # by message: the idea's texts
    photos: dict[int, int] = field(default_factory=dict)  # by message
    choices: dict[int, list[str]] = field(default_factory=dict)  # by message
    presses: list[str] = field(default_factory=list)
    blocked: bool = False
    erased: bool = False
    exports: int = 0


class Teller:
    """One person, who does what is written as soon as the bot has said what it takes."""

    def __init__(self, telegram: Simulator, person: Person, acts: Sequence[Act]) -> None:
        self.chat = Chat(person.id)
        self._telegram = telegram
        self._person = person
        self._acts = acts
        self._messages: dict[int, Message] = {}
        self._held: list[Reply] | None = []
        self._receipts: dict[int, tuple[Message, int]] = {}
        self._late: list[tuple[Message, str, str]] = []

    @property
    def length(self) -> int:
        return len(self._acts)

    async def tell(self, turns: "Turns") -> None:
        for act in self._acts:
            await self._wait_for_what_it_takes(act)
            await turns.take()
            await self._do(act)
        self._press_late_ones()

    async def _wait_for_what_it_takes(self, act: Act) -> None:
        match act:
            case Agree():
                await self._person.sees(_is_notice, timeout=FOR_EVER)
            case Press(wish=wish) if wish not in self._receipts:
                self._receipts[wish] = await self._receipt(wish)
            case Block() | Erase():
                await self._all_answered()

    async def _do(self, act: Act) -> None:
        match act:
            case Write() | Album():
                await self._write(act)
            case Edit(wish, text):
                message = await self._person.edits(self._messages[wish].message_id, text)
                self.chat.texts[message.message_id].append(text)
                self._expect(message.message_id)
            case Press():
                await self._press(act)
            case Say(text):
                await self._person.says(text)
                self._expect(PLAIN)
            case Export():
                await self._person.says("/export")
                self._expect(PLAIN)
                self.chat.exports += 1
            case Sticker():
                await self._person.sends_sticker()
                self._expect(PLAIN)
            case Agree():
                await self._agree()
            case Block():
                await self._block(act)
            case Erase():
                await self._erase()

    def _expect(self, to: int | None, *, optional: bool = False) -> None:
        reply = Reply(to, optional)
        if self._held is None:
            self.chat.replies.append(reply)
            return
        if not self._held:
            self.chat.replies.append(Reply(PLAIN))  # the notice
        self._held.append(reply)

    async def _write(self, act: Write | Album, *, optional: bool = False) -> None:
        if isinstance(act, Album):
            sent = (await self._person.sends_album(act.photos, act.text))[0]
            self.chat.photos[sent.message_id] = act.photos
        else:
            sent = await self._person.says(act.text)
        self._messages[act.wish] = sent
        self.chat.texts[sent.message_id] = [act.text]
        self.chat.choices[sent.message_id] = []
        self._expect(sent.message_id, optional=optional)

    async def _receipt(self, wish: int) -> tuple[Message, int]:
        """The message with the buttons, and the idea that they are about."""
        sent = self._messages[wish].message_id
        receipt = await self._person.sees(
            lambda m: _answered(m) == sent and _idea_of(m), timeout=FOR_EVER
        )
        number = _idea_of(receipt)
        assert number, "that is what was looked for"
        return receipt, number

    async def _press(self, act: Press) -> None:
        sent = self._messages[act.wish].message_id
        receipt, number = self._receipts[act.wish]
        data = f"idea:{number}:{act.choice}"
        query = await self._person.presses_data(data, receipt)
        self.chat.presses.append(query)
        self.chat.choices[sent].append(act.choice.removeprefix("topic:"))
        self._press_late_ones()
        if act.twice:
            self._repeat(receipt, data, query)
        if act.late:
            self._late.append((receipt, data, query))

    def _press_late_ones(self) -> None:
        """An app that got no answer in time asks again, under a number of its own."""
        for receipt, data, query in self._late:
            self._repeat(receipt, data, query)
        self._late.clear()

    def _repeat(self, receipt: Message, data: str, query: str) -> None:
        body: dict[str, Any] = {
            "id": query,
            "from": self._person.user,
            "message": receipt.raw,
            "chat_instance": "1",
            "data": data,
        }
        self._telegram.inject([{"callback_query": body}])

    async def _agree(self) -> None:
        notice = next(m for m in self._person.chat if _is_notice(m))
        data = next(iter(notice.data.values()))
        self.chat.presses.append(await self._person.presses_data(data, notice))
        assert self._held, "everybody says something first"
        self.chat.replies += self._held
        self._held = None

    async def _block(self, act: Block) -> None:
        """What is said just before may be answered or not; what is said after must be."""
        self._excuse_newest()
        await self._write(act.last, optional=True)
        self._person.blocks_bot()
        self.chat.blocked = True
        await asyncio.sleep(0.05)
        self._person.unblocks_bot()
        await self._write(act.next)

    def _excuse_newest(self) -> None:
        """Nobody can wait for answers that name no message, or one that was answered before."""
        replies = self.chat.replies
        often = Counter(reply.to for reply in replies)
        for number in range(len(replies) - 1, -1, -1):
            if replies[number].to is not PLAIN and often[replies[number].to] == 1:
                return
            replies[number] = Reply(replies[number].to, optional=True)

    async def _erase(self) -> None:
        self._press_late_ones()
        await self._person.says("/hapus")
        self._expect(PLAIN)
        ask = await self._person.sees(lambda m: "erase:0:yes" in m.data.values(), timeout=FOR_EVER)
        self.chat.presses.append(await self._person.presses_data("erase:0:yes", ask))
        self.chat.erased = True

    async def _all_answered(self) -> None:
        """Wait until the newest message that must be answered has been."""
        wanted = {reply.to for reply in self.chat.replies if not reply.optional} - {PLAIN}
        while not wanted <= {_answered(m) for m in self._person.chat if m.from_bot}:
            await self._person.private_chat.changed(FOR_EVER)


class Turns:
    """How much of the story may happen: some now, more after each fault."""

    def __init__(self) -> None:
        self.taken = 0
        self._allowed = 0
        self._more = asyncio.Event()

    def allow(self, upto: int) -> None:
        self._allowed = max(self._allowed, upto)
        self._more.set()

    async def take(self) -> None:
        while self.taken >= self._allowed:
            self._more.clear()
            await self._more.wait()
        self.taken += 1


def _is_notice(message: Message) -> bool:
    return message.from_bot and any(d.startswith("notice:") for d in message.data.values())


def _answered(message: Message) -> int | None:
    reply = message.raw.get("reply_to_message")
    return int(reply["message_id"]) if reply else None


def _idea_of(message: Message) -> int | None:
    """The number of the idea that a message's buttons are about."""
    for data in message.data.values():
        desk, number, *_ = data.split(":")
        if desk == "idea":
            return int(number)
    return None
