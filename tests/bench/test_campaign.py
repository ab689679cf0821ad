"""What is foretold of a campaign day follows from what was put in, and the real bot does the same.

How long things take is measured by ``python -m bench.campaign --check``, never here.
"""

import pytest

from bench import campaign, rehearsal
from bench.crowd import Bot, Habits, Wait, play, weighted_quantiles
from tests.conftest import MODELS

PLAIN = Habits(newcomers=0, confirm=0)


def test_the_hours_of_a_day_hold_all_its_ideas():
    """Nothing is counted twice, and most people write after the announcement."""
    day = campaign.profile()

    assert day.sum() == pytest.approx(1)
    assert day.argmax() == campaign.ANNOUNCED_AT


def test_nobody_waits_while_telegram_keeps_up():
    """At one idea a second, each receipt leaves in the second of its idea."""
    course = play([1] * 60, bot=Bot(), habits=PLAIN)

    assert course.most_owed() == 0
    assert {wait.seconds for wait in course.waits} == {0}


def test_what_telegram_does_not_take_waits_in_the_outbox():
    """Ten ideas a second for 100 s, five receipts a second: half are owed, the last waits 100 s."""
    course = play([10] * 100, bot=Bot(messages_per_second=5), habits=PLAIN)

    assert course.most_owed() == pytest.approx(500, abs=5)
    assert max(wait.seconds for wait in course.waits) == pytest.approx(100, abs=1)
    assert course.last_receipt == pytest.approx(200, abs=1)


@pytest.mark.parametrize(
    "bot",
    [
        Bot(idea_ms=500, messages_per_second=1_000),
        Bot(at_once=2, round_trip=1.0, messages_per_second=1_000),
    ],
)
def test_the_processor_and_the_calls_in_flight_are_limits_too(bot):
    """With 500 ms for an idea, or two calls of a second each, two receipts leave a second."""
    course = play([4] * 10, bot=bot, habits=PLAIN)

    assert course.last_receipt == pytest.approx(20, abs=1)


@pytest.mark.parametrize(
    "habits", [PLAIN, Habits(), Habits(newcomers=1, confirm=1, think=3), Habits(think=0)]
)
def test_everybody_gets_one_receipt(habits):
    """Whatever people do, and however long it takes, no idea is without an answer."""
    written = [7, 0, 3] * 50

    course = play(written, bot=Bot(messages_per_second=2), habits=habits)

    assert sum(wait.people for wait in course.waits) == sum(written)
    assert course.owed[-1] == 0


def test_the_time_that_people_take_is_not_the_bots():
    """Who thinks for ten minutes before they agree has not waited ten minutes for the bot."""
    course = play([1] * 5, bot=Bot(), habits=Habits(newcomers=1, confirm=0, think=600))

    assert max(wait.seconds for wait in course.waits) <= 1


def test_newcomers_wait_for_the_notice_and_again_for_the_receipt():
    """Where a message waits long, who must read the notice first waits longer than others."""
    bot = Bot(messages_per_second=1)

    known = play([200], bot=bot, habits=PLAIN).quantiles()
    new = play([200], bot=bot, habits=Habits(newcomers=1, confirm=0)).quantiles()

    assert new["p50"] > 1.5 * known["p50"]


def test_the_same_seed_plays_the_same_day():
    """A figure in the documents can be made again."""
    first, second = (play([5] * 50, bot=Bot(), habits=Habits(), seed=3) for _ in range(2))

    assert first == second


def test_quantiles_count_people_and_not_batches():
    """One slow batch of many people weighs more than many quick ones of one."""
    waits = [Wait(0, 1.0, 1), Wait(0, 2.0, 1), Wait(0, 60.0, 98)]

    assert weighted_quantiles(waits) == {"p50": 60.0, "p99": 60.0}
    assert weighted_quantiles([]) == {"p50": 0.0, "p99": 0.0}


def test_telegram_saturates_before_the_machine():
    """With what we know, the narrowest place is Telegram's limit; without it, something else is."""
    narrow = list(campaign.ceilings(Bot(), Habits()))
    wide = list(campaign.ceilings(Bot(messages_per_second=1_000), Habits()))

    assert narrow[0] == "Telegram's limit on one bot"
    assert wide[0] != narrow[0]


def test_a_day_of_one_city_is_told_in_figures_and_in_a_table():
    """The hours add up to the day, and people can read both."""
    found = campaign.figures(Bot(), Habits(), days=campaign.DAYS[1:2])

    [day] = found["days"]
    assert sum(hour["ideas"] for hour in day["hours"]) == day["ideas"]
    assert day["ideas"] / campaign.PLACES[day["place"]] == pytest.approx(0.003, abs=0.0002)
    assert "Kota Padang      as musrenbang" in campaign.table(found)


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 s"), (119, "119 s"), (1_560, "26 min"), (21_240, "5.9 h")]
)
def test_times_are_told_in_the_unit_that_they_fill(seconds, said):
    """Nobody has to divide by 3,600."""
    assert campaign.clock(seconds) == said


@pytest.mark.kill
async def test_the_real_bot_answers_the_rehearsed_crowd(classifier, tmp_path):
    """What the simulation says people do, they can do: agree, get a receipt, confirm it."""
    plan = rehearsal.Plan(people=8, written_per_second=40, messages_per_second=20, think=0.1)

    played = await rehearsal.rehearse(tmp_path, plan, models=MODELS)

    foretold = rehearsal.foretell(plan)
    assert len(played.waits) == plan.people == sum(wait.people for wait in foretold.waits)
    assert len(played.messages_owed) == plan.people * 3 + plan.people // 2
    assert rehearsal.compare(plan, foretold, played)[-1]["owed"] == 0
