"""Everybody may see all that is kept of them, and take all of it back, without asking anybody."""

import json
import sqlite3
from pathlib import Path

import pytest

from simulator import Message, Person
from tests.bot.scenes import (
    GUTTER,
    LAMPS,
    REFUSED,
    WASTE,
    answer_to,
    code_of,
    fetch,
    list_ideas,
    says_and_hears,
    sends,
)
from tests.conftest import agrees

SECRET = "Gorong-gorong Simpang Kandih tersumbat kasur tua milik tetangga kami Pak Zulbahri."


async def test_the_copy_holds_everything_and_nothing_of_others(rina, eri, desi, database):
    """Every version of every text, what was made of it and by whom: nothing is kept in secret."""
    sent = await rina.says(LAMPS)
    await answer_to(rina, sent)
    await rina.edits(sent, GUTTER)
    await rina.sees("Perubahan dicatat")
    photo = await rina.sends_photo(caption=WASTE)
    await answer_to(rina, photo)
    await sends(eri, SECRET)
    await desi.says("/antrean")
    card = await desi.sees(lambda m: m.buttons)
    await desi.presses_data("review:1:because:double", card)
    await rina.sees("idemu tidak diteruskan")

    await rina.says("/dataku")
    file = await _file(rina)

    name, body = file.document
    copy = json.loads(body)
    said = body.decode()
    assert (name, file.text) == ("dataku.json", "Ini semua yang tersimpan tentangmu.")
    assert copy["person"]["telegram_id"] == rina.id
    assert copy["person"]["consented_at"] and copy["person"]["consent_version"]
    for kept in (LAMPS, GUTTER, WASTE, "street_lighting", "drainage_flood", "photo", "rejected"):
        assert kept in said, kept
    assert "usul yang sama sudah ada dalam daftar." in said, "the reason is about them too"
    assert SECRET not in said
    assert str(eri.id) not in said and str(desi.id) not in said


async def test_the_copy_of_somebody_without_ideas_says_that_too(rina):
    """An empty drawer is shown empty."""
    await rina.says("/dataku")

    copy = json.loads((await _file(rina)).document[1])
    assert copy["person"]["telegram_id"] == rina.id
    assert copy["ideas"] == []


async def test_erasing_is_asked_about_first_and_can_be_thought_over(rina, database):
    """A mistyped command erases nothing."""
    await sends(rina, LAMPS)
    await sends(rina, WASTE)

    question = await says_and_hears(rina, "/hapus")
    assert "isi 2 idemu hilang" in question.text
    assert "tidak bisa dibatalkan" in question.text
    await rina.presses("Batal")

    kept = await rina.sees("tidak ada yang dihapus")
    assert (kept.message_id, kept.buttons) == (question.message_id, [])
    assert [idea.text for idea in await list_ideas(database)] == [LAMPS, WASTE]


@pytest.mark.file
async def test_after_erasing_nothing_of_the_person_is_left(
    telegram, running_bot, database, quiet, settings
):
    """Not their words, not their number, in no table and in no corner of the file."""
    rina, eri = telegram.person("Rina"), telegram.person("Eri")
    async with running_bot():
        await agrees(rina)
        await agrees(eri)
        sent = await rina.says(SECRET)
        await answer_to(rina, sent)
        await rina.edits(sent, f"{SECRET} Mohon segera.")
        await rina.sees("Perubahan dicatat")
        await sends(eri, WASTE)
        await _erase(rina)
        await quiet()

    left = await _dump(settings)
    assert "Zulbahri" not in left
    assert str(rina.id) not in left, "not even their number"
    assert str(eri.id) in left
    assert [idea.text for idea in await list_ideas(database)] == [WASTE]
    erased = await fetch(database, "SELECT status, person_id FROM idea WHERE id = 1")
    assert erased == [{"status": "erased", "person_id": None}], "it still counts as one"
    assert b"Zulbahri" not in await _bytes(settings)


async def test_whoever_comes_back_after_erasing_begins_anew(rina, database):
    """There is no shadow of the former person: the notice comes again, the list is empty."""
    receipt = await sends(rina, LAMPS)
    await _erase(rina)

    await rina.presses_data("idea:1:right", receipt)
    assert await rina.alert() == REFUSED, "the old idea is nobody's"
    notice = await says_and_hears(rina, WASTE)
    assert notice.buttons == [["Setuju"]]
    await rina.presses("Setuju", notice)
    again = await rina.sees(lambda m: "PDG-" in m.text and m.message_id > notice.message_id)

    assert code_of(again) != code_of(receipt)
    assert len((await says_and_hears(rina, "/ideku")).text.splitlines()) == 2
    assert [idea.text for idea in await list_ideas(database)] == [WASTE]


async def test_erasing_twice_is_no_harm(rina, database, quiet):
    """The second tap finds nothing, and says so."""
    await sends(rina, LAMPS)
    question = await says_and_hears(rina, "/hapus")

    await rina.presses_data("erase:0:yes", question)
    await rina.sees("Datamu sudah dihapus")
    await rina.presses_data("erase:0:yes", question)

    assert await rina.alert() == REFUSED
    await quiet()
    assert await fetch(database, "SELECT * FROM inbox WHERE state = 'aside'") == []


async def test_an_edit_of_an_erased_message_brings_nothing_back(rina, database, quiet):
    """The message is still in the person's own chat; the city forgot it."""
    sent = await rina.says(LAMPS)
    await answer_to(rina, sent)
    await _erase(rina)

    await rina.edits(sent, SECRET)
    await quiet()

    assert await list_ideas(database) == []
    rows = await fetch(database, "SELECT text FROM revision")
    assert {row["text"] for row in rows} == {""}


async def test_an_erased_idea_on_a_moderators_screen_is_out_of_reach(rina, desi, database):
    """The moderator is told that it is settled, not who left or why."""
    await sends(rina, LAMPS)
    card = await says_and_hears(desi, "/antrean")
    await _erase(rina)

    await desi.presses_data("review:1:topic:parking", card)

    assert (await desi.sees("sudah ditangani")).message_id == card.message_id
    assert await fetch(database, "SELECT * FROM label WHERE decided_by <> 'model'") == []


async def test_somebody_with_a_role_who_erases_themselves_loses_it(desi, rina, database):
    """Erased means erased: the decisions stay, the person and the role go."""
    await sends(rina, LAMPS)
    card = await says_and_hears(desi, "/antrean")
    await desi.presses("Betul", card)
    await rina.sees("sudah dibaca moderator")

    await _erase(desi)
    notice = await says_and_hears(desi, "/antrean")
    await desi.presses("Setuju", notice)

    await desi.sees("hanya untuk moderator")
    [idea] = await list_ideas(database)
    assert (idea.decided_by, idea.status) == ("moderator", "reviewed")
    assert await fetch(database, "SELECT * FROM role") == []


async def _erase(person: Person) -> None:
    await person.says("/hapus")
    await person.sees("Hapus semua datamu?")
    await person.presses("Ya, hapus")
    await person.sees("Datamu sudah dihapus")


async def _file(person: Person) -> Message:
    return await person.sees(lambda message: message.document is not None)


async def _dump(settings) -> str:
    """Everything that the database would tell anybody."""
    connection = sqlite3.connect(_path(settings))
    try:
        return "\n".join(connection.iterdump())
    finally:
        connection.close()


async def _bytes(settings) -> bytes:
    """The file as a thief would read it, once the log is folded into it."""
    connection = sqlite3.connect(_path(settings))
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    path = _path(settings)
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


def _path(settings) -> Path:
    return Path(settings.database.removeprefix("sqlite:///"))
