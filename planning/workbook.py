"""The workbook: Ringkasan with a chart, Usulan, Kamus Data. Rows go to the disk as they come."""

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from planning.rows import COLUMNS, Cell, Frame
from planning.summary import WITHOUT, Summary

INK, PAPER, LINE, ACCENT = "#2B2B2B", "#F6EFE6", "#D9CBB8", "#8C3B2A"
FONT = "Calibri"
TOP_TOPICS = 10
LINE_POINTS, HEAD_POINTS, TALLEST_POINTS = 15.0, 21.0, 405.0
A3, A4 = 8, 9


class Workbook:
    """``usulan.xlsx``, written row by row; text is written as text, whatever it looks like."""

    def __init__(self, path: Path, *, as_of: datetime) -> None:
        """``as_of`` is the age of the pool: the same pool gives the same bytes."""
        self._book = xlsxwriter.Workbook(
            str(path),
            {
                "constant_memory": True,
                # Half-written sheets go where they are removed with everything else.
                "tmpdir": str(path.parent),
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self._book.set_properties({"title": "Usulan warga", "created": as_of.replace(tzinfo=None)})
        self._formats = {name: self._book.add_format(look) for name, look in _LOOKS.items()}
        self._summary = self._book.add_worksheet("Ringkasan")
        self._ideas = self._book.add_worksheet("Usulan")
        self._dictionary = self._book.add_worksheet("Kamus Data")
        self._row = 0
        self._finished = False
        self._begin_ideas()

    def __enter__(self) -> "Workbook":
        return self

    def __exit__(self, *_: object) -> None:
        """Close the files of a workbook that broke off; nobody will read it."""
        if not self._finished:
            with suppress(XlsxWriterException, OSError):
                self._book.close()

    def _begin_ideas(self) -> None:
        sheet = self._ideas
        for index, column in enumerate(COLUMNS):
            sheet.set_column(index, index, column.width, self._formats[_look(column.name)])
        sheet.freeze_panes(1, 1)
        sheet.set_row(0, HEAD_POINTS)
        for index, column in enumerate(COLUMNS):
            sheet.write_string(0, index, column.name, self._formats["head"])
        _set_page(sheet, A3, wide=3)
        sheet.repeat_rows(0)
        sheet.repeat_columns(0)

    def add(self, rows: Iterable[list[Cell]]) -> None:
        for row in rows:
            self._row += 1
            self._ideas.set_row(self._row, _height(row))
            for index, cell in enumerate(row):
                self._write(self._ideas, self._row, index, cell)

    def _write(self, sheet: Any, row: int, index: int, cell: Cell) -> None:
        look = self._formats[_look(COLUMNS[index].name)]
        match cell:
            case date():
                sheet.write_datetime(row, index, datetime.combine(cell, datetime.min.time()), look)
            case str():
                sheet.write_string(row, index, cell, look)
            case _:
                sheet.write_number(row, index, cell, look)

    def finish(self, summary: Summary, frame: Frame, *, filter_text: str) -> None:
        """Write the other sheets and close the file."""
        self._ideas.autofilter(0, 0, max(self._row, 1), len(COLUMNS) - 1)
        _SummarySheet(self._book, self._summary, self._formats).write(summary, frame, filter_text)
        self._write_dictionary()
        self._summary.activate()
        self._book.close()
        self._finished = True

    def _write_dictionary(self) -> None:
        sheet = self._dictionary
        sheet.set_column(0, 0, 20)
        sheet.set_column(1, 1, 105)
        sheet.set_row(0, HEAD_POINTS)
        sheet.freeze_panes(1, 0)
        _set_page(sheet, A4, wide=1)
        for index, title in enumerate(("Kolom", "Arti")):
            sheet.write_string(0, index, title, self._formats["head"])
        for row, column in enumerate(COLUMNS, start=1):
            sheet.write_string(row, 0, column.name, self._formats["name"])
            sheet.set_row(row, LINE_POINTS * (len(column.meaning) // 100 + 1))
            sheet.write_string(row, 1, column.meaning, self._formats["wrap"])


class _SummarySheet:
    """Numbers on the left, the chart on the right: what there is, at a look."""

    def __init__(self, book: Any, sheet: Any, formats: dict[str, Any]) -> None:
        self._book, self._sheet, self._formats = book, sheet, formats
        self._row = 0

    def write(self, summary: Summary, frame: Frame, filter_text: str) -> None:
        sheet = self._sheet
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 36)
        sheet.set_column(1, 2, 11)
        sheet.set_column(3, 3, 18)
        _set_page(sheet, A4, wide=1)
        sheet.set_row(0, 30)
        self._line("Usulan warga untuk rencana kota", look="title")
        period = f"{summary.first} sampai {summary.last}" if summary.total else "-"
        self._line(f"{summary.total} usulan, dikirim {period}. Saringan: {filter_text}.", "note")
        self._line("Data pribadi disamarkan. Arti kolom ada di lembar Kamus Data.", "note")
        self._row += 1
        first, last = self._dimensions(summary, frame)
        self._chart(first, last)
        titles = {topic: frame.topics.get(topic).title_id for topic in summary.topics}
        top = Counter({titles[topic]: n for topic, n in summary.topics.items()})
        self._counts(f"Topik terbanyak (paling banyak {TOP_TOPICS})", top, summary.total)
        self._counts("Status", summary.statuses, summary.total)
        self._counts("Peran pengusul", summary.roles, summary.total)
        self._counts("Yang menetapkan topik", summary.sources, summary.total)

    def _line(self, text: str, look: str) -> None:
        self._sheet.write_string(self._row, 0, text, self._formats[look])
        self._row += 1

    def _head(self, *titles: str) -> None:
        self._sheet.set_row(self._row, HEAD_POINTS)
        for index, title in enumerate(titles):
            look = self._formats["head" if index == 0 else "head_right"]
            self._sheet.write_string(self._row, index, title, look)
        self._row += 1

    def _dimensions(self, summary: Summary, frame: Frame) -> tuple[int, int]:
        """Write the table by dimension and return its first and last row."""
        self._head("Dimensi", "Usulan", "Bagian", "Ditetapkan orang")
        first = self._row
        names = [*frame.taxonomy.titles]
        if summary.dimensions[WITHOUT]:
            names.append(WITHOUT)
        for name in names:
            count = summary.dimensions[name]
            self._sheet.write_string(self._row, 0, name, self._formats["name"])
            self._sheet.write_number(self._row, 1, count, self._formats["number"])
            self._share(2, count, summary.total)
            self._share(3, summary.settled[name], count)
            self._row += 1
        last = self._row - 1
        self._row += 1
        return first, last

    def _counts(self, title: str, counts: Counter[str], total: int) -> None:
        self._head(title, "Usulan", "Bagian")
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        for name, count in ranked[:TOP_TOPICS]:
            self._sheet.write_string(self._row, 0, name, self._formats["name"])
            self._sheet.write_number(self._row, 1, count, self._formats["number"])
            self._share(2, count, total)
            self._row += 1
        self._row += 1

    def _share(self, column: int, part: int, whole: int) -> None:
        share = part / whole if whole else 0
        self._sheet.write_number(self._row, column, share, self._formats["percent"])

    def _chart(self, first: int, last: int) -> None:
        chart = self._book.add_chart({"type": "bar"})
        chart.add_series(
            {
                "name": "Usulan",
                "categories": ["Ringkasan", first, 0, last, 0],
                "values": ["Ringkasan", first, 1, last, 1],
                "fill": {"color": ACCENT},
                "gap": 45,
                "data_labels": {"value": True, "font": {"name": FONT, "color": INK}},
            }
        )
        chart.set_title(
            {"name": "Usulan per dimensi", "name_font": {"name": FONT, "size": 13, "color": INK}}
        )
        chart.set_legend({"none": True})
        chart.set_y_axis({"reverse": True, "num_font": {"name": FONT, "color": INK}})
        chart.set_x_axis(
            {
                "visible": False,
                "major_gridlines": {"visible": False},
                "min": 0,
            }
        )
        chart.set_chartarea({"border": {"color": LINE}})
        chart.set_size({"width": 560, "height": 330})
        self._sheet.insert_chart(3, 5, chart)


def _height(row: list[Cell]) -> float:
    """Give the height in points that the longest text needs; not every program works it out."""
    lines = max(
        len(str(cell)) // (column.width - 4) + str(cell).count("\n") + 1
        for cell, column in zip(row, COLUMNS, strict=True)
        if _look(column.name) == "wrap"
    )
    return min(LINE_POINTS * lines, TALLEST_POINTS)


def _look(column: str) -> str:
    return _LOOKS_OF.get(column, "cell")


def _set_page(sheet: Any, paper: int, *, wide: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(paper)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(wide, 0)
    sheet.set_footer("&L&A&RHalaman &P dari &N")


_LOOKS_OF = {
    "tanggal": "date",
    "usulan": "wrap",
    "opd_pendukung": "wrap",
    "keyakinan": "decimal",
    "jumlah_revisi": "count",
}
_BASE = {"font_name": FONT, "font_size": 11, "font_color": INK, "valign": "top"}
_HEAD = _BASE | {
    "bold": True,
    "bg_color": PAPER,
    "bottom": 1,
    "bottom_color": ACCENT,
    "align": "left",
    "indent": 1,
}
# A thin line under each row, and room beside each text: rows are long, and columns many.
_CELL = _BASE | {"bottom": 1, "bottom_color": LINE, "align": "left", "indent": 1}
_LOOKS: dict[str, dict[str, Any]] = {
    "title": _BASE | {"bold": True, "font_size": 18, "font_color": ACCENT},
    "note": _BASE | {"italic": True},
    "head": _HEAD | {"valign": "vcenter"},
    "head_right": _HEAD | {"align": "right", "valign": "vcenter"},
    "name": _CELL,
    "cell": _CELL,
    "wrap": _CELL | {"text_wrap": True},
    "date": _CELL | {"num_format": "yyyy-mm-dd"},
    "number": _CELL | {"num_format": "#,##0", "align": "right"},
    "count": _CELL | {"num_format": "#,##0"},
    "decimal": _CELL | {"num_format": "0.00"},
    "percent": _CELL | {"num_format": "0%", "align": "right"},
}
