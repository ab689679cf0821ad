"""The inbox: every update as Telegram sent it, until its effects are in the database."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from storage.database import Session
from storage.models import Received


def add(session: Session, updates: Sequence[tuple[int, int | None, str]], *, at: datetime) -> None:
    """Keep raw updates, each ``(update_id, chat_id, body)``; known ones are passed over."""
    session.execute_many(
        """
        INSERT INTO inbox (update_id, chat_id, received_at, body)
        VALUES (:update_id, :chat_id, :at, :body)
        ON CONFLICT (update_id) DO NOTHING
        """,
        [
            {"update_id": update_id, "chat_id": chat_id, "at": at, "body": body}
            for update_id, chat_id, body in updates
        ],
    )


async def claim(session: Session, *, now: datetime, limit: int) -> list[Received]:
    """Take the oldest updates to be processed, in order, until the unit of work ends.

    A chat whose earlier update waits for another try waits with it; other chats go on. Chats that
    another process is at work on are passed over, so that the order in a chat is kept.
    """
    if not session.shared:
        return await _list_ready(session, now=now, limit=limit)
    waiting = await _list_ready(session, now=now, limit=4 * limit)
    own = await session.lock_chats(sorted({update.chat_id or 0 for update in waiting}))
    # Looked at again under the locks: somebody may have been at work on them until just now.
    return await _list_ready(session, now=now, limit=limit, chats=own) if own else []


async def _list_ready(
    session: Session, *, now: datetime, limit: int, chats: Collection[int] | None = None
) -> list[Received]:
    among = "AND coalesce(chat_id, 0) IN :chats" if chats is not None else ""
    rows = await session.fetch_all(
        f"""
        SELECT seq, update_id, chat_id, body, attempts, received_at
        FROM inbox AS this
        WHERE state = 'new' AND not_before <= :now {among} AND NOT EXISTS (
            SELECT 1 FROM inbox AS earlier
            WHERE earlier.state = 'new' AND earlier.chat_id = this.chat_id
              AND earlier.seq < this.seq AND earlier.not_before > :now
        )
        ORDER BY seq LIMIT :limit
        """,
        {"now": now, "limit": limit, "chats": list(chats or [])},
    )
    return [Received.model_validate(dict(row)) for row in rows]


def mark_done(session: Session, seqs: Sequence[int]) -> None:
    """The effects of these updates are in this transaction; what was said is not kept twice.

    Nor is by whom: the link between a number of Telegram's and a time would outlive an erasure.
    """
    session.execute_many(
        "UPDATE inbox SET state = 'done', body = NULL, chat_id = NULL WHERE seq = :seq",
        [{"seq": seq} for seq in seqs],
    )


def hold(session: Session, seqs: Sequence[int]) -> None:
    """Keep updates as they are until their sender agreed to the privacy notice."""
    session.execute_many(
        "UPDATE inbox SET state = 'held' WHERE seq = :seq", [{"seq": seq} for seq in seqs]
    )


async def has_held(session: Session, chat_id: int) -> bool:
    row = await session.fetch_one(
        "SELECT 1 FROM inbox WHERE state = 'held' AND chat_id = :chat_id", {"chat_id": chat_id}
    )
    return row is not None


def release(session: Session, chat_id: int) -> None:
    """The sender agreed: process what was held, in the order sent."""
    session.execute(
        "UPDATE inbox SET state = 'new' WHERE state = 'held' AND chat_id = :chat_id",
        {"chat_id": chat_id},
    )


async def drop_held(session: Session, *, before: datetime) -> int:
    """Forget what was sent without agreeing to the notice in time; return how many updates."""
    rows = await session.fetch_all(
        """
        UPDATE inbox SET state = 'done', body = NULL, chat_id = NULL
        WHERE state = 'held' AND received_at < :before RETURNING seq
        """,
        {"before": before},
    )
    return len(rows)


def try_again(session: Session, seq: int, *, error: str, not_before: datetime) -> None:
    session.execute(
        """
        UPDATE inbox SET attempts = attempts + 1, error = :error, not_before = :not_before
        WHERE seq = :seq
        """,
        {"seq": seq, "error": error, "not_before": not_before},
    )


def set_aside(session: Session, seq: int, *, error: str) -> None:
    """Give up on an update for now; its body stays, so that it can be replayed."""
    session.execute(
        """
        UPDATE inbox SET state = 'aside', attempts = attempts + 1, error = :error
        WHERE seq = :seq
        """,
        {"seq": seq, "error": error},
    )


async def count(session: Session, state: str) -> int:
    row = await session.fetch_one(
        "SELECT count(*) AS n FROM inbox WHERE state = :state", {"state": state}
    )
    return int(row["n"]) if row else 0


async def list_aside(session: Session) -> list[dict[str, Any]]:
    """List the updates that were given up on: number, Telegram's number, error."""
    rows = await session.fetch_all(
        "SELECT seq, update_id, error FROM inbox WHERE state = 'aside' ORDER BY seq"
    )
    return [dict(row) for row in rows]
