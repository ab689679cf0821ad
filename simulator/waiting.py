"""Waiting for the bot's messages, and saying clearly what came instead."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from simulator.chats import Chat, Message
from simulator.shapes import Json
from simulator.world import Press

SHOWN = 20
Found = TypeVar("Found")


async def wait_for_new(
    chat: Chat, *, after: int, count: int, timeout: float, name: str
) -> list[Message]:
    """The first `count` messages from the bot with a number above `after`."""

    def fresh() -> list[Message]:
        return [m for m in chat.list_messages() if m.from_bot and m.message_id > after]

    def enough() -> list[Message] | None:
        found = fresh()
        return found[:count] if len(found) >= count else None

    found = await _until(chat, enough, timeout=timeout)
    if found is None:
        raise AssertionError(
            f"{name} waited {timeout:g} s for {count} new message(s) from the bot "
            f"and got {len(fresh())}.\n{transcript(chat)}"
        )
    return found


async def wait_for(
    chat: Chat, wanted: str | Callable[[Message], object], *, timeout: float, name: str
) -> Message:
    """The newest message from the bot that fits, as it stands by then."""

    def fits(message: Message) -> bool:
        return wanted in message.text if isinstance(wanted, str) else bool(wanted(message))

    def newest() -> Message | None:
        bots = (m for m in reversed(chat.list_messages()) if m.from_bot)
        return next((message for message in bots if fits(message)), None)

    found = await _until(chat, newest, timeout=timeout)
    if found is None:
        looked_for = repr(wanted) if isinstance(wanted, str) else "a message that fits"
        raise AssertionError(
            f"{name} waited {timeout:g} s for {looked_for} from the bot.\n{transcript(chat)}"
        )
    return found


async def wait_for_answer(press: Press, *, timeout: float, name: str) -> Json:
    """What the bot answered to a press."""
    found = await _until(press.chat, lambda: press.answer, timeout=timeout)
    if found is None:
        raise AssertionError(
            f"{name} waited {timeout:g} s for an answer to a press.\n{transcript(press.chat)}"
        )
    return found


async def _until(chat: Chat, find: Callable[[], Found | None], *, timeout: float) -> Found | None:
    """What `find` gives, as soon as it gives something; None when the time is over."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while (found := find()) is None:
        if not await chat.changed(deadline - clock()):
            return find()
    return found


def transcript(chat: Chat) -> str:
    """The end of the chat, for whoever reads the failed test."""
    lines = [_line(message) for message in chat.list_messages()[-SHOWN:]]
    return "The chat so far:\n" + ("\n".join(lines) or "  (nothing)")


def _line(message: Message) -> str:
    who = "bot" if message.from_bot else message.raw["from"]["first_name"]
    buttons = f" {message.buttons}" if message.buttons else ""
    text = message.text or f"({message.kind})"
    return f"  [{message.message_id}] {who}: {text}{buttons}"
