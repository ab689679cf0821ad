"""Where each talk stands. A row, so that any process can take the next message."""

from datetime import datetime

from storage.database import Session
from storage.models import Conversation


async def get(session: Session, person_id: int) -> Conversation:
    """Return the conversation; one that has not begun rests."""
    row = await session.fetch_one(
        "SELECT person_id, stage, data FROM conversation WHERE person_id = :id", {"id": person_id}
    )
    return Conversation.model_validate(dict(row)) if row else Conversation(person_id=person_id)


def save(session: Session, conversation: Conversation, *, at: datetime) -> None:
    session.execute(
        """
        INSERT INTO conversation (person_id, stage, data, updated_at)
        VALUES (:person_id, :stage, :data, :at)
        ON CONFLICT (person_id)
        DO UPDATE SET stage = :stage, data = :data, updated_at = :at
        """,
        {**conversation.model_dump(), "at": at},
    )
