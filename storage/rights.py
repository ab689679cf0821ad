"""What one person gave, shown to them as a whole or erased as a whole (UU 27/2022, 32 and 43)."""

from typing import Any

from storage.database import Session
from storage.models import Person


async def copy_of(session: Session, person: Person) -> dict[str, Any]:
    """Gather everything that is kept about a person, in plain values."""
    session.take_time()
    own = {"person_id": person.id, "chat_id": person.telegram_id}
    copy: dict[str, Any] = {"person": person.model_dump(mode="json", exclude={"id", "roles"})}
    for name, sql in _COPY.items():
        copy[name] = [dict(row) for row in await session.fetch_all(sql, own)]
    return copy


_COPY = {
    "roles": """
    SELECT role, area, granted_at, revoked_at FROM role WHERE person_id = :person_id ORDER BY id
    """,
    "ideas": """
    SELECT idea.id, idea.role, idea.area, idea.sent_at, idea.status, label.topic, label.decided_by,
        revision.text, revision.created_at AS written_at
    FROM idea JOIN label ON label.id = idea.label_id
        JOIN revision ON revision.idea_id = idea.id
    WHERE idea.person_id = :person_id ORDER BY revision.id
    """,
    "attachments": """
    SELECT attachment.idea_id, attachment.kind, attachment.file_id
    FROM attachment JOIN idea ON idea.id = attachment.idea_id
    WHERE idea.person_id = :person_id ORDER BY attachment.id
    """,
    "labels": """
    SELECT label.idea_id, label.topic, label.intent, label.confidence, label.abstained,
        label.dimensions, label.words, label.decided_by, label.model_id, label.reason,
        label.created_at
    FROM label JOIN idea ON idea.id = label.idea_id
    WHERE idea.person_id = :person_id ORDER BY label.id
    """,
    "statuses": """
    SELECT status.idea_id, status.status, status.reason, status.created_at
    FROM status JOIN idea ON idea.id = status.idea_id
    WHERE idea.person_id = :person_id ORDER BY status.id
    """,
    "conversation": """
    SELECT stage, data, updated_at FROM conversation WHERE person_id = :person_id
    """,
    "acts": """
    SELECT act, detail, created_at FROM audit WHERE person_id = :person_id ORDER BY id
    """,
    "set_aside": """
    SELECT received_at, body FROM inbox
    WHERE chat_id = :chat_id AND state IN ('held', 'aside') ORDER BY seq
    """,
}


async def count_ideas(session: Session, person_id: int) -> int:
    row = await session.fetch_one(
        "SELECT count(*) AS n FROM idea WHERE person_id = :id", {"id": person_id}
    )
    return int(row["n"]) if row else 0


def erase(session: Session, person: Person) -> None:
    """Cut every link to the person and blank what they wrote; tags and dates stay as a count."""
    session.take_time()
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
    UPDATE label SET words = '[]', reason = NULL, person_id = NULL WHERE idea_id IN (
        SELECT id FROM idea WHERE person_id = :person_id
    )
    """,
    """
    UPDATE status SET reason = NULL WHERE idea_id IN (
        SELECT id FROM idea WHERE person_id = :person_id
    )
    """,
    "UPDATE label SET person_id = NULL WHERE person_id = :person_id",
    "UPDATE promotion SET person_id = NULL WHERE person_id = :person_id",
    "UPDATE status SET person_id = NULL WHERE person_id = :person_id",
    "UPDATE audit SET person_id = NULL WHERE person_id = :person_id",
    "UPDATE invitation SET used_by = NULL WHERE used_by = :person_id",
    "UPDATE invitation SET created_by = NULL WHERE created_by = :person_id",
    "UPDATE role SET granted_by = NULL WHERE granted_by = :person_id",
    "DELETE FROM role WHERE person_id = :person_id",
    "DELETE FROM conversation WHERE person_id = :person_id",
    """
    UPDATE job SET person_id = NULL, chat_id = NULL,
        state = CASE WHEN state = 'new' THEN 'failed' ELSE state END
    WHERE person_id = :person_id
    """,
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
    """
    UPDATE outbox SET payload = NULL, chat_id = NULL, lane = ''
    WHERE chat_id = :chat_id AND state NOT IN ('new', 'sending')
    """,
    "DELETE FROM person WHERE id = :person_id",
]
