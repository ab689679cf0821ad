"""What the bot asked and what people did, in order, for an independent checker."""

from collections import deque
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from simulator.shapes import Json


class Call(NamedTuple):
    """One request to the Bot API and how it ended."""

    seq: int
    method: str
    chat_id: int | None
    text: str
    at: float
    ok: bool
    error_code: int | None
    description: str
    message_id: int | None


@dataclass(slots=True)
class UpdateEntry:
    """One update, how often it was handed out, and when the bot confirmed it."""

    seq: int
    update_id: int
    kind: str
    chat_id: int | None
    user_id: int | None
    text: str
    created_at: float
    delivered: int = 0
    confirmed_at: float | None = None


class Record:
    """`limit` bounds both lists for long runs; 0 turns recording off."""

    def __init__(self, limit: int | None = None) -> None:
        self.on = limit != 0
        self.calls: deque[Call] = deque(maxlen=limit)
        self.updates: deque[UpdateEntry] = deque(maxlen=limit)
        self.count_calls = 0
        self.count_updates = 0

    def add_call(
        self,
        method: str,
        *,
        chat_id: int | None,
        text: str,
        at: float,
        error_code: int | None,
        description: str,
        message_id: int | None,
    ) -> None:
        self.count_calls += 1
        if not self.on:
            return
        ok = error_code is None
        self.calls.append(
            Call(
                self.count_calls, method, chat_id, text, at, ok, error_code, description, message_id
            )
        )

    def add_update(
        self,
        update_id: int,
        *,
        kind: str,
        chat_id: int | None,
        user_id: int | None,
        text: str,
        at: float,
    ) -> UpdateEntry:
        self.count_updates += 1
        entry = UpdateEntry(self.count_updates, update_id, kind, chat_id, user_id, text, at)
        if self.on:
            self.updates.append(entry)
        return entry

    def calls_of(self, *methods: str) -> list[Call]:
        """The calls of these methods, named as Telegram writes them, in order."""
        return [call for call in self.calls if call.method in methods]

    def since(self, *, calls_after: int = 0, updates_after: int = 0) -> Json:
        """Both lists as JSON, from the entries after these numbers."""
        calls: list[dict[str, Any]] = [c._asdict() for c in self.calls if c.seq > calls_after]
        updates = [asdict(u) for u in self.updates if u.seq > updates_after]
        return {"calls": calls, "updates": updates}

    def clear(self) -> None:
        self.calls.clear()
        self.updates.clear()
