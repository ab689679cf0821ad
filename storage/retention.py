"""How long what passed through is kept, and its end. Ideas and what became of them stay."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from storage.database import Session

HELD_FOR = timedelta(hours=24)
ASIDE_FOR = timedelta(days=30)
# Telegram repeats an update for 24 hours; its number must be known for longer.
PROCESSED_FOR = timedelta(hours=48)
DELIVERED_FOR = timedelta(days=7)
EXPORTS_FOR = timedelta(hours=24)

PAGE = 500

_PROCESSED = "state = 'done' AND received_at < :before"
_DELIVERED = """
    state IN ('sent', 'blocked', 'failed') AND coalesce(sent_at, created_at) < :before
    AND NOT EXISTS (
        SELECT 1 FROM outbox AS edit
        WHERE edit.edits = this.id AND edit.state IN ('new', 'sending')
    )
    AND NOT EXISTS (SELECT 1 FROM job WHERE job.progress_row = this.id AND job.state = 'new')
"""


class Due(NamedTuple):
    """How much has reached the end of its term."""

    held: int
    aside: int
    processed: int
    delivered: int


async def count_due(session: Session, *, now: datetime) -> Due:
    """Count what a sweep would forget now; what was held or set aside counts once."""
    return Due(
        held=await _count(
            session, "inbox", "state = 'held' AND received_at < :before", now - HELD_FOR
        ),
        aside=await _count(
            session, "inbox", "state = 'aside' AND received_at < :before", now - ASIDE_FOR
        ),
        processed=await _count(session, "inbox", _PROCESSED, now - PROCESSED_FOR),
        delivered=await _count(session, "outbox", _DELIVERED, now - DELIVERED_FOR),
    )


async def _count(session: Session, table: str, condition: str, before: datetime) -> int:
    sql = f"SELECT count(*) AS n FROM {table} AS this WHERE {condition}"
    row = await session.fetch_one(sql, {"before": before})
    return int(row["n"]) if row else 0


async def empty_aside(session: Session, *, now: datetime) -> int:
    """Forget what was set aside and not replayed in time; return how many updates."""
    rows = await session.fetch_all(
        """
        UPDATE inbox SET state = 'done', body = NULL, chat_id = NULL
        WHERE state = 'aside' AND received_at < :before RETURNING seq
        """,
        {"before": now - ASIDE_FOR},
    )
    return len(rows)


class Swept(NamedTuple):
    """One page of a sweep: how many rows went, and where the next page begins, if there is one."""

    rows: int
    next: int | None


async def sweep_inbox(session: Session, *, after: int, now: datetime) -> Swept:
    """Delete processed updates among the ``PAGE`` rows after a number.

    Numbers and times of arrival grow together, so the first page with a young row at its end is
    the last to look at. The newest row stays: its number must not be given again.
    """
    before = now - PROCESSED_FOR
    page = await session.fetch_all(
        """
        SELECT seq, received_at AS at FROM inbox
        WHERE seq > :after AND seq < (SELECT max(seq) FROM inbox) ORDER BY seq LIMIT :page
        """,
        {"after": after, "page": PAGE},
    )
    if not page:
        return Swept(0, None)
    rows = await session.fetch_all(
        f"""
        DELETE FROM inbox WHERE seq IN (
            SELECT seq FROM inbox AS this WHERE seq > :after AND seq <= :last AND {_PROCESSED}
            ORDER BY seq {session.skip_locked}
        ) RETURNING seq
        """,
        {"after": after, "last": page[-1]["seq"], "before": before},
    )
    return Swept(len(rows), _next(page[-1]["seq"], page[-1]["at"], before))


async def sweep_outbox(session: Session, *, after: int, now: datetime) -> Swept:
    """Delete delivered calls among the ``PAGE`` rows after a number.

    A message that is still to be edited stays. What has edited it, or shown progress in it, lets
    go of it first.
    """
    before = now - DELIVERED_FOR
    page = await session.fetch_all(
        """
        SELECT id, created_at AS at FROM outbox WHERE id > :after ORDER BY id LIMIT :page
        """,
        {"after": after, "page": PAGE},
    )
    if not page:
        return Swept(0, None)
    old = await session.fetch_all(
        f"""
        SELECT id FROM outbox AS this WHERE id > :after AND id <= :last AND {_DELIVERED}
        ORDER BY id {session.skip_locked}
        """,
        {"after": after, "last": page[-1]["id"], "before": before},
    )
    ids = [row["id"] for row in old]
    if ids:
        going = {"ids": ids}
        session.execute("UPDATE outbox SET edits = NULL WHERE edits IN :ids", going)
        session.execute("UPDATE job SET progress_row = NULL WHERE progress_row IN :ids", going)
        session.execute("DELETE FROM outbox WHERE id IN :ids", going)
    return Swept(len(ids), _next(page[-1]["id"], page[-1]["at"], before))


def _next(last: int, at: str, before: datetime) -> int | None:
    return last if datetime.fromisoformat(at) < before else None


async def list_owed_files(session: Session) -> set[Path]:
    """List the files that are still to be delivered; they stay however old they are."""
    rows = await session.fetch_all(
        "SELECT payload FROM outbox WHERE method = 'sendDocument' AND state IN ('new', 'sending')"
    )
    documents = [json.loads(row["payload"])["document"] for row in rows]
    return {Path(document["path"]) for document in documents if "path" in document}
