"""Faults on demand: a bot has to be tried against a bad network and a busy Telegram."""

import time

import aiohttp
import pytest
from telegram.error import NetworkError, RetryAfter


async def test_a_connection_dropped_before_leaves_no_message(telegram, rina, bot):
    """The bot cannot know, but nothing was sent."""
    await rina.says("halo")
    telegram.faults.add("drop_before", count=1, methods=["sendMessage"])

    with pytest.raises(NetworkError):
        await bot.send_message(rina.id, "halo")
    assert len(rina.chat) == 1
    await bot.send_message(rina.id, "halo")
    assert len(rina.chat) == 2


async def test_a_connection_dropped_after_leaves_the_message(telegram, rina, bot):
    """The person has it, though the bot saw an error: sending again would repeat it."""
    await rina.says("halo")
    telegram.faults.add("drop_after", count=1, methods=["sendMessage"])

    with pytest.raises(NetworkError):
        await bot.send_message(rina.id, "halo")
    assert len(rina.chat) == 2


async def test_a_busy_telegram_says_how_long_to_wait(telegram, rina, bot):
    """429 with retry_after, as often as asked for."""
    await rina.says("halo")
    telegram.faults.add("too_many", count=1, retry_after=7)

    with pytest.raises(RetryAfter) as busy:
        await bot.send_message(rina.id, "halo")
    assert int(busy.value.retry_after.total_seconds()) == 7


@pytest.mark.parametrize(("code", "words"), [(500, "Internal Server Error"), (502, "Bad Gateway")])
async def test_server_errors_are_answered(telegram, http, code, words):
    """Telegram's own bad days."""
    telegram.faults.add("error", code=code, count=1)

    status, answer = await http.call("getMe")

    assert (status, answer["description"]) == (code, words)
    assert (await http.call("getMe"))[0] == 200


async def test_latency_delays_the_answer(telegram, http):
    """A slow line is slow for the methods that were named, and only for them."""
    telegram.faults.add("latency", ms=80, jitter_ms=10, methods=["getChat"])

    started = time.monotonic()
    await http.call("getMe")
    quick = time.monotonic() - started
    await http.call("getChat")

    assert time.monotonic() - started - quick >= 0.08


async def test_confirmed_updates_can_come_again(telegram, rina, http):
    """The same update_id after it was confirmed: a bot must not file the idea twice."""
    telegram.faults.add("repeat", count=1)
    await rina.says("halo")
    [update] = await http.updates()

    assert await http.updates(offset=update["update_id"] + 1) == [update]
    assert await http.updates(offset=update["update_id"] + 1) == []


async def test_updates_can_come_out_of_order(telegram, rina, http):
    """All of them, but shuffled; the same seed shuffles alike."""
    for number in range(20):
        await rina.says(str(number))
    telegram.faults.add("reorder")
    telegram.faults.seed(5)
    first = [update["update_id"] for update in await http.updates()]
    telegram.faults.seed(5)
    second = [update["update_id"] for update in await http.updates()]

    assert first == second != sorted(first)
    assert len(set(first)) == 20


async def test_a_probability_strikes_about_as_often(telegram, http):
    """Seeded, so that a run can be repeated."""
    telegram.faults.add("error", probability=0.3)

    codes = [(await http.call("getMe"))[0] for _ in range(100)]

    assert 15 <= codes.count(500) <= 45
    telegram.faults.clear()
    assert (await http.call("getMe"))[0] == 200


async def test_an_unknown_fault_is_named(telegram, http):
    """A slip in a test is told at once, in Python and over HTTP."""
    with pytest.raises(ValueError, match="no fault is called 'flood'"):
        telegram.faults.add("flood")
    status, answer = await http.sim("POST", "faults", {"kind": "flood"})
    assert status == 400
    assert "flood" in answer["error"]


async def test_faults_can_be_set_from_outside(telegram, http):
    """A bench in another process switches them on and off."""
    await http.sim("POST", "faults", {"kind": "drop_before", "methods": ["getMe"], "seed": 3})
    with pytest.raises(aiohttp.ClientError):
        await http.call("getMe")

    await http.sim("DELETE", "faults")
    assert (await http.call("getMe"))[0] == 200
