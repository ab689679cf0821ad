"""``/export`` in chat: one message that shows progress, one ZIP, and a trace in the audit log."""

import asyncio
import csv
import io
import json
import os
import sys
import zipfile
from pathlib import Path

from simulator import Message, Person
from storage.models import RoleName
from tests.bot.scenes import (
    BUSES,
    GUTTER,
    LAMPS,
    WASTE,
    code_of,
    fetch,
    list_ideas,
    says_and_hears,
    sends,
)
from tests.conftest import agrees, give_role

PALANTA = Path(sys.executable).with_name("palanta")
FILES = ["BACA_DULU.txt", "usulan.xlsx", "usulan.csv", "manifest.json"]


async def test_an_export_arrives_with_every_idea_once(rina, eri, rizal, database):
    """What people wrote is what the planner opens."""
    codes = [code_of(await sends(rina, text)) for text in (LAMPS, WASTE)]
    codes.append(code_of(await sends(eri, GUTTER)))

    await rizal.says("/export")
    file = await _file(rizal)

    assert file.document[0] == "usulan.zip"
    assert file.text.startswith("3 ide, semua. Mulai dari usulan.xlsx")
    rows, manifest = _read(file)
    assert [row["id_usulan"] for row in rows] == codes
    assert [row["usulan"] for row in rows] == [LAMPS, WASTE, GUTTER]
    assert {row["sumber_label"] for row in rows} == {"mesin"}
    assert all(row["dimensi_2018"] and row["model"] and row["keyakinan"] for row in rows)
    assert (manifest["ideas"], manifest["filter"]) == (3, [])
    assert await _acts(database) == [{"filter": [], "ideas": 3}]


async def test_progress_is_shown_by_one_message_that_ends_as_ready(rina, rizal, quiet):
    """The chat stays short: no message for every step."""
    await sends(rina, LAMPS)
    newest = rizal.chat[-1].message_id

    await rizal.says("/export")
    progress = await rizal.sees(lambda m: m.message_id > newest)
    await _file(rizal)
    await quiet()

    said = [m for m in rizal.chat if m.from_bot and m.message_id > newest]
    assert (said[0].message_id, said[0].text) == (progress.message_id, "Ekspor siap: 1 ide.")
    assert len(said) == 2


FILTERS = {
    "dimensi:mobilitas": [LAMPS, BUSES],
    "dimensi:LINGKUNGAN status:diterima": [WASTE],
    "Dimensi:environmental dari:2020-01-01 sampai:2099-12-31": [WASTE],
    "status:dibaca": [LAMPS],
    "dari:2001-01-01": [LAMPS, WASTE, BUSES],
}


async def test_filters_choose_what_is_in_it(rina, rizal, database):
    """A planner of one dimension, or of one month, gets theirs alone."""
    for text in (LAMPS, WASTE, BUSES):
        await sends(rina, text)
    await rizal.presses_data("review:1:right", rizal.chat[-1])
    await rina.sees("sudah dibaca moderator")
    await rizal.sees("sisa 2")

    for words, texts in FILTERS.items():
        newest = rizal.chat[-1].message_id
        await rizal.says(f"/export {words}")
        rows, manifest = _read(await _file(rizal, after=newest))
        assert [row["usulan"] for row in rows] == texts, words
        assert manifest["filter"] == words.split()


SLIPS = {
    "warna:merah": "Saringan “warna:merah” tidak terbaca.",
    "mobilitas": "Saringan “mobilitas” tidak terbaca.",
    "dimensi: mobilitas": "Saringan “dimensi:” tidak terbaca. Tulis tanpa spasi.",
    "dimensi:cinta": "Dimensi “cinta” tidak ada. Pilihannya: mobilitas, ",
    "dari:kemarin": "Tanggal “kemarin” tidak terbaca.",
    "sampai:2026-02-30": "Tanggal “2026-02-30” tidak terbaca.",
    "sampai:9999-12-31": "Tanggal “9999-12-31” tidak terbaca.",
    "dari:0001-01-01": "Tanggal “0001-01-01” tidak terbaca.",
    "status:hilang": "Status “hilang” tidak ada. Pilihannya: diterima, dibaca, ditolak",
    "dari:2026-02-01 sampai:2026-01-01": "lebih akhir daripada “sampai”",
    "dari:2099-01-01": "Tidak ada ide yang cocok",
    "x" * 4_000: "tidak terbaca.",
    f"dimensi:{'y' * 2_000}": "tidak ada. Pilihannya: ",
}


async def test_a_filter_that_finds_nothing_is_told_plainly(rina, rizal, database):
    """A slip is named, with what would be understood; no empty file is sent."""
    await sends(rina, LAMPS)

    for words, told in SLIPS.items():
        answer = await says_and_hears(rizal, f"/export {words}")
        assert told in answer.text, words
        assert len(answer.text) < 500

    assert await _acts(database) == []


async def test_many_filters_do_not_make_the_caption_too_long(rina, rizal):
    """Telegram takes 1,024 letters under a file; the file arrives whatever was asked."""
    await sends(rina, LAMPS)

    await rizal.says(f"/export {'dimensi:mobilitas ' * 90}")

    assert len((await _file(rizal)).text) <= 1_024


async def test_the_file_is_the_same_as_from_the_shell(rina, rizal, settings, tmp_path, database):
    """Chat and shell give the same bytes for the same pool, whoever asks."""
    for text in (LAMPS, WASTE):
        await sends(rina, text)
    await rizal.says("/export dimensi:mobilitas")
    in_chat = (await _file(rizal)).document[1]

    out = tmp_path / "out"
    process = await asyncio.create_subprocess_exec(
        PALANTA, "export", "--out", out, "dimensi:mobilitas",
        env={**os.environ, "PALANTA_DATABASE": settings.database},
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, said = await process.communicate()

    assert process.returncode == 0, said.decode()
    assert "1 ideas in " in said.decode().replace("\n", "")
    assert (out / "usulan.zip").read_bytes() == in_chat
    assert await _acts(database) == [{"filter": ["dimensi:mobilitas"], "ideas": 1}] * 2


async def test_an_export_holds_no_personal_data_and_no_formula(rina, rizal):
    """A planner's spreadsheet neither exposes anybody nor runs what somebody typed."""
    await sends(rina, '=HYPERLINK("http://x") lampu jalan mati, hubungi 0812-3456-7890 ya')

    await rizal.says("/export")

    file = await _file(rizal)
    [row], manifest = _read(file)
    assert "[telepon]" in row["usulan"]
    assert not row["usulan"].startswith("=")
    assert manifest["personal_data"] is False
    assert b"3456" not in b"".join(_members(file).values())
    assert "Rina" not in str(row)


async def test_an_export_that_was_ordered_before_a_restart_arrives_after_it(
    telegram, running_bot, database
):
    """An order is a row, not a promise in memory."""
    rizal = telegram.person("Rizal")
    async with running_bot():
        await give_role(database, rizal, RoleName.PLANNER)
        await sends(rizal, LAMPS)
        telegram.faults.add("error", methods=["sendDocument"])
        await rizal.says("/export")
        await rizal.sees("Ekspor siap: 1 ide.")

    telegram.faults.clear()
    async with running_bot():
        rows, _ = _read(await _file(rizal))

    assert [row["usulan"] for row in rows] == [LAMPS]


async def test_an_export_whose_file_is_gone_does_not_silence_the_chat(
    telegram, running_bot, database, settings
):
    """The file was swept away before Telegram could be reached; the person is still answered."""
    rizal = telegram.person("Rizal")
    async with running_bot():
        await give_role(database, rizal, RoleName.PLANNER)
        await sends(rizal, LAMPS)
        telegram.faults.add("error", methods=["sendDocument"])
        await rizal.says("/export")
        await rizal.sees("Ekspor siap: 1 ide.")
    for file in (settings.folder / "exports").glob("*.zip"):
        file.unlink()

    telegram.faults.clear()
    async with running_bot():
        answer = await says_and_hears(rizal, "/bantuan")

    assert "/ideku" in answer.text
    assert not [m for m in rizal.chat if m.from_bot and m.document]


async def test_an_export_that_cannot_be_made_is_told_and_holds_up_nothing(rina, rizal, settings):
    """The disk has no place for it: the admin hears of it, and everybody else is served."""
    (settings.folder / "exports").write_text("in the way")
    await sends(rina, LAMPS)

    await rizal.says("/export")
    await sends(rina, WASTE)

    assert "rujukan 1" in (await rizal.sees("Ekspor gagal")).text


async def test_two_planners_get_their_own_files(telegram, rina, rizal, database):
    """Orders at the same time do not cross."""
    reza = telegram.person("Reza")
    await give_role(database, reza, RoleName.PLANNER)
    await sends(rina, LAMPS)
    await sends(rina, WASTE)

    await rizal.says("/export dimensi:lingkungan")
    await reza.says("/export dimensi:mobilitas")

    assert [row["usulan"] for row in _read(await _file(rizal))[0]] == [WASTE]
    assert [row["usulan"] for row in _read(await _file(reza))[0]] == [LAMPS]


async def test_erased_ideas_are_in_no_export(telegram, rina, rizal, database):
    """Who takes their words back takes them out of the plan's material too."""
    await sends(rina, LAMPS)
    reza = telegram.person("Reza")
    await agrees(reza)
    await sends(reza, WASTE)
    await rina.says("/hapus")
    await rina.sees("Hapus semua datamu?")
    await rina.presses("Ya, hapus")
    await rina.sees("Datamu sudah dihapus")

    await rizal.says("/export")

    assert [row["usulan"] for row in _read(await _file(rizal))[0]] == [WASTE]
    assert len(await list_ideas(database)) == 1


async def _file(person: Person, *, after: int = 0) -> Message:
    return await person.sees(lambda m: m.document is not None and m.message_id > after)


def _members(file: Message) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(file.document[1])) as archive:
        assert archive.namelist() == FILES
        return {name: archive.read(name) for name in FILES}


def _read(file: Message) -> tuple[list[dict[str, str]], dict]:
    members = _members(file)
    table = io.StringIO(members["usulan.csv"].decode("utf-8-sig"))
    return list(csv.DictReader(table)), json.loads(members["manifest.json"])


async def _acts(database) -> list[dict]:
    """List what the audit log says of exports."""
    rows = await fetch(database, "SELECT detail FROM audit WHERE act = 'export' ORDER BY id")
    return [json.loads(row["detail"]) for row in rows]
