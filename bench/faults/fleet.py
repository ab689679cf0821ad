"""The bots of one run: kept alive by a supervisor, as systemd would, whatever happens to them."""

import asyncio
import sqlite3
from collections import Counter
from dataclasses import dataclass, field, replace
from signal import SIGCONT, SIGKILL, SIGSTOP, SIGTERM
from time import monotonic
from typing import Any

import psycopg

from bench.faults.bots import Bot, Cradle
from bench.faults.child import REFUSED, Birth
from bench.faults.places import Place

IN_FLIGHT = "SELECT chat_id, method FROM outbox WHERE state = 'sending'"
RESTART_SECONDS = 0.05
# A call that waits longer for its answer is given up, so its outcome is as open as after a kill.
ANSWER_SECONDS = 25.0

InFlight = Counter[tuple[int | None, str]]


@dataclass
class Losses:
    """What happened to the processes."""

    kills: int = 0
    terms: int = 0
    stops: int = 0
    refusals: int = 0  # starts on a database that could not be opened just then
    crashes: list[int] = field(default_factory=list)
    slowest_end: float = 0.0
    in_flight: InFlight = field(default_factory=Counter)
    in_flight_max: int = 0


class Fleet:
    """As many bots as are wanted, on one database."""

    def __init__(self, cradle: Cradle, birth: Birth, place: Place) -> None:
        self.losses = Losses()
        self.bots: list[Bot] = []
        self.restart_seconds = RESTART_SECONDS
        self._cradle = cradle
        self._birth = birth
        self._place = place
        self._keeping: list[asyncio.Task[None]] = []
        self._closing = False

    async def grow(self, *, name: str = "bot", **facts: Any) -> None:
        """Add a bot, and keep one in its place from now on. PostgreSQL knows it by its name."""
        bot = await self._bear(**facts, env=self._birth.env | {"PGAPPNAME": name})
        bot.name = name
        self._keeping.append(asyncio.create_task(self._keep(bot)))

    async def _bear(self, **facts: Any) -> Bot:
        bot = await self._cradle.bear(replace(self._birth, **facts))
        self.bots.append(bot)
        return bot

    async def _keep(self, bot: Bot) -> None:
        while True:
            code = await asyncio.shield(bot.code)
            self.bots.remove(bot)
            await self.note_in_flight()
            if code == REFUSED:
                self.losses.refusals += 1
            elif not bot.expected_to_end:
                self.losses.crashes.append(code)
            if self._closing:
                return
            await asyncio.sleep(self.restart_seconds)
            name = bot.name
            bot = await self._bear(env=self._birth.env | {"PGAPPNAME": name})
            bot.name = name

    async def note_in_flight(self) -> None:
        """What is in flight now may arrive twice."""
        found: InFlight = Counter()
        for _ in range(200):
            try:
                found = Counter(map(tuple, self._place.rows_left(IN_FLIGHT)))
                break
            except (OSError, sqlite3.Error, psycopg.errors.UndefinedTable):
                break  # there are no tables yet
            except psycopg.Error:
                await asyncio.sleep(0.05)  # the server is being restarted
        self.losses.in_flight += found
        self.losses.in_flight_max = max(self.losses.in_flight_max, found.total())

    async def kill(self, bot: Bot) -> None:
        self.losses.kills += 1
        await bot.end(SIGKILL)

    async def end(self, bot: Bot, *, times: int = 1, gap: float = 0.05) -> None:
        """SIGTERM, perhaps again before it has ended."""
        self.losses.terms += 1
        bot.expected_to_end = True
        begun = monotonic()
        for _ in range(times):
            bot.send(SIGTERM)
            await asyncio.sleep(gap)
        code = await bot.end(within=60)
        self.losses.slowest_end = max(self.losses.slowest_end, monotonic() - begun)
        # A second signal may meet a process that has put everything away and only breathes out.
        if code not in (0, -SIGTERM, REFUSED):
            self.losses.crashes.append(code)

    async def stop(self, bot: Bot, seconds: float) -> None:
        """SIGSTOP: it hears and does nothing for a while, and knows nothing of it afterwards."""
        self.losses.stops += 1
        bot.send(SIGSTOP)
        if seconds > ANSWER_SECONDS or self._place.shared:
            await self.note_in_flight()
        await asyncio.sleep(seconds)
        bot.send(SIGCONT)

    async def close(self) -> None:
        """End all of them and wait until they are gone."""
        self._closing = True
        async with asyncio.TaskGroup() as group:
            for bot in list(self.bots):
                group.create_task(self.end(bot))
        await asyncio.gather(*self._keeping)

    async def abandon(self) -> None:
        """Kill what is left of a run that failed."""
        for task in self._keeping:
            task.cancel()
        for bot in list(self.bots):
            bot.send(SIGCONT)
            bot.send(SIGKILL)
