"""The audit log: every privileged act, by whom and when. Only ever added to."""

from datetime import datetime
from typing import Any

from storage.database import Session


def add(
    session: Session, act: str, *, by: int | None, at: datetime, detail: dict[str, Any]
) -> None:
    """Write down an act. ``by`` is None for the operator's shell; no text of people goes in."""
    session.execute(
        """
        INSERT INTO audit (person_id, act, detail, created_at) VALUES (:by, :act, :detail, :at)
        """,
        {"by": by, "act": act, "detail": detail, "at": at},
    )


async def list_acts(session: Session, *, act: str | None = None) -> list[dict[str, Any]]:
    rows = await session.fetch_all(
        "SELECT * FROM audit WHERE act = coalesce(:act, act) ORDER BY id", {"act": act}
    )
    return [dict(row) for row in rows]
