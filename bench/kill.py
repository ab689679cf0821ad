"""Kills the bot at random moments while people talk to it, and counts what that cost them.

python -m bench.kill --updates 2000 --kills 20 --json [--seed N] [--peer ptb] [--signal term]
"""

import argparse
import asyncio
import json
import random
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import monotonic, time
from typing import Any

from bench import evidence, story
from bench.bot import MODELS
from bench.checker import Findings, InFlight
from bench.faults.postgres import running_server
from bench.processes import Running
from bench.story import Budget
from bench.strikes import STRIKES, Strike
from bench.subjects import Palanta, PlainEcho, Subject
from bench.telegram import Telegram, telegram_running

PEOPLE = 40
# A fresh model is trained at the first start.
START_SECONDS = 180.0
WORK_SECONDS = 5.0
SETTLE_SECONDS = 120.0
QUIET_SECONDS = 1.5
LOOK_EVERY = 0.004


@dataclass
class Run:
    """What happened besides the story."""

    in_flight: list[InFlight] = field(default_factory=list)
    busy_kills: int = 0
    start_seconds: list[float] = field(default_factory=list)
    end_seconds: list[float] = field(default_factory=list)


class Killer:
    """Starts the bot, strikes it in the middle of its work, and starts it again."""

    def __init__(
        self,
        telegram: Telegram,
        subject: Subject,
        budget: Budget,
        *,
        kills: int,
        strike: Strike,
        seed: int,
    ) -> None:
        self._telegram = telegram
        self._subject = subject
        self._budget = budget
        self._kills = kills
        self._strike = strike
        self._chance = random.Random(f"kills {seed}")
        self._heard = 0
        self.run = Run()

    async def live(self) -> Running:
        """Go through all kills and return the process that is left alive."""
        part = self._budget.total / (self._kills + 1)
        for turn in range(1, self._kills + 1):
            self._budget.allow(round(turn * part))
            await self._let_live_and_strike(work=self._chance.uniform(0, part))
        self._budget.allow(self._budget.total)
        return await self._start()

    async def _let_live_and_strike(self, *, work: float) -> None:
        """Strike after about this many calls, or when nothing more happens."""
        bot = await self._start()
        until = monotonic() + WORK_SECONDS
        made = 0
        while made < work and monotonic() < until:
            made += await self._listen()
        await asyncio.sleep(self._chance.uniform(0, 0.01))
        self.run.end_seconds.append(await self._strike(bot))
        self.run.in_flight.append(self._subject.in_flight())
        pending = await self._telegram.count_pending()
        self.run.busy_kills += bool(pending or self._subject.left_open())

    async def _start(self) -> Running:
        """Start and wait for the first poll. There is always something to be had by it."""
        await self._listen()
        begun = time()
        bot = await self._subject.start()
        async with asyncio.timeout(START_SECONDS):
            while (polled := await self._poll_since(begun)) is None:
                bot.check()
        self.run.start_seconds.append(polled - begun)
        return bot

    async def _listen(self) -> int:
        """Count the calls since the last time."""
        await asyncio.sleep(LOOK_EVERY)
        calls = await self._telegram.calls(after=self._heard)
        if calls:
            self._heard = int(calls[-1]["seq"])
        return len(calls)

    async def _poll_since(self, begun: float) -> float | None:
        """Find the first poll of a new life; one of the last life may be answered as late."""
        await asyncio.sleep(LOOK_EVERY)
        calls = await self._telegram.calls(after=self._heard)
        methods = [call["method"] if call["at"] > begun else "" for call in calls]
        if "getMe" not in methods:
            return None
        life = calls[methods.index("getMe") :]
        return next((float(c["at"]) for c in life if c["method"] == "getUpdates"), None)


async def play(
    folder: Path,
    subject_of: Callable[[str], Subject],
    *,
    updates: int,
    kills: int,
    strike: Strike,
    seed: int,
) -> tuple[Findings, Run]:
    """Play the whole story against one bot and check what came of it."""
    async with telegram_running(folder) as telegram:
        subject, budget = subject_of(telegram.url), Budget(updates)
        people = min(PEOPLE, max(1, updates // 10))
        residents = await story.gather_people(
            telegram, people, seed=seed, noticed=subject.has_notice
        )
        killer = Killer(telegram, subject, budget, kills=kills, strike=strike, seed=seed)
        telling = asyncio.create_task(story.tell(residents, budget))
        try:
            bot = await killer.live()
            try:
                await telling
                await settle(telegram, subject, bot)
                await bot.end()
            finally:
                await bot.kill()
        finally:
            telling.cancel()
        presses = [(r.person, press) for r in residents for press in r.presses]
        told = await evidence.ask(telegram, presses)
        return subject.check(told, killer.run.in_flight), killer.run


async def settle(telegram: Telegram, subject: Subject, bot: Running) -> None:
    """Wait until all is done by the bot's own books and nothing has moved for a while."""
    heard, quiet_since, until = 0, monotonic(), monotonic() + SETTLE_SECONDS
    while monotonic() < until:
        bot.check()
        calls = await telegram.calls(after=heard)
        if calls:
            heard, quiet_since = int(calls[-1]["seq"]), monotonic()
        quiet = monotonic() - quiet_since > QUIET_SECONDS
        if quiet and not await telegram.count_pending() and not subject.count_open():
            return
        await asyncio.sleep(0.1)


def figures(findings: Findings, run: Run) -> dict[str, Any]:
    return {
        "kills_while_busy": run.busy_kills,
        "lost": findings.lost,
        "applied_twice": findings.applied_twice,
        "unanswered": findings.unanswered,
        "out_of_order": findings.out_of_order,
        "replies_repeated": findings.replies_repeated,
        "messages_repeated": findings.messages_repeated,
        "repeated_without_kill": findings.repeated_without_kill,
        "in_flight_max": max(map(len, run.in_flight), default=0),
        "start_seconds": {"median": median(run.start_seconds), "max": max(run.start_seconds)},
        "end_seconds_max": max(run.end_seconds, default=0.0),
        "cases": findings.cases[:5],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--updates", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--signal", choices=list(STRIKES), default="kill")
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--peer", choices=["ptb"], help="kill a plain echo bot instead")
    parser.add_argument("--json", action="store_true", help="print figures, not a table")
    parser.add_argument("--models", type=Path, default=MODELS, help="where models are kept")
    parser.add_argument("--folder", type=Path, help="an empty folder; what is left stays there")
    given = parser.parse_args()
    begun = monotonic()
    server = running_server() if given.engine == "postgresql" else nullcontext()
    with _folder(given.folder) as name, server as postgres:
        folder = Path(name)
        database = postgres.make_place().url if postgres else None

        def subject(url: str) -> Subject:
            if given.peer:
                return PlainEcho(folder, url)
            return Palanta(folder, url, models=given.models, database=database)

        findings, run = asyncio.run(
            play(
                folder,
                subject,
                updates=given.updates,
                kills=given.kills,
                strike=STRIKES[given.signal],
                seed=given.seed,
            )
        )
    found = {"bot": given.peer or "palanta", "updates": given.updates, "kills": given.kills}
    found |= {"engine": given.engine} | figures(findings, run)
    found |= {"signal": given.signal, "seed": given.seed, "seconds": monotonic() - begun}
    print(json.dumps(found, indent=2) if given.json else _table(found))


def _folder(chosen: Path | None) -> AbstractContextManager[str | Path]:
    if chosen is None:
        return tempfile.TemporaryDirectory(prefix="palanta-kill-")
    chosen.mkdir(parents=True, exist_ok=True)
    return nullcontext(chosen)


def _table(found: dict[str, Any]) -> str:
    return "\n".join(f"{name:24} {value}" for name, value in found.items())


if __name__ == "__main__":
    main()
