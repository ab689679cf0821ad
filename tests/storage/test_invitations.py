"""Invitations: a link gives one person one role, once."""

from datetime import timedelta

import pytest

from storage import invitations, rights
from storage.errors import InvitationExpired, InvitationNotFound, InvitationSpent
from storage.invitations import LIFETIME
from storage.models import RoleName
from tests.storage.builders import NOW, look, meet

SECOND = timedelta(seconds=1)


async def invite(database, at=NOW):
    async with database.writing() as session:
        return invitations.add(session, RoleName.LURAH, area="13.71.01.1001", by=None, at=at)


async def open_link(database, token, telegram_id, *, at=NOW):
    async with database.writing() as session:
        person = await meet(session, telegram_id)
        return await invitations.redeem(session, token, person_id=person.id, at=at)


async def test_a_link_gives_the_role_and_the_area_that_it_was_made_for(database):
    """The lurah of one kelurahan becomes that and nothing else."""
    invitation = await open_link(database, await invite(database), 1)

    assert (invitation.role, invitation.area) == (RoleName.LURAH, "13.71.01.1001")


async def test_a_link_works_for_one_person_only(database):
    """A link that is passed on makes nobody else a lurah."""
    token = await invite(database)
    await open_link(database, token, 1)

    with pytest.raises(InvitationSpent):
        await open_link(database, token, 2)


async def test_the_same_person_may_press_the_same_link_again(database):
    """Also when a week has passed: their role is theirs."""
    token = await invite(database)
    first = await open_link(database, token, 1)
    again = await open_link(database, token, 1, at=NOW + LIFETIME * 2)

    assert first.id == again.id
    [row] = await look(database, "SELECT used_at FROM invitation")
    assert str(row["used_at"]).startswith("2026-11-25")


async def test_a_link_stays_used_when_its_user_erases_themselves(database):
    """Who finds an old link of somebody who has gone finds nothing to take over."""
    token = await invite(database)
    await open_link(database, token, 1)
    async with database.writing() as session:
        rights.erase(session, await meet(session, 1))

    with pytest.raises(InvitationSpent):
        await open_link(database, token, 2)


async def test_a_link_expires(database):
    """A link in an old chat opens nothing after a week."""
    token = await invite(database)

    with pytest.raises(InvitationExpired):
        await open_link(database, token, 1, at=NOW + LIFETIME + SECOND)
    await open_link(database, token, 1, at=NOW + LIFETIME)


@pytest.mark.parametrize("token", ["", "made-up", "'; DROP TABLE invitation; --"])
async def test_a_link_that_nobody_made_gives_nothing(database, token):
    """Guessing gives nothing."""
    await invite(database)

    with pytest.raises(InvitationNotFound):
        await open_link(database, token, 1)


async def test_tokens_cannot_be_guessed_and_fit_into_a_link(database):
    """128 bits, each different, within Telegram's 64 letters."""
    tokens = {await invite(database) for _ in range(20)}

    assert len(tokens) == 20
    assert all(22 <= len(token) <= 64 for token in tokens)
