"""Filters: what a planner types after /export, and what is meant by it."""

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier import load_taxonomy
from planning.filters import NAMES, STATUSES, FilterError, read_filter
from storage.ideas import Filter
from storage.models import Status
from tests.planning.builders import CITY, ZONE

TITLES = {dimension.id: list(dimension.topics) for dimension in CITY.taxonomy.dimensions}


def read(*words, taxonomy=CITY.taxonomy, timezone=ZONE):
    return read_filter(words, taxonomy=taxonomy, timezone=timezone)


def utc(*numbers):
    return datetime(*numbers, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        ([], Filter()),
        (["dimensi:mobilitas"], Filter(topics=TITLES["mobility"])),
        (["dimensi:mobility"], Filter(topics=TITLES["mobility"])),
        (["dimensi:Smart_Mobility"], Filter(topics=TITLES["mobility"])),
        (["dimensi:smart mobility"], Filter(topics=TITLES["mobility"])),
        (["DIMENSI:MOBILITAS"], Filter(topics=TITLES["mobility"])),
        (["dimensi:ling"], Filter(topics=TITLES["environment"])),
        (["dimensi:environmental"], Filter(topics=TITLES["environment"])),
        (["dimensi:masyarakat"], Filter(topics=TITLES["people"])),
        (["status:diterima"], Filter(status=Status.RECEIVED)),
        (["Status:Dibaca"], Filter(status=Status.REVIEWED)),
        (["status:ditolak"], Filter(status=Status.REJECTED)),
        (["dari:2026-01-31"], Filter(since=utc(2026, 1, 30, 17))),
        (["sampai:2026-01-31"], Filter(until=utc(2026, 1, 31, 17))),
        (
            ["dari:2026-01-31", "sampai:2026-01-31"],
            Filter(since=utc(2026, 1, 30, 17), until=utc(2026, 1, 31, 17)),
        ),
        (
            ["sampai:2026-12-31", "status:ditolak", "dimensi:ekonomi", "dari:2026-01-01"],
            Filter(
                TITLES["economy"], utc(2025, 12, 31, 17), utc(2026, 12, 31, 17), Status.REJECTED
            ),
        ),
    ],
)
def test_a_filter_means_what_a_planner_would_mean_by_it(words, chosen):
    """Days are the city's own, from midnight in Padang to midnight in Padang, both included."""
    assert read(*words) == chosen


@pytest.mark.parametrize(
    ("words", "fact", "details"),
    [
        (["mobilitas"], "unknown", {"word": "mobilitas"}),
        (["kota:padang"], "unknown", {"word": "kota:padang"}),
        (["dimensi:"], "unknown", {"word": "dimensi:"}),
        ([":"], "unknown", {"word": ":"}),
        ([""], "unknown", {"word": ""}),
        (["dari:2026-13-01"], "bad-date", {"value": "2026-13-01"}),
        (["dari:2026-02-30"], "bad-date", {"value": "2026-02-30"}),
        (["sampai:kemarin"], "bad-date", {"value": "kemarin"}),
        (["sampai:31-01-2026"], "bad-date", {"value": "31-01-2026"}),
        (["dari:0001-01-01"], "bad-date", {"value": "0001-01-01"}),
        (["sampai:9999-12-31"], "bad-date", {"value": "9999-12-31"}),
        (["dari:2026-02-01", "sampai:2026-01-31"], "bad-order", {}),
    ],
)
def test_a_filter_that_makes_no_sense_is_named(words, fact, details):
    """The planner reads which word it is, and gets no export of something else."""
    with pytest.raises(FilterError) as refusal:
        read(*words)

    assert (refusal.value.fact, refusal.value.details) == (fact, details)


@pytest.mark.parametrize("value", ["cuaca", "m", "smart", "Smart", "p", "_", "s"])
def test_a_dimension_that_is_none_or_could_be_several_is_refused_with_the_choices(value):
    """Half of a word never picks one of two dimensions by chance."""
    with pytest.raises(FilterError) as refusal:
        read(f"dimensi:{value}")

    assert refusal.value.fact == "bad-dimension"
    for dimension in CITY.taxonomy.dimensions:
        assert dimension.plain.lower() in refusal.value.details["choices"]


def test_a_status_that_is_none_is_refused_with_the_choices():
    """The planner reads which there are."""
    with pytest.raises(FilterError) as refusal:
        read("status:selesai")

    assert refusal.value.details == {"value": "selesai", "choices": "diterima, dibaca, ditolak"}


@pytest.mark.parametrize("name", ["padang2018", "kominfo", "iso37122"])
def test_every_dimension_of_every_table_can_be_asked_for_by_each_of_its_names(name):
    """A city that counts otherwise can filter by what it counts."""
    taxonomy = load_taxonomy(name)
    for dimension in taxonomy.dimensions:
        for word in (dimension.id, dimension.plain, dimension.title.replace(" ", "_")):
            chosen = read(f"dimensi:{word}", taxonomy=taxonomy)
            assert chosen == Filter(topics=list(dimension.topics)), word


def test_midnight_is_the_citys_own():
    """In Jayapura the day begins two hours earlier than in Padang."""
    padang = read("dari:2026-01-31")
    jayapura = read("dari:2026-01-31", timezone="Asia/Jayapura")

    assert (padang.since - jayapura.since).total_seconds() == 2 * 3600


def test_every_status_that_ideas_can_be_asked_for_has_a_word():
    """Erased ideas cannot be asked for; there is nothing left of them."""
    assert set(STATUSES.values()) == set(Status) - {Status.ERASED}


dates = st.dates().map(str)
values = st.one_of(st.text(max_size=12), dates, st.sampled_from(["mobilitas", "ditolak", "smart"]))
words = st.one_of(st.text(), st.builds("{}:{}".format, st.sampled_from(NAMES), values))


@settings(deadline=None)
@given(st.lists(words, max_size=5))
def test_whatever_is_typed_is_a_filter_or_is_refused(typed):
    """Nothing that somebody types breaks the export."""
    with contextlib.suppress(FilterError):
        assert isinstance(read(*typed), Filter)
