"""The row of one idea in a planner's table, and what its columns mean. Pure."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from classifier import Taxonomy, Topics
from storage import areas, codes
from storage.models import DecidedBy, Idea, RoleName, Status
from storage.privacy import mask

CODEBOOK = "1.1"
ROLES = {
    RoleName.RESIDENT: "warga",
    RoleName.LURAH: "lurah",
    RoleName.CAMAT: "camat",
    RoleName.OFFICIAL: "OPD",
    RoleName.EXPERT: "ahli",
    RoleName.VOLUNTEER: "relawan",
    RoleName.MODERATOR: "petugas",
    RoleName.PLANNER: "petugas",
    RoleName.ADMIN: "petugas",
}
STATUSES = {
    Status.RECEIVED: "diterima",
    Status.REVIEWED: "dibaca",
    Status.REJECTED: "ditolak",
    Status.ERASED: "dihapus",
}
SOURCES = {
    DecidedBy.MODEL: "mesin",
    DecidedBy.AUTHOR: "warga",
    DecidedBy.MODERATOR: "petugas",
}

Cell = str | int | float | date


class Frame(NamedTuple):
    """What turns an idea into a row: the city's code, zone and tables."""

    prefix: str
    zone: ZoneInfo
    topics: Topics
    taxonomy: Taxonomy
    pillars: Taxonomy


class Column(NamedTuple):
    """One column: its name, its width in characters, what it means, and its cell."""

    name: str
    width: int
    meaning: str
    cell: Callable[[Idea, Frame], Cell]


def _area_name(idea: Idea, _: Frame) -> str:
    return areas.find(idea.area)[0].name if idea.area else ""


def _pillar(idea: Idea, frame: Frame) -> str:
    pillar = frame.pillars.find(idea.topic)
    return pillar.title if pillar else ""


def _part(idea: Idea, frame: Frame) -> str:
    pillar = frame.pillars.find(idea.topic)
    return pillar.parts.get(idea.topic, "") if pillar else ""


def _agency(idea: Idea, frame: Frame, *, first: bool) -> str:
    agencies = frame.topics.get(idea.topic).opd
    return "; ".join(agencies[:1] if first else agencies[1:])


COLUMNS = [
    Column(
        "id_usulan",
        13,
        "Kode usulan; huruf terakhir huruf uji.",
        lambda i, f: codes.encode(i.id, prefix=f.prefix),
    ),
    Column(
        "tanggal",
        13,
        "Hari usulan dikirim, waktu setempat (tahun-bulan-hari).",
        lambda i, f: i.sent_at.astimezone(f.zone).date(),
    ),
    Column(
        "peran_pengusul",
        18,
        "Peran pengirim saat mengirim: warga, lurah, camat, OPD, ahli, relawan, petugas.",
        lambda i, _: ROLES[i.role],
    ),
    Column(
        "kode_wilayah",
        17,
        "Kode wilayah dari peran pengirim (Kepmendagri 300.2.2-2430/2025); kosong untuk warga.",
        lambda i, _: i.area or "",
    ),
    Column("wilayah", 30, "Nama wilayah dari kode_wilayah.", _area_name),
    Column(
        "usulan",
        70,
        "Teks terakhir dari pengirim, utuh; yang panjang terbaca seluruhnya bila sel diklik. "
        "Data pribadi disamarkan, misalnya [telepon].",
        lambda i, _: mask(i.text),
    ),
    Column(
        "topic_id",
        28,
        "Topik, salah satu dari 36 topik buku kode atau kode khusus.",
        lambda i, _: i.topic,
    ),
    Column("topik", 44, "Nama topik.", lambda i, f: f.topics.get(i.topic).title_id),
    Column(
        "intent",
        13,
        "Maksud: usulan, keluhan, pertanyaan, apresiasi, darurat.",
        lambda i, _: i.intent or "",
    ),
    Column(
        "dimensi_2018",
        21,
        "Dimensi Smart City 2018, diturunkan dari topik.",
        lambda i, f: f.taxonomy.title_of(i.topic) or "",
    ),
    Column("pilar_kominfo", 21, "Pilar Kominfo, diturunkan dari topik.", _pillar),
    Column("subdimensi", 25, "Subdimensi pilar Kominfo, diturunkan dari topik.", _part),
    Column(
        "progul",
        20,
        "Program unggulan RPJMD 2025-2029 yang paling dekat (usulan padanan).",
        lambda i, f: f.topics.get(i.topic).progul,
    ),
    Column(
        "opd_utama",
        36,
        "Perangkat daerah yang biasanya menangani topik ini.",
        lambda i, f: _agency(i, f, first=True),
    ),
    Column(
        "opd_pendukung",
        38,
        "Perangkat daerah lain yang terkait topik ini.",
        lambda i, f: _agency(i, f, first=False),
    ),
    Column(
        "status",
        12,
        "diterima, dibaca (dilihat moderator), atau ditolak.",
        lambda i, _: STATUSES[i.status],
    ),
    Column(
        "sumber_label",
        17,
        "Siapa yang menetapkan topik: mesin, warga (pengirim), atau petugas (moderator).",
        lambda i, _: SOURCES[i.decided_by],
    ),
    Column(
        "keyakinan",
        14,
        "Peluang bahwa dimensi ini benar menurut mesin, 0 sampai 1; 1 bila orang menetapkan.",
        lambda i, _: round(i.confidence, 4),
    ),
    Column(
        "mesin_ragu",
        15,
        "ya bila mesin tidak yakin dan belum ada orang yang menetapkan.",
        lambda i, _: "ya" if i.abstained else "tidak",
    ),
    Column(
        "jumlah_revisi",
        18,
        "Berapa kali teks dikirim atau disunting (1 = tidak disunting).",
        lambda i, _: i.revisions,
    ),
    Column("model", 14, "Tanda model yang memberi tag.", lambda i, _: i.model_id),
    Column("versi_buku_kode", 20, "Versi buku kode topik.", lambda *_: CODEBOOK),
]


def row_of(idea: Idea, frame: Frame) -> list[Cell]:
    """Give the cells of one idea, in the order of COLUMNS."""
    return [column.cell(idea, frame) for column in COLUMNS]
