"""Roles come by single-use links, are looked up at every act, and end when they are taken back."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from bot.handlers.roles import INVITABLE
from simulator import Person
from storage import invitations
from storage.models import RoleName
from tests.bot.scenes import (
    LAMPS,
    fetch,
    labels_of,
    list_ideas,
    revoke_roles,
    says_and_hears,
    sends,
)
from tests.conftest import agrees, give_role

LINK = re.compile(r"https://t\.me/palanta_bot\?start=([\w-]{10,64})$", re.MULTILINE)
WELCOME = "Selamat datang! Sekarang kamu "


async def test_an_admin_invites_by_a_tap_and_whoever_opens_the_link_has_the_role(
    telegram, rizal, eri, database
):
    """No list of names, no numbers: a link, sent however the city sends things."""
    question = await says_and_hears(rizal, "/undang")
    assert "Undangan untuk peran apa?" in question.text
    assert len(labels_of(question.buttons)) == len(INVITABLE)

    await rizal.presses("moderator")
    invitation = await rizal.sees("Undangan moderator, sekali pakai, berlaku sampai ")
    assert question.message_id < invitation.message_id
    await eri.opens_link(_token(invitation.text))

    assert "Mulai dengan /antrean." in (await eri.sees(f"{WELCOME}moderator")).text
    assert (await says_and_hears(eri, "/antrean")).text.startswith("Antrean kosong")
    acts = await fetch(database, "SELECT act FROM audit ORDER BY id")
    assert [row["act"] for row in acts][-2:] == ["invite", "accept invitation"]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("lurah 13.71.09.1001", "Pasar Ambacang"),
        ("Lurah air manis", "Air Manis"),
        ("camat 13.71.09", "Kuranji"),
        ("OPD", None),
        ("Relawan", None),
    ],
)
async def test_an_invitation_may_be_bound_to_an_area(rizal, eri, database, words, name):
    """A lurah speaks for one kelurahan; their ideas carry it."""
    invitation = await says_and_hears(rizal, f"/undang {words}")
    assert (f"({name})" in invitation.text) == bool(name)

    await eri.opens_link(_token(invitation.text))
    welcome = await eri.sees(WELCOME)
    assert (f"({name})" in welcome.text) == bool(name)

    await sends(eri, LAMPS)
    [idea] = await list_ideas(database)
    assert bool(idea.area) == bool(name)
    assert idea.role != "resident"


SLIPS = {
    "walikota": "Peran “walikota” belum saya kenal.",
    "lurah Bukittinggi": "Wilayah “Bukittinggi” tidak ada.",
    "lurah 13.71.99.1001": "Wilayah “13.71.99.1001” tidak ada.",
    f"lurah {'x' * 4_000}": "tidak ada.",
    "y" * 4_000: "belum saya kenal.",
    "lurah \x00\u202e": "Undangan lurah, sekali pakai",
}


async def test_a_slip_in_an_invitation_is_told_plainly(rizal):
    """An admin sees what was not understood, and what would be."""
    for words, told in SLIPS.items():
        answer = await says_and_hears(rizal, f"/undang {words}")
        assert told in answer.text, words
        assert len(answer.text) < 600


async def test_an_area_with_two_meanings_is_asked_about(rizal):
    """A name that a kecamatan and a kelurahan share is settled by its code."""
    answer = await says_and_hears(rizal, "/undang lurah Kuranji")

    assert "“Kuranji” ada lebih dari satu" in answer.text
    assert "13.71.09 (kecamatan), 13.71.09.1007 (kelurahan)" in answer.text


async def test_a_link_gives_its_role_to_one_person_only(eri, rina, rizal, database):
    """A forwarded link is worth nothing once it was used."""
    token = _token((await says_and_hears(rizal, "/undang moderator")).text)
    await eri.opens_link(token)
    await eri.sees(f"{WELCOME}moderator")

    assert "sudah dipakai" in (await _opens(rina, token)).text
    assert "hanya untuk moderator" in (await says_and_hears(rina, "/antrean")).text
    assert (await _opens(eri, token)).text.startswith(f"{WELCOME}moderator")
    assert len(await fetch(database, "SELECT * FROM role WHERE role = 'moderator'")) == 1


async def test_a_link_expires(rina, database):
    """A link that lies in an old chat for a week opens nothing."""
    async with database.writing() as session:
        made_at = datetime.now(UTC) - timedelta(days=8)
        token = invitations.add(session, RoleName.ADMIN, area=None, by=None, at=made_at)

    assert "sudah kedaluwarsa" in (await _opens(rina, token)).text
    assert "hanya untuk admin" in (await says_and_hears(rina, "/undang")).text


async def test_an_invented_link_is_told_plainly(rina):
    """Guessing leads nowhere, and a broken link to a new one."""
    for token in ("a", "x" * 64, "admin", "notice-0-agree"):
        assert (await _opens(rina, token)).text == (
            "Undangan itu tidak ada. Minta tautan yang baru pada admin."
        )


REFUSALS = {
    None: {
        "/antrean": "moderator, admin",
        "/export": "perencana, admin",
        "/undang": "admin",
        "/peran": "admin",
    },
    RoleName.LURAH: {"/antrean": "moderator, admin"},
    RoleName.MODERATOR: {"/export dimensi:mobilitas": "perencana, admin", "/peran": "admin"},
    RoleName.PLANNER: {"/antrean": "moderator, admin", "/undang moderator": "admin"},
}


@pytest.mark.parametrize("role", REFUSALS)
async def test_a_command_of_others_is_refused_with_the_way_to_it(telegram, bot, database, role):
    """No silence and no blame: whose command it is, and whom to ask."""
    person = telegram.person("Yeni")
    await (give_role(database, person, role) if role else agrees(person))

    for command, needed in REFUSALS[role].items():
        answer = await says_and_hears(person, command)
        assert answer.text == (
            f"Perintah ini hanya untuk {needed}. Minta undangan pada admin kota kalau itu tugasmu."
        )

    assert await fetch(database, "SELECT * FROM job") == []
    assert await fetch(database, "SELECT act FROM audit WHERE act IN ('export', 'invite')") == []


async def test_an_admin_sees_who_has_a_role_and_takes_it_back(rina, desi, rizal, database):
    """A role ends with a tap, is told to its holder, and leaves a trace."""
    await sends(rina, LAMPS)
    card = await says_and_hears(desi, "/antrean")

    holders = await says_and_hears(rizal, "/peran")
    assert "moderator" in holders.text
    assert not any("admin" in label for label in labels_of(holders.buttons)), "not one's own"
    [button] = labels_of(holders.buttons)
    await rizal.presses(button)
    await rizal.sees("sudah dicabut")

    assert "Peranmu sebagai moderator sudah dicabut" in (await desi.sees("Peranmu")).text
    await desi.presses("Betul", card)
    assert "bukan untukmu" in await desi.alert()
    acts = await fetch(database, "SELECT act FROM audit ORDER BY id DESC LIMIT 1")
    assert acts == [{"act": "revoke"}]


async def test_a_role_that_was_taken_back_ends_at_once(rina, desi, database):
    """Open cards of somebody who left the team decide nothing."""
    await sends(rina, LAMPS)
    card = await says_and_hears(desi, "/antrean")
    await revoke_roles(database, desi)

    await desi.presses("Betul", card)
    assert "bukan untukmu" in await desi.alert()
    assert "hanya untuk moderator" in (await says_and_hears(desi, "/antrean")).text
    assert [idea.decided_by for idea in await list_ideas(database)] == ["model"]


async def test_the_old_link_does_not_bring_a_lost_role_back(rina, rizal, database):
    """Whoever was let go still has the invitation in their chat."""
    token = _token((await says_and_hears(rizal, "/undang moderator")).text)
    await rina.opens_link(token)
    await rina.sees(WELCOME)
    await revoke_roles(database, rina)

    answer = await _opens(rina, token)

    assert WELCOME not in answer.text
    assert "hanya untuk moderator" in (await says_and_hears(rina, "/antrean")).text


async def test_the_link_of_somebody_who_erased_themselves_is_used_up(rina, eri, rizal, database):
    """Erasure cuts the tie to the person; it does not turn the link into a new one."""
    token = _token((await says_and_hears(rizal, "/undang moderator")).text)
    await rina.opens_link(token)
    await rina.sees(WELCOME)
    await rina.says("/hapus")
    await rina.sees("Hapus semua datamu?")
    await rina.presses("Ya, hapus")
    await rina.sees("Datamu sudah dihapus")

    answer = await _opens(eri, token)

    assert WELCOME not in answer.text
    assert await fetch(database, "SELECT * FROM role WHERE role = 'moderator'") == []


async def test_an_invitation_pressed_by_somebody_else_makes_no_link(rina, rizal):
    """A button that lies in an admin's chat is an admin's."""
    await says_and_hears(rina, "/start")

    await rina.presses_data("role:0:invite:admin", rina.chat[-1])

    assert "bukan untukmu" in await rina.alert()


async def _opens(person: Person, token: str):
    return await says_and_hears(person, f"/start {token}")


def _token(text: str) -> str:
    found = LINK.search(text)
    assert found, f"no link in {text!r}"
    return found[1]
