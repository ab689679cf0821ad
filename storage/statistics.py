"""Counts of the whole pool; no idea's words are read."""

from datetime import date, datetime
from typing import NamedTuple

from storage.database import Session


class Tagged(NamedTuple):
    """How many texts the model gave this topic on a day (UTC), with or without doubt."""

    day: date
    topic: str
    abstained: bool
    n: int


class Blind(NamedTuple):
    """What a reviewer who did not see the tag said, and what the tag was."""

    said: str
    tagged: str


async def count_ideas(session: Session, *, reviewed: bool = False) -> int:
    """Count all that were not erased, or those that a moderator has decided on."""
    session.take_time()
    row = await session.fetch_one(
        """
        SELECT count(*) AS n FROM idea
        WHERE status <> 'erased' AND (:reviewed = 0 OR status IN ('reviewed', 'rejected'))
        """,
        {"reviewed": reviewed},
    )
    return int(row["n"]) if row else 0


async def list_tagged(session: Session, *, since: datetime) -> list[Tagged]:
    """List what the model said, day by day."""
    session.take_time()
    rows = await session.fetch_all(
        """
        SELECT substr(created_at, 1, 10) AS day, topic, abstained, count(*) AS n FROM label
        WHERE decided_by = 'model' AND created_at >= :since
        GROUP BY substr(created_at, 1, 10), topic, abstained
        """,
        {"since": since},
    )
    return [
        Tagged(date.fromisoformat(row["day"]), row["topic"], bool(row["abstained"]), row["n"])
        for row in rows
    ]


async def list_blind(session: Session) -> list[Blind]:
    """List the blind reviews with the newest tag from before each."""
    session.take_time()
    rows = await session.fetch_all(
        """
        SELECT label.topic AS said, (
            SELECT topic FROM label AS tag WHERE tag.idea_id = label.idea_id
                AND tag.decided_by = 'model' AND tag.id < label.id ORDER BY tag.id DESC LIMIT 1
        ) AS tagged
        FROM label WHERE blind = 1 ORDER BY id
        """
    )
    return [Blind(row["said"], row["tagged"]) for row in rows]
