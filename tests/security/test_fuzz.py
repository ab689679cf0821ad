"""Whatever arrives, the bot stands, keeps it, and goes on answering people."""

import asyncio
import json
import logging
import os
import random
import tempfile
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.fuzz import fuzz
from bench.hostile import Hostile, nested
from bench.promises import figures
from bot.intake import chat_of, is_number

# Set PALANTA_TEST_SEED to try other updates; the figures of a failing run name its seed.
SEED = int(os.environ.get("PALANTA_TEST_SEED", "1"))

ODD_TEXT = st.text(st.characters(exclude_categories=()), max_size=30) | st.sampled_from(
    ["\x00", "\ud800", "\u202e", "A" * 65_536, "/start", "/hapus", "idea:1:right", "17"]
)
NUMBERS = st.integers() | st.sampled_from([0, -1, 2**31, 2**63 - 1, 2**63, 10**300])
SCALARS = st.none() | st.booleans() | NUMBERS | st.floats() | ODD_TEXT
FIELDS = st.sampled_from(
    "id from chat message date text caption data entities photo type reply_to_message is_bot"
    " first_name message_id new_chat_member user status offset length added_in_2031".split()
)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=6),
    max_leaves=25,
)
KINDS = st.sampled_from(
    "message edited_message callback_query my_chat_member channel_post inline_query poll x".split()
)
UPDATES = st.dictionaries(KINDS, TREES, max_size=3).flatmap(
    lambda body: (st.integers(1, 9) | SCALARS).map(lambda number: {"update_id": number, **body})
)


@pytest.fixture(autouse=True)
def _quiet():
    """Every other update fails by design; nobody wants to read it."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.configure(**before)


async def test_two_thousand_hostile_updates_break_no_promise(tmp_path, classifier):
    """Among all that rubbish, everybody's good message is answered once and in order."""
    outcome = await fuzz(tmp_path, classifier, updates=2_000, seed=SEED, people=8)

    assert outcome.broken == 0, figures(outcome)
    assert outcome.good > 100
    assert outcome.states["aside"] > 100, "the updates are not hostile enough to test anything"


@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(updates=st.lists(UPDATES, min_size=5, max_size=40))
def test_any_json_in_the_shape_of_updates_breaks_no_promise(classifier, updates):
    """Telegram may invent what it likes; people still get their answers."""
    with tempfile.TemporaryDirectory() as folder:
        outcome = asyncio.run(
            fuzz(Path(folder), classifier, updates=20, seed=3, people=2, extra=updates)
        )

    assert outcome.broken == 0, figures(outcome)


@settings(max_examples=50, deadline=None)
@given(update=TREES)
def test_the_chat_of_any_update_is_found_or_there_is_none(update):
    """The one thing that is read before an update is on disk never fails."""
    if isinstance(update, dict):
        assert chat_of(update) is None or is_number(chat_of(update))


@pytest.mark.parametrize("number", [True, False, None, "17", 1.0, 2**63, -(2**63), [1]])
def test_what_is_no_whole_number_is_no_number_of_an_update(number):
    """Python takes True for 1; the inbox must not, or it would swallow the real update 1."""
    assert not is_number(number)


def test_the_fuzzer_repeats_itself_with_the_same_seed():
    """A failure that was found once can be found again."""

    def outline() -> list[list[str]]:
        hostile = Hostile(random.Random(7), [1, 2])
        made = [hostile.make() for _ in range(300)]
        return [[*one, repr(one.get("update_id"))] for one in made if isinstance(one, dict)]

    assert outline() == outline()


@pytest.mark.parametrize("depth", [1, 150, 900])
async def test_a_press_on_a_message_without_a_proper_number_stops_no_delivery(
    tmp_path, classifier, depth
):
    """What one press would let us say must be readable, or everybody's answers wait behind it."""
    person = {"id": 700_000_001, "is_bot": False, "first_name": "Warga"}
    message = {"message_id": nested(depth, lists=True), "date": 1_795_600_000}
    chat = {"id": 700_000_001, "type": "private", "first_name": "Warga"}
    press = {"id": "1", "from": person, "chat_instance": "7", "data": "notice:0:agree"}
    update = {"update_id": 77, "callback_query": press | {"message": message | {"chat": chat}}}

    outcome = await fuzz(tmp_path, classifier, updates=30, seed=3, people=2, extra=[update])

    assert outcome.broken == 0, figures(outcome)
    assert outcome.states["aside"] >= 1


async def test_an_update_too_deep_to_write_down_is_set_aside_and_seen(tmp_path, classifier):
    """What cannot be kept whole is kept by its number, and an operator finds it."""
    deep = {"update_id": 77, "message": nested(100_000, lists=False)}
    with pytest.raises(RecursionError):
        json.dumps(deep)

    outcome = await fuzz(tmp_path, classifier, updates=10, seed=3, people=2, extra=[deep])

    assert outcome.broken == 0, figures(outcome)
    assert outcome.states["aside"] >= 1
