"""The export: one ZIP from one snapshot of the pool; the same pool gives the same bytes."""

import asyncio
import hashlib
import json
import tempfile
import zipfile
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from classifier import Taxonomy, load_taxonomy, load_topics
from planning.rows import CODEBOOK, Frame, row_of
from planning.summary import Summary
from planning.table import Table
from planning.workbook import Workbook
from storage import ideas
from storage.database import Session
from storage.ideas import Filter
from storage.models import Idea

README = """\
Ekspor usulan warga
===================
usulan.xlsx    buka ini dulu: lembar Ringkasan, Usulan, Kamus Data
usulan.csv     isi lembar Usulan untuk pengolah data (UTF-8, pemisah koma; di Excel buka lewat
               Data > Dari Teks/CSV, jangan klik dua kali). Tanda ' di awal sel mencegah teks
               seperti =1+1 dijalankan sebagai rumus.
manifest.json  saringan, jumlah, dan sidik jari berkas (sha256)

Data pribadi dalam teks disamarkan, misalnya [telepon]. Topik dari mesin bisa keliru:
lihat kolom sumber_label, keyakinan, dan mesin_ragu sebelum mengambil keputusan.
"""
EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)

Progress = Callable[[int, int], Awaitable[None]]


class Export(NamedTuple):
    """A finished export: the ZIP and how many ideas are in it."""

    path: Path
    total: int


class Order(NamedTuple):
    """What is asked for: the filter, and its words as typed."""

    chosen: Filter
    words: Sequence[str]

    @property
    def text(self) -> str:
        return " ".join(self.words) or "semua"


class City(NamedTuple):
    """What is the city's own in its files."""

    prefix: str
    timezone: str
    taxonomy: Taxonomy


async def make(
    session: Session,
    path: Path,
    *,
    order: Order,
    city: City,
    progress: Progress,
) -> Export:
    """Write the ZIP of the ordered ideas to ``path``.

    ``session`` is a reading one: everything comes from its snapshot. ``progress`` hears how many
    ideas of how many are written. A half-written file never has the name of a finished one.
    """
    frame = Frame(
        city.prefix,
        ZoneInfo(city.timezone),
        load_topics(),
        city.taxonomy,
        load_taxonomy("kominfo"),
    )
    as_of = await ideas.find_newest_change(session) or EARLIEST
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as made:
        folder = Path(made)
        with Workbook(folder / "usulan.xlsx", as_of=as_of) as workbook:
            with Table(folder / "usulan.csv") as table:
                files = (workbook, table)
                summary = await _write_rows(session, order.chosen, frame, files, progress)
            await _in_thread(partial(workbook.finish, summary, frame, filter_text=order.text))
        await _in_thread(partial(_pack, folder, path, _manifest(summary, order.words, as_of)))
    return Export(path, summary.total)


async def _in_thread(work: Callable[[], None]) -> None:
    """Run work in a thread. Who is cancelled waits for it: its files are not closed under it."""
    running = asyncio.create_task(asyncio.to_thread(work))
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise


async def _write_rows(
    session: Session,
    chosen: Filter,
    frame: Frame,
    files: tuple[Workbook, Table],
    progress: Progress,
) -> Summary:
    """Walk the pool once; every page goes to all files, in a thread, and into the counts."""
    summary = Summary()
    total = await ideas.count(session, chosen)
    async for page in ideas.each(session, chosen):
        await _in_thread(partial(_add_page, page, frame, summary, files))
        await progress(summary.total, total)
    return summary


def _add_page(
    page: Sequence[Idea], frame: Frame, summary: Summary, files: tuple[Workbook, Table]
) -> None:
    rows = [row_of(idea, frame) for idea in page]
    for file in files:
        file.add(rows)
    for idea in page:
        summary.add(idea, frame)


def _manifest(summary: Summary, words: Sequence[str], as_of: datetime) -> dict[str, Any]:
    return {
        "format": "palanta-export/1",
        "pool_as_of": as_of.isoformat(timespec="seconds"),
        "filter": list(words),
        "ideas": summary.total,
        "dimensions": dict(sorted(summary.dimensions.items())),
        "label_sources": dict(sorted(summary.sources.items())),
        "models": dict(sorted(summary.models.items())),
        "codebook": CODEBOOK,
        "personal_data": False,
    }


def _pack(folder: Path, path: Path, manifest: dict[str, Any]) -> None:
    """Pack the files with their hashes; times are fixed, so that equal content is equal bytes."""
    (folder / "BACA_DULU.txt").write_text(README, "utf-8")
    files = [folder / name for name in ("BACA_DULU.txt", "usulan.xlsx", "usulan.csv")]
    manifest["files"] = {file.name: _sha256(file) for file in files}
    manifest_file = folder / "manifest.json"
    manifest_file.write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", "utf-8")
    packed = folder / "packed.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in [*files, manifest_file]:
            entry = zipfile.ZipInfo(file.name, EARLIEST.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            with file.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
                while chunk := source.read(1 << 16):
                    target.write(chunk)
    packed.replace(path)


def _sha256(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
