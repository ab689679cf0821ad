"""The areas of the city: kota, kecamatan, kelurahan, with the official codes.

Codes and names: Kepmendagri 300.2.2-2430 of 2025 (1 kota, 11 kecamatan, 104 kelurahan).
"""

import csv
from functools import cache
from importlib import resources

from storage.models import Noun


class Area(Noun):
    """A kota, kecamatan or kelurahan; the code of what it lies in is the start of its own."""

    code: str
    level: str
    name: str


@cache
def list_areas() -> tuple[Area, ...]:
    table = resources.files("storage").joinpath("areas.csv").read_text("utf-8")
    return tuple(Area.model_validate(row) for row in csv.DictReader(table.splitlines()))


def find(words: str) -> list[Area]:
    """Find areas by code or by name, whatever the case; more than one if the name is."""
    wanted = " ".join(words.split()).casefold()
    return [area for area in list_areas() if wanted in (area.code, area.name.casefold())]
