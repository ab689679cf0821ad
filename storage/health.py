"""What an operator wants to know of the queues: how much waits, since when, and when life was."""

from datetime import datetime
from typing import NamedTuple

from storage.database import Session


class Queue(NamedTuple):
    """What waits in one queue: how many rows in each state, and when the oldest came."""

    depth: dict[str, int]
    oldest: datetime | None


async def look_at_inbox(session: Session) -> Queue:
    """Count what waits to be processed, or for its sender's consent."""
    depth = {state: await _count(session, "inbox", state) for state in ("new", "held")}
    row = await session.fetch_one(
        "SELECT received_at AS at FROM inbox WHERE state = 'new' ORDER BY seq LIMIT 1"
    )
    return Queue(depth, datetime.fromisoformat(row["at"]) if row else None)


async def look_at_outbox(session: Session) -> Queue:
    """Count what waits to be sent, or is in flight."""
    depth = {state: await _count(session, "outbox", state) for state in ("new", "sending")}
    row = await session.fetch_one(
        """
        SELECT created_at AS at FROM outbox WHERE state IN ('new', 'sending')
        ORDER BY id LIMIT 1
        """
    )
    return Queue(depth, datetime.fromisoformat(row["at"]) if row else None)


async def find_last_sign(session: Session) -> datetime | None:
    """Find when the bot last took something in or sent something, as far as rows tell."""
    row = await session.fetch_one(
        """
        SELECT max(at) AS at FROM (
            SELECT received_at AS at FROM inbox WHERE seq = (SELECT max(seq) FROM inbox)
            UNION ALL
            SELECT max(sent_at) AS at FROM (
                SELECT sent_at FROM outbox ORDER BY id DESC LIMIT 100
            ) AS latest
        ) AS signs
        """
    )
    return datetime.fromisoformat(row["at"]) if row and row["at"] else None


async def _count(session: Session, table: str, state: str) -> int:
    # One of the states that a partial index lists, so that history costs nothing.
    in_flight = "state IN ('new', 'sending') AND" if table == "outbox" else ""
    row = await session.fetch_one(
        f"SELECT count(*) AS n FROM {table} WHERE {in_flight} state = :state", {"state": state}
    )
    return int(row["n"]) if row else 0
