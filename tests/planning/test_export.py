"""The export: whole, safe, without personal data, of one moment, the same each time."""

import asyncio
import hashlib
import json
import sys
from datetime import UTC, date, datetime, timedelta

import pytest

from classifier import load_topics
from planning.rows import COLUMNS, STATUSES
from storage import codes, ideas, people, rights
from storage.models import DecidedBy, Role, RoleName, Status
from tests.planning.builders import CITY, NOW, make, parts_of
from tests.storage.builders import LAMPS, label, meet, propose

FILES = ["BACA_DULU.txt", "usulan.xlsx", "usulan.csv", "manifest.json"]
FORMULAS = ['=HYPERLINK("http://x","klik")', "+62 rupiah", "-jalan rusak", "@ lurah", "\t=1+1"]
PERSONAL = """Nama saya Rina Marlina, hp 0812-3456-7890, rina.m@contoh.co.id, @rinamarlina,
NIK 1371090101900001, mobil BA 1234 XY, rekening BRI 0123-01-012345-50-1. Lampu di RT 03 mati."""
SECRETS = [
    "Marlina",
    "3456",
    "contoh.co.id",
    "rinamarlina",
    "1371090101900001",
    "1234 XY",
    "012345",
]
TELEGRAM_ID = 77_123_456_001


def content_of(made):
    """Everything that is in the ZIP, and in the workbook in the ZIP."""
    inner = parts_of(made.files["usulan.xlsx"]).values()
    return "".join([*inner, *(file.decode("utf-8", "replace") for file in made.files.values())])


async def fill(session, count, *, text=LAMPS):
    """Keep many ideas at once, a minute apart, on every topic in turn."""
    person = await meet(session)
    topics = load_topics().ids
    rows = [
        {
            "id": number,
            "person_id": person.id,
            "at": NOW + timedelta(minutes=number),
            "text": f"{number}. {text}",
            "topic": topics[number % len(topics)],
        }
        for number in range(1, count + 1)
    ]
    for sql in (
        """INSERT INTO idea (id, person_id, role, sent_at, status, doubt)
        VALUES (:id, :person_id, 'resident', :at, 'received', 0.2)""",
        "INSERT INTO revision (idea_id, text, created_at) VALUES (:id, :text, :at)",
        """INSERT INTO label (id, idea_id, topic, dimensions, topics, confidence, abstained, words,
            decided_by, model_id, created_at)
        VALUES (:id, :id, :topic, '{}', '{}', 0.8, 0, '[]', 'model', 'model-1', :at)""",
        "UPDATE idea SET label_id = :id WHERE id = :id",
    ):
        session.execute_many(sql, rows)


@pytest.fixture
async def pool(database):
    """Ideas of every kind: corrected, rejected, of a lurah, without a dimension, edited."""
    async with database.writing() as session:
        rina, desi = await meet(session, 1), await meet(session, 2)
        lurah = Role(person_id=rina.id, role=RoleName.LURAH, area="13.71.01.1001")
        numbers = [
            await propose(session, LAMPS, person=rina),
            await propose(session, "Sampah menumpuk", tag=label("waste_management"), role=lurah),
            await propose(session, "Parkir liar", tag=label("parking"), at=NOW + timedelta(days=1)),
            await propose(session, "Halo", tag=label("unclear", abstained=True, intent=None)),
        ]
        corrected = label(
            "parking", decided_by=DecidedBy.MODERATOR, confidence=1.0, person_id=desi.id
        )
        ideas.add_label(session, numbers[0], corrected, at=NOW)
        ideas.revise(session, numbers[1], "Sampah menumpuk di pasar", at=NOW)
        ideas.add_status(
            session, numbers[3], Status.REJECTED, by=desi.id, at=NOW, reason="hanya salam"
        )
    return database


async def test_every_idea_is_in_both_tables_once_with_its_text_and_tag(pool, tmp_path):
    """What people wrote is what the planner opens, in the order it came."""
    made = await make(pool, tmp_path / "out.zip")

    assert list(made.files) == FILES
    texts = [LAMPS, "Sampah menumpuk di pasar", "Parkir liar", "Halo"]
    expected = [(codes.encode(n, prefix="PDG"), text) for n, text in enumerate(texts, 1)]
    assert [(row["id_usulan"], row["usulan"]) for row in made.rows] == expected
    assert [(row["id_usulan"], row["usulan"]) for row in made.ideas] == expected
    first, second, _, last = made.rows
    assert (first["topic_id"], first["sumber_label"], first["keyakinan"]) == (
        "parking",
        "petugas",
        "1.0",
    )
    assert (second["peran_pengusul"], second["wilayah"], second["jumlah_revisi"]) == (
        "lurah",
        "Belakang Pondok",
        "2",
    )
    assert (last["status"], last["mesin_ragu"], last["dimensi_2018"]) == ("ditolak", "ya", "")


async def test_both_tables_say_the_same(pool, tmp_path):
    """Nobody gets other figures because they opened the other file."""
    made = await make(pool, tmp_path / "out.zip")

    for plain, sheet in zip(made.rows, made.ideas, strict=True):
        same = {name: str(cell) for name, cell in sheet.items()}
        same["jumlah_revisi"] = str(int(sheet["jumlah_revisi"]))
        assert plain == same


async def test_what_looks_like_a_formula_stays_text_in_both_tables(database, tmp_path):
    """No message of a stranger runs in a planner's spreadsheet."""
    async with database.writing() as session:
        for text in FORMULAS:
            await propose(session, text)
    made = await make(database, tmp_path / "out.zip", ["dari:2026-01-01"])

    assert [row["usulan"] for row in made.ideas] == FORMULAS
    assert [row["usulan"] for row in made.rows] == [f"'{text}" for text in FORMULAS]
    sheets = parts_of(made.files["usulan.xlsx"])
    assert not any("<f>" in xml for name, xml in sheets.items() if "/worksheets/" in name)


async def test_the_same_pool_gives_the_same_bytes(pool, tmp_path):
    """Two offices that export the same pool can compare their files."""
    first = await make(pool, tmp_path / "one.zip", ["dimensi:mobilitas"])
    await asyncio.sleep(2.1)  # the times in a ZIP have steps of two seconds
    second = await make(pool, tmp_path / "elsewhere" / "two.zip", ["dimensi:mobilitas"])

    assert first.path.read_bytes() == second.path.read_bytes()


async def test_another_pool_or_filter_gives_other_bytes(pool, tmp_path):
    """Equal files mean equal pools."""
    every = await make(pool, tmp_path / "one.zip")
    some = await make(pool, tmp_path / "two.zip", ["status:diterima"])
    async with pool.writing() as session:
        ideas.revise(session, 1, "Lampu", at=NOW + timedelta(days=2))
    changed = await make(pool, tmp_path / "three.zip")

    assert len({made.path.read_bytes() for made in (every, some, changed)}) == 3


async def test_the_manifest_tells_what_is_inside(pool, tmp_path):
    """Whoever receives the files can check that they are whole, and what was asked for."""
    made = await make(pool, tmp_path / "out.zip", ["dari:2026-11-25", "sampai:2026-11-30"])
    manifest = made.manifest

    hashes = {name: hashlib.sha256(made.files[name]).hexdigest() for name in FILES[:-1]}
    assert manifest.pop("files") == hashes
    assert manifest == {
        "format": "palanta-export/1",
        "pool_as_of": "2026-11-26T03:00:00+00:00",
        "filter": ["dari:2026-11-25", "sampai:2026-11-30"],
        "ideas": 4,
        "dimensions": {"Smart Environmental": 1, "Smart Mobility": 2, "Tanpa dimensi": 1},
        "label_sources": {"mesin": 3, "petugas": 1},
        "models": {"model-1": 4},
        "codebook": "1.1",
        "personal_data": False,
    }


async def test_the_files_explain_themselves(pool, tmp_path):
    """Who opens the ZIP reads first which file is for what."""
    made = await make(pool, tmp_path / "out.zip")

    text = made.files["BACA_DULU.txt"].decode()
    assert all(name in text for name in FILES[1:])


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (["dimensi:mobilitas"], 2),
        (["dimensi:lingkungan"], 1),
        (["dimensi:ekonomi"], 0),
        (["status:ditolak"], 1),
        (["dari:2026-11-26"], 1),
        (["sampai:2026-11-25"], 3),
        (["dimensi:mobilitas", "status:diterima", "sampai:2026-11-25"], 1),
    ],
)
async def test_what_is_asked_for_is_what_comes(pool, tmp_path, words, count):
    """The table, the counts and the manifest agree on it."""
    made = await make(pool, tmp_path / "out.zip", words)

    assert len(made.rows) == len(made.ideas) == made.manifest["ideas"] == count


async def test_days_are_the_citys_own(database, tmp_path):
    """An idea sent after midnight in Padang is of that day, whatever the clock in London says."""
    async with database.writing() as session:
        await propose(session, "malam", at=datetime(2026, 11, 24, 18, 30, tzinfo=UTC))
        await propose(session, "kemarin", at=datetime(2026, 11, 24, 16, 59, tzinfo=UTC))
    made = await make(database, tmp_path / "out.zip", ["dari:2026-11-25", "sampai:2026-11-25"])

    assert [(row["usulan"], row["tanggal"]) for row in made.rows] == [("malam", "2026-11-25")]
    assert [row["tanggal"] for row in made.ideas] == [date(2026, 11, 25)]


async def test_no_file_holds_personal_data(database, tmp_path):
    """Planners get ideas, not people."""
    async with database.writing() as session:
        rina = await meet(session, TELEGRAM_ID)
        people.grant(session, Role(person_id=rina.id, role=RoleName.LURAH), by=None, at=NOW)
        await propose(session, PERSONAL, person=rina)
    made = await make(database, tmp_path / "out.zip")

    content = content_of(made)
    assert [secret for secret in (*SECRETS, str(TELEGRAM_ID)) if secret in content] == []
    [row] = made.rows
    assert row["usulan"].endswith("Lampu di RT 03 mati.")
    for masked in ("[nama]", "[telepon]", "[email]", "[akun]", "[NIK]", "[plat]", "[nomor]"):
        assert masked in row["usulan"]


async def test_an_erased_idea_is_in_no_export(pool, tmp_path):
    """Who erased their data is not brought back by a file; not even its number is used again."""
    async with pool.writing() as session:
        rights.erase(session, await meet(session, 1))
    made = await make(pool, tmp_path / "out.zip")

    assert LAMPS not in content_of(made)
    assert codes.encode(1, prefix="PDG") not in content_of(made)
    assert STATUSES[Status.ERASED] not in {row["status"] for row in made.rows}
    assert made.manifest["ideas"] == len(made.rows) == 3


async def test_what_arrives_during_an_export_waits_for_the_next(database, tmp_path):
    """An export is one moment, not a blur, and nobody's message waits for it."""
    async with database.writing() as session:
        await fill(session, 700)
    told = []

    async def write_meanwhile(done, total):
        told.append((done, total))
        async with database.writing() as session:
            await propose(session, "baru", at=NOW + timedelta(days=9))
            ideas.revise(session, 700, "diubah", at=NOW + timedelta(days=9))

    made = await make(database, tmp_path / "out.zip", progress=write_meanwhile)

    assert told == [(500, 700), (700, 700)]
    assert len(made.rows) == 700
    assert made.rows[-1]["usulan"].startswith("700. ")
    assert made.manifest["pool_as_of"] < (NOW + timedelta(days=9)).isoformat()


async def test_an_export_of_nothing_is_whole(database, tmp_path):
    """An empty answer opens like any other."""
    made = await make(database, tmp_path / "out.zip")

    assert list(made.files) == FILES
    assert (made.rows, made.ideas, made.manifest["ideas"]) == ([], [], 0)
    assert made.sheet("Usulan") == [[column.name for column in COLUMNS]]
    assert made.manifest["pool_as_of"] == "1980-01-01T00:00:00+00:00"


async def test_three_thousand_ideas_pass_through_without_staying_in_memory(database, tmp_path):
    """A pool ten times as large needs no larger machine: of a row, its height alone is kept."""
    count, text = 3_000, LAMPS * 4
    async with database.writing() as session:
        await fill(session, count, text=text)
    blocks = {}

    async def measure(done, total):
        blocks[done] = sys.getallocatedblocks()

    made = await make(database, tmp_path / "out.zip", progress=measure)

    per_row = (blocks[count] - blocks[1_000]) / (count - 1_000)
    assert per_row < len(COLUMNS) / 2
    assert [row["usulan"] for row in made.rows] == [f"{n}. {text}" for n in range(1, count + 1)]
    assert sum(made.manifest["dimensions"].values()) == len(made.ideas) == count


async def test_an_export_that_is_stopped_leaves_no_file(database, tmp_path):
    """Nobody opens half of an export, and the disk does not fill with halves."""
    async with database.writing() as session:
        await fill(session, 20)

    async def stop(done, total):
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await make(database, tmp_path / "out" / "usulan.zip", progress=stop)

    assert list((tmp_path / "out").iterdir()) == []


async def test_an_older_export_stays_until_the_new_one_is_whole(pool, tmp_path):
    """A file that is being sent is not pulled away half-way."""
    path = tmp_path / "usulan.zip"
    before = await make(pool, path)

    async def stop(done, total):
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await make(pool, path, progress=stop)
    assert path.read_bytes() == before.path.read_bytes()

    after = await make(pool, path, ["status:ditolak"])
    assert len(after.rows) == 1


async def test_words_of_a_filter_are_text_too(pool, tmp_path):
    """What a planner typed is shown, not run."""
    made = await make(pool, tmp_path / "out.zip", ["DIMENSI:Mobilitas"])

    assert "Saringan: DIMENSI:Mobilitas." in made.sheet("Ringkasan")[1][0]
    assert json.loads(made.files["manifest.json"])["filter"] == ["DIMENSI:Mobilitas"]
    assert CITY.taxonomy.title_of("parking") in {row["dimensi_2018"] for row in made.rows}
