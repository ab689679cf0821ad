"""Receives updates by long polling. Telegram hears that we have one only after the commit."""

import asyncio
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import aiohttp
import structlog

from bot.transport import AiohttpRequest, Answer
from storage import inbox
from storage.database import Database
from storage.errors import DatabaseUnavailable

BATCH = 100
POLL_SECONDS = 50
KINDS = ["message", "edited_message", "callback_query", "my_chat_member"]

log = structlog.get_logger()


class Receiver:
    """The polling loop."""

    def __init__(
        self,
        database: Database,
        transport: AiohttpRequest,
        *,
        now: Callable[[], datetime],
        arrived: asyncio.Event,
    ) -> None:
        self._database = database
        self._transport = transport
        self._now = now
        self._arrived = arrived
        self._offset = 0
        self._failures = 0

    async def run(self) -> None:
        """Poll until cancelled."""
        while True:
            try:
                await self._poll()
                self._failures = 0
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                await self._rest("cannot reach Telegram", error=type(error).__name__)
            except DatabaseUnavailable as error:
                await self._rest(
                    "cannot write; Telegram keeps the updates until we can", error=str(error)
                )

    async def _poll(self) -> None:
        answer = await self._transport.call(
            "getUpdates",
            {
                "offset": self._offset,
                "limit": BATCH,
                "timeout": POLL_SECONDS,
                "allowed_updates": KINDS,
            },
            seconds=POLL_SECONDS + 10,
        )
        match answer.status:
            case 200:
                await self.keep(answer.body.get("result", []))
            case 409:
                await self._rest("another process polls with this token; only one may")
            case _:
                await self._rest("Telegram refused getUpdates", **_facts(answer))

    async def keep(self, updates: list[Any]) -> None:
        """Commit a batch of raw updates, then move on: the next poll acknowledges them."""
        rows = [
            (update["update_id"], chat_of(update), json.dumps(update))
            for update in updates
            if isinstance(update, dict) and _is_number(update.get("update_id"))
        ]
        if not rows:
            return
        async with self._database.writing() as session:
            inbox.add(session, rows, at=self._now())
        self._offset = rows[-1][0] + 1
        self._arrived.set()

    async def _rest(self, event: str, **facts: object) -> None:
        """Wait before the next try: 1, 2, 4 … 30 seconds."""
        seconds = min(2.0**self._failures, 30.0)
        self._failures += 1
        log.warning(event, seconds=seconds, **facts)
        await asyncio.sleep(seconds)


def _facts(answer: Answer) -> dict[str, object]:
    return {"status": answer.status, "description": answer.description}


def _is_number(value: object) -> bool:
    return isinstance(value, int) and abs(value) < 2**63


def chat_of(update: dict[str, Any]) -> int | None:
    """Find the chat whose order an update belongs to, in any shape that Telegram may invent.

    A button counts to the chat of its message, so that presses and texts of a chat stay in order.
    """
    for value in update.values():
        if not isinstance(value, dict):
            continue
        message = value.get("message")
        for holder in (value, message if isinstance(message, dict) else {}):
            chat = holder.get("chat")
            if isinstance(chat, dict) and _is_number(chat.get("id")):
                return int(chat["id"])
        sender = value.get("from")
        if isinstance(sender, dict) and _is_number(sender.get("id")):
            return int(sender["id"])
    return None
