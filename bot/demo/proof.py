"""Checks what came of the afternoon, from the files alone, as somebody from outside would."""

import csv
import io
import sqlite3
import zipfile
from pathlib import Path

from bot.demo.afternoon import Afternoon


class Broken(Exception):
    """The afternoon did not come out as it should. The message says what is wrong."""


async def check(database: Path, afternoon: Afternoon, export: Path) -> str:
    """Compare the script with the database, the chats and the export; return what holds."""
    ideas = len(afternoon.ideas)
    connection = sqlite3.connect(database)
    try:
        kept = _count(connection, "SELECT count(*) FROM idea")
        owed = _count(connection, "SELECT count(*) FROM outbox WHERE state <> 'sent'")
        undone = _count(connection, "SELECT count(*) FROM inbox WHERE state <> 'done'")
    finally:
        connection.close()
    rows = _rows(export)
    _require(kept == ideas, f"{ideas} ideas were sent, {kept} are kept")
    _require(owed == 0, f"{owed} messages were not delivered")
    _require(undone == 0, f"{undone} updates were not processed")
    _require(len(rows) == ideas, f"{ideas} ideas are kept, {len(rows)} are in the export")
    _require(len({row["id_usulan"] for row in rows}) == ideas, "an idea is in the export twice")
    _require(
        all(row["dimensi_2018"] or row["mesin_ragu"] == "ya" for row in rows),
        "an idea has neither a dimension nor a doubt",
    )
    told = [m for person in afternoon.people.values() for m in person.chat if "Kabar PDG" in m.text]
    _require(bool(told), "no author heard of the moderator's decision")
    refused = [m for m in afternoon.people["Rina"].chat if "hanya untuk" in m.text]
    _require(len(refused) == 1, "a resident was not refused the export")
    return f"{ideas} ideas sent, kept, tagged, answered and exported, each once."


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Broken(otherwise)


def _count(connection: sqlite3.Connection, sql: str) -> int:
    return int(connection.execute(sql).fetchone()[0])


def _rows(export: Path) -> list[dict[str, str]]:
    with zipfile.ZipFile(export) as archive:
        text = archive.read("usulan.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))
