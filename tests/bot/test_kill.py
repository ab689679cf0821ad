"""Whatever ends the bot, nobody's message is lost and none counts twice."""

import os

import pytest

from bench import kill
from bench.strikes import STRIKES
from bench.subjects import Palanta, PlainEcho
from tests.conftest import MODELS

pytestmark = pytest.mark.kill

# Set PALANTA_TEST_SEED to try other moments; a failing run names its seed.
SEED = int(os.environ.get("PALANTA_TEST_SEED", "1"))


@pytest.fixture
def palanta(tmp_path, classifier):
    """The bot as a process; the classifier is there so that its model is kept already."""
    return lambda url: Palanta(tmp_path, url, models=MODELS)


async def test_kills_at_random_moments_lose_nothing_and_repeat_only_what_was_in_flight(
    tmp_path, palanta
):
    """A machine that crashes under a busy bot costs nobody their idea."""
    findings, run = await kill.play(
        tmp_path, palanta, updates=300, kills=4, strike=STRIKES["kill"], seed=SEED
    )

    assert findings.clean, (SEED, findings.cases)
    assert run.busy_kills > 0
    assert max(len(calls) for calls in run.in_flight) <= 16


@pytest.mark.parametrize("signal", ["term", "term-twice"])
async def test_an_end_under_load_is_within_the_grace_and_loses_and_repeats_nothing(
    tmp_path, palanta, signal
):
    """An update of the server in the middle of the day goes unnoticed."""
    findings, _ = await kill.play(
        tmp_path, palanta, updates=150, kills=2, strike=STRIKES[signal], seed=SEED
    )

    assert findings.clean, (SEED, findings.cases)
    assert findings.replies_repeated == 0


async def test_a_plain_bot_loses_messages_to_the_same_kills(tmp_path):
    """A test that cannot fail would prove nothing."""
    findings, _ = await kill.play(
        tmp_path,
        lambda url: PlainEcho(tmp_path, url),
        updates=300,
        kills=3,
        strike=STRIKES["kill"],
        seed=SEED,
    )

    assert findings.lost > 0
