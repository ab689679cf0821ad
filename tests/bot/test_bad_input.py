"""Whatever arrives gets a clear sentence and loses nothing."""

import asyncio

import pytest

from storage import inbox
from storage.models import RoleName
from tests.bot.scenes import LAMPS, REFUSED, list_ideas
from tests.conftest import agrees, give_role


async def texts_of(database):
    return [idea.text for idea in await list_ideas(database)]


@pytest.fixture
async def rina(telegram, bot):
    person = telegram.person("Rina")
    await agrees(person)
    return person


async def test_a_text_as_long_as_telegram_allows_is_kept_whole(rina, database):
    """Who has much to say is not cut short."""
    long = (LAMPS + " ") * 60

    await rina.says(long[:4096])
    await rina.sees("PDG-")

    assert await texts_of(database) == [long[:4096].strip()]


async def test_a_megabyte_in_many_messages_is_kept_message_by_message(rina, database, quiet):
    """A pasted report arrives in pieces, each with its receipt or a calm sentence."""
    piece = ("Usul perbaikan jalan lingkungan, nomor {:03}. " + LAMPS * 50)[:4000]
    pieces = [piece.replace("{:03}", f"{number:03}") for number in range(256)]

    for text in pieces:
        await rina.says(text)
    async with asyncio.timeout(60):
        while len(await list_ideas(database)) < len(pieces):
            await asyncio.sleep(0.2)
    await quiet()

    assert await texts_of(database) == pieces


@pytest.mark.parametrize("nothing", ["👍👍🙏", "...", "\u202e\u200f", "\x01\x02", "12345"])
async def test_a_message_without_words_is_answered_kindly(rina, database, nothing):
    """Emoji alone are no idea, and nobody is scolded."""
    await rina.says(nothing)

    await rina.sees("Belum ada kata yang bisa saya baca")
    assert await list_ideas(database) == []


async def test_marks_that_hide_or_turn_text_are_taken_out(rina, database):
    """A text is kept as people read it."""
    await rina.says(f"\u202e{LAMPS}\x07\u200b")
    await rina.sees("PDG-")

    assert await texts_of(database) == [LAMPS]


@pytest.mark.parametrize("kind", ["sticker", "voice", "location", "contact"])
async def test_what_is_not_text_is_asked_for_in_words(rina, database, kind):
    """A sticker gets an answer, not silence."""
    await {
        "sticker": rina.sends_sticker,
        "voice": rina.sends_voice,
        "location": lambda: rina.sends_location(-0.95, 100.35),
        "contact": rina.sends_contact,
    }[kind]()

    await rina.sees("Saya baru bisa membaca tulisan")


async def test_an_unknown_command_leads_on(rina):
    """A typing slip in a command is no dead end."""
    await rina.says("/idekuu")

    await rina.sees("Perintah itu belum saya kenal")


async def test_an_old_button_pressed_twice_counts_once(rina, database):
    """Impatience does no harm."""
    await rina.says(LAMPS)
    receipt = await rina.sees("PDG-")
    data = receipt.data["Betul"]

    await rina.presses_data(data, receipt)
    assert await rina.alert() == "Dicatat, terima kasih."
    await rina.presses_data(data, receipt)
    assert await rina.alert() == "Sudah dicatat sebelumnya."

    async with database.reading() as session:
        rows = await session.fetch_all("SELECT 1 AS n FROM label WHERE decided_by = 'author'")
    assert len(rows) == 1


@pytest.mark.parametrize(
    "data", ["idea:1:right", "idea:9:right", "review:1:right", "x", "::", "role:0:invite:admin"]
)
async def test_a_forged_press_changes_nothing(rina, telegram, database, data):
    """Nobody decides about the ideas of others."""
    await rina.says(LAMPS)
    await rina.sees("PDG-")
    eko = telegram.person("Eko")
    await agrees(eko)

    await eko.presses_data(data, eko.chat[-1])

    assert await eko.alert() == REFUSED
    [idea] = await list_ideas(database)
    assert (idea.decided_by, idea.doubt is None) == ("model", False)


async def test_an_update_that_cannot_be_read_is_set_aside_and_holds_nobody_up(
    rina, telegram, database
):
    """One broken update costs its chat seconds, others nothing, and everybody hears of it."""
    admin = telegram.person("Rizal")
    await give_role(database, admin, RoleName.ADMIN)
    eko = telegram.person("Eko")
    await agrees(eko)

    telegram.inject([{"message": {"chat": {"id": rina.id, "type": "private"}, "text": "rusak"}}])
    await eko.says(LAMPS)

    await eko.sees("PDG-")
    await rina.sees("belum bisa saya olah", timeout=20)
    await admin.sees("Satu pesan tidak bisa diolah", timeout=20)
    async with database.reading() as session:
        assert await inbox.count(session, "aside") == 1


async def test_kinds_of_update_that_nobody_knows_are_passed_over(rina, telegram, database):
    """What Telegram invents next year does not stop the bot."""
    telegram.inject([{"hologram": {"from": {"id": rina.id}}}, {}, {"message": None}])

    await rina.says(LAMPS)

    await rina.sees("PDG-")
