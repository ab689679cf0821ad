"""What is masked before a planner reads it, and what must stay because the idea needs it."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from storage.privacy import mask

MASKED = [
    # Numbers of identity cards and family cards.
    ("NIK saya 1371090101900001.", "NIK saya [NIK]."),
    ("nik 1371 0901 0190 0001", "nik [NIK]"),
    ("KTP 137109-010190-0001 hilang", "KTP [NIK] hilang"),
    ("perempuan 13.71.09.410190.0001", "perempuan [NIK]"),
    ("No.KK:1371090101150002", "No.KK:[NIK]"),
    # Telephones.
    ("hp 081234567890", "hp [telepon]"),
    ("hp.0812345678901", "hp.[telepon]"),
    ("hubungi 0812-3456-7890 ya", "hubungi [telepon] ya"),
    ("wa 0812 3456 7890, malam", "wa [telepon], malam"),
    ("wa 0812 - 3456 - 7890", "wa [telepon]"),
    ("081 234 567 890", "[telepon]"),
    ("+62 812-3456-7890", "[telepon]"),
    ("+6281234567890", "[telepon]"),
    ("6281234567890", "[telepon]"),
    ("https://wa.me/6281234567890", "https://wa.me/[telepon]"),
    ("1.081234567890\n2.081234567891", "1.[telepon]\n2.[telepon]"),
    ("kantor 0751-778775", "kantor [telepon]"),
    ("kantor (0751) 778775", "kantor [telepon]"),
    ("kantor 0751 778 775", "kantor [telepon]"),
    ("kantor +62 751 778775", "kantor [telepon]"),
    ("hp 081234567890 tahun 2025", "hp [telepon] tahun 2025"),
    # Addresses.
    ("surel rina.y@contoh.co.id ya", "surel [email] ya"),
    ("ikuti @akun", "ikuti [akun]"),
    ("ig @padang.info dan @rina_yulia", "ig [akun] dan [akun]"),
    # Vehicles.
    ("mobil BA 1234 XY parkir", "mobil [plat] parkir"),
    ("BA1234XY", "[plat]"),
    ("BA-1234-XY", "[plat]"),
    ("mobil ba 1234 xy", "mobil [plat]"),
    ("BA 1 A", "[plat]"),
    ("truk B 9123 UXY lewat", "truk [plat] lewat"),
    ("nopol d 123 ab", "nopol [plat]"),
    # Names.
    ("Nama saya Budi Santoso, usul lampu", "Nama saya [nama], usul lampu"),
    ("nama saya budi santoso mau usul", "nama saya [nama] mau usul"),
    ("nama saya rina", "nama saya [nama]"),
    ("namo ambo, nama ambo Ujang", "namo ambo, nama ambo [nama]"),
    ("Perkenalkan saya Siti Aminah binti Udin dari Kuranji",
     "Perkenalkan saya [nama] dari Kuranji"),
    ("perkenalkan, nama saya adalah Dr. Andi", "perkenalkan, nama saya adalah [nama]"),
    ("Nama: Rina\nAlamat: Kuranji", "Nama: [nama]\nAlamat: Kuranji"),
    ("NAMA LENGKAP : RINA YULIA", "NAMA LENGKAP : [nama]"),
    ("a.n. Budi Santoso", "a.n. [nama]"),
    ("rumah atas nama Budi", "rumah atas nama [nama]"),
    # Accounts at banks and offices.
    ("rekening BCA 1234567890", "rekening BCA [nomor]"),
    ("rek BRI 0123-01-012345-50-1 a.n. Rina", "rek BRI [nomor] a.n. [nama]"),
    ("no.rek.1234567890", "no.rek.[nomor]"),
    ("BSI,7123456789", "BSI,[nomor]"),
    ("NIP 19870101 201001 1 001", "NIP [nomor]"),
    ("nomor BPJS 0001234567890", "nomor BPJS [nomor]"),
    ("ID pelanggan 132100456789", "ID pelanggan [nomor]"),
]  # fmt: skip

KEPT = [
    # Places.
    "Jalan rusak di RT 03 RW 07 Kelurahan Parak Laweh",
    "RT 003 RW 007",
    "RT.003/RW.007",
    "Jl. Sudirman No. 123 dan Gang 12A",
    "BLOK A 123 RT 3",
    "JALAN ANDURING ANTARA PASAR DAN SEKOLAH",
    "kode wilayah 13.71.09.1004",
    "kode 13.71.09.1004 13.71.09.1005",
    "kode pos 25117",
    "titik -0.94718123456789, 100.41718123456789",
    "SDN 05 Bandar Buat, SMP 12, SMA 3",
    "nama jalan Sudirman dan nama Jalan Khatib Sulaiman",
    # Money.
    "Rp 1.500.000 sebulan, Rp1.500.000,00",
    "Rp1500000000 dan rp. 1500000000",
    "anggaran 10.000.000-20.000.000",
    "naik dari 1.500.000 ke 2.500.000 dan 3.500.000",
    "beras @Rp15.000 atau @ 15.000",
    "RP 500 JT",
    "rekening listrik 1.500.000 sebulan",
    # Years, days and hours.
    "RPJMD 2025-2029 dan 2030-2034",
    "tahun ajaran 2025-2026 2027-2028",
    "rekening air 2023 2024 2025 naik",
    "sejak 2021 2022 2023 2024",
    "TAHUN 90 AN PASAR RAYA",
    "jam 07.00-09.00 dan 16.00-18.00",
    "jam 08.00-12.00 2 kali, 0730-0900",
    "17-08-2026, 17/08/2026, 2026-08-17",
    # Measures.
    "3,5 km dari km 12.500",
    "ukuran 3x4x2 m, 4 x 6 x 2,5 m, 1200 2400 1200 2400",
    "100 200 300 400 500 600 meter",
    "300 KK, 5000 m2, 40 % warga",
    # Numbers that everybody may know.
    "hubungi 112 atau 110",
    "UU 25/2004, PP 17 TAHUN 2018, Perwako 9/2023",
    # No names.
    "nama saya tidak terdaftar",
    "nama saya ditulis salah di KTP",
    "merahasiakan nama saya karena saya takut",
    "perkenalkan saya warga RT 3",
    "atas nama warga dan atas nama Kelurahan Parak Laweh",
    "papan nama dengan huruf besar",
    "🙂🙂",
    "",
]


@pytest.mark.parametrize(("text", "masked"), MASKED)
def test_what_tells_who_somebody_is_is_masked(text, masked):
    """A planner reads the idea, not whose it is or how to reach them."""
    assert mask(text) == masked


@pytest.mark.parametrize("text", KEPT)
def test_what_the_idea_needs_stays(text):
    """Places, prices, years, times and measures are what a planner works with."""
    assert mask(text) == text


pieces = st.sampled_from(
    [masked for masked, _ in MASKED]
    + KEPT
    + "nama saya,Budi,rek,@,0812,3456,7890,+62,BA,1234,XY,-,.,:, ,\n,[nama],[telepon],a.n.".split(
        ","
    )
)


@settings(deadline=None)
@given(st.one_of(st.text(), st.lists(pieces).map("".join), st.lists(pieces).map(" ".join)))
@example("nama " * 1_000)
def test_masking_what_is_masked_changes_nothing(text):
    """And no text whatever makes it fail: it may be masked for the queue and again for a file."""
    assert mask(mask(text)) == mask(text)


@pytest.mark.parametrize(
    "unit",
    ["a", "0", " ", "a.", "a-", "@", "a@", "1 ", "08", "nama ", "nama saya ", "rek ", "BA 1 ", "("],
)
@pytest.mark.parametrize("start", ["", "nama", "nama saya ", "rek ", "08", "1371"])
def test_no_text_takes_long(start, unit):
    """One message made for it cannot hold up the queue and the exports of a whole city."""
    text = (start + unit * 4_096)[:4_096]
    began = time.perf_counter()
    mask(text)

    assert time.perf_counter() - began < 0.5
