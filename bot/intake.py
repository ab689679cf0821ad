"""Puts raw updates into the inbox. Whoever calls acknowledges only after the return."""

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from bot.metrics import Metrics
from storage import inbox
from storage.database import Database

Row = tuple[int, int | None, str]


class _Batch:
    """Rows that share a commit."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.committed = False


class Intake:
    """Commits updates; calls that come while another commit is under way share the next one."""

    def __init__(
        self,
        database: Database,
        *,
        now: Callable[[], datetime],
        arrived: asyncio.Event,
        metrics: Metrics | None = None,
    ) -> None:
        self._metrics = metrics or Metrics.make()
        self._database = database
        self._now = now
        self._arrived = arrived
        self._turn = asyncio.Lock()
        self._gathering = _Batch()

    async def keep(self, updates: Sequence[Any]) -> None:
        """Return once the updates are on disk; raise DatabaseUnavailable if they are not.

        What has no number of its own is no update and is passed over.
        """
        rows = [row for update in updates if (row := _row(update))]
        if not rows:
            return
        batch = self._gathering
        batch.rows += rows
        async with self._turn:
            if not batch.committed:
                await self._commit(batch)

    async def _commit(self, batch: _Batch) -> None:
        if self._gathering is batch:
            self._gathering = _Batch()
        async with self._metrics.writing(self._database, "intake") as session:
            inbox.add(session, batch.rows, at=self._now())
        batch.committed = True
        self._metrics.received.inc(len(batch.rows))
        self._arrived.set()


def _row(update: object) -> Row | None:
    if not isinstance(update, dict) or not is_number(update.get("update_id")):
        return None
    return update["update_id"], chat_of(update), _written(update)


def _written(update: dict[str, Any]) -> str:
    """Write an update down as it came.

    What is no JSON, such as NaN, or nests too deep to be read again, is kept by its number alone;
    the processor sets it aside, where an operator sees it.
    """
    try:
        return json.dumps(update, allow_nan=False)
    except (RecursionError, ValueError):
        return '["unreadable"]'


def is_number(value: object) -> bool:
    """Whether it is a whole number that a database can keep. True is none, for all Python says."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


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
            if isinstance(chat, dict) and is_number(chat.get("id")):
                return int(chat["id"])
        sender = value.get("from")
        if isinstance(sender, dict) and is_number(sender.get("id")):
            return int(sender["id"])
    return None
