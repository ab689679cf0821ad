"""The CSV file: any text comes back as it was, and none of it is run by a spreadsheet."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.rows import COLUMNS
from planning.table import Table, safe

# What OWASP names as the beginning of a formula, with the wide forms of the same signs.
BAD_STARTS = "=+-@\t\r\n＝＋－＠"
tricky = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", " ", "\u00a0", "  "]),
    st.sampled_from([*BAD_STARTS, '"', "'", ",", ";", "\n", ""]),
    st.text(),
)
texts = st.one_of(st.text(), tricky)


def write(path, texts):
    with Table(path) as table:
        table.add([[text] * len(COLUMNS) for text in texts])
    return path.read_bytes()


def read(data):
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows[0] == [column.name for column in COLUMNS]
    assert all(len(row) == len(COLUMNS) for row in rows)
    return [row[0] for row in rows[1:]]


@settings(deadline=None)
@given(st.lists(texts, min_size=1, max_size=20))
def test_any_text_comes_back_but_for_the_apostrophe(tmp_path_factory, texts):
    """Line breaks, quotes, commas, emoji: what somebody wrote is what an analyst reads."""
    path = tmp_path_factory.getbasetemp() / "any.csv"

    for text, cell in zip(texts, read(write(path, texts)), strict=True):
        assert cell in (text, f"'{text}")


@settings(deadline=None)
@given(texts)
def test_no_cell_begins_as_a_formula(text):
    """Opening the file runs nothing that a stranger wrote into the bot."""
    cell = str(safe(text))

    assert not cell or cell[0] not in BAD_STARTS
    assert not cell.strip() or cell.strip()[0] not in BAD_STARTS


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("  =1+1", "'  =1+1"),
        ("\u00a0@SUM(A1)", "'\u00a0@SUM(A1)"),
        ("+62 lampu", "'+62 lampu"),
        ("- lampu\n- jalan", "'- lampu\n- jalan"),
        ("\tlampu", "'\tlampu"),
        ("\nlampu", "'\nlampu"),
        ("＝1+1", "'＝1+1"),
        ("lampu = terang", "lampu = terang"),
        ("'=1+1", "'=1+1"),
        ("", ""),
        (-3, -3),
        (0.25, 0.25),
        (date(2026, 11, 25), "2026-11-25"),
    ],
)
def test_an_apostrophe_stands_before_what_looks_like_a_formula(cell, written):
    """And before nothing else."""
    assert safe(cell) == written


def test_the_file_is_what_spreadsheets_and_programs_expect(tmp_path):
    """UTF-8 with the mark that Excel looks for, one row of names, RFC 4180's line ends."""
    data = write(tmp_path / "usulan.csv", ["Rumah gadang, “nan elok”\nø 🙂"])

    assert data.startswith(b"\xef\xbb\xbfid_usulan,tanggal,")
    assert data.endswith(b"\r\n")
    assert read(data) == ["Rumah gadang, “nan elok”\nø 🙂"]
