"""What could not be processed is looked at without prying, and processed again."""

import json
import re

import pytest

from storage import audit, inbox
from storage.aside import SetAside
from storage.database import Database
from tests.operate.builders import NOW
from tests.operate.conftest import Palanta

UPDATE = {
    "update_id": 900,
    "message": {
        "message_id": 12,
        "date": 1_790_000_000,
        "from": {"id": 7_001, "is_bot": False, "first_name": "Rina", "username": "rina_padang"},
        "chat": {"id": 7_001, "type": "private", "first_name": "Rina"},
        "text": "Telepon saya 0812 3456 7890",
        "location": {"latitude": -0.95, "longitude": 100.35},
        "entities": [{"type": "bold", "offset": 0, "length": 7}],
        "a_future_field": {"x": ["Rina"]},
    },
}


@pytest.fixture
async def aside(url: str) -> str:
    """A database with one update that was set aside, one of a later day, and one that was not."""
    async with Database.open(url) as database, database.writing() as session:
        press = {"update_id": 901, "callback_query": {"id": "1", "from": {"id": 7_002}}}
        inbox.add(session, [(900, 7_001, json.dumps(UPDATE))], at=NOW)
        inbox.add(session, [(901, 7_002, json.dumps(press)), (902, 7_003, "{}")], at=NOW)
        for seq in (1, 2):
            inbox.set_aside(session, seq, error="KeyError at bot.handlers:7")
    return url


async def states(url: str) -> list[tuple[str, int]]:
    async with Database.open(url) as database, database.reading() as session:
        rows = await session.fetch_all("SELECT state, attempts FROM inbox ORDER BY seq")
    return [(row["state"], row["attempts"]) for row in rows]


async def test_the_list_says_what_when_and_why(aside: str, palanta: Palanta):
    """Number, Telegram's number, kind, time and error: enough to find the fault."""
    said = await palanta("inbox", "list", url=aside)

    assert said.code == 0
    lines = [" ".join(line.split()) for line in said.text.splitlines()]
    assert "1 900 message 2026-11-25 03:00:00 KeyError at bot.handlers:7" in lines
    assert "2 901 callback_query 2026-11-25 03:00:00 KeyError at bot.handlers:7" in lines
    assert len(lines) == 3


async def test_an_empty_list_is_a_sentence(url: str, palanta: Palanta):
    """Nothing set aside is good news, and said as such."""
    said = await palanta("inbox", "list", url=url)

    assert (said.code, said.text) == (0, "Nothing is set aside.\n")


async def test_an_update_is_shown_without_what_was_said_and_by_whom(aside: str, palanta: Palanta):
    """The operator sees how it is built; unknown fields are hidden too."""
    said = await palanta("inbox", "show", "1", url=aside)

    assert json.loads(said.text)["message"] == {
        "message_id": 12,
        "date": 1_790_000_000,
        "from": {
            "id": "[number]",
            "is_bot": False,
            "first_name": "[text, 4]",
            "username": "[text, 11]",
        },
        "chat": {"id": "[number]", "type": "private", "first_name": "[text, 4]"},
        "text": "[text, 27]",
        "location": {"latitude": "[number]", "longitude": "[number]"},
        "entities": [{"type": "bold", "offset": 0, "length": 7}],
        "a_future_field": {"x": ["[text, 4]"]},
    }
    assert not re.search(r"Rina|7001|0812|100\.35", said.text)


async def test_a_look_at_the_whole_update_is_written_down(aside: str, palanta: Palanta):
    """Whoever reads what people wrote leaves a trace; whoever does not leaves none."""
    await palanta("inbox", "show", "1", url=aside)
    said = await palanta("inbox", "show", "1", "--raw", url=aside)

    assert json.loads(said.text) == UPDATE
    async with Database.open(aside) as database, database.reading() as session:
        acts = await audit.list_acts(session)
    assert [(act["act"], act["detail"]) for act in acts] == [("show raw update", '{"number":1}')]


async def test_one_update_is_processed_again(aside: str, palanta: Palanta):
    """It is as new, with three tries before it; the other stays aside."""
    said = await palanta("inbox", "replay", "1", url=aside)

    assert said.code == 0
    assert await states(aside) == [("new", 0), ("aside", 1), ("new", 0)]
    async with Database.open(aside) as database, database.writing() as session:
        assert [each.seq for each in await inbox.claim(session, now=NOW, limit=9)] == [1, 3]


async def test_all_updates_are_processed_again(aside: str, palanta: Palanta):
    """After a fault is mended, one command brings everything back."""
    said = await palanta("inbox", "replay", "--all", url=aside)

    assert said.text == "2 to be processed again by the running bot.\n"
    assert await states(aside) == [("new", 0)] * 3


@pytest.mark.parametrize("words", [["show", "3"], ["show", "77"], ["replay", "3"]])
async def test_an_unknown_number_is_told_in_a_sentence(
    aside: str, palanta: Palanta, words: list[str]
):
    """A number that is not set aside changes nothing, even if there is such an update."""
    said = await palanta("inbox", *words, url=aside)

    expected = f"nothing is set aside under the number {words[1]}. See `palanta inbox list`."
    assert (said.code, said.text) == (2, f"palanta: {expected}\n")
    assert await states(aside) == [("aside", 1), ("aside", 1), ("new", 0)]


@pytest.mark.parametrize("words", [[], ["1", "--all"]])
async def test_a_replay_needs_one_number_or_all(aside: str, palanta: Palanta, words: list[str]):
    """A forgotten number replays nothing by accident."""
    said = await palanta("inbox", "replay", *words, url=aside)

    assert (said.code, said.text) == (2, "palanta: name one number, or --all.\n")


@pytest.mark.parametrize("body", ["{}", '{"update_id": 1}'])
def test_an_update_of_no_kind_can_be_shown_too(body: str):
    """The strangest updates are the likeliest to be set aside."""
    strange = SetAside(1, 1, NOW, 3, "ValueError", body)

    assert strange.kind == "?"
    assert strange.masked() == json.loads(body)
