"""What models learn from people, and which model is live. Promotions are only ever added to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from storage.database import Session
from storage.models import BLIND_EVERY, BLIND_REST, DecidedBy, LearnedModel

# Ideas whose tag is hidden from whoever reviews them; see 0004_learning.sql.
BLIND = f"idea.id % {BLIND_EVERY} = {BLIND_REST}"
MOST_UNLABELLED = 4_000

_TEXT = "(SELECT text FROM revision WHERE idea_id = idea.id ORDER BY id DESC LIMIT 1)"
_IN_FORCE = f"""
    SELECT {_TEXT} AS text, label.topic, label.decided_by, label.person_id
    FROM idea JOIN label ON label.id = idea.label_id
"""


class Judged(NamedTuple):
    """An idea's text, the topic in force, and who said so (None: somebody who has gone)."""

    text: str
    topic: str
    decided_by: DecidedBy
    person_id: int | None


async def list_corrections(session: Session) -> list[Judged]:
    """List what people said of ideas that the model may learn from, oldest idea first.

    A rejected idea teaches nothing, an erased one has no text.
    """
    return await _list(
        session,
        f"""
        {_IN_FORCE} WHERE label.decided_by <> 'model' AND NOT {BLIND}
            AND idea.status IN ('received', 'reviewed')
        ORDER BY idea.id
        """,
    )


async def list_unlabelled(session: Session) -> list[Judged]:
    """List the newest ideas that only the model has labelled."""
    sql = f"""
        {_IN_FORCE} WHERE label.decided_by = 'model' AND NOT {BLIND} AND idea.status = 'received'
        ORDER BY idea.id DESC LIMIT {MOST_UNLABELLED}
    """
    return (await _list(session, sql))[::-1]


async def list_blind(session: Session) -> list[Judged]:
    """List the ideas that were reviewed without sight of the tag."""
    return await _list(
        session,
        f"{_IN_FORCE} WHERE label.blind = 1 AND idea.status = 'reviewed' ORDER BY idea.id",
    )


async def _list(session: Session, sql: str) -> list[Judged]:
    session.take_time()
    rows = await session.fetch_all(sql)
    return [
        Judged(row["text"], row["topic"], DecidedBy(row["decided_by"]), row["person_id"])
        for row in rows
    ]


async def count_corrections(session: Session) -> int:
    session.take_time()
    row = await session.fetch_one(
        f"""
        SELECT count(*) AS n FROM idea JOIN label ON label.id = idea.label_id
        WHERE label.decided_by <> 'model' AND NOT {BLIND}
            AND idea.status IN ('received', 'reviewed')
        """
    )
    return int(row["n"]) if row else 0


def add_model(
    session: Session,
    model_id: str,
    *,
    base: str,
    corrections: int,
    report: Mapping[str, Any],
    at: datetime,
) -> None:
    """Note a model that was trained. The same lesson again makes the same model: it is one row."""
    session.execute(
        """
        INSERT INTO model (id, base, trained_at, corrections, report)
        VALUES (:id, :base, :at, :corrections, :report)
        ON CONFLICT (id) DO UPDATE SET
            trained_at = excluded.trained_at, report = excluded.report
        """,
        {
            "id": model_id,
            "base": base,
            "at": at,
            "corrections": corrections,
            "report": dict(report),
        },
    )


def forget_models(session: Session) -> None:
    """Forget all that were trained: somebody whose words they know has erased themselves."""
    session.execute("DELETE FROM model")


def promote(session: Session, model_id: str, *, by: int | None, reason: str, at: datetime) -> None:
    session.execute(
        """
        INSERT INTO promotion (model_id, person_id, reason, created_at)
        VALUES (:model_id, :by, :reason, :at)
        """,
        {"model_id": model_id, "by": by, "reason": reason, "at": at},
    )


async def find_live(session: Session) -> str | None:
    """Find the model that was promoted last; None if none ever was."""
    row = await session.fetch_one("SELECT model_id FROM promotion ORDER BY id DESC LIMIT 1")
    return str(row["model_id"]) if row else None


async def find_before(session: Session) -> str | None:
    """Find the model that was live before the live one first was; None: the base."""
    row = await session.fetch_one(
        """
        SELECT model_id FROM promotion WHERE id < (
            SELECT min(id) FROM promotion WHERE model_id = (
                SELECT model_id FROM promotion ORDER BY id DESC LIMIT 1
            )
        )
        ORDER BY id DESC LIMIT 1
        """
    )
    return str(row["model_id"]) if row else None


async def list_models(session: Session) -> list[LearnedModel]:
    """List all that were trained, oldest first."""
    rows = await session.fetch_all("SELECT * FROM model ORDER BY trained_at, id")
    return [LearnedModel.model_validate(dict(row)) for row in rows]


async def get_model(session: Session, model_id: str) -> LearnedModel | None:
    row = await session.fetch_one("SELECT * FROM model WHERE id = :id", {"id": model_id})
    return LearnedModel.model_validate(dict(row)) if row else None
