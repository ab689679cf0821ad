"""The CSV file: UTF-8 with a mark that spreadsheets recognise, RFC 4180, formula-safe."""

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from types import TracebackType

from planning.rows import COLUMNS, Cell

# A cell that begins so is run as a formula by some spreadsheets, even after blanks (OWASP).
FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
BREAKS = ("\t", "\r", "\n")


def safe(cell: Cell) -> Cell:
    """Give text that a spreadsheet will not run: an apostrophe before what looks like a formula."""
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, str) and (
        cell.startswith(BREAKS) or cell.lstrip().startswith(FORMULA_STARTS)
    ):
        return f"'{cell}"
    return cell


class Table:
    """A CSV file that takes rows as they come."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow([column.name for column in COLUMNS])

    def add(self, rows: Iterable[list[Cell]]) -> None:
        self._writer.writerows([safe(cell) for cell in row] for row in rows)

    def __enter__(self) -> "Table":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
