"""The counts of the first sheet, gathered while the rows go by."""

from datetime import timedelta

from planning.summary import WITHOUT, Summary
from storage.models import DecidedBy, RoleName, Status
from tests.planning.builders import FRAME, NOW, idea


def test_every_idea_is_counted_once_in_every_table():
    """However the ideas are cut, the parts make the whole."""
    summary = Summary()
    for n, topic in enumerate(["parking", "parking", "waste_management", "spam_abuse"]):
        summary.add(
            idea(
                topic=topic,
                decided_by=list(DecidedBy)[n % 3],
                role=list(RoleName)[n],
                status=list(Status)[n % 3],
                sent_at=NOW + timedelta(days=n),
            ),
            FRAME,
        )

    tables = (summary.dimensions, summary.topics, summary.statuses, summary.roles, summary.sources)
    assert {table.total() for table in tables} == {summary.total} == {4}
    assert summary.dimensions == {"Smart Mobility": 2, "Smart Environmental": 1, WITHOUT: 1}
    assert summary.settled["Smart Mobility"] == 1
    assert (summary.first, summary.last) == ("2026-11-25", "2026-11-28")


def test_the_period_is_told_in_the_citys_days():
    """What was sent after midnight in Padang belongs to the new day."""
    summary = Summary()
    summary.add(idea(sent_at=NOW.replace(hour=18)), FRAME)

    assert summary.first == summary.last == "2026-11-26"


def test_an_empty_pool_has_no_period():
    """And is counted as nothing."""
    assert (Summary().total, Summary().first, Summary().last) == (0, "", "")
