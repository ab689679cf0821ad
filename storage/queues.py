"""How much waits in the two queues, and since when: cheap however long the history is."""

from datetime import datetime
from typing import NamedTuple

from storage.database import Session


class Queue(NamedTuple):
    """How many rows are in each state that waits, and when the oldest came."""

    depth: dict[str, int]
    oldest: datetime | None


async def look_at_inbox(session: Session) -> Queue:
    """Count what waits to be processed, for its sender's consent, or for somebody's look."""
    depth = {
        "new": await _count(session, "inbox WHERE state = 'new'"),
        "held": await _count(session, "inbox WHERE state = 'held'"),
        "aside": await _count(session, "inbox WHERE state = 'aside'"),
    }
    oldest = "SELECT min(received_at) AS at FROM inbox WHERE state = 'new'"
    return Queue(depth, await _find(session, oldest))


async def look_at_outbox(session: Session) -> Queue:
    """Count what waits to be sent, or is in flight."""
    # Each query repeats the condition of an index word for word, or the index is not used.
    rows = "outbox WHERE state IN ('new', 'sending')"
    depth = {
        "new": await _count(session, "outbox WHERE state = 'new'"),
        "sending": await _count(session, f"{rows} AND state = 'sending'"),
    }
    oldest = f"SELECT min(created_at) AS at FROM {rows}"
    return Queue(depth, await _find(session, oldest))


async def _count(session: Session, rows: str) -> int:
    row = await session.fetch_one(f"SELECT count(*) AS n FROM {rows}")
    return int(row["n"]) if row else 0


async def _find(session: Session, sql: str) -> datetime | None:
    row = await session.fetch_one(sql)
    return datetime.fromisoformat(row["at"]) if row and row["at"] else None
