"""What is done to the bots: a plan drawn from a seed, and the hand that carries it out."""

import asyncio
import random
import resource
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bench.faults.bots import Bot
from bench.faults.child import set_clock
from bench.faults.disk import SmallDisk
from bench.faults.fleet import Fleet
from bench.faults.places import Place
from bench.faults.postgres import PostgresPlace, Server
from bench.faults.weather import SENDING, WatchedFaults, weather
from simulator import Fault, Simulator

EVERYWHERE: tuple[str, ...] = (
    "kill",
    "kill_all",
    "term",
    "term_twice",
    "stop",
    "locked",
    "storm",
    "errors",
    "cut",
)
EVERYWHERE += ("repeat", "reorder", "clock", "rogue", "restart_ids")
ON_SQLITE = ("full", "full_disk")
ON_POSTGRES = ("server_restart", "server_crash", "server_cut")
BLOCK = 4096


@dataclass(frozen=True)
class Strike:
    """One thing that goes wrong: what, for how long if it lasts, and after which pause."""

    kind: str
    seconds: float
    pause: float


@dataclass(frozen=True)
class Plan:
    """What goes wrong in a run, and with how many bots."""

    seed: int
    bots: int
    strikes: tuple[Strike, ...]


def draw_plan(
    *, seed: int, strikes: int, shared: bool, longest: float, only: str | None = None
) -> Plan:
    """Draw a plan. Every third strike or so is a death: they are what everything is made for.

    With ``only`` each is of that kind, on one bot.
    """
    chance = random.Random(f"plan {seed} {shared}")
    others = EVERYWHERE[2:] + (ON_POSTGRES if shared else ON_SQLITE)
    drawn = []
    for _ in range(strikes):
        kind = only or chance.choice(EVERYWHERE[:2] if chance.random() < 0.35 else others)
        seconds = longest * chance.uniform(0.2, 1.0)
        drawn.append(Strike(kind, seconds, chance.uniform(0.0, 0.3)))
    return Plan(seed, bots=1 if only else chance.choice((1, 2)), strikes=tuple(drawn))


class Hand:
    """Carries strikes out."""

    def __init__(
        self,
        *,
        telegram: Simulator,
        fleet: Fleet,
        place: Place,
        faults: WatchedFaults,
        clock: Path,
        disk: SmallDisk | None,
        chance: random.Random,
    ) -> None:
        self._telegram = telegram
        self._fleet = fleet
        self._place = place
        self._faults = faults
        self._clock_file = clock
        self._disk = disk
        self._chance = chance

    async def strike(self, strike: Strike) -> None:
        await asyncio.sleep(strike.pause)
        act: Callable[[float], Awaitable[None]] = getattr(self, f"_{strike.kind}")
        await act(strike.seconds)

    async def _any_bot(self) -> Bot:
        while not (alive := [bot for bot in self._fleet.bots if bot.alive]):
            await asyncio.sleep(0.02)  # it is being started again
        return self._chance.choice(alive)

    async def _kill(self, seconds: float) -> None:
        await self._fleet.kill(await self._any_bot())

    async def _kill_all(self, seconds: float) -> None:
        for bot in list(self._fleet.bots):
            await self._fleet.kill(bot)

    async def _term(self, seconds: float) -> None:
        await self._fleet.end(await self._any_bot())

    async def _term_twice(self, seconds: float) -> None:
        bot = await self._any_bot()
        await self._fleet.end(bot, times=2, gap=self._chance.uniform(0.0, 0.1))

    async def _stop(self, seconds: float) -> None:
        """Stop it while its calls are slow, so that some are in flight."""
        bot = await self._any_bot()
        with weather(self._faults, Fault("latency", methods=_low(SENDING), ms=200, jitter_ms=200)):
            await asyncio.sleep(0.1)
            await self._fleet.stop(bot, seconds)

    async def _locked(self, seconds: float) -> None:
        async with self._place.locked():
            await asyncio.sleep(seconds)

    async def _full(self, seconds: float) -> None:
        """No file of the bot may grow: the system refuses as a full quota does."""
        for bot in self._fleet.bots:
            _limit_files(bot, BLOCK)
        await asyncio.sleep(seconds)
        for bot in self._fleet.bots:
            _limit_files(bot, resource.RLIM_INFINITY)

    async def _full_disk(self, seconds: float) -> None:
        if self._disk is None:
            await self._full(seconds)
            return
        with self._disk.full():
            await asyncio.sleep(seconds)

    async def _storm(self, seconds: float) -> None:
        storm = Fault("too_many", probability=0.5, methods=_low(SENDING), retry_after=1)
        with weather(self._faults, storm):
            await asyncio.sleep(seconds)

    async def _errors(self, seconds: float) -> None:
        code = self._chance.choice((500, 502))
        with weather(self._faults, Fault("error", probability=0.5, code=code)):
            await asyncio.sleep(seconds)

    async def _cut(self, seconds: float) -> None:
        before = Fault("drop_before", probability=0.2)
        after = Fault("drop_after", probability=0.2)
        with weather(self._faults, before, after):
            await asyncio.sleep(seconds)

    async def _repeat(self, seconds: float) -> None:
        with weather(self._faults, Fault("repeat", probability=0.5)):
            await asyncio.sleep(seconds)

    async def _reorder(self, seconds: float) -> None:
        with weather(self._faults, Fault("reorder", probability=0.7)):
            await asyncio.sleep(seconds)

    async def _clock(self, seconds: float) -> None:
        """The machine's clock is wrong for a while, by up to two hours in either direction."""
        set_clock(self._clock_file, self._chance.uniform(-7200, 7200))
        await asyncio.sleep(seconds)
        set_clock(self._clock_file, 0.0)

    async def _rogue(self, seconds: float) -> None:
        """Somebody else polls with our token, and so takes turns with us at 409."""
        url = f"{self._telegram.url}/bot{self._telegram.token}/getUpdates"
        until = asyncio.get_running_loop().time() + seconds
        async with aiohttp.ClientSession() as http:
            while asyncio.get_running_loop().time() < until:
                with suppress(aiohttp.ClientError):
                    async with http.post(url, json={"timeout": 0.2}) as response:
                        await response.read()
                await asyncio.sleep(0.05)

    async def _restart_ids(self, seconds: float) -> None:
        """After a quiet week, and only then, Telegram numbers updates from anywhere."""
        updates, until = self._telegram.world.updates, asyncio.get_running_loop().time() + seconds
        while len(updates) and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(0.005)
        if not len(updates):
            updates.next_id = self._chance.randrange(1, 900) * 1_000_000

    async def _server_restart(self, seconds: float) -> None:
        await self._server.restart(mode="fast")

    async def _server_crash(self, seconds: float) -> None:
        await self._server.restart(mode="immediate")

    async def _server_cut(self, seconds: float) -> None:
        assert isinstance(self._place, PostgresPlace), "the plan is for PostgreSQL"
        self._place.cut()

    @property
    def _server(self) -> Server:
        assert isinstance(self._place, PostgresPlace), "the plan is for PostgreSQL"
        return self._place.server


def _limit_files(bot: Bot, most: int) -> None:
    """Only the soft limit is moved, so that it can be lifted again."""
    with suppress(ProcessLookupError):
        _, hard = resource.prlimit(bot.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (most, hard))


def _low(methods: tuple[str, ...]) -> frozenset[str]:
    return frozenset(method.lower() for method in methods)
