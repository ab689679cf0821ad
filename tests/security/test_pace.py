"""Who writes very much is heard in full and answered in brief."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.pace import REMEMBERED, Pace, Turn
from storage.models import RoleName
from tests.bot.scenes import fetch, list_ideas
from tests.conftest import agrees, give_role

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
FOLDED = "Semua tersimpan dan diberi tag"
SLOWER = "Pelan-pelan dulu"


def takes(pace: Pace, number: int, *, at: datetime, person: int = 1, kind: str = "message"):
    return [pace.take(person, kind=kind, at=at) for _ in range(number)]


def test_a_burst_of_forty_is_answered_and_the_rest_is_told_once():
    """Somebody who empties their notebook at once gets forty receipts and one sentence."""
    turns = takes(Pace(per_minute=20), 60, at=NOON)

    assert turns[:40] == [Turn.ANSWERED] * 40
    assert turns[40:] == [Turn.TOLD] + [Turn.QUIET] * 19


def test_twenty_a_minute_are_always_answered():
    """Steady writing never meets the limit."""
    pace = Pace(per_minute=20)

    turns = [pace.take(1, kind="message", at=NOON + timedelta(seconds=3 * n)) for n in range(500)]

    assert set(turns) == {Turn.ANSWERED}


def test_the_sentence_comes_again_after_a_minute_and_not_before():
    """A flood of an hour is told sixty times, not thousands."""
    pace = Pace(per_minute=20)
    takes(pace, 40, at=NOON)

    flood = [
        pace.take(1, kind="message", at=NOON + timedelta(seconds=second / 10))
        for second in range(36_000)
    ]

    assert 55 <= flood.count(Turn.TOLD) <= 60


def test_a_command_in_the_flood_has_its_own_sentence():
    """Whoever is told of /ideku and tries it at once is not met with silence."""
    pace = Pace(per_minute=20)
    takes(pace, 41, at=NOON)

    assert takes(pace, 2, at=NOON, kind="command") == [Turn.TOLD, Turn.QUIET]


def test_one_persons_flood_is_nobody_elses():
    """Neighbours are answered as ever."""
    pace = Pace(per_minute=20)
    takes(pace, 100, at=NOON)

    assert takes(pace, 1, at=NOON, person=2) == [Turn.ANSWERED]


def test_a_clock_that_is_set_back_takes_nothing_away():
    """A correction of the server's clock does not silence anybody."""
    pace = Pace(per_minute=20)
    takes(pace, 40, at=NOON)

    assert takes(pace, 1, at=NOON - timedelta(hours=1)) == [Turn.TOLD]
    assert takes(pace, 1, at=NOON - timedelta(hours=1) + timedelta(seconds=3)) == [Turn.ANSWERED]


def test_zero_means_no_limit():
    """An operator can turn it off."""
    assert set(takes(Pace(per_minute=0), 1_000, at=NOON)) == {Turn.ANSWERED}


def test_memory_does_not_grow_with_everybody_who_ever_wrote():
    """A city of a million people does not fill the memory."""
    pace = Pace(per_minute=20)
    takes(pace, 100, at=NOON)

    for person in range(2, 3 * REMEMBERED):
        pace.take(person, kind="message", at=NOON + timedelta(seconds=person))

    assert len(pace._buckets) <= REMEMBERED


@pytest.fixture
def limited(running_bot):
    """The bot with a limit so low that a test can reach it: a burst of four."""
    clock = datetime.now(UTC)
    return running_bot(messages_per_person_and_minute=2, now=lambda: clock)


async def test_everything_of_a_flood_is_kept_and_tagged_and_told_in_one_sentence(
    telegram, limited, database
):
    """Fifteen ideas in a minute are fifteen ideas in the pool."""
    rina = telegram.person("Rina")
    texts = [f"Usul lampu taman nomor {number} di tepi sungai" for number in range(15)]
    async with limited:
        await agrees(rina)
        for text in texts:
            await rina.says(text)
        await rina.sees(FOLDED)
        await until_kept(database, 15)

    assert [idea.text for idea in await list_ideas(database)] == texts
    labels = await fetch(database, "SELECT decided_by FROM label")
    assert labels == [{"decided_by": "model"}] * 15
    told = [message.text for message in rina.chat if message.from_bot]
    assert sum(FOLDED in text for text in told) == 1
    assert sum("Tersimpan, terima kasih!" in text for text in told) == 3, (
        "the burst, /start was one of it"
    )
    assert "112" in next(text for text in told if FOLDED in text), "the folded one may be urgent"


async def test_commands_beyond_the_limit_are_answered_once(telegram, limited, database):
    """Hammering a command costs the city nothing."""
    rina = telegram.person("Rina")
    async with limited:
        await agrees(rina)
        for _ in range(15):
            await rina.says("/ideku")
        await rina.says("Usul terakhir: lampu taman di tepi sungai")
        await rina.sees(SLOWER)
        await until_kept(database, 1)

    told = [message.text for message in rina.chat if message.from_bot]
    assert sum(SLOWER in text for text in told) == 1
    assert sum("Belum ada idemu" in text for text in told) == 3
    assert len(await list_ideas(database)) == 1, "ideas are kept all the same"


async def test_buttons_are_never_slowed_down(telegram, limited, database):
    """Correcting a tag is no chatter."""
    rina = telegram.person("Rina")
    async with limited:
        await agrees(rina)
        for number in range(8):
            await rina.says(f"Usul lampu taman nomor {number} di tepi sungai")
        receipt = await rina.sees("Tersimpan, terima kasih!")
        await rina.presses("Betul", receipt)
        await rina.sees("tagnya sudah kamu pastikan")


async def test_a_moderator_at_work_is_not_slowed_down(telegram, limited, database):
    """The queue is worked off at any speed."""
    desi = telegram.person("Desi")
    async with limited:
        await give_role(database, desi, RoleName.MODERATOR)
        for _ in range(10):
            await desi.says("/antrean")
        await until_told(desi, "Antrean kosong", 10)

    assert not any(SLOWER in message.text for message in desi.chat)


async def until_kept(database, number: int) -> None:
    async with asyncio.timeout(20):
        while len(await list_ideas(database)) < number:
            await asyncio.sleep(0.02)


async def until_told(person, words: str, number: int) -> None:
    async with asyncio.timeout(20):
        while sum(words in m.text for m in person.chat if m.from_bot) < number:
            await asyncio.sleep(0.02)
