"""Invitations: single-use, expiring links that give a role. Only a hash of the token is kept."""

import hashlib
import secrets
from datetime import datetime, timedelta

from storage.database import Session
from storage.errors import InvitationExpired, InvitationNotFound, InvitationSpent
from storage.models import Invitation, RoleName

LIFETIME = timedelta(days=7)


def add(session: Session, role: RoleName, *, area: str | None, by: int | None, at: datetime) -> str:
    """Make an invitation and return its token, which is shown once and kept nowhere."""
    token = secrets.token_urlsafe(16)
    session.execute(
        """
        INSERT INTO invitation (token_hash, role, area, created_at, created_by, expires_at)
        VALUES (:hash, :role, :area, :at, :by, :expires_at)
        """,
        {
            "hash": _hash(token),
            "role": role,
            "area": area,
            "at": at,
            "by": by,
            "expires_at": at + LIFETIME,
        },
    )
    return token


async def redeem(session: Session, token: str, *, person_id: int, at: datetime) -> Invitation:
    """Use an invitation up. The same person may press the same link twice.

    Raises InvitationNotFound, InvitationExpired or InvitationSpent.
    """
    row = await session.fetch_one(
        """
        SELECT id, role, area, created_by, expires_at, used_at, used_by
        FROM invitation WHERE token_hash = :hash
        """,
        {"hash": _hash(token)},
    )
    if row is None:
        raise InvitationNotFound
    invitation = Invitation.model_validate(dict(row))
    # Asked of the time: who used it is forgotten when they erase themselves.
    if invitation.used_at is None and invitation.expires_at < at:
        raise InvitationExpired
    if invitation.used_at is not None and invitation.used_by != person_id:
        raise InvitationSpent
    session.execute(
        """
        UPDATE invitation SET used_by = :person_id, used_at = :at
        WHERE id = :id AND used_at IS NULL
        """,
        {"person_id": person_id, "at": at, "id": invitation.id},
    )
    return invitation


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
