"""The moderators' queue: doubt first, one idea for one person, and the author hears of it."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from storage.models import RoleName
from tests.bot.scenes import (
    BUSES,
    GUTTER,
    LAMPS,
    REFUSED,
    WASTE,
    fetch,
    labels,
    list_ideas,
    says_and_hears,
    sends,
)
from tests.conftest import agrees, give_role

EMPTY = "Antrean kosong. Semua ide sudah dilihat orang."
PERSONAL = (
    "Lampu jalan mati di depan rumah. Nama saya Ramlan Chaniago, NIK 1371010101900001, "
    "telepon 0812-3456-7890, surel ramlan.c@contoh.id, plat BA 1234 QX, @ramlan_padang."
)


async def test_the_least_certain_idea_comes_first_and_the_confirmed_last(
    rina, desi, database, unsure
):
    """A moderator's time goes where the machine is weakest."""
    await sends(rina, LAMPS)
    await rina.presses("Betul")
    await rina.sees("tagnya sudah kamu pastikan")
    await sends(rina, WASTE)
    await sends(rina, unsure)

    card = await says_and_hears(desi, "/antrean")
    seen = [card]
    for _ in range(2):
        await desi.presses("Betul", seen[-1])
        last = seen[-1].message_id
        seen.append(await desi.sees(lambda m, last=last: m.message_id > last and m.buttons))

    assert [card.text.splitlines()[1] for card in seen] == [
        f"“{text}”" for text in (unsure, WASTE, LAMPS)
    ]
    assert "Mesin ragu" in seen[0].text
    assert "yakin" in seen[1].text
    assert "Menurut penulis" in seen[2].text
    assert ["sisa 3" in seen[0].text, "sisa 2" in seen[1].text, "sisa 1" in seen[2].text] == (
        [True] * 3
    )


async def test_a_card_shows_all_that_is_needed_to_decide(rina, desi, database):
    """Text, tag, certainty and the words behind it: no second look anywhere."""
    await sends(rina, LAMPS)

    card = await says_and_hears(desi, "/antrean")

    [idea] = await list_ideas(database)
    head, text, tag, words = card.text.splitlines()
    assert re.fullmatch(r"PDG-\w{4} · warga · \d{1,2} \w{3} \d{4} · sisa 1", head)
    assert text == f"“{LAMPS}”"
    assert re.fullmatch(
        r"Smart Mobility \(Mobilitas\) · Penerangan jalan umum \(PJU\) · yakin \d+%", tag
    )
    assert words == f"Kata penentu: {', '.join(idea.words)}"
    assert "Lampu" in words
    assert card.buttons == [["Betul", "Ubah dimensi"], ["Tolak", "Lewati"]]


async def test_a_moderator_sees_no_personal_data(rina, desi):
    """Whoever writes their number into an idea has not given it to a moderator."""
    await sends(rina, PERSONAL)

    card = await says_and_hears(desi, "/antrean")

    for personal in ("Ramlan", "Chaniago", "1371010101900001", "3456", "7890", "1234", "padang"):
        assert personal.casefold() not in card.text.casefold(), personal
    assert "[NIK]" in card.text
    assert "Lampu jalan mati di depan rumah" in card.text


async def test_two_moderators_do_not_get_the_same_idea(telegram, rina, desi, database):
    """Nobody's work is done twice; what one holds is not offered to the other."""
    reza = telegram.person("Reza")
    await give_role(database, reza, RoleName.MODERATOR)
    await sends(rina, LAMPS)
    await sends(rina, WASTE)

    first, second = await says_and_hears(desi, "/antrean"), await says_and_hears(reza, "/antrean")
    assert first.text.splitlines()[1] != second.text.splitlines()[1]
    again = await says_and_hears(desi, "/antrean")
    assert again.text == first.text, "asking again shows the same idea"


async def test_an_idea_that_somebody_left_lying_is_offered_again_after_ten_minutes(
    telegram, running_bot, database
):
    """A moderator who was called away blocks nothing for long."""
    later = timedelta()
    async with running_bot(now=lambda: datetime.now(UTC) + later):
        rina, desi, reza = (telegram.person(name) for name in ("Rina", "Desi", "Reza"))
        await agrees(rina)
        await sends(rina, LAMPS)
        await give_role(database, desi, RoleName.MODERATOR)
        await give_role(database, reza, RoleName.MODERATOR)

        assert LAMPS in (await says_and_hears(desi, "/antrean")).text
        assert LAMPS not in (await says_and_hears(reza, "/antrean")).text
        later = timedelta(minutes=11)
        assert LAMPS in (await says_and_hears(reza, "/antrean")).text


async def test_an_idea_that_is_passed_over_is_not_called_seen(rina, desi, database):
    """Skipping shows the next; after the last one the queue is not said to be done."""
    await sends(rina, LAMPS)
    await sends(rina, WASTE)

    first = await says_and_hears(desi, "/antrean")
    await desi.presses("Lewati", first)
    second = await desi.sees(lambda m: m.message_id > first.message_id and m.buttons)
    assert second.text.splitlines()[1] != first.text.splitlines()[1]
    await desi.presses("Lewati", second)

    end = await desi.sees(lambda m: m.message_id > second.message_id)
    assert end.text != EMPTY
    assert "2 ide" in end.text
    assert [idea.status for idea in await list_ideas(database)] == ["received"] * 2


async def test_a_confirmed_tag_is_told_to_the_author(rina, desi, database):
    """The author learns that a person has read it."""
    await sends(rina, LAMPS)
    await says_and_hears(desi, "/antrean")

    await desi.presses("Betul")

    news = await rina.sees("Kabar PDG-")
    assert "sudah dibaca moderator dan masuk bahan rencana kota" in news.text
    await desi.sees(EMPTY)
    [idea] = await list_ideas(database)
    assert (idea.decided_by, idea.status, idea.doubt) == ("moderator", "reviewed", None)
    assert await _acts(database) == ["confirm"]
    assert "sudah dibaca" in (await says_and_hears(rina, "/ideku")).text


async def test_a_new_tag_is_told_to_the_author_in_plain_words(rina, desi, database):
    """The author learns where their idea went, and how to object."""
    await sends(rina, LAMPS)
    await says_and_hears(desi, "/antrean")

    await desi.presses("Ubah dimensi")
    await desi.sees(lambda message: ["Kembali"] in message.buttons)
    await desi.presses("Kehidupan")
    await desi.sees(lambda message: "Keamanan" in str(message.buttons))
    await desi.presses("Keamanan")

    done = await desi.sees("dipindahkan ke")
    assert "penulisnya diberi tahu" in done.text
    assert done.buttons == []
    news = await rina.sees("moderator memindahkan idemu ke Smart Living (Kehidupan) · ")
    assert "Kurang pas?" in news.text
    assert (await labels(database))[-1] == (1, "moderator", "public_safety")
    assert await _acts(database) == ["relabel"]


@pytest.mark.parametrize(
    ("button", "told"),
    [
        ("Bukan urusan kota", "ini di luar urusan Pemko."),
        ("Tidak jelas", "kami tidak menangkap maksudnya."),
        ("Sudah ada", "usul yang sama sudah ada dalam daftar."),
        ("Spam/makian", "isinya"),
    ],
)
async def test_a_rejection_is_told_with_its_reason(rina, desi, database, button, told):
    """Nobody's idea disappears without a word."""
    await sends(rina, LAMPS)
    await says_and_hears(desi, "/antrean")

    await desi.presses("Tolak")
    await desi.sees(lambda message: ["Kembali"] in message.buttons)
    await desi.presses(button)

    news = await rina.sees("idemu tidak diteruskan. Alasannya: ")
    assert told in news.text
    await desi.sees("ditolak, penulisnya diberi tahu")
    await desi.sees(EMPTY)
    assert [idea.status for idea in await list_ideas(database)] == ["rejected"]
    assert await _acts(database) == ["reject"]


async def test_an_idea_handled_by_another_meanwhile_is_not_handled_twice(
    telegram, rina, desi, database, quiet
):
    """Two cards of one idea may be open; the second decision is told that it is late."""
    reza = telegram.person("Reza")
    await give_role(database, reza, RoleName.ADMIN)
    await sends(rina, GUTTER)
    card = await says_and_hears(desi, "/antrean")
    before = await labels(database)
    await reza.presses_data("review:1:because:unclear", await says_and_hears(reza, "/antrean"))
    await rina.sees("idemu tidak diteruskan")

    await desi.presses_data("review:1:topic:parking", card)

    assert (await desi.sees("sudah ditangani")).message_id == card.message_id
    await quiet()
    assert await labels(database) == before
    assert len([message for message in rina.chat if "Kabar" in message.text]) == 1


async def test_an_empty_queue_says_so(desi):
    """A moderator knows when the work is done."""
    assert (await says_and_hears(desi, "/antrean")).text == EMPTY


@pytest.mark.parametrize("data", ["review:7:right", "review:1:topic:nonsense", "review:1:shred"])
async def test_a_moderator_who_forges_a_press_is_refused_too(rina, desi, database, data):
    """The role opens the queue, not every idea in every way."""
    await sends(rina, BUSES)
    card = await says_and_hears(desi, "/antrean")
    before = await labels(database)

    await desi.presses_data(data, card)

    assert await desi.alert() == REFUSED
    assert await labels(database) == before


async def _acts(database) -> list[str]:
    """List what moderators did, from the audit log."""
    sql = "SELECT act FROM audit WHERE act NOT LIKE '%invit%'"
    return [row["act"] for row in await fetch(database, sql)]


async def test_every_tenth_idea_is_reviewed_without_sight_of_the_tag(rina, desi, rizal, database):
    """Only so the machine's work can be judged: nothing to confirm, nothing to be led by."""
    for number in range(1, 8):
        await sends(rina, f"{LAMPS} Rumah nomor {number}.")
    card = await says_and_hears(desi, "/antrean")
    while "Rumah nomor 7." not in card.text:
        assert "Kata penentu" in card.text
        card = await pressed(desi, card, "Betul")

    assert "Uji buta" in card.text
    assert "Mobility" not in card.text
    assert "Betul" not in [label for row in card.buttons for label in row]
    await desi.presses_data("review:7:right", card)
    assert await desi.alert() == REFUSED
    await desi.presses("Lingkungan", card)
    await desi.sees(lambda m: "Sampah" in str(m.buttons))
    await desi.presses("Sampah")
    await desi.sees("dipindahkan ke")

    rows = await fetch(database, "SELECT idea_id, topic FROM label WHERE blind = 1")
    assert rows == [{"idea_id": 7, "topic": "waste_management"}]
    answer = await says_and_hears(rizal, "/statistik")
    assert answer.text.splitlines()[1] == (
        "Ketepatan mesin belum diketahui: baru 1 ide uji buta, perlu 30."
    )


async def pressed(moderator, card, button):
    """Press a button of a card and return the next card."""
    await moderator.presses(button, card)
    return await moderator.sees(lambda m: m.message_id > card.message_id and m.buttons)
