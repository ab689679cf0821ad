"""Makes ideas for the tables, exports of them, and opens what came out."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from python_calamine import CalamineWorkbook

from classifier import load_taxonomy, load_topics
from planning import export
from planning.filters import read_filter
from planning.rows import Frame
from storage.database import Database
from storage.models import DecidedBy, Idea, RoleName, Status

ZONE = "Asia/Jakarta"
NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
CITY = export.City("PDG", ZONE, load_taxonomy())
FRAME = Frame(CITY.prefix, ZoneInfo(ZONE), load_topics(), CITY.taxonomy, load_taxonomy("kominfo"))


def idea(**changes: object) -> Idea:
    """A value as the database gives it."""
    usual = {
        "id": 1,
        "person_id": 1,
        "role": RoleName.RESIDENT,
        "area": None,
        "chat_id": 1,
        "message_id": 1,
        "sent_at": NOW,
        "status": Status.RECEIVED,
        "doubt": 0.2,
        "text": "Lampu jalan mati",
        "revisions": 1,
        "label_id": 1,
        "topic": "street_lighting",
        "intent": "usulan",
        "confidence": 0.8,
        "abstained": False,
        "decided_by": DecidedBy.MODEL,
        "model_id": "model-1",
        "dimensions": '{"mobility": 0.8}',
        "topics": '{"street_lighting": 0.8}',
        "words": '["lampu"]',
    }
    return Idea.model_validate(usual | changes)


@dataclass
class Opened:
    """An export, as the planner finds it."""

    path: Path
    files: dict[str, bytes]

    @property
    def manifest(self) -> dict[str, Any]:
        return json.loads(self.files["manifest.json"])

    @property
    def rows(self) -> list[dict[str, str]]:
        text = self.files["usulan.csv"].decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def sheet(self, name: str) -> list[list[Any]]:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(self.files["usulan.xlsx"]))
        return workbook.get_sheet_by_name(name).to_python()

    @property
    def ideas(self) -> list[dict[str, Any]]:
        head, *rows = self.sheet("Usulan")
        return [dict(zip(head, row, strict=True)) for row in rows]


async def nobody_watches(done: int, total: int) -> None:
    """For exports whose progress is of no interest."""


async def make(
    database: Database,
    path: Path,
    words: Sequence[str] = (),
    *,
    progress: Callable[[int, int], Any] = nobody_watches,
) -> Opened:
    """Order an export by words, make it and open it."""
    chosen = read_filter(words, taxonomy=CITY.taxonomy, timezone=ZONE)
    order = export.Order(chosen, words)
    async with database.reading() as session:
        made = await export.make(session, path, order=order, city=CITY, progress=progress)
    return open_zip(made.path)


def open_zip(path: Path) -> Opened:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return Opened(path, {name: archive.read(name) for name in archive.namelist()})


def parts_of(workbook: bytes) -> dict[str, str]:
    """The XML inside of a workbook."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}
