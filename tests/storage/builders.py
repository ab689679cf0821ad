"""Makes people, ideas and labels for the tests, from as few words as they need."""

from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from storage import ideas, people
from storage.database import Database, Session
from storage.ideas import Source
from storage.models import DecidedBy, Label, Person, Role

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
LAMPS = "Lampu jalan di gang kami sudah sebulan mati, tolong diganti yang terang."

_messages = count(1)


def label(topic: str = "street_lighting", **changes: object) -> Label:
    """What the model says of an idea, or with ``decided_by`` what a person says."""
    usual = {
        "decided_by": DecidedBy.MODEL,
        "model_id": "model-1",
        "confidence": 0.75,
        "dimensions": {"mobility": 0.75, "living": 0.25},
        "topics": {topic: 0.7},
        "words": ["lampu", "gang"],
        "intent": "usulan",
    }
    return Label(topic=topic, **usual | changes)


async def meet(session: Session, telegram_id: int = 7_001, at: datetime = NOW) -> Person:
    return await people.meet(session, telegram_id, at=at)


async def propose(
    session: Session,
    text: str = LAMPS,
    *,
    person: Person | None = None,
    tag: Label | None = None,
    role: Role | None = None,
    at: datetime = NOW,
    album: str | None = None,
) -> int:
    """Keep an idea of somebody, in a message of its own."""
    person = person or await meet(session)
    source = Source(person.telegram_id, next(_messages), at, album)
    return await ideas.add(session, text, tag or label(), person=person, role=role, source=source)


async def look(database: Database, sql: str, **params: object) -> list[dict[str, object]]:
    """Look at the rows themselves."""
    async with database.reading() as session:
        return [dict(row) for row in await session.fetch_all(sql, params)]


def bytes_in(folder: Path) -> bytes:
    """Everything that lies on the disk: the database, its journal, its index."""
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())
