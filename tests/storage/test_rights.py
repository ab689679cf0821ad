"""What the law gives everybody: all that is theirs, shown as a whole and erased as a whole."""

import json

import pytest

from storage import ideas, inbox, jobs, outbox, people, rights
from storage.models import Status
from storage.outbox import Outcome
from storage.tables import list_tables
from tests.storage.builders import NOW, look, meet
from tests.storage.lives import DESI, EKO, REASON, RINA, WORDS, live

PERSONAL = ("person_id", "granted_by", "created_by", "used_by", "claimed_by")


@pytest.fixture
async def life(database):
    async with database.writing() as session:
        return await live(session)


async def all_cells(database):
    """Every cell of every table, as ``(table, column, value)``."""
    return [
        (table.name, column, value)
        for table in list_tables()
        for row in await look(database, f"SELECT * FROM {table.name}")
        for column, value in row.items()
    ]


async def test_the_copy_holds_everything_that_is_kept(database, life):
    """Who asks what the city has of them gets all of it, in words that a program can read too."""
    rina, own, _ = life
    async with database.reading() as session:
        copy = await rights.copy_of(session, rina)

    json.dumps(copy)
    assert copy["person"]["telegram_id"] == RINA
    assert copy["person"]["consent_version"] is None  # as the caller's value has it
    assert [role["role"] for role in copy["roles"]] == ["lurah"]
    assert [(idea["id"], idea["text"]) for idea in copy["ideas"]] == [
        (own, WORDS[0]),
        (own, WORDS[1]),
    ]
    assert [given["topic"] for given in copy["labels"]] == ["religion_culture", "parking"]
    assert [became["reason"] for became in copy["statuses"]] == [None, REASON]
    assert [sent["file_id"] for sent in copy["attachments"]] == ["file-of-rina"]
    assert [act["act"] for act in copy["acts"]] == ["export"]
    assert [talk["stage"] for talk in copy["conversation"]] == ["explaining"]
    assert [json.loads(kept["body"])["text"] for kept in copy["set_aside"]] == [WORDS[0]] * 2


async def test_the_copy_holds_nothing_of_anybody_else(database, life):
    """Neither Eko's idea, nor who looked at Rina's."""
    async with database.reading() as session:
        copy = json.dumps(await rights.copy_of(session, life[0]))

    for foreign in ("Taman bermain", "Terminal", str(EKO), str(DESI)):
        assert foreign not in copy


async def test_somebodys_ideas_can_be_counted(database, life):
    """So that the question before erasing says how many."""
    async with database.reading() as session:
        assert await rights.count_ideas(session, life[0].id) == 1


async def erase(database, person):
    async with database.writing() as session:
        rights.erase(session, person)


async def test_after_erasing_no_word_number_or_link_is_left_in_any_table(database, life):
    """The city can no longer tell that Rina ever wrote, nor what."""
    before = await all_cells(database)
    assert any(value == RINA for _, _, value in before)
    assert any(WORDS[2] in str(value) for _, _, value in before)

    await erase(database, life[0])

    for table, column, value in await all_cells(database):
        place = f"{table}.{column}: {value}"
        for trace in (*WORDS, REASON, str(RINA), "file-of-rina", "album-77"):
            assert trace not in str(value), place
        assert column not in PERSONAL or value != life[0].id, place
    assert await look(database, "SELECT id FROM person WHERE id = :id", id=life[0].id) == []


async def test_after_erasing_the_counts_stay_and_others_keep_theirs(database, life):
    """That there was an idea on mosques stays in the statistics; Eko's idea is untouched."""
    rina, own, other = life
    await erase(database, rina)

    async with database.reading() as session:
        erased, kept = await ideas.get(session, own), await ideas.get(session, other)
        assert await ideas.count(session, ideas.Filter()) == 2
    assert (erased.status, erased.text, erased.topic) == (Status.ERASED, "", "parking")
    assert (erased.person_id, erased.chat_id, erased.area, erased.doubt) == (None,) * 4
    assert (kept.text, kept.topic, kept.status) == ("Taman bermain", "parking", Status.REVIEWED)
    assert len(await look(database, "SELECT id FROM audit")) == 1


async def test_an_export_of_somebody_who_is_gone_is_not_made(database, life):
    """There is nobody to send it to."""
    await erase(database, life[0])

    async with database.writing() as session:
        jobs.let_go(session)
        assert await jobs.take_next(session, now=NOW) is None


async def test_who_erased_themselves_may_begin_again_as_a_stranger(database, life):
    """With a new number inside, no role, no consent, and none of the old ideas."""
    await erase(database, life[0])
    async with database.writing() as session:
        again = await meet(session, RINA)
        assert again.id > life[0].id
        assert (again.consented_at, list((await people.get(session, again.id)).roles)) == (None, [])
        assert await ideas.list_of_person(session, again.id, limit=9) == []


async def test_the_message_that_is_being_processed_is_not_lost_by_erasing(database, life):
    """The confirmation of the erasure is still sent, and the press is done once."""
    async with database.writing() as session:
        inbox.add(session, [(9, RINA, "press")], at=NOW)
        [press] = await inbox.claim(session, now=NOW, limit=9)
        answer = {"chat_id": RINA, "text": "Semua sudah dihapus."}
        row = await outbox.add_numbered(session, "editMessageText", answer, at=NOW)
        rights.erase(session, life[0])
        inbox.mark_done(session, [press.seq])

    async with database.writing() as session:
        [message] = await outbox.list_ready(session, now=NOW, limit=9)
        assert (message.id, message.payload) == (row, answer)
        outbox.mark_sending(session, [row], now=NOW)
        outbox.record(session, [Outcome(row, "sent", NOW)])
    assert not any(str(RINA) in str(value) for _, _, value in await all_cells(database))
