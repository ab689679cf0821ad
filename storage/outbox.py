"""The outbox: everything that the bot says, written with the effects and delivered afterwards."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pydantic import ValidationError

from storage.database import Session
from storage.models import Message
from storage.session import Row

# Longer than any call may take; so long its process is believed to be alive.
# So long a call counts as under way after its process was last heard of.
LEASE = timedelta(seconds=20)


class Outcome(NamedTuple):
    """How one delivery went. ``state`` is sent, blocked, failed, or new to try again.

    ``attempts`` says of which attempt; what comes of an earlier one than the last is too late.
    """

    id: int
    state: str
    at: datetime
    message_id: int | None = None
    error: str | None = None
    attempts: int | None = None


def add(
    session: Session,
    method: str,
    payload: dict[str, Any],
    *,
    at: datetime,
    lane: str | None = None,
    edits: int | None = None,
) -> None:
    """Write down one Bot API call. Calls of a lane are delivered in order; a chat is a lane.

    ``edits`` names an earlier row: its message is the one to edit.
    """
    session.execute(*_insert(method, payload, at=at, lane=lane, edits=edits))


async def add_numbered(
    session: Session, method: str, payload: dict[str, Any], *, at: datetime
) -> int:
    """Write down one call and return its row, for a later ``edits``."""
    sql, params = _insert(method, payload, at=at, lane=None, edits=None)
    [row] = await session.fetch_all(f"{sql} RETURNING id", params)
    return int(row["id"])


def _insert(
    method: str, payload: dict[str, Any], *, at: datetime, lane: str | None, edits: int | None
) -> tuple[str, dict[str, object]]:
    sql = """
        INSERT INTO outbox (lane, chat_id, method, payload, edits, urgent, created_at)
        VALUES (:lane, :chat_id, :method, :payload, :edits, :urgent, :at)
    """
    chat_id = payload.get("chat_id")
    return sql, {
        "lane": lane or str(chat_id),
        "chat_id": chat_id,
        "method": method,
        "payload": payload,
        "edits": edits,
        "urgent": int(lane is not None),
        "at": at,
    }


def lane_of_press(query_id: str) -> str:
    """Give each press a lane of its own: its answer waits for nothing else in the chat."""
    return f"press {query_id}"


async def was_answered(session: Session, query_id: str) -> bool:
    """Whether this press had its effect before: its answer was written down with it."""
    row = await session.fetch_one(
        "SELECT 1 FROM outbox WHERE lane = :lane AND urgent = 1 LIMIT 1",
        {"lane": lane_of_press(query_id)},
    )
    return row is not None


async def list_ready(
    session: Session, *, now: datetime, limit: int, resting: Collection[str] = ()
) -> list[Message]:
    """List the first undelivered call of each lane, button answers first, oldest first.

    A lane with a call under way, and the ``resting`` lanes, are left out.
    """
    rows = await session.fetch_all(
        f"""
        SELECT id, lane, chat_id, method, payload, edits, attempts
        FROM outbox AS this
        WHERE state = 'new' AND not_before <= :now
          AND lane NOT IN :resting
          AND NOT EXISTS (
            SELECT 1 FROM outbox AS earlier
            WHERE earlier.lane = this.lane AND earlier.state IN ('new', 'sending')
              AND earlier.id < this.id
          )
        ORDER BY urgent DESC, id LIMIT :limit {session.skip_locked}
        """,
        {"now": now, "limit": limit, "resting": list(resting)},
    )
    return [message for row in rows if (message := _read(session, row))]


def _read(session: Session, row: Row) -> Message | None:
    """Give up on a call that nobody can read again: all others would wait behind it."""
    try:
        return Message.model_validate(dict(row))
    except ValidationError:
        session.execute(
            "UPDATE outbox SET state = 'failed', error = 'unreadable' WHERE id = :id",
            {"id": row["id"]},
        )
        return None


def mark_sending(session: Session, ids: Sequence[int], *, now: datetime) -> None:
    """Mark calls before they are made; after a while without an outcome they count as lost."""
    session.execute_many(
        """
        UPDATE outbox SET state = 'sending', attempts = attempts + 1, not_before = :until
        WHERE id = :id
        """,
        [{"id": id_, "until": now + LEASE} for id_ in ids],
    )


_KNOWN = "EXISTS (SELECT 1 FROM person WHERE telegram_id = chat_id)"


def record(session: Session, outcomes: Sequence[Outcome]) -> None:
    """Write down how deliveries went; what was said is not kept after it arrived.

    Nor is to whom, if they have erased themselves: the last words to them were still on their way.
    """
    session.execute_many(
        f"""
        UPDATE outbox SET state = :state, message_id = :message_id, error = :error,
            not_before = :at, sent_at = CASE WHEN :state = 'new' THEN NULL ELSE :at END,
            lane = CASE WHEN :state = 'new' OR urgent = 1 THEN lane ELSE '' END,
            chat_id = CASE WHEN :state = 'new' OR {_KNOWN} THEN chat_id END,
            payload = CASE WHEN :state = 'new' OR :state = 'failed' AND {_KNOWN} THEN payload END
        WHERE id = :id
            AND (:attempts IS NULL OR attempts = :attempts AND state = 'sending')
        """,
        [outcome._asdict() for outcome in outcomes],
    )


async def find_message_id(session: Session, row_id: int) -> int | None:
    """Find the message that a row became, or None if it never arrived."""
    row = await session.fetch_one("SELECT message_id FROM outbox WHERE id = :id", {"id": row_id})
    return row["message_id"] if row else None


def hold(session: Session, messages: Sequence[Message], *, now: datetime) -> None:
    """Say that these calls are still under way, unless another process has taken them over."""
    session.execute_many(
        """
        UPDATE outbox SET not_before = :until
        WHERE id = :id AND state = 'sending' AND attempts = :attempts
        """,
        [{"id": m.id, "attempts": m.attempts + 1, "until": now + LEASE} for m in messages],
    )


async def repeat_interrupted(session: Session, *, now: datetime | None = None) -> int:
    """Take up again what was in flight when its process died; return how many calls.

    Telegram offers no way to ask whether they arrived, so they are sent again. With ``now``, only
    calls whose process has been silent for long: it may be another one, and alive.
    """
    rows = await session.fetch_all(
        """
        UPDATE outbox SET state = 'new', not_before = ''
        WHERE state = 'sending' AND not_before < coalesce(:now, 'Z') RETURNING id
        """,
        {"now": now},
    )
    return len(rows)


async def count(session: Session, *states: str) -> int:
    row = await session.fetch_one(
        "SELECT count(*) AS n FROM outbox WHERE state IN :states",
        {"states": list(states)},
    )
    return int(row["n"]) if row else 0
