"""The files that planners open: whole, safe, without personal data, the same each time."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from classifier import load_taxonomy
from planning import export
from planning.filters import FilterError, read_filter
from planning.rows import COLUMNS
from planning.table import safe
from storage import ideas, rights
from storage.database import Database
from tests.storage.builders import LAMPS, label, meet, propose

CITY = export.City("PDG", "Asia/Jakarta", load_taxonomy())
FORMULAS = ['=HYPERLINK("http://x","klik")', "+62 rupiah", "-jalan rusak", "@ lurah", "\t=1+1"]
PERSONAL = "Nama saya Rina Marlina, telepon 0812-3456-7890, tolong lampu jalan diganti."


async def silent(done: int, total: int) -> None:
    """Nobody watches the progress."""


async def make(database: Database, path: Path, *words: str) -> export.Export:
    chosen = read_filter(words, taxonomy=CITY.taxonomy, timezone=CITY.timezone)
    async with database.reading() as session:
        return await export.make(
            session, path, order=export.Order(chosen, words), city=CITY, progress=silent
        )


def rows_of(path: Path) -> list[dict[str, str]]:
    with zipfile.ZipFile(path) as archive:
        return list(csv.DictReader(io.StringIO(archive.read("usulan.csv").decode("utf-8-sig"))))


def workbook_of(path: Path) -> CalamineWorkbook:
    with zipfile.ZipFile(path) as archive:
        return CalamineWorkbook.from_filelike(io.BytesIO(archive.read("usulan.xlsx")))


@pytest.fixture
async def database(tmp_path: Path):
    async with Database.open(f"sqlite:///{tmp_path}/palanta.db") as database:
        yield database


async def test_the_workbook_has_its_three_sheets_and_a_chart(database, tmp_path):
    """A planner opens it and sees what there is."""
    async with database.writing() as session:
        await propose(session)
    made = await make(database, tmp_path / "out.zip")

    assert workbook_of(made.path).sheet_names == ["Ringkasan", "Usulan", "Kamus Data"]
    with zipfile.ZipFile(made.path) as archive:
        inner = zipfile.ZipFile(io.BytesIO(archive.read("usulan.xlsx")))
    assert "xl/charts/chart1.xml" in inner.namelist()
    [row] = rows_of(made.path)
    assert (row["usulan"], row["dimensi_2018"], row["model"]) == (
        LAMPS,
        "Smart Mobility",
        "model-1",
    )
    assert float(row["keyakinan"]) == 0.75


async def test_what_looks_like_a_formula_stays_text_in_both_files(database, tmp_path):
    """No message of a stranger runs in a planner's spreadsheet."""
    async with database.writing() as session:
        for text in FORMULAS:
            await propose(session, text)
    made = await make(database, tmp_path / "out.zip")

    sheet = workbook_of(made.path).get_sheet_by_name("Usulan").to_python()
    column = [name.name for name in COLUMNS].index("usulan")
    assert [str(row[column]).strip() for row in sheet[1:]] == [text.strip() for text in FORMULAS]
    assert all(row["usulan"].startswith("'") for row in rows_of(made.path))
    with zipfile.ZipFile(made.path) as archive:
        inner = zipfile.ZipFile(io.BytesIO(archive.read("usulan.xlsx")))
    assert all(b"<f>" not in inner.read(name) for name in inner.namelist() if "sheet" in name)


@given(st.text())
def test_no_text_ever_starts_a_formula_in_the_csv(text):
    """Whatever somebody types, the cell begins with a letter, a digit or an apostrophe."""
    cell = safe(text)

    assert isinstance(cell, str)
    assert cell in (text, f"'{text}")
    assert not cell.lstrip().startswith(("=", "+", "-", "@"))


async def test_the_same_pool_gives_the_same_bytes(database, tmp_path):
    """Two offices that export the same pool can compare their files."""
    async with database.writing() as session:
        for number in range(30):
            await propose(session, f"{LAMPS} Nomor {number}.")
    first = await make(database, tmp_path / "one.zip")
    second = await make(database, tmp_path / "two.zip")

    assert first.path.read_bytes() == second.path.read_bytes()


async def test_the_manifest_tells_what_is_inside(database, tmp_path):
    """Whoever receives the files can check them."""
    async with database.writing() as session:
        await propose(session)
        await propose(session, tag=label("parking"))
    made = await make(database, tmp_path / "out.zip", "dimensi:mobilitas")

    with zipfile.ZipFile(made.path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        hashes = {
            name: hashlib.sha256(archive.read(name)).hexdigest() for name in manifest["files"]
        }
    assert manifest["files"] == hashes
    assert (manifest["ideas"], manifest["filter"]) == (2, ["dimensi:mobilitas"])


async def test_no_file_holds_personal_data(database, tmp_path):
    """Planners get ideas, not people."""
    async with database.writing() as session:
        await propose(session, PERSONAL)
    made = await make(database, tmp_path / "out.zip")

    [row] = rows_of(made.path)
    assert "[telepon]" in row["usulan"]
    with zipfile.ZipFile(made.path) as archive:
        inner = zipfile.ZipFile(io.BytesIO(archive.read("usulan.xlsx")))
        content = b"".join(archive.read(name) for name in archive.namelist())
    content += b"".join(inner.read(name) for name in inner.namelist())
    assert [word for word in (b"Marlina", b"3456", b"7001") if word in content] == []


async def test_an_erased_idea_is_in_no_export(database, tmp_path):
    """Who erased their data is not brought back by a file."""
    async with database.writing() as session:
        rina = await meet(session)
        await propose(session, person=rina)
        rights.erase(session, rina)
    made = await make(database, tmp_path / "out.zip")

    assert (made.total, rows_of(made.path)) == (0, [])


async def test_what_arrives_during_an_export_waits_for_the_next(database, tmp_path):
    """An export is one moment, not a blur."""
    async with database.writing() as session:
        await propose(session)
    async with database.reading() as snapshot:
        assert await ideas.count(snapshot, ideas.Filter()) == 1
        async with database.writing() as session:
            await propose(session)
        order = export.Order(ideas.Filter(), ())
        made = await export.make(
            snapshot, tmp_path / "out.zip", order=order, city=CITY, progress=silent
        )

    assert made.total == 1


async def test_days_are_the_citys_own(database, tmp_path):
    """An idea sent after midnight in Padang is of that day, whatever the clock in London says."""
    late = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
    async with database.writing() as session:
        await propose(session, at=late)
    made = await make(database, tmp_path / "out.zip", "dari:2026-11-25", "sampai:2026-11-25")

    assert [row["tanggal"] for row in rows_of(made.path)] == ["2026-11-25"]


@pytest.mark.parametrize(
    ("words", "fact"),
    [
        (["warna:merah"], "unknown"),
        (["dimensi:udara"], "bad-dimension"),
        (["dari:kemarin"], "bad-date"),
        (["status:selesai"], "bad-status"),
        (["dari:2026-02-02", "sampai:2026-01-01"], "bad-order"),
    ],
)
def test_a_filter_that_makes_no_sense_is_named(words, fact):
    """The planner hears which word was wrong."""
    with pytest.raises(FilterError) as caught:
        read_filter(words, taxonomy=CITY.taxonomy, timezone=CITY.timezone)

    assert caught.value.fact == fact


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(max_size=30) | st.sampled_from(["dari:", "sampai:x", "dimensi:%"])))
def test_any_filter_is_read_or_refused(words):
    """No typed word is a fault of the bot's."""
    try:
        read_filter(words, taxonomy=CITY.taxonomy, timezone=CITY.timezone)
    except FilterError as error:
        assert error.fact


def test_every_column_has_a_meaning():
    """The data dictionary explains each column."""
    assert len({column.name for column in COLUMNS}) == len(COLUMNS)
    assert all(column.meaning and column.width > 0 for column in COLUMNS)
