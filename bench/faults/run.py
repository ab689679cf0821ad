"""One run: a story is told, things go wrong, and what is left is looked at."""

import asyncio
import hashlib
import random
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import psycopg

from bench.faults import checker
from bench.faults.acts import Act, Agree, Export, Say, Write, write_story
from bench.faults.bots import Cradle
from bench.faults.checker import Findings
from bench.faults.child import Birth, set_clock
from bench.faults.disk import SmallDisk, small_disk
from bench.faults.fleet import Fleet, Losses
from bench.faults.places import Place, SqlitePlace
from bench.faults.postgres import Server
from bench.faults.story import Teller, Turns
from bench.faults.strikes import Hand, Plan
from bench.faults.weather import SENDING, WatchedFaults, watch_faults, weather
from simulator import Fault, Simulator

TOKEN = "123456:FAULTS"
INVITATION = "rencana"
QUIET_SECONDS = 0.3
START_SECONDS = 60.0
OPEN = """
    SELECT count(*) FROM (
        SELECT 1 AS one FROM inbox WHERE state IN ('new', 'held')
        UNION ALL SELECT 1 FROM outbox WHERE state IN ('new', 'sending')
        UNION ALL SELECT 1 FROM job WHERE state = 'new'
    ) AS open
"""


@dataclass(frozen=True)
class Size:
    """How much is told, and how long a run may take after its last fault."""

    people: int
    updates: int
    patience: float
    hurry: bool = False


@dataclass
class Result:
    """What came of a run."""

    seed: int
    engine: str
    bots: int
    updates: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    struck: Counter[str] = field(default_factory=Counter)
    losses: Losses = field(default_factory=Losses)
    findings: Findings = field(default_factory=Findings)
    hung: bool = False
    seconds: float = 0.0

    @property
    def clean(self) -> bool:
        return self.findings.clean and not self.hung and not self.losses.crashes

    def facts(self) -> dict[str, Any]:
        facts = asdict(self) | {"clean": self.clean}
        facts["losses"].pop("in_flight")
        return facts


class Stage:
    """Everything of a run that is there at once."""

    def __init__(
        self,
        telegram: Simulator,
        faults: WatchedFaults,
        fleet: Fleet,
        place: Place,
        clock: Path,
        log: Path,
        disk: SmallDisk | None,
    ) -> None:
        self.telegram = telegram
        self.faults = faults
        self.fleet = fleet
        self.place = place
        self.clock = clock
        self.log = log
        self.disk = disk

    async def wait_for_tables(self) -> None:
        async with asyncio.timeout(START_SECONDS):
            while True:
                with suppress(OSError, sqlite3.Error, psycopg.Error):
                    if self.place.rows_left("SELECT count(*) FROM invitation"):
                        return
                await asyncio.sleep(0.05)

    async def settle(self, *, patience: float) -> bool:
        """Wait until nothing is left to do and nothing moves; False if it never comes to that."""
        until, quiet_since, heard = monotonic() + patience, monotonic(), 0
        while monotonic() < until:
            if self.telegram.record.count_calls != heard:
                heard, quiet_since = self.telegram.record.count_calls, monotonic()
            quiet = monotonic() - quiet_since > QUIET_SECONDS
            if quiet and not len(self.telegram.world.updates) and not self._count_open():
                return True
            await asyncio.sleep(0.05)
        return False

    def leave_evidence(self, folder: Path) -> None:
        """Keep what the bots printed, and the database if it is a file."""
        folder.mkdir(parents=True, exist_ok=True)
        for path in (self.log, *self.place.files):
            shutil.copy(path, folder)

    def _count_open(self) -> int:
        try:
            return int(self.place.rows(OPEN)[0][0])
        except (sqlite3.Error, psycopg.Error):
            return 1


@asynccontextmanager
async def staged(
    cradle: Cradle, *, seed: int, server: Server | None = None, small: bool = False, **birth: Any
) -> AsyncIterator[Stage]:
    """Set up a Telegram, a database and a fleet without bots; make sure that all is gone after."""
    with tempfile.TemporaryDirectory(prefix="palanta-faults-") as name, ExitStack() as stack:
        folder = Path(name)
        disk = stack.enter_context(small_disk(folder / "disk")) if small else None
        place: Place = server.make_place() if server else SqlitePlace(_home(folder, disk))
        clock, log = folder / "clock", folder / "bot.log"
        set_clock(clock, 0.0)
        async with Simulator(token=TOKEN, limits=False, press_lifetime=1e6, seed=seed) as telegram:
            env = _env(telegram.url, place, folder)
            born = Birth(env=env, clock=str(clock), log=str(log), **birth)
            fleet = Fleet(cradle, born, place)
            try:
                faults = watch_faults(telegram, seed)
                yield Stage(telegram, faults, fleet, place, clock, log, disk)
            finally:
                await fleet.abandon()


def _home(folder: Path, disk: SmallDisk | None) -> Path:
    return disk.folder if disk else folder


def _env(api_url: str, place: Place, folder: Path) -> dict[str, str]:
    return {
        "PALANTA_TOKEN": TOKEN,
        "PALANTA_API_URL": api_url,
        "PALANTA_DATABASE": place.url,
        "PALANTA_FOLDER": str(folder),
        "PALANTA_MESSAGES_PER_SECOND": "0",
        "PALANTA_MESSAGES_PER_SECOND_AND_CHAT": "0",
        "PALANTA_MESSAGES_PER_PERSON_AND_MINUTE": "0",
        "PALANTA_STATUS_PORT": "0",
        "PALANTA_LEARN_EVERY_DAYS": "0",
    }


async def run(
    cradle: Cradle,
    plan: Plan,
    size: Size,
    *,
    server: Server | None = None,
    small: bool = False,
    keep: Path | None = None,
) -> Result:
    """Tell a story while the plan is carried out, and check what came of it."""
    begun = monotonic()
    result = Result(plan.seed, "postgres" if server else "sqlite", plan.bots)
    acts = write_story(people=size.people, updates=size.updates, seed=plan.seed)
    async with staged(
        cradle, seed=plan.seed, server=server, small=small, hurry=size.hurry
    ) as stage:
        for _ in range(plan.bots):
            await stage.fleet.grow()
        await stage.wait_for_tables()
        invite_planner(stage.place)
        tellers = cast(stage.telegram, [planner_acts(), *acts])
        late = Fault("latency", methods=frozenset(map(str.lower, SENDING)), ms=2, jitter_ms=20)
        with weather(stage.faults, late):
            told = await _tell(stage, plan, tellers, patience=size.patience)
            result.hung = not (told and await stage.settle(patience=size.patience))
        await stage.fleet.close()
        result.losses = stage.fleet.losses
        result.updates = stage.telegram.record.count_updates
        result.faults = Counter(strike.kind for strike in plan.strikes)
        result.struck = stage.faults.struck
        chats = [teller.chat for teller in tellers]
        may_repeat = stage.fleet.losses.in_flight + stage.faults.cut
        result.findings = checker.check(
            stage.place, stage.telegram, chats, open_at_a_death=may_repeat
        )
        if keep and not result.clean:
            stage.leave_evidence(keep / f"{result.engine}-{plan.seed}")
    result.seconds = monotonic() - begun
    return result


async def _tell(stage: Stage, plan: Plan, tellers: Sequence[Teller], *, patience: float) -> bool:
    """Let a part of the story happen, strike, let the next happen; False if it came to a stop."""
    turns, total = Turns(), sum(teller.length for teller in tellers)
    hand = Hand(
        telegram=stage.telegram,
        fleet=stage.fleet,
        place=stage.place,
        faults=stage.faults,
        clock=stage.clock,
        disk=stage.disk,
        chance=random.Random(f"hand {plan.seed}"),
    )
    telling = [asyncio.create_task(teller.tell(turns)) for teller in tellers]
    try:
        for number, strike in enumerate(plan.strikes, start=1):
            turns.allow(total * number // (len(plan.strikes) + 1))
            await hand.strike(strike)
        turns.allow(total)
        _, pending = await asyncio.wait(telling, timeout=patience)
        for task in telling:
            if task.done():
                task.result()
        return not pending
    finally:
        for task in telling:
            task.cancel()


def cast(telegram: Simulator, acts: Sequence[Sequence[Act]]) -> list[Teller]:
    """Give each life to a person."""
    return [
        Teller(telegram, telegram.person(f"Warga {number}"), life)
        for number, life in enumerate(acts)
    ]


def planner_acts() -> list[Act]:
    """Somebody who may orders exports while everything goes wrong."""
    wish = "Rapat musrenbang dibuka untuk umum, dan hasilnya ditempel di papan kelurahan"
    return [
        Say(f"/start {INVITATION}"),
        Agree(),
        Write(1, f"{wish} (nomor 1)"),
        *(Export() for _ in range(3)),
    ]


def invite_planner(place: Place) -> None:
    """Make an invitation as ``palanta invite planner`` does."""
    token = hashlib.sha256(INVITATION.encode()).hexdigest()
    place.write(
        "INSERT INTO invitation (token_hash, role, created_at, expires_at) VALUES "
        f"('{token}', 'planner', '2026-01-01T00:00:00.000000+00:00', "
        "'2126-01-01T00:00:00.000000+00:00')"
    )
