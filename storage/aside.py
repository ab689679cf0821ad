"""Updates that were given up on after three tries: looked at, and replayed."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from storage.database import Session

# What tells how an update is built, and nothing about who sent it or what they said.
_HARMLESS = set(
    "date duration edit_date file_size height is_bot is_disabled is_forum is_premium length "
    "media_group_id message_id offset type update_id width".split()
)


class SetAside(NamedTuple):
    """An update that could not be processed. ``body`` is as Telegram sent it."""

    seq: int
    update_id: int
    received_at: datetime
    attempts: int
    error: str
    body: str

    @property
    def kind(self) -> str:
        """What it is in Telegram's words: ``message``, ``callback_query`` …"""
        return next((key for key in json.loads(self.body) if key != "update_id"), "?")

    def masked(self) -> Any:
        """Show how the update is built, without what somebody said and who it was."""
        return _mask(json.loads(self.body))


def _mask(value: Any, key: str = "") -> Any:
    match value:
        case dict():
            return {name: _mask(inner, name) for name, inner in value.items()}
        case list():
            return [_mask(inner, key) for inner in value]
        case bool() | None:
            return value
        case _ if key in _HARMLESS:
            return value
        case str():
            return f"[text, {len(value)}]"
        case _:
            return "[number]"


_COLUMNS = "seq, update_id, received_at, attempts, error, body"


async def list_all(session: Session) -> list[SetAside]:
    rows = await session.fetch_all(
        f"SELECT {_COLUMNS} FROM inbox WHERE state = 'aside' ORDER BY seq"
    )
    return [_read(dict(row)) for row in rows]


async def find(session: Session, seq: int) -> SetAside | None:
    row = await session.fetch_one(
        f"SELECT {_COLUMNS} FROM inbox WHERE state = 'aside' AND seq = :seq", {"seq": seq}
    )
    return _read(dict(row)) if row else None


def _read(row: dict[str, Any]) -> SetAside:
    row["received_at"] = datetime.fromisoformat(row["received_at"])
    return SetAside(**row)


def replay(session: Session, seqs: Sequence[int]) -> None:
    """Let updates be processed as if they were new; those of a chat in the order sent."""
    session.execute_many(
        """
        UPDATE inbox SET state = 'new', attempts = 0, error = NULL, not_before = ''
        WHERE seq = :seq AND state = 'aside'
        """,
        [{"seq": seq} for seq in seqs],
    )
