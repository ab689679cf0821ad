"""The row of one idea: what every column holds, and that there is nothing personal in it."""

from datetime import UTC, date, datetime

import pytest

from classifier import load_topics
from planning.rows import COLUMNS, ROLES, SOURCES, STATUSES, row_of
from storage import codes
from storage.models import DecidedBy, RoleName, Status
from tests.planning.builders import FRAME, idea

TOPICS = load_topics()


def cells(**changes):
    names = [column.name for column in COLUMNS]
    return dict(zip(names, row_of(idea(**changes), FRAME), strict=True))


def test_a_row_tells_a_planner_what_where_who_and_how_sure():
    """One line of the table is enough to work with."""
    assert cells(id=7, role=RoleName.LURAH, area="13.71.01.1001", revisions=2) == {
        "id_usulan": codes.encode(7, prefix="PDG"),
        "tanggal": date(2026, 11, 25),
        "peran_pengusul": "lurah",
        "kode_wilayah": "13.71.01.1001",
        "wilayah": "Belakang Pondok",
        "usulan": "Lampu jalan mati",
        "topic_id": "street_lighting",
        "topik": "Penerangan jalan umum (PJU)",
        "intent": "usulan",
        "dimensi_2018": "Smart Mobility",
        "pilar_kominfo": "Smart Living",
        "subdimensi": "Transportasi",
        "progul": TOPICS.get("street_lighting").progul,
        "opd_utama": TOPICS.get("street_lighting").opd[0],
        "opd_pendukung": "; ".join(TOPICS.get("street_lighting").opd[1:]),
        "status": "diterima",
        "sumber_label": "mesin",
        "keyakinan": 0.8,
        "mesin_ragu": "tidak",
        "jumlah_revisi": 2,
        "model": "model-1",
        "versi_buku_kode": "1.1",
    }


def test_every_column_has_a_name_of_its_own_a_meaning_and_room_for_its_name():
    """The data dictionary leaves no question open."""
    names = [column.name for column in COLUMNS]

    assert len(set(names)) == len(names)
    for column in COLUMNS:
        assert column.meaning.endswith("."), column.name
        assert len(column.meaning) > len(column.name)
        assert len(column.name) + 2 <= column.width <= 80, column.name


@pytest.mark.parametrize("topic", [*TOPICS.ids, *TOPICS.code_ids])
def test_every_topic_fills_a_whole_row(topic):
    """A topic that a planner cannot place would be a hole in the plan; the codes have no place."""
    row = cells(topic=topic)

    placed = ("dimensi_2018", "pilar_kominfo", "subdimensi", "progul", "opd_utama")
    assert all(bool(row[name]) is (topic in TOPICS.ids) for name in placed), row
    assert row["topik"]


@pytest.mark.parametrize(
    ("names", "values"), [(ROLES, RoleName), (STATUSES, Status), (SOURCES, DecidedBy)]
)
def test_every_role_status_and_source_has_its_word(names, values):
    """A new one cannot be forgotten here."""
    assert set(names) == set(values)
    assert all(names.values())


@pytest.mark.parametrize("role", RoleName)
@pytest.mark.parametrize("decided_by", DecidedBy)
@pytest.mark.parametrize("status", Status)
def test_every_kind_of_idea_makes_a_row(role, decided_by, status):
    """No idea is left out because nobody thought of its kind."""
    row = cells(role=role, decided_by=decided_by, status=status, intent=None, abstained=True)

    assert all(cell is not None for cell in row.values())
    assert row["mesin_ragu"] == "ya"


@pytest.mark.parametrize(
    ("sent_at", "day"),
    [
        (datetime(2026, 11, 24, 16, 59, tzinfo=UTC), date(2026, 11, 24)),
        (datetime(2026, 11, 24, 17, 0, tzinfo=UTC), date(2026, 11, 25)),
    ],
)
def test_the_day_is_that_of_the_city(sent_at, day):
    """What was sent after midnight in Padang was sent on the new day."""
    assert cells(sent_at=sent_at)["tanggal"] == day


def test_personal_data_is_masked():
    """A planner reads the idea, not the telephone number in it."""
    text = "Nama saya Rina, hp 0812-3456-7890, lampu di RT 03 mati"

    assert cells(text=text)["usulan"] == "Nama saya [nama], hp [telepon], lampu di RT 03 mati"


def test_subdimensions_are_told_in_indonesian():
    """The file is for planners in Padang."""
    parts = {cells(topic=topic)["subdimensi"] for topic in TOPICS.ids}

    assert parts == {
        "Pelayanan publik",
        "Birokrasi",
        "Kebijakan publik",
        "Pariwisata",
        "Kesejahteraan",
        "Industri",
        "Transportasi",
        "Kesehatan",
        "Harmonisasi tata ruang",
        "Komunitas",
        "Keamanan",
        "Ekosistem belajar",
        "Proteksi lingkungan",
        "Sampah dan limbah",
        "Energi",
    }
