"""What is said of the machine's work is no more than the numbers bear."""

from datetime import date, timedelta

import pytest

from planning.statistics import judge_blind, measure_drift
from storage.statistics import Blind, Tagged

TODAY = date(2026, 11, 25)
LAST_WEEK, BEFORE = TODAY - timedelta(days=2), TODAY - timedelta(days=20)
TITLES = {"parking": "Mobility", "street_lighting": "Mobility", "waste_management": "Environment"}


def test_a_tag_counts_as_right_by_its_dimension():
    """Another topic of the same dimension is no mistake that a plan would notice."""
    pairs = [
        Blind("parking", "street_lighting"),
        Blind("parking", "parking"),
        Blind("parking", "waste_management"),
    ]

    accuracy = judge_blind(pairs, TITLES.get)

    assert (accuracy.n, accuracy.right) == (3, 2)
    assert 0 < accuracy.low < 2 / 3 < accuracy.high < 1
    assert not accuracy.known


def test_nothing_is_known_from_no_review():
    """Not even that the machine is bad."""
    accuracy = judge_blind([], TITLES.get)

    assert (accuracy.low, accuracy.high, accuracy.known) == (0.0, 1.0, False)


def test_the_interval_narrows_with_more_reviews():
    """Thirty are enough to be shown, three hundred tell more."""
    few = judge_blind([Blind("parking", "parking")] * 30, TITLES.get)
    many = judge_blind([Blind("parking", "parking")] * 300, TITLES.get)

    assert few.known
    assert many.low > few.low


@pytest.mark.parametrize(("doubtful", "alarming"), [(15, False), (45, True)])
def test_growing_doubt_is_told_only_when_chance_does_not_explain_it(doubtful, alarming):
    """From one text in ten to nearly half is news; one in six is not."""
    drift = measure_drift(
        [
            Tagged(BEFORE, "parking", False, 450),
            Tagged(BEFORE, "parking", True, 50),
            Tagged(LAST_WEEK, "parking", False, 100 - doubtful),
            Tagged(LAST_WEEK, "parking", True, doubtful),
        ],
        today=TODAY,
    )

    assert drift.doubts_more is alarming
    assert not drift.has_shifted


def test_a_new_subject_is_seen():
    """After a flood people write about something else."""
    drift = measure_drift(
        [
            Tagged(BEFORE, "parking", False, 400),
            Tagged(BEFORE, "drainage_flood", False, 20),
            Tagged(LAST_WEEK, "parking", False, 30),
            Tagged(LAST_WEEK, "drainage_flood", False, 70),
        ],
        today=TODAY,
    )

    assert drift.has_shifted
    assert (drift.riser, drift.riser_share) == ("drainage_flood", 0.7)


@pytest.mark.parametrize("tagged", [[], [Tagged(LAST_WEEK, "parking", True, 10)]])
def test_few_texts_alarm_nobody(tagged):
    """The first week of a bot is no drift."""
    drift = measure_drift(tagged, today=TODAY)

    assert not drift.comparable
    assert not drift.doubts_more
    assert not drift.has_shifted


def test_what_lies_far_back_is_left_out():
    """Last year's subjects are not this autumn's."""
    old = Tagged(TODAY - timedelta(days=200), "parking", False, 500)

    assert measure_drift([old], today=TODAY).n_before == 0
