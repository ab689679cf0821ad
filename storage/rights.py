"""What one person gave, shown to them as a whole or erased as a whole (UU 27/2022, 32 and 43)."""

from typing import Any

from storage.database import Session
from storage.models import Person


async def copy_of(session: Session, person: Person) -> dict[str, Any]:
    """Gather everything that is kept about a person, in plain values."""
    own = {"person_id": person.id}
    ideas = await session.fetch_all(
        """
        SELECT idea.id, idea.sent_at, idea.status, label.topic, label.decided_by,
            revision.text, revision.created_at AS written_at
        FROM idea JOIN label ON label.id = idea.label_id
            JOIN revision ON revision.idea_id = idea.id
        WHERE idea.person_id = :person_id ORDER BY revision.id
        """,
        own,
    )
    roles = await session.fetch_all(
        "SELECT role, area, granted_at, revoked_at FROM role WHERE person_id = :person_id", own
    )
    attachments = await session.fetch_all(
        """
        SELECT idea_id, kind FROM attachment WHERE idea_id IN (
            SELECT id FROM idea WHERE person_id = :person_id
        )
        """,
        own,
    )
    return {
        "person": person.model_dump(mode="json", exclude={"id"}),
        "roles": [dict(row) for row in roles],
        "ideas": [dict(row) for row in ideas],
        "attachments": [dict(row) for row in attachments],
    }


async def count_ideas(session: Session, person_id: int) -> int:
    row = await session.fetch_one(
        "SELECT count(*) AS n FROM idea WHERE person_id = :id", {"id": person_id}
    )
    return int(row["n"]) if row else 0


def erase(session: Session, person: Person) -> None:
    """Cut every link to the person and blank what they wrote; tags and dates stay as a count."""
    for sql in _ERASURE:
        session.execute(sql, {"person_id": person.id, "chat_id": person.telegram_id})


_ERASURE = [
    """
    UPDATE revision SET text = '' WHERE idea_id IN (
        SELECT id FROM idea WHERE person_id = :person_id
    )
    """,
    """
    DELETE FROM attachment WHERE idea_id IN (SELECT id FROM idea WHERE person_id = :person_id)
    """,
    """
    UPDATE label SET words = '[]', person_id = NULL WHERE idea_id IN (
        SELECT id FROM idea WHERE person_id = :person_id
    )
    """,
    "UPDATE label SET person_id = NULL WHERE person_id = :person_id",
    "UPDATE status SET person_id = NULL WHERE person_id = :person_id",
    "UPDATE audit SET person_id = NULL WHERE person_id = :person_id",
    "UPDATE invitation SET used_by = NULL WHERE used_by = :person_id",
    "UPDATE invitation SET created_by = NULL WHERE created_by = :person_id",
    "UPDATE role SET granted_by = NULL WHERE granted_by = :person_id",
    "DELETE FROM role WHERE person_id = :person_id",
    "DELETE FROM conversation WHERE person_id = :person_id",
    "UPDATE job SET person_id = NULL, chat_id = NULL WHERE person_id = :person_id",
    "UPDATE idea SET claimed_by = NULL WHERE claimed_by = :person_id",
    """
    UPDATE idea SET person_id = NULL, chat_id = NULL, message_id = NULL, album = NULL,
        area = NULL, status = 'erased', doubt = NULL
    WHERE person_id = :person_id
    """,
    """
    UPDATE inbox SET body = NULL, chat_id = NULL, state = 'done'
    WHERE chat_id = :chat_id AND state <> 'new'
    """,
    "DELETE FROM person WHERE id = :person_id",
]
