"""A loop that breaks starts again, and the bot knows how long it was away."""

import asyncio
import errno
import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.alive import BotBroke, keep_alive, note_downtime, without_words
from bot.logs import TOKEN, describe, known_words
from bot.metrics import LOOP, Metrics
from bot.settings import SettingsError
from storage import moments
from tests.bot.scenes import LAMPS
from tests.conftest import agrees

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


async def test_a_loop_that_breaks_once_goes_on_and_is_told_without_words(capfd):
    """One odd update does not end the service for everybody."""
    metrics, tries = Metrics.make(), []

    async def loop() -> None:
        tries.append(metrics.pulse.failing())
        if len(tries) == 1:
            raise ValueError("kata rahasia warga")

    await keep_alive("process", loop, metrics.pulse)

    assert tries[0] == {}
    assert set(tries[1]) == {f"{LOOP}process"}
    said = "".join(capfd.readouterr())
    assert "ValueError at tests.security.test_alive" in said
    assert "rahasia" not in said


@pytest.mark.parametrize("error", [SettingsError("x"), OSError(errno.EADDRINUSE, "taken")])
async def test_what_an_operator_must_mend_is_not_tried_again(error):
    """A taken webhook port is told at once, not hidden in a log."""

    async def loop() -> None:
        raise error

    with pytest.raises(type(error)):
        await keep_alive("receive", loop, Metrics.make().pulse)


def test_an_error_that_ends_the_bot_is_told_by_type_and_place():
    """A traceback on the terminal holds nobody's message."""
    try:
        raise KeyError("kata rahasia warga")
    except KeyError as error:
        shown = without_words(ExceptionGroup("many", [error]))

    assert isinstance(shown, BotBroke)
    assert "rahasia" not in str(shown)
    assert str(shown).startswith("KeyError at tests.security.test_alive:")


@pytest.mark.parametrize(
    ("away", "words"),
    [
        (timedelta(seconds=20), "back"),
        (timedelta(seconds=200), "dropped pressed buttons"),
        (timedelta(hours=25), "dropped messages and pressed buttons"),
    ],
)
async def test_the_time_away_is_measured_and_what_it_may_have_cost_is_said(
    database, capfd, away, words
):
    """After an outage an operator knows whether people have to be asked again."""
    metrics = Metrics.make()
    async with database.writing() as session:
        moments.save(session, "listening", at=NOON - away)

    await note_downtime(database, metrics, now=NOON)

    assert words in "".join(capfd.readouterr())
    figure = metrics.registry.get_sample_value("palanta_downtime_seconds")
    assert figure == away.total_seconds()


async def test_a_first_start_has_been_away_for_no_time(database, capfd):
    """Nobody is frightened on the first day."""
    await note_downtime(database, Metrics.make(), now=NOON)

    assert "".join(capfd.readouterr()) == ""


async def test_a_bot_that_listened_until_an_hour_ago_says_so_at_its_start(
    telegram, running_bot, capfd
):
    """The note of being alive survives the end of the process."""
    rina, start = telegram.person("Rina"), datetime.now(UTC)
    async with running_bot(now=lambda: start):
        await agrees(rina)
    capfd.readouterr()

    async with running_bot(now=lambda: start + timedelta(hours=1)):
        await rina.says(LAMPS)
        await rina.sees("PDG-")

    assert "Telegram may have dropped pressed buttons" in "".join(capfd.readouterr())


async def test_a_full_disk_at_the_start_of_a_loop_is_waited_for(database, running_bot, telegram):
    """A loop that begins in a bad moment begins again."""
    pulse, tries = Metrics.make().pulse, 0

    async def loop() -> None:
        nonlocal tries
        tries += 1
        if tries < 2:
            raise RuntimeError

    async with asyncio.timeout(5):
        await keep_alive("jobs", loop, pulse)
    assert tries == 2


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Bad Request: can't parse entities: near RAHASIA", "can't parse entities"),
        ("Bad Request: RAHASIA", "other"),
        ("", ""),
        ("Forbidden: bot was blocked by the user", "blocked by the user"),
    ],
)
def test_of_telegrams_sentences_only_the_known_part_is_kept(said, kept):
    """Telegram may quote the message that it refuses."""
    assert known_words(said) == kept


def test_anything_that_looks_like_a_token_is_blanked():
    """A library that logs an address does not give the bot away."""
    said = TOKEN.sub("…", "https://api.example/bot123456789:AAF-abc_DEF/sendMessage at 12:30:45")

    assert said == "https://api.example/bot…/sendMessage at 12:30:45"


def test_the_place_of_an_error_is_where_it_arose():
    """A developer finds the line without the words."""
    try:
        json.loads("{kata rahasia")
    except ValueError as error:
        assert describe(error).startswith("JSONDecodeError at json.decoder:")
