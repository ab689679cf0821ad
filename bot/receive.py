"""Receives updates by long polling. Telegram hears that we have one only after the commit."""

import asyncio
from operator import itemgetter
from typing import Any

import aiohttp
import structlog

from bot.intake import Intake, is_number
from bot.transport import AiohttpRequest, Answer
from storage.errors import DatabaseUnavailable

BATCH = 100
POLL_SECONDS = 50
LONGEST_REST = 30.0
KINDS = ["message", "edited_message", "callback_query", "my_chat_member"]

log = structlog.get_logger()


class Poller:
    """The polling loop."""

    def __init__(self, intake: Intake, transport: AiohttpRequest) -> None:
        self._intake = intake
        self._transport = transport
        self._offset = 0
        self._failures = 0

    async def run(self) -> None:
        """Poll until cancelled."""
        await self._end_webhook()
        while True:
            try:
                await self._poll()
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                await self._rest("cannot reach Telegram", error=type(error).__name__)
            except DatabaseUnavailable as error:
                await self._rest(
                    "cannot write; Telegram keeps the updates until we can", error=str(error)
                )

    async def _end_webhook(self) -> None:
        """Telegram refuses polling while a webhook is set; what waits there is kept."""
        try:
            await self._transport.call("deleteWebhook", {"drop_pending_updates": False})
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("cannot reach Telegram", error=type(error).__name__)

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
            case 200 if isinstance(updates := answer.body.get("result"), list):
                await self._take(updates)
                self._failures = 0
            case 200:
                # Asked again at once, it would be the same, and so on a thousand times a second.
                await self._rest("Telegram's answer cannot be read")
            case 409:
                await self._rest("another process polls with this token; only one may")
            case _:
                await self._rest("Telegram refused getUpdates", **_facts(answer))

    # Any: an update may be anything at all.
    async def _take(self, updates: list[Any]) -> None:
        """Commit a batch, then move on: the next poll acknowledges it.

        Numbers say in which order updates were made, whatever order they come in.
        """
        numbered = [
            update
            for update in updates
            if isinstance(update, dict) and is_number(update.get("update_id"))
        ]
        numbered.sort(key=itemgetter("update_id"))
        await self._intake.keep(numbered)
        # A negative offset would make Telegram forget updates; it has no negative numbers.
        if numbered and numbered[-1]["update_id"] >= 0:
            self._offset = numbered[-1]["update_id"] + 1

    async def _rest(self, event: str, **facts: object) -> None:
        """Wait before the next try: 1, 2, 4 … 30 seconds."""
        seconds = min(2.0**self._failures, LONGEST_REST)
        self._failures += 1
        log.warning(event, seconds=seconds, **facts)
        await asyncio.sleep(seconds)


def _facts(answer: Answer) -> dict[str, object]:
    return {"status": answer.status, "description": answer.description}
