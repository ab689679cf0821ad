"""A moderator types why an idea is rejected, and the author reads just that."""

from datetime import UTC, datetime, timedelta

import pytest

from storage.models import RoleName
from tests.bot.scenes import (
    LAMPS,
    WASTE,
    fetch,
    labels,
    list_ideas,
    revoke_roles,
    says_and_hears,
    sends,
)
from tests.conftest import give_role

ASKED = "Tulis alasan menolak PDG-"
OPEN = "review:1:because:typed"


@pytest.fixture
async def card(rina, desi):
    """The card of an idea that a moderator is about to reject."""
    await sends(rina, LAMPS)
    return await says_and_hears(desi, "/antrean")


async def test_a_typed_reason_reaches_the_author_as_it_was_typed(rina, desi, card, database):
    """A person is answered by a person."""
    await desi.presses("Tolak")
    await desi.sees(lambda message: ["Kembali"] in message.buttons)
    await desi.presses("Tulis alasan")
    await desi.sees(ASKED)

    await desi.says("Lampu itu sudah diganti Selasa lalu. Terima kasih!")

    news = await rina.sees("Kabar PDG-")
    assert "Alasannya: Lampu itu sudah diganti Selasa lalu. Terima kasih!" in news.text
    await desi.sees("ditolak, penulisnya diberi tahu")
    await desi.sees("Antrean kosong")
    await desi.sees(lambda message: message.message_id == card.message_id and not message.buttons)
    [status] = await fetch(database, "SELECT reason FROM status WHERE status = 'rejected'")
    assert status["reason"] == "Lampu itu sudah diganti Selasa lalu. Terima kasih!"


@pytest.mark.parametrize("nothing", ["🙅🙅", "\x01\x02\x03", "\u202e\u200f", "...", "12"])
async def test_a_reason_without_words_is_asked_for_again(rina, desi, card, database, nothing):
    """An emoji is no answer to somebody's idea."""
    await desi.presses_data(OPEN, card)
    await desi.sees(ASKED)

    await desi.says(nothing)
    await desi.sees("Alasannya belum terbaca. Tulis dengan kata-kata, ya.")
    assert [idea.status for idea in await list_ideas(database)] == ["received"]

    await desi.says("Sudah diperbaiki.")
    assert "Sudah diperbaiki." in (await rina.sees("Kabar PDG-")).text


async def test_marks_that_hide_or_turn_text_do_not_reach_the_author(rina, desi, card):
    """A reason reads the same for both."""
    await desi.presses_data(OPEN, card)
    await desi.sees(ASKED)

    await desi.says("Sudah\x00 ada\x1b di\u202e daftar")

    assert "Alasannya: Sudah  ada  di daftar" in (await rina.sees("Kabar PDG-")).text


async def test_a_reason_that_nobody_would_read_is_asked_for_in_short(rina, desi, card):
    """Four thousand letters are not cut behind the moderator's back; they shorten them."""
    await desi.presses_data(OPEN, card)
    await desi.sees(ASKED)

    await desi.says(("Alasan kami panjang sekali. " * 160)[:4_096])
    await desi.sees("Alasannya terlalu panjang")
    longest = ("Alasan kami cukup panjang. " * 40)[:1_000].strip()
    await desi.says(longest)

    assert f"Alasannya: {longest}" in (await rina.sees("Kabar PDG-")).text


async def test_a_question_that_nobody_answered_is_not_answered_by_the_next_days_idea(
    telegram, running_bot, database
):
    """A moderator who went home without typing the reason writes an idea of their own tomorrow."""
    later = timedelta()
    async with running_bot(now=lambda: datetime.now(UTC) + later):
        desi = telegram.person("Desi")
        await give_role(database, desi, RoleName.MODERATOR)
        await sends(desi, LAMPS)
        await desi.presses_data(OPEN, await says_and_hears(desi, "/antrean"))
        await desi.sees(ASKED)

        later = timedelta(hours=20)
        await sends(desi, WASTE)

    assert [idea.text for idea in await list_ideas(database)] == [LAMPS, WASTE]


@pytest.mark.parametrize("act", ["back", "right", "skip", "because:double"])
async def test_a_moderator_who_decides_otherwise_is_no_longer_asked_for_a_reason(
    desi, card, database, quiet, act
):
    """Their next message is an idea of their own, not a rejection of somebody else's."""
    await desi.presses_data(OPEN, card)
    await desi.sees(ASKED)
    await desi.presses_data(f"review:1:{act}", card)
    await quiet()

    await sends(desi, WASTE)

    assert [idea.text for idea in await list_ideas(database)] == [LAMPS, WASTE]


async def test_a_command_in_between_does_not_become_the_reason(rina, desi, card):
    """Looking something up is no answer to the question."""
    await desi.presses_data(OPEN, card)
    await desi.sees(ASKED)

    assert "Moderator:" in (await says_and_hears(desi, "/bantuan")).text
    await desi.says("Sudah diperbaiki.")

    assert "Alasannya: Sudah diperbaiki." in (await rina.sees("Kabar PDG-")).text


async def test_who_lost_the_role_meanwhile_rejects_nothing(rina, desi, card, database):
    """The role is looked at when the reason comes, not when it was asked for."""
    await desi.presses_data(OPEN, card)
    await desi.sees(ASKED)
    await revoke_roles(database, desi)

    answer = await says_and_hears(desi, "Ditolak saja semuanya")

    assert "ditolak" not in answer.text
    [first, *_] = await list_ideas(database)
    assert first.status == "received"


async def test_an_idea_that_another_handled_meanwhile_is_not_rejected_late(
    telegram, rina, desi, rizal, card, database
):
    """The author does not get two contradicting answers."""
    await desi.presses_data(OPEN, card)
    await desi.sees(ASKED)
    await rizal.presses_data("review:1:right", rizal.chat[-1])
    await rina.sees("sudah dibaca moderator")

    answer = await says_and_hears(desi, "Sudah diperbaiki.")

    assert "sudah ditangani" in answer.text
    assert [idea.status for idea in await list_ideas(database)] == ["reviewed"]
    assert len(await labels(database)) == 2
