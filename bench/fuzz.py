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
from pathlib import Path
from time import monotonic
from typing import Any

import structlog
from telegram.ext import Application, ContextTypes

from bench.hostile import Hostile
from bench.promises import Outcome, figures, judge
from bot.context import Context, Tools
from bot.handlers import add_handlers
from bot.intake import Intake
from bot.limits import Limits
from bot.metrics import Metrics
from bot.model import LiveModel
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
    folder: Path,
    classifier: Classifier,
    *,
    updates: int,
    seed: int,
    people: int = PEOPLE,
    extra: Sequence[Any] = (),
) -> Outcome:
    """Run it once. ``extra`` updates come first, each as hostile as it likes."""
    begun, chance, clock = monotonic(), random.Random(f"fuzz {seed}"), Clock()
    outcome = Outcome(updates, seed)
    async with (
        Simulator(limits=False, record_limit=0) as telegram,
        _running(folder, classifier, telegram, clock) as (bench, processor),
    ):
        cast = [telegram.person(f"Warga {number}") for number in range(people)]
        await _agree(bench, processor, cast)
        offered = await _feed(bench, processor, cast, clock, chance, updates, extra)
        await _settle(bench, processor, clock)
        outcome.crashes = bench.crashes
        await judge(bench.database, outcome, offered, cast)
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
        tools = Tools(settings, LiveModel(classifier), Texts(), application.bot.username, clock.now)
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
