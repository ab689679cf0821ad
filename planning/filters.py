"""Reads the filters of an export, such as ``dimensi:mobilitas dari:2026-01-31``. Pure."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from classifier import Taxonomy
from storage.ideas import Filter
from storage.models import Status

STATUSES = {
    "diterima": Status.RECEIVED,
    "dibaca": Status.REVIEWED,
    "ditolak": Status.REJECTED,
}
# Outside of these there are no ideas, and soon no days to count with.
EARLIEST, LATEST = date(1970, 1, 2), date(9999, 12, 30)
NAMES = ("dimensi", "dari", "sampai", "status")


class FilterError(ValueError):
    """A filter that cannot be read. ``fact`` says what is wrong, ``details`` with what."""

    def __init__(self, fact: str, **details: str) -> None:
        super().__init__(f"{fact}: {details}")
        self.fact = fact
        self.details = details


def read_filter(words: Sequence[str], *, taxonomy: Taxonomy, timezone: str) -> Filter:
    """Read words of the form ``name:value``; days are the city's own, both ends included.

    Raises FilterError for a name, dimension, date, status or order that makes no sense.
    """
    given: dict[str, str] = {}
    for word in words:
        name, colon, value = word.partition(":")
        if name.casefold() not in NAMES or not colon or not value:
            raise FilterError("unknown", word=word)
        given[name.casefold()] = value
    since = _read_day(given.get("dari"))
    until = _read_day(given.get("sampai"))
    if since and until and since > until:
        raise FilterError("bad-order")
    zone = ZoneInfo(timezone)
    return Filter(
        topics=_read_dimension(given.get("dimensi"), taxonomy),
        since=_midnight(since, zone),
        until=_midnight(until + timedelta(days=1), zone) if until else None,
        status=_read_status(given.get("status")),
    )


def _read_dimension(value: str | None, taxonomy: Taxonomy) -> Sequence[str] | None:
    """Take the id, the title or the plain name, whole, or a beginning that only one of them has."""
    if value is None:
        return None
    wanted = value.casefold().replace("_", " ")
    begun = []
    for dimension in taxonomy.dimensions:
        names = [
            name.casefold().replace("_", " ")
            for name in (dimension.id, dimension.plain, dimension.title, *dimension.title.split())
        ]
        if wanted in names[:3]:
            return list(dimension.topics)
        if any(name.startswith(wanted) for name in names):
            begun.append(dimension)
    if len(begun) == 1:
        return list(begun[0].topics)
    choices = ", ".join(dimension.plain.lower() for dimension in taxonomy.dimensions)
    raise FilterError("bad-dimension", value=value, choices=choices)


def _read_day(value: str | None) -> date | None:
    if value is None:
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise FilterError("bad-date", value=value) from None
    if not EARLIEST <= day <= LATEST:
        raise FilterError("bad-date", value=value)
    return day


def _read_status(value: str | None) -> Status | None:
    if value is None:
        return None
    try:
        return STATUSES[value.casefold()]
    except KeyError:
        raise FilterError("bad-status", value=value, choices=", ".join(STATUSES)) from None


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    if day is None:
        return None
    return datetime.combine(day, time.min, zone).astimezone(ZoneInfo("UTC"))
