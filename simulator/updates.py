"""The updates that wait for the bot, with getUpdates' rules of offset and confirmation."""

import asyncio
import json
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from simulator.errors import conflict
from simulator.faults import Faults
from simulator.record import Record, UpdateEntry

LIFETIME = 24 * 3600.0
# Telegram hands these out only to bots that name them.
ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
# An offset this far above the last update is from another life and confirms nothing.
FAR_AHEAD = 10

by_id = attrgetter("update_id")


@dataclass(slots=True, eq=False)
class Pending:
    """An update as it was at its time, already written as JSON."""

    update_id: int
    lane: int
    body: str
    expires_at: float
    entry: UpdateEntry


class UpdateQueue:
    """One bot's updates. An offset confirms, and so forgets, everything below it."""

    def __init__(self, clock: Callable[[], float], faults: Faults, record: Record) -> None:
        self.next_id = 500_000_001
        self.allowed: frozenset[str] | None = None
        self.on_add: Callable[[Pending], None] | None = None
        self._clock = clock
        self._faults = faults
        self._record = record
        self._pending: list[Pending] = []
        self._again: list[Pending] = []
        self._poller: asyncio.Future[bool] | None = None
        self._soonest = float("inf")

    def __len__(self) -> int:
        return len(self._pending)

    def allow(self, kinds: Iterable[str]) -> None:
        """Which kinds to create from now on; none named means Telegram's default."""
        self.allowed = frozenset(kinds) or None

    def wants(self, kind: str) -> bool:
        return kind not in ON_REQUEST if self.allowed is None else kind in self.allowed

    # Any: a fuzzed update may be anything at all.
    def add(
        self,
        kind: str,
        payload: Any,
        *,
        chat_id: int | None,
        user_id: int | None,
        text: str = "",
        lifetime: float = LIFETIME,
    ) -> int | None:
        """Queue an update under the next id, unless the bot did not ask for its kind."""
        if not self.wants(kind):
            return None
        update_id = self.next_id
        body = {"update_id": update_id, kind: payload}
        return self.add_raw(
            update_id, body, kind=kind, chat_id=chat_id, user_id=user_id, text=text, life=lifetime
        )

    def add_raw(
        self,
        update_id: int,
        body: Any,
        *,
        kind: str,
        chat_id: int | None,
        user_id: int | None,
        text: str = "",
        life: float = LIFETIME,
    ) -> int:
        """Queue a body as it is; it need not be anything that Telegram would send."""
        now = self._clock()
        entry = self._record.add_update(
            update_id, kind=kind, chat_id=chat_id, user_id=user_id, text=text, at=now
        )
        lane = lane_of(kind, chat_id=chat_id, user_id=user_id)
        pending = Pending(update_id, lane, json.dumps(body), now + life, entry)
        if self._pending and update_id < self._pending[-1].update_id:
            insort(self._pending, pending, key=by_id)
        else:
            self._pending.append(pending)
        self._soonest = min(self._soonest, pending.expires_at)
        self.next_id = max(self.next_id, update_id + 1)
        if self.on_add:
            self.on_add(pending)
        self._wake(True)
        return update_id

    async def get(self, *, offset: int, limit: int, timeout: float) -> list[str]:
        """What getUpdates answers, each update as JSON text."""
        self._wake(False)
        self._move_to(offset)
        batch = self._batch(limit)
        if batch or timeout <= 0:
            return batch
        await self._wait(timeout)
        return self._batch(limit)

    def close(self) -> None:
        """Let a waiting long poll end, so that the server can stop."""
        self._wake(True)

    def drop_all(self) -> None:
        self._forget(len(self._pending))

    def list_pending(self) -> list[Pending]:
        self._forget_expired()
        return list(self._pending)

    def confirm(self, pending: Pending) -> None:
        """A webhook took this one."""
        pending.entry.confirmed_at = self._clock()
        if pending in self._pending:
            self._pending.remove(pending)

    def repeats(self) -> bool:
        """Whether a confirmed update is to come once more, as a fault."""
        return bool(self._faults.active and self._faults.strike("repeat", "getUpdates"))

    def _move_to(self, offset: int) -> None:
        if offset < 0:
            self._forget(max(0, len(self._pending) + offset))
        elif 0 < offset <= self.next_id + FAR_AHEAD:
            self._forget(bisect_left(self._pending, offset, key=by_id))

    def _forget(self, count: int) -> None:
        now = self._clock()
        for pending in self._pending[:count]:
            pending.entry.confirmed_at = now
            if self.repeats():
                self._again.append(pending)
        del self._pending[:count]

    def _batch(self, limit: int) -> list[str]:
        self._forget_expired()
        again, self._again = self._again[:limit], self._again[limit:]
        batch = again + self._pending[: limit - len(again)]
        if len(batch) > 1 and self._faults.active and self._faults.strike("reorder", "getUpdates"):
            self._faults.random.shuffle(batch)
        for pending in batch:
            pending.entry.delivered += 1
        return [pending.body for pending in batch]

    def _forget_expired(self) -> None:
        now = self._clock()
        if now >= self._soonest:
            self._pending = [pending for pending in self._pending if pending.expires_at > now]
            self._soonest = min((p.expires_at for p in self._pending), default=float("inf"))

    async def _wait(self, timeout: float) -> None:
        poller = self._poller = asyncio.get_running_loop().create_future()
        await asyncio.wait({poller}, timeout=timeout)
        if self._poller is poller:
            self._poller = None
        if poller.done() and not poller.result():
            raise conflict(
                "terminated by other getUpdates request; "
                "make sure that only one bot instance is running"
            )

    def _wake(self, news: bool) -> None:
        """End the waiting long poll: with news, or because another one has begun."""
        if self._poller and not self._poller.done():
            self._poller.set_result(news)


def lane_of(kind: str, *, chat_id: int | None, user_id: int | None) -> int:
    """Webhooks keep order inside a lane: messages by chat, presses by person."""
    if kind == "callback_query":
        return (user_id or 0) + (3 << 33)
    return chat_id or 0
