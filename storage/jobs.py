"""Jobs: long work as rows. A job that a crash interrupted is simply still open."""

from datetime import datetime, timedelta
from typing import Any

from storage.database import Session
from storage.models import Job

# So long a job is left alone after its worker was last heard of.
CLAIM = timedelta(seconds=60)


def add(
    session: Session,
    kind: str,
    *,
    arguments: dict[str, Any],
    at: datetime,
    person_id: int | None = None,
    chat_id: int | None = None,
    progress_row: int | None = None,
) -> None:
    """Order long work. ``progress_row`` is the outbox row of the message that shows progress.

    What nobody asked for, such as work by the calendar, has neither person nor chat.
    """
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


async def take_next(session: Session, *, now: datetime) -> Job | None:
    """Take the oldest open job that nobody is at work on, and count the attempt."""
    row = await session.fetch_one(
        f"""
        UPDATE job SET attempts = attempts + 1, claimed_until = :until
        WHERE id = (
            SELECT id FROM job WHERE state = 'new' AND claimed_until < :now
            ORDER BY id LIMIT 1 {session.skip_locked}
        )
        RETURNING id, kind, arguments, person_id, chat_id, progress_row, attempts
        """,
        {"now": now, "until": now + CLAIM},
    )
    return Job.model_validate(dict(row)) if row else None


def hold(session: Session, job_id: int, *, now: datetime) -> None:
    """Say that somebody is still at work on the job."""
    session.execute(
        "UPDATE job SET claimed_until = :until WHERE id = :id",
        {"id": job_id, "until": now + CLAIM},
    )


def let_go(session: Session, *, job_id: int | None = None) -> None:
    """Let one job, or all of them, be taken up again at once."""
    session.execute(
        "UPDATE job SET claimed_until = '' WHERE state = 'new' AND id = coalesce(:id, id)",
        {"id": job_id},
    )


async def is_open(session: Session, kind: str) -> bool:
    """Whether such a job waits or is under way."""
    row = await session.fetch_one(
        "SELECT 1 FROM job WHERE kind = :kind AND state = 'new' LIMIT 1", {"kind": kind}
    )
    return row is not None


async def is_ours(session: Session, job: Job) -> bool:
    """Whether nobody else took the job up, finished or cancelled it while we were at work."""
    row = await session.fetch_one(
        f"""
        SELECT 1 FROM job WHERE id = :id AND state = 'new' AND attempts = :attempts
        {"FOR UPDATE" if session.shared else ""}
        """,
        {"id": job.id, "attempts": job.attempts},
    )
    return row is not None


def finish(session: Session, job_id: int, *, at: datetime, error: str | None = None) -> None:
    session.execute(
        "UPDATE job SET state = :state, error = :error, done_at = :at WHERE id = :id",
        {"id": job_id, "state": "failed" if error else "done", "error": error, "at": at},
    )
