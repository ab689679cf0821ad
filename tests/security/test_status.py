"""An operator sees from outside how the bot is, in figures and in plain words."""

import asyncio
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from bot.metrics import POLLING, WRITING
from bot.status import judge
from storage import inbox, invitations
from storage.models import RoleName
from storage.queues import Queue, look_at_inbox, look_at_outbox
from tests.bot.scenes import LAMPS, WASTE
from tests.conftest import agrees
from tests.security.conftest import occupied, until

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
EMPTY = Queue({"new": 0, "held": 0, "aside": 0}, None)


async def test_the_figures_tell_what_was_received_processed_tagged_and_sent(
    telegram, running_bot, watch, port
):
    """Prometheus draws the curve of a campaign day from these."""
    rina, budi = telegram.person("Rina"), telegram.person("Budi")
    async with running_bot(status_port=port):
        await agrees(rina)
        await rina.says(LAMPS)
        await rina.sees("PDG-")
        await budi.says(WASTE)
        await budi.sees("Pesanmu sudah saya pegang")
        telegram.inject([{"update_id": 900_000_001, "message": {"chat": {"id": 5}}}])
        await until(lambda: counted(watch, 'palanta_updates_processed_total{result="aside"}'))
        await until(lambda: delivered(watch))
        page = await watch("/metrics")

    assert page.status == 200
    assert page.figure("palanta_updates_received_total") == 5
    # /start, held before the tap, counts again when it is released.
    assert page.figure('palanta_updates_processed_total{result="held"}') == 2
    assert page.figure('palanta_updates_processed_total{result="done"}') == 3
    assert page.figure('palanta_updates_processed_total{result="retried"}') == 2
    assert page.figure('palanta_texts_tagged_total{decision="decided"}') >= 1
    assert page.figure('palanta_sends_total{method="sendMessage",outcome="sent"}') >= 4
    assert page.figure("palanta_send_seconds_count") >= 4
    assert page.figure("palanta_handler_seconds_count") == 2 + 3 + 2 + 1
    assert page.figure('palanta_database_write_seconds_count{by="intake"}') >= 3
    assert page.figure('palanta_queue_depth{queue="inbox",state="held"}') == 1
    assert page.figure('palanta_queue_depth{queue="inbox",state="aside"}') == 1
    assert page.figure('palanta_queue_depth{queue="outbox",state="new"}') == 0
    assert 'palanta_model_info{id="m-' in page.text


async def delivered(watch) -> bool:
    page = await watch("/metrics")
    return not page.figure('palanta_queue_depth{queue="outbox",state="new"}')


async def counted(watch, name: str) -> bool:
    return (await watch("/metrics")).figure(name) > 0


async def test_a_pause_that_telegram_asks_for_and_a_job_are_counted(
    telegram, running_bot, watch, port, database
):
    """429 and failed exports are seen before people complain."""
    rizal = telegram.person("Rizal")
    async with running_bot(status_port=port):
        await agrees(rizal)
        async with database.writing() as session:
            token = invitations.add(
                session, RoleName.PLANNER, area=None, by=None, at=datetime.now(UTC)
            )
        await rizal.opens_link(token)
        await rizal.says(LAMPS)
        await rizal.sees("PDG-")
        telegram.faults.add("too_many", count=1, methods=["sendMessage"], retry_after=1)
        await rizal.says("/export")
        await until(lambda: counted(watch, 'palanta_jobs_total{kind="export",result="done"}'))
        await until(lambda: counted(watch, "palanta_sends_paused_total"))
        page = await watch("/metrics")

    assert page.figure('palanta_sends_total{method="sendMessage",outcome="again"}') == 1


async def test_a_healthy_bot_says_so(running_bot, watch, port):
    """A supervisor leaves it alone."""
    async with running_bot(status_port=port):
        await until(lambda: watch("/healthz"))
        page = await watch("/healthz")

    assert page.status == 200
    assert page.facts["ok"] is True
    assert set(page.facts["checks"]) == {"loops", "database", "inbox", "writing", "polling"}
    assert set(page.facts["checks"].values()) == {"ok"}


async def test_an_update_that_nobody_processes_is_told_with_its_age(
    running_bot, watch, port, database
):
    """Somebody waits for an answer; a supervisor hears why."""
    async with running_bot(status_port=port):
        await until(lambda: watch("/healthz"))
        async with database.writing() as session:
            long_ago = datetime.now(UTC) - timedelta(seconds=90)
            inbox.add(session, [(7, 7, "{}")], at=long_ago)
            later = datetime.now(UTC) + timedelta(hours=1)
            session.execute("UPDATE inbox SET not_before = :later", {"later": later})
        page = await watch("/healthz")

    assert page.status == 503
    assert page.facts["reason"].startswith("the oldest new update has waited for 9")


@pytest.mark.parametrize(
    ("queue", "failing", "words"),
    [
        (EMPTY, {}, None),
        (None, {}, "the database was not read within 2 s"),
        (EMPTY, {"loop process": 1.0, "loop send": 9.0}, "broke and starts again: process, send"),
        (EMPTY, {POLLING: 299.0}, None),
        (EMPTY, {POLLING: 301.0}, "Telegram has not answered a poll for 301 s"),
        (EMPTY, {WRITING: 59.0}, None),
        (EMPTY, {WRITING: 75.0}, "the database has refused writes for 75 s"),
        (Queue({}, NOON - timedelta(seconds=60)), {}, None),
        (Queue({}, NOON - timedelta(seconds=61)), {}, "oldest new update has waited for 61 s"),
        (Queue({}, NOON + timedelta(hours=1)), {}, None),
    ],
)
def test_each_thing_that_can_be_wrong_has_its_words(queue, failing, words):
    """The reason is a sentence, not a code."""
    wrong = [said for said in judge(queue, failing, now=NOON).values() if said != "ok"]

    assert bool(wrong) == bool(words)
    assert not words or words in wrong[0]


async def test_polling_that_fails_and_recovers_is_noticed_both_times(
    telegram, running_bot, watch, port
):
    """A short break of the line is no reason to restart anything."""
    telegram.faults.add("error", count=2, methods=["getUpdates"], code=502)
    rina = telegram.person("Rina")
    async with running_bot(status_port=port):
        await rina.says("/start")
        await rina.sees("Saya Palanta")
        page = await watch("/healthz")

    assert page.facts["checks"]["polling"] == "ok"


async def test_a_taken_port_does_not_keep_the_bot_from_people(telegram, running_bot, port, capfd):
    """Two bots on one machine: the second has no status port, and works."""
    rina = telegram.person("Rina")
    async with occupied(port), running_bot(status_port=port):
        await rina.says("/start")
        await rina.sees("Saya Palanta")

    assert "no status port; the bot runs on" in "".join(capfd.readouterr())


async def test_zero_turns_the_port_off(telegram, running_bot, watch):
    """Whoever does not want it has no open port."""
    rina = telegram.person("Rina")
    async with running_bot(status_port=0):
        await rina.says("/start")
        await rina.sees("Saya Palanta")
        with pytest.raises(aiohttp.ClientError):
            await watch("/healthz")


async def test_the_port_only_shows_and_changes_nothing(running_bot, watch, port):
    """There is nothing to be had there but figures."""
    async with running_bot(status_port=port), aiohttp.ClientSession() as http:
        await until(lambda: watch("/healthz"))
        for path in ("/", "/metrics/..", "/inbox", "/sim/people"):
            assert (await watch(path)).status == 404 or path == "/metrics/.."
        for verb in ("POST", "PUT", "DELETE"):
            async with http.request(verb, f"http://127.0.0.1:{port}/healthz") as answer:
                assert answer.status == 405


async def test_many_scrapes_at_once_are_all_answered(running_bot, watch, port):
    """An impatient dashboard does no harm."""
    async with running_bot(status_port=port):
        await until(lambda: watch("/healthz"))
        pages = await asyncio.gather(*(watch("/metrics") for _ in range(20)))

    assert {page.status for page in pages} == {200}


@pytest.mark.file
async def test_a_look_at_the_queues_uses_no_more_than_their_open_rows(database):
    """A scrape costs the same after a year as on the first day."""
    async with database.reading() as session:
        for look in (look_at_inbox, look_at_outbox):
            assert (await look(session)).oldest is None
        for sql in (
            "SELECT count(*) FROM inbox WHERE state = 'aside'",
            "SELECT min(received_at) FROM inbox WHERE state = 'new'",
            "SELECT min(created_at) FROM outbox WHERE state IN ('new', 'sending')",
        ):
            [plan] = await session.fetch_all(f"EXPLAIN QUERY PLAN {sql}")
            assert "USING INDEX" in plan["detail"]
