"""People, the privacy notice they agreed to, and their roles."""

from collections.abc import Sequence
from datetime import datetime

from storage.database import Session
from storage.models import GrantedRole, Person, Role, RoleName
from storage.session import Row

_PERSON = """
    SELECT person.*, role.role, role.area
    FROM person LEFT JOIN role ON role.person_id = person.id AND role.revoked_at IS NULL
"""
_GRANTED = "id, person_id, role, area, granted_at"
MOST_SHOWN = 40


async def find(session: Session, telegram_id: int) -> Person | None:
    rows = await session.fetch_all(
        f"{_PERSON} WHERE person.telegram_id = :telegram_id ORDER BY role.id",
        {"telegram_id": telegram_id},
    )
    return _person(rows) if rows else None


async def meet(session: Session, telegram_id: int, *, at: datetime) -> Person:
    """Return the person with this Telegram number, made on first contact."""
    known = await find(session, telegram_id)
    if known:
        return known
    [row] = await session.fetch_all(
        """
        INSERT INTO person (telegram_id, created_at) VALUES (:telegram_id, :at)
        RETURNING *
        """,
        {"telegram_id": telegram_id, "at": at},
    )
    return Person.model_validate(dict(row))


async def get(session: Session, person_id: int) -> Person:
    """Raise LookupError if nobody has this number."""
    rows = await session.fetch_all(
        f"{_PERSON} WHERE person.id = :id ORDER BY role.id", {"id": person_id}
    )
    if not rows:
        raise LookupError(f"person {person_id}")
    return _person(rows)


def _person(rows: Sequence[Row]) -> Person:
    """Put one person together from a row for each role."""
    facts = dict(rows[0])
    roles = [
        Role(person_id=row["id"], role=row["role"], area=row["area"]) for row in rows if row["role"]
    ]
    del facts["role"], facts["area"]
    return Person.model_validate({**facts, "roles": roles})


def consent(session: Session, person_id: int, *, version: str, at: datetime) -> None:
    session.execute(
        """
        UPDATE person SET consented_at = :at, consent_version = :version
        WHERE id = :id AND consented_at IS NULL
        """,
        {"id": person_id, "version": version, "at": at},
    )


def set_blocked(session: Session, telegram_id: int, *, at: datetime | None) -> None:
    """Note that the person blocked the bot, or (None) that they are back."""
    session.execute(
        "UPDATE person SET blocked_at = :at WHERE telegram_id = :telegram_id",
        {"telegram_id": telegram_id, "at": at},
    )


async def list_granted(session: Session) -> list[GrantedRole]:
    """List the roles in force of everybody, newest first."""
    rows = await session.fetch_all(
        f"SELECT {_GRANTED} FROM role WHERE revoked_at IS NULL ORDER BY id DESC LIMIT :most",
        {"most": MOST_SHOWN},
    )
    return [GrantedRole.model_validate(dict(row)) for row in rows]


async def revoke(session: Session, role_id: int, *, at: datetime) -> GrantedRole | None:
    """Take a role back; None if it was not in force."""
    row = await session.fetch_one(
        f"""
        UPDATE role SET revoked_at = :at WHERE id = :id AND revoked_at IS NULL
        RETURNING {_GRANTED}
        """,
        {"id": role_id, "at": at},
    )
    return GrantedRole.model_validate(dict(row)) if row else None


def grant(session: Session, role: Role, *, by: int | None, at: datetime) -> None:
    session.execute(
        """
        INSERT INTO role (person_id, role, area, granted_at, granted_by)
        VALUES (:person_id, :role, :area, :at, :by)
        """,
        {**role.model_dump(), "at": at, "by": by},
    )


async def list_with_role(session: Session, role: RoleName) -> list[Person]:
    rows = await session.fetch_all(
        """
        SELECT * FROM person WHERE id IN (
            SELECT person_id FROM role WHERE role = :role AND revoked_at IS NULL
        ) ORDER BY id
        """,
        {"role": role},
    )
    return [Person.model_validate(dict(row)) for row in rows]
