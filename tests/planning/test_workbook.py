"""The workbook: text is text, whatever it looks like; what a planner sees first is clear."""

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from planning.rows import COLUMNS, row_of
from planning.summary import Summary
from planning.workbook import Workbook
from tests.planning.builders import FRAME, NOW, idea, parts_of

FORMULAS = ["=1+1", "+1", "-1", "@A1", '=HYPERLINK("http://x","y")', "{=1}", "=cmd|' /C calc'!A0"]
LOOKALIKES = ["https://padang.go.id", "mailto:a@b.co", "00123", "1e5", "TRUE", "#N/A", "2026-11-25"]
# What no XML can hold, and clean() takes out before anything is kept.
texts = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\ufffe\uffff")),
    st.sampled_from([*FORMULAS, *LOOKALIKES]),
)
TEXT = next(number for number, column in enumerate(COLUMNS) if column.name == "usulan")


def write(path, ideas, *, filter_text="semua"):
    workbook, summary = Workbook(path, as_of=NOW), Summary()
    workbook.add(row_of(each, FRAME) for each in ideas)
    for each in ideas:
        summary.add(each, FRAME)
    workbook.finish(summary, FRAME, filter_text=filter_text)
    return CalamineWorkbook.from_path(path)


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("workbooks") / "usulan.xlsx"


@settings(max_examples=40, deadline=None)
@given(st.lists(texts, min_size=1, max_size=20))
@example(FORMULAS + LOOKALIKES)
@example(["a\r\nb\rc\nd", "_x0041_", " a ", "\t", "\x00\x1f", "<b>&amp;</b>", "🙂\u202eab", ""])
def test_any_text_comes_back_as_text_and_nothing_is_a_formula(place, texts):
    """What a stranger wrote into the bot is never run, followed or reckoned with."""
    rows = [row_of(idea(), FRAME) for _ in texts]
    for row, text in zip(rows, texts, strict=True):
        row[TEXT] = text
    workbook = Workbook(place, as_of=NOW)
    workbook.add(rows)
    workbook.finish(Summary(), FRAME, filter_text="".join(texts))

    sheet = CalamineWorkbook.from_path(place).get_sheet_by_name("Usulan")
    assert [row[TEXT] for row in sheet.to_python()[1:]] == texts
    for name, xml in parts_of(place.read_bytes()).items():
        assert not re.search(r"<f[ >]", xml) or "/charts/" in name, name
        assert "<hyperlink" not in xml, name


def test_the_sheets_are_there_and_one_has_a_chart(place):
    """What there is at a look, then every idea, then what the columns mean."""
    book = write(place, [idea(id=n) for n in range(1, 4)])

    assert book.sheet_names == ["Ringkasan", "Usulan", "Kamus Data"]
    parts = parts_of(place.read_bytes())
    assert "xl/charts/chart1.xml" in parts
    assert "drawing" in parts["xl/worksheets/sheet1.xml"]


def test_dates_are_dates_and_numbers_are_numbers(place):
    """They can be sorted, filtered and counted."""
    book = write(place, [idea()])
    head, row = book.get_sheet_by_name("Usulan").to_python()
    cells = dict(zip(head, row, strict=True))

    assert cells["tanggal"] == date(2026, 11, 25)
    assert (cells["keyakinan"], cells["jumlah_revisi"]) == (0.8, 1)


def test_the_dictionary_explains_every_column_in_its_order(place):
    """Nobody has to guess what a column means."""
    book = write(place, [idea()])
    [_, *explained] = book.get_sheet_by_name("Kamus Data").to_python()

    assert explained == [[column.name, column.meaning] for column in COLUMNS]


def test_the_summary_counts_what_is_in_the_table(place):
    """The first sheet agrees with the second, dimension by dimension, also where there is none."""
    kinds = ["street_lighting"] * 3 + ["waste_management"] * 2 + ["unclear"]
    book = write(place, [idea(id=n, topic=kind) for n, kind in enumerate(kinds, 1)])
    summary = book.get_sheet_by_name("Ringkasan").to_python()
    counts = {row[0]: row[1] for row in summary if isinstance(row[1], float)}

    assert counts["Smart Mobility"] == 3
    assert counts["Smart Environmental"] == 2
    assert counts["Tanpa dimensi"] == 1
    assert counts["Smart People"] == 0
    assert summary[1][0].startswith("6 usulan")


def test_a_workbook_without_ideas_opens(place):
    """An empty answer is an answer too."""
    book = write(place, [], filter_text="status:ditolak")

    assert book.get_sheet_by_name("Usulan").to_python() == [[column.name for column in COLUMNS]]
    assert "status:ditolak" in book.get_sheet_by_name("Ringkasan").to_python()[1][0]


def test_the_longest_message_of_telegrams_fits_into_a_cell(place):
    """Nothing that somebody wrote is cut off."""
    text = "lampu 🙂 & <jalan> " * 225
    book = write(place, [idea(text=text)])

    assert book.get_sheet_by_name("Usulan").to_python()[1][TEXT] == text
