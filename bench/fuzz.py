"""Feeds the bot hostile updates with good ones among them, and checks that no promise breaks.

python -m bench.fuzz --updates 100000 --seed 1 --json
"""

import argparse
import asyncio
import json
import logging
import random
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from time import monotonic
from typing import Any

import structlog
from telegram.ext import Application, ContextTypes

from bench.hostile import Hostile
from bot.context import Context, Tools
from bot.handlers import add_handlers
from bot.intake import Intake
from bot.limits import Limits
from bot.metrics import Metrics
from bot.process import Processor
from bot.send import Sender
from bot.settings import Settings
from bot.texts import Texts
from bot.transport import AiohttpRequest
from classifier import Classifier, load_or_train
from simulator import Person, Simulator
from storage.database import Database

PEOPLE = 20
GOOD_SHARE = 0.1
LARGEST_BATCH = 100
# A clock that jumps: nobody waits for the pauses between tries.
STEP = timedelta(seconds=1)
SETTLE_SECONDS = 300.0


@dataclass(slots=True)
class Clock:
    """The bot's time, which the fuzzer moves."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def now(self) -> datetime:
        return self.at

    def move(self) -> None:
        self.at += STEP


@dataclass(slots=True)
class Outcome:
    """What came of a run. Everything but the counts of rows should be 0."""

    updates: int
    seed: int
    numbered: int = 0
    states: dict[str, int] = field(default_factory=dict)
    missing: int = 0
    unfinished: int = 0
    unsent: int = 0
    good: int = 0
    unanswered: int = 0
    out_of_order: int = 0
    answered_twice: int = 0
    crashes: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def broken(self) -> int:
        """Count the broken promises."""
        wrong = (self.missing, self.unfinished, self.unsent, self.unanswered, self.out_of_order)
        return sum(wrong) + self.answered_twice + len(self.crashes)


class Bench:
    """Intake, processor and sender, the real ones, in one process."""

    def __init__(self, telegram: Simulator, database: Database, *, intake: Intake) -> None:
        self.telegram = telegram
        self.database = database
        self.intake = intake
        self.crashes: list[str] = []

    async def keep(self, updates: Sequence[Any]) -> None:
        """Hand a batch to the intake, as the poller does."""
        try:
            await self.intake.keep(updates)
        except Exception as error:
            self.crashes.append(f"intake: {type(error).__name__}")

    async def process(self, processor: Processor) -> int:
        try:
            return await processor.process_batch()
        except Exception as error:
            self.crashes.append(f"processor: {type(error).__name__}")
            return 0

    async def count(self, sql: str) -> int:
        async with self.database.reading() as session:
            row = await session.fetch_one(sql)
        return int(row["n"]) if row else 0


async def fuzz(
    folder: Path, classifier: Classifier, *, updates: int, seed: int, extra: Sequence[Any] = ()
) -> Outcome:
    """Run it once. ``extra`` updates come first, each as hostile as it likes."""
    begun, chance, clock = monotonic(), random.Random(f"fuzz {seed}"), Clock()
    outcome = Outcome(updates, seed)
    async with (
        Simulator(limits=False, record_limit=0) as telegram,
        _running(folder, classifier, telegram, clock) as (bench, processor),
    ):
        people = [telegram.person(f"Warga {number}") for number in range(PEOPLE)]
        await _agree(bench, processor, people)
        offered = await _feed(bench, processor, people, clock, chance, updates, extra)
        await _settle(bench, processor, clock)
        await _judge(bench, outcome, offered, people)
    outcome.seconds = monotonic() - begun
    return outcome


@asynccontextmanager
async def _running(
    folder: Path, classifier: Classifier, telegram: Simulator, clock: Clock
) -> AsyncIterator[tuple[Bench, Processor]]:
    settings = Settings(
        token=telegram.token,
        api_url=telegram.url,
        database=f"sqlite:///{folder}/palanta.db",
        folder=folder,
        messages_per_person_and_minute=0,
    )
    transport = AiohttpRequest(f"{telegram.url}/bot{telegram.token}")
    application = _router(settings, transport)
    async with Database.open(settings.database) as database:
        await application.initialize()
        tools = Tools(settings, classifier, Texts(), application.bot.username, clock.now)
        arrived, owed, metrics = asyncio.Event(), asyncio.Event(), Metrics.make()
        intake = Intake(database, now=clock.now, arrived=arrived, metrics=metrics)
        processor = Processor(
            database, application, tools, arrived=arrived, owed=owed, metrics=metrics
        )
        limits = Limits(per_second=0, per_chat=0)
        sender = Sender(database, transport, now=clock.now, owed=owed, limits=limits, at_once=16)
        sending = asyncio.create_task(sender.run())
        bench = Bench(telegram, database, intake=intake)
        try:
            yield bench, processor
        finally:
            sender.stop()
            await sending
            await application.shutdown()


def _router(
    settings: Settings, transport: AiohttpRequest
) -> Application[Any, Context, Any, Any, Any, Any]:
    application = (
        Application.builder()
        .token(settings.bot_token)
        .base_url(f"{settings.api_url}/bot")
        .request(transport)
        .get_updates_request(transport)
        .updater(None)
        .context_types(ContextTypes(context=Context))
        .build()
    )
    add_handlers(application)
    return application


async def _agree(bench: Bench, processor: Processor, people: Sequence[Person]) -> None:
    """Get everybody past the privacy notice."""
    for person in people:
        started = await person.says("/start")
        await bench.keep(_taken(bench.telegram))
        await bench.process(processor)
        await person.sees("Saya Palanta")
        await person.presses_data("notice:0:agree", started)
        await bench.keep(_taken(bench.telegram))
        await bench.process(processor)


async def _feed(
    bench: Bench,
    processor: Processor,
    people: Sequence[Person],
    clock: Clock,
    chance: random.Random,
    updates: int,
    extra: Sequence[Any],
) -> list[Any]:
    """Hand everything over in batches of any size, and let the processor work in between."""
    hostile = Hostile(chance, [person.id for person in people])
    offered: list[Any] = list(extra)
    await bench.keep(offered)
    made = 0
    while made < updates:
        batch: list[Any] = []
        for _ in range(min(chance.randint(1, LARGEST_BATCH), updates - made)):
            if chance.random() < GOOD_SHARE:
                await chance.choice(people).says(f"Usul taman bermain nomor {made + len(batch)}")
                batch += _taken(bench.telegram)
            else:
                batch.append(hostile.make())
        made += len(batch)
        await bench.keep(batch)
        offered += batch
        while await bench.process(processor) and chance.random() < 0.8:
            clock.move()
        clock.move()
    return offered


def _taken(telegram: Simulator) -> list[Any]:
    """Take what Telegram has for the bot."""
    queue = telegram.world.updates
    bodies = [json.loads(pending.body) for pending in queue.list_pending()]
    queue.drop_all()
    return bodies


async def _settle(bench: Bench, processor: Processor, clock: Clock) -> None:
    """Process and deliver until nothing is left, or it has taken far too long."""
    until = monotonic() + SETTLE_SECONDS
    open_rows = """
        SELECT (SELECT count(*) FROM inbox WHERE state = 'new')
            + (SELECT count(*) FROM outbox WHERE state IN ('new', 'sending')) AS n
    """
    while monotonic() < until:
        while await bench.process(processor):
            clock.move()
        if not await bench.count(open_rows):
            return
        clock.move()
        await asyncio.sleep(0.01)


async def _judge(
    bench: Bench, outcome: Outcome, offered: Sequence[Any], people: Sequence[Person]
) -> None:
    numbers = {
        update["update_id"]
        for update in offered
        if isinstance(update, dict)
        and type(update.get("update_id")) is int
        and abs(update["update_id"]) < 2**63
    }
    async with bench.database.reading() as session:
        rows = await session.fetch_all("SELECT update_id, state FROM inbox")
    kept = [row["update_id"] for row in rows]
    # The people's own first steps are not among what was offered.
    outcome.numbered = len(numbers)
    outcome.missing = len(numbers - set(kept)) + len(kept) - len(set(kept))
    for row in rows:
        outcome.states[row["state"]] = outcome.states.get(row["state"], 0) + 1
    outcome.unfinished = outcome.states.get("new", 0)
    outcome.unsent = await bench.count(
        "SELECT count(*) AS n FROM outbox WHERE state IN ('new', 'sending')"
    )
    outcome.crashes = bench.crashes
    for person in people:
        _judge_chat(person, outcome)


def _judge_chat(person: Person, outcome: Outcome) -> None:
    """Every good message has one receipt, in the order sent."""
    good = [m.message_id for m in person.chat if not m.from_bot and m.text.startswith("Usul")]
    answers = [
        message.raw["reply_to_message"]["message_id"]
        for message in person.chat
        if message.from_bot and message.raw.get("reply_to_message")
    ]
    receipts = [number for number in answers if number in set(good)]
    outcome.good += len(good)
    outcome.unanswered += len(set(good) - set(receipts))
    outcome.answered_twice += len(receipts) - len(set(receipts))
    outcome.out_of_order += sum(later < earlier for earlier, later in pairwise(receipts))


def figures(outcome: Outcome) -> dict[str, Any]:
    return {name: getattr(outcome, name) for name in outcome.__slots__} | {
        "broken": outcome.broken,
        "crashes": sorted(set(outcome.crashes))[:10],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--updates", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print figures, not a table")
    parser.add_argument("--models", type=Path, default=Path(".palanta/models"))
    given = parser.parse_args()
    # Every other update fails by design.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory(prefix="palanta-fuzz-") as name:
        outcome = asyncio.run(
            fuzz(Path(name), load_or_train(given.models), updates=given.updates, seed=given.seed)
        )
    found = figures(outcome)
    shown = json.dumps(found, indent=2) if given.json else _table(found)
    print(shown)
    raise SystemExit(1 if outcome.broken else 0)


def _table(found: dict[str, Any]) -> str:
    return "\n".join(f"{name:16} {value}" for name, value in found.items())


if __name__ == "__main__":
    main()
