"""Ideas with their revisions, labels and statuses. What happened is only ever added to."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from storage.database import Session
from storage.errors import IdeaNotFound
from storage.learning import BLIND
from storage.models import DecidedBy, Idea, Label, Person, Role, RoleName, Status

CLAIM = timedelta(minutes=10)

_IDEA = """
    SELECT idea.id, idea.person_id, idea.role, idea.area, idea.chat_id, idea.message_id,
        idea.sent_at, idea.status, idea.doubt, idea.label_id,
        (SELECT text FROM revision WHERE idea_id = idea.id ORDER BY id DESC LIMIT 1) AS text,
        (SELECT count(*) FROM revision WHERE idea_id = idea.id) AS revisions,
        label.topic, label.intent, label.confidence, label.abstained, label.decided_by,
        label.model_id, label.dimensions, label.topics, label.words
    FROM idea JOIN label ON label.id = idea.label_id
"""


class Source(NamedTuple):
    """The chat message that an idea came in."""

    chat_id: int
    message_id: int
    sent_at: datetime
    album: str | None = None


async def add(
    session: Session, text: str, label: Label, *, person: Person, role: Role | None, source: Source
) -> int | None:
    """Keep a new idea with its first revision, label and status; return its number.

    None if the message is an idea already: it came a second time.
    """
    row = await session.fetch_one(
        """
        INSERT INTO idea (person_id, role, area, chat_id, message_id, album, sent_at, status, doubt)
        VALUES (:person_id, :role, :area, :chat_id, :message_id, :album, :sent_at, :status, 1)
        ON CONFLICT (chat_id, message_id) DO NOTHING RETURNING id
        """,
        {
            "person_id": person.id,
            "role": role.role if role else RoleName.RESIDENT,
            "area": role.area if role else None,
            "status": Status.RECEIVED,
            **source._asdict(),
        },
    )
    if row is None:
        return None
    idea_id = int(row["id"])
    _add_revision(session, idea_id, text, at=source.sent_at)
    add_label(session, idea_id, label, at=source.sent_at)
    _add_status_row(session, idea_id, Status.RECEIVED, None, None, source.sent_at)
    return idea_id


def revise(session: Session, idea_id: int, text: str, *, at: datetime) -> None:
    """Keep an edited text as a new revision; the old one stays."""
    _add_revision(session, idea_id, text, at=at)


def _add_revision(session: Session, idea_id: int, text: str, *, at: datetime) -> None:
    session.execute(
        "INSERT INTO revision (idea_id, text, created_at) VALUES (:idea_id, :text, :at)",
        {"idea_id": idea_id, "text": text, "at": at},
    )


def add_label(session: Session, idea_id: int, label: Label, *, at: datetime) -> None:
    """Add a decision and put it in force, unless the model would overrule a person.

    A moderator's look ends the doubt for good; the author's word leaves the idea in the queue, at
    its end. The place of a blind idea has to do with its number alone: those that get reviewed
    must be like all others.
    """
    session.execute(
        """
        INSERT INTO label (idea_id, topic, intent, dimensions, topics, confidence, abstained, words,
            decided_by, person_id, model_id, reason, blind, created_at)
        VALUES (:idea_id, :topic, :intent, :dimensions, :topics, :confidence, :abstained, :words,
            :decided_by, :person_id, :model_id, :reason, :blind, :at)
        """,
        {"idea_id": idea_id, "at": at, **label.model_dump()},
    )
    session.execute(
        f"""
        UPDATE idea SET
            doubt = CASE
                WHEN status <> 'received' OR :decided_by = 'moderator' THEN NULL
                WHEN {BLIND} THEN (id * 7919 % 1000) / 1000.0
                ELSE CAST(:doubt AS double precision) END,
            label_id = (SELECT max(id) FROM label WHERE idea_id = :idea_id)
        WHERE id = :idea_id AND (:decided_by <> 'model' OR NOT EXISTS (
            SELECT 1 FROM label WHERE idea_id = :idea_id AND decided_by <> 'model'
        ))
        """,
        {"idea_id": idea_id, "decided_by": label.decided_by, "doubt": _doubt(label)},
    )


def _doubt(label: Label) -> float | None:
    match label.decided_by:
        case DecidedBy.MODERATOR:
            return None
        case DecidedBy.AUTHOR:
            return 0.0
        case DecidedBy.MODEL:
            return 1.0 if label.abstained else 1.0 - label.confidence


def add_status(
    session: Session, idea_id: int, status: Status, *, by: int, at: datetime, reason: str | None
) -> None:
    """Add what became of the idea; a decision by a person takes it out of the queue."""
    _add_status_row(session, idea_id, status, reason, by, at)
    session.execute(
        "UPDATE idea SET status = :status, doubt = NULL WHERE id = :id",
        {"id": idea_id, "status": status},
    )


def _add_status_row(
    session: Session,
    idea_id: int,
    status: Status,
    reason: str | None,
    by: int | None,
    at: datetime,
) -> None:
    session.execute(
        """
        INSERT INTO status (idea_id, status, reason, person_id, created_at)
        VALUES (:idea_id, :status, :reason, :by, :at)
        """,
        {"idea_id": idea_id, "status": status, "reason": reason, "by": by, "at": at},
    )


async def get(session: Session, idea_id: int) -> Idea:
    """Raise IdeaNotFound rather than return None: a caller with a number expects an idea."""
    row = await session.fetch_one(f"{_IDEA} WHERE idea.id = :id", {"id": idea_id})
    if row is None:
        raise IdeaNotFound(idea_id)
    return Idea.model_validate(dict(row))


async def find_by_message(session: Session, chat_id: int, message_id: int) -> Idea | None:
    row = await session.fetch_one(
        f"{_IDEA} WHERE idea.chat_id = :chat_id AND idea.message_id = :message_id",
        {"chat_id": chat_id, "message_id": message_id},
    )
    return Idea.model_validate(dict(row)) if row else None


async def find_album(session: Session, chat_id: int, album: str) -> int | None:
    """Find the idea that the photos of an album belong to."""
    row = await session.fetch_one(
        "SELECT id FROM idea WHERE chat_id = :chat_id AND album = :album",
        {"chat_id": chat_id, "album": album},
    )
    return int(row["id"]) if row else None


def attach(session: Session, idea_id: int, *, kind: str, file_id: str) -> None:
    session.execute(
        "INSERT INTO attachment (idea_id, kind, file_id) VALUES (:idea_id, :kind, :file_id)",
        {"idea_id": idea_id, "kind": kind, "file_id": file_id},
    )


async def list_of_person(
    session: Session, person_id: int, *, limit: int, before: int | None = None
) -> list[Idea]:
    """List somebody's ideas, newest first, below number ``before``."""
    rows = await session.fetch_all(
        f"""
        {_IDEA} WHERE idea.person_id = :person_id AND (:before IS NULL OR idea.id < :before)
        ORDER BY idea.id DESC LIMIT :limit
        """,
        {"person_id": person_id, "before": before, "limit": limit},
    )
    return [Idea.model_validate(dict(row)) for row in rows]


async def claim_doubtful(
    session: Session, person_id: int, *, now: datetime, after: int | None = None
) -> Idea | None:
    """Hand the least certain idea that nobody looked at to one moderator, for ten minutes.

    ``after`` is an idea that they passed over: it goes to the back of their queue.
    """
    session.take_time()
    if after is not None:
        session.execute(
            "UPDATE idea SET claimed_by = NULL, claimed_until = :until WHERE id = :id",
            {"id": after, "until": now + CLAIM},
        )
    row = await session.fetch_one(
        f"""
        UPDATE idea SET claimed_by = :person_id, claimed_until = :until
        WHERE id = (
            SELECT id FROM idea
            WHERE doubt IS NOT NULL
              AND (claimed_until IS NULL OR claimed_until < :now OR claimed_by = :person_id)
            ORDER BY doubt DESC, id LIMIT 1 {session.skip_locked}
        )
        RETURNING id
        """,
        {"person_id": person_id, "now": now, "until": now + CLAIM},
    )
    return await get(session, int(row["id"])) if row else None


async def count_doubtful(session: Session) -> int:
    """Count the ideas that no moderator has looked at."""
    session.take_time()
    row = await session.fetch_one("SELECT count(*) AS n FROM idea WHERE doubt IS NOT NULL")
    return int(row["n"]) if row else 0


class Filter(NamedTuple):
    """Which ideas are meant; what is None is not asked for. Dates in UTC, the end left out."""

    topics: Sequence[str] | None = None
    since: datetime | None = None
    until: datetime | None = None
    status: Status | None = None


_FILTER = """
    (:all_topics = 1 OR label.topic IN :topics)
    AND (:since IS NULL OR idea.sent_at >= :since)
    AND (:until IS NULL OR idea.sent_at < :until)
    AND (:status IS NULL OR idea.status = :status)
    AND idea.status <> 'erased'
"""


def _filter_values(chosen: Filter) -> dict[str, object]:
    return {
        **chosen._asdict(),
        "topics": chosen.topics or [],
        "all_topics": int(chosen.topics is None),
    }


async def count(session: Session, chosen: Filter) -> int:
    session.take_time()
    row = await session.fetch_one(
        f"SELECT count(*) AS n FROM idea JOIN label ON label.id = idea.label_id WHERE {_FILTER}",
        _filter_values(chosen),
    )
    return int(row["n"]) if row else 0


async def each(
    session: Session, chosen: Filter, *, page: int = 500
) -> AsyncIterator[Sequence[Idea]]:
    """Walk the chosen ideas by number, ``page`` at a time; memory does not grow with the pool."""
    last = 0
    while True:
        rows = await session.fetch_all(
            f"{_IDEA} WHERE idea.id > :last AND {_FILTER} ORDER BY idea.id LIMIT :page",
            {"last": last, "page": page, **_filter_values(chosen)},
        )
        if not rows:
            return
        yield [Idea.model_validate(dict(row)) for row in rows]
        last = rows[-1]["id"]


async def find_newest_change(session: Session) -> datetime | None:
    """Find when the pool last changed: the newest revision, label or status."""
    row = await session.fetch_one(
        """
        SELECT max(created_at) AS newest FROM (
            SELECT max(created_at) AS created_at FROM revision
            UNION ALL SELECT max(created_at) FROM label
            UNION ALL SELECT max(created_at) FROM status
        ) AS changes
        """
    )
    return datetime.fromisoformat(row["newest"]) if row and row["newest"] else None
