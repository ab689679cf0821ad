"""Jobs: long work as rows. A job that a crash interrupted is simply still open."""

from datetime import datetime
from typing import Any

from storage.database import Session
from storage.models import Job


def add(
    session: Session,
    kind: str,
    *,
    arguments: dict[str, Any],
    person_id: int,
    chat_id: int,
    progress_row: int,
    at: datetime,
) -> None:
    """Order long work. ``progress_row`` is the outbox row of the message that shows progress."""
    session.execute(
        """
        INSERT INTO job (kind, arguments, person_id, chat_id, progress_row, created_at)
        VALUES (:kind, :arguments, :person_id, :chat_id, :progress_row, :at)
        """,
        {
            "kind": kind,
            "arguments": arguments,
            "person_id": person_id,
            "chat_id": chat_id,
            "progress_row": progress_row,
            "at": at,
        },
    )


async def take_next(session: Session) -> Job | None:
    """Take the oldest open job and count the attempt."""
    row = await session.fetch_one(
        """
        UPDATE job SET attempts = attempts + 1
        WHERE id = (SELECT min(id) FROM job WHERE state = 'new')
        RETURNING id, kind, arguments, person_id, chat_id, progress_row, attempts
        """
    )
    return Job.model_validate(dict(row)) if row else None


def finish(session: Session, job_id: int, *, at: datetime, error: str | None = None) -> None:
    session.execute(
        "UPDATE job SET state = :state, error = :error, done_at = :at WHERE id = :id",
        {"id": job_id, "state": "failed" if error else "done", "error": error, "at": at},
    )
