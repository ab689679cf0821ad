"""When something last happened, such as a backup; kept over restarts, shared by all processes."""

from datetime import datetime, timedelta

from storage.database import Session

BACKUP = "backup"


async def find(session: Session, what: str) -> datetime | None:
    row = await session.fetch_one("SELECT at FROM moment WHERE what = :what", {"what": what})
    return datetime.fromisoformat(row["at"]) if row else None


def save(session: Session, what: str, *, at: datetime) -> None:
    session.execute(
        """
        INSERT INTO moment (what, at) VALUES (:what, :at)
        ON CONFLICT (what) DO UPDATE SET at = excluded.at
        """,
        {"what": what, "at": at},
    )


async def is_due(session: Session, what: str, *, at: datetime, every: timedelta) -> bool:
    """Say whether it is time again, and if so note that it happens now.

    Of several processes that ask at once, one hears yes.
    """
    rows = await session.fetch_all(
        """
        INSERT INTO moment (what, at) VALUES (:what, :at)
        ON CONFLICT (what) DO UPDATE SET at = excluded.at WHERE moment.at <= :before
        RETURNING what
        """,
        {"what": what, "at": at, "before": at - every},
    )
    return bool(rows)
