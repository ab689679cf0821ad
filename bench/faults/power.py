"""Pulls the plug at every write: what was promised must be on what is left of the disk.

python -m bench.faults.power [--synchronous FULL|NORMAL] [--json]

kill -9 cannot tell whether a commit reached the disk: the system still has it. Here each prefix of
all that SQLite wrote is a disk that lost its power, without what had not been synced, and with
any part of it. NORMAL must fail this test, or the test would prove nothing.
"""

import argparse
import asyncio
import json
import random
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from bench.faults.acts import write_story
from bench.faults.recording import (
    Acknowledged,
    Disk,
    Event,
    RecordingDatabase,
    RecordingEngine,
    RecordingVfs,
    Told,
)
from bench.faults.run import TOKEN, cast
from bench.faults.story import Turns
from bot import app
from bot.settings import Settings
from bot.transport import AiohttpRequest
from classifier import Classifier, load_or_train
from simulator import Simulator

PATIENCE = 120.0
FIRST = 500_000_001  # the simulator's first update_id
SHOWN = 5


@dataclass
class Outage:
    """What the disks of all outages held, taken together."""

    synchronous: str
    events: int = 0
    disks: int = 0
    lost_acknowledged: int = 0
    lost_told: int = 0
    damaged: int = 0
    cases: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not self.lost_acknowledged + self.lost_told + self.damaged


async def record(
    classifier: Classifier, folder: Path, *, synchronous: str, people: int, updates: int
) -> list[Event]:
    """Let the real bot live through a story on a recorded disk."""
    events: list[Event] = []
    # SQLite finds it by its name, for as long as somebody holds it.
    vfs = RecordingVfs(f"recording-{id(events)}", events)
    engine = RecordingEngine(folder / "palanta.db", vfs.name, synchronous=synchronous)
    async with Simulator(token=TOKEN, limits=False, press_lifetime=1e6) as telegram:
        settings = Settings.model_validate(
            {
                "token": telegram.token,
                "api_url": telegram.url,
                "database": "recorded",
                "folder": folder,
                "messages_per_second": 0,
                "messages_per_second_and_chat": 0,
                "messages_per_person_and_minute": 0,
                "status_port": 0,
                "learn_every_days": 0,
            }
        )
        tellers = cast(telegram, write_story(people=people, updates=updates, seed=1))
        turns, stop = Turns(), asyncio.Event()
        turns.allow(sum(teller.length for teller in tellers))
        with _recorded(engine, events):
            running = asyncio.create_task(app.run(settings, classifier, stop=stop))
            async with asyncio.timeout(PATIENCE):
                await asyncio.gather(*(teller.tell(turns) for teller in tellers))
                while len(telegram.world.updates):
                    await asyncio.sleep(0.05)
            stop.set()
            await running
    # What closing does is no outage.
    recorded = events[:]
    engine.close()
    return recorded


@contextmanager
def _recorded(engine: RecordingEngine, events: list[Event]) -> Iterator[None]:
    """Give the bot the recorded database, and mark what it promises, as it goes out."""
    stand_ins = (
        (app, "Database", RecordingDatabase(engine)),
        (AiohttpRequest, "call", _marked(AiohttpRequest.call, events)),
    )
    before = [(where, name, getattr(where, name)) for where, name, _ in stand_ins]
    for where, name, stand_in in stand_ins:
        setattr(where, name, stand_in)
    try:
        yield
    finally:
        for where, name, original in before:
            setattr(where, name, original)


# Any: the Bot API's JSON.
def _marked(call: Callable[..., Awaitable[Any]], events: list[Event]) -> Callable[..., Any]:
    async def marked(
        self: AiohttpRequest, method: str, payload: dict[str, Any], **options: Any
    ) -> Any:
        if method == "getUpdates" and payload["offset"] > 0:
            events.append(Acknowledged(payload["offset"]))
        if method == "sendMessage" and (answered := payload.get("reply_parameters")):
            events.append(Told(payload["chat_id"], answered["message_id"]))
        return await call(self, method, payload, **options)

    return marked


def replay(events: Sequence[Event], *, synchronous: str, step: int = 1, seed: int = 1) -> Outage:
    """Look at the disk after each event, or each ``step``-th; after each promise in any case."""
    outage = Outage(synchronous, events=len(events))
    chance = random.Random(seed)
    disk, promises = Disk(), Promises()
    with tempfile.TemporaryDirectory(prefix="palanta-power-") as name:
        for number, event in enumerate(events):
            disk.take(event)
            promised = promises.take(event)
            if not promised and number % step:
                continue
            for what, files in disk.outcomes(chance):
                outage.disks += 1
                _look(Path(name), files, promises, outage, where=f"event {number}, {what}")
    return outage


class Promises:
    """What the world has been told so far."""

    def __init__(self) -> None:
        self.below = 0
        self.told: set[tuple[int, int]] = set()

    def take(self, event: Event) -> bool:
        match event:
            case Acknowledged(below):
                self.below = max(self.below, below)
            case Told(chat, message):
                self.told.add((chat, message))
            case _:
                return False
        return True


def _look(
    folder: Path, files: dict[str, bytes], promises: Promises, outage: Outage, *, where: str
) -> None:
    """Put the files down, open them as the next start would, and ask."""
    for old in folder.iterdir():
        old.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    kept, told, sound = _ask(folder / "palanta.db")
    lost = max(0, promises.below - FIRST - len([k for k in kept if k < promises.below]))
    forgotten = len(promises.told - told)
    outage.lost_acknowledged += bool(lost)
    outage.lost_told += bool(forgotten)
    outage.damaged += not sound
    if (lost or forgotten or not sound) and len(outage.cases) < SHOWN:
        outage.cases.append(f"{where}: {lost} updates and {forgotten} ideas lost, sound: {sound}")


def _ask(path: Path) -> tuple[set[int], set[tuple[int, int]], bool]:
    with closing(sqlite3.connect(path)) as connection:
        try:
            sound = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            kept = {row[0] for row in connection.execute("SELECT update_id FROM inbox")}
            ideas = set(connection.execute("SELECT chat_id, message_id FROM idea"))
        except sqlite3.OperationalError:
            return set(), set(), True  # no tables yet, and nothing can have been promised
        except sqlite3.DatabaseError:
            return set(), set(), False
    return kept, ideas, sound


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--synchronous", choices=["FULL", "NORMAL"], help="both without this")
    parser.add_argument("--people", type=int, default=10)
    parser.add_argument("--updates", type=int, default=100)
    parser.add_argument("--step", type=int, default=1, help="look after each n-th event only")
    parser.add_argument("--models", type=Path, default=Path(".palanta/models"))
    parser.add_argument("--json", action="store_true", help="print figures, not a table")
    given = parser.parse_args()
    levels = [given.synchronous] if given.synchronous else ["FULL", "NORMAL"]
    found = [asyncio.run(_try(given, level)) for level in levels]
    print(json.dumps(found, indent=2) if given.json else "\n".join(map(str, found)))


async def _try(given: argparse.Namespace, level: str) -> dict[str, Any]:
    begun = monotonic()
    classifier = load_or_train(given.models)
    with tempfile.TemporaryDirectory(prefix="palanta-recorded-") as name:
        events = await record(
            classifier, Path(name), synchronous=level, people=given.people, updates=given.updates
        )
    outage = replay(events, synchronous=level, step=given.step)
    kinds = Counter(type(event).__name__ for event in events)
    return vars(outage) | {"kinds": dict(kinds), "seconds": monotonic() - begun}


if __name__ == "__main__":
    main()
