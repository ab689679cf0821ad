"""Two replicas on one PostgreSQL: one of them dies, and nobody who writes to the bot can tell.

python -m bench.faults.replicas --times 20 --json

Each time a story is told to two replicas, and in the middle of it one of them is killed: the one
that polls, or the other one, in turn. It stays dead until somebody else polls.
"""

import argparse
import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from bench.faults import checker
from bench.faults.acts import write_story
from bench.faults.bots import Bot, Cradle, Nursery
from bench.faults.checker import Findings
from bench.faults.fleet import Fleet
from bench.faults.places import Place
from bench.faults.postgres import Server, running_server
from bench.faults.run import Stage, cast, invite_planner, planner_acts, staged
from bench.faults.story import Teller, Turns
from bench.faults.weather import SENDING, weather
from simulator import Fault

# The two that may lead are told apart by the names they give to the server.
NAMES = ("rumah", "gadang")
DEAD_SECONDS = 15.0
TAKEN_OVER_SECONDS = 10.0
LOOK_SECONDS = 0.02
LEADER = """
    SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND granted AND objsubid = 2
        AND datname = current_database() AND classid = 7402
"""


@dataclass
class Round:
    """One story with a few deaths in it."""

    updates: int = 0
    deaths: dict[str, int] = field(default_factory=lambda: {"poller": 0, "other": 0})
    takeovers: list[float] = field(default_factory=list)
    findings: Findings = field(default_factory=Findings)
    crashes: list[int] = field(default_factory=list)
    hung: bool = False

    @property
    def clean(self) -> bool:
        in_time = all(seconds <= TAKEN_OVER_SECONDS for seconds in self.takeovers)
        return self.findings.clean and in_time and not self.crashes and not self.hung


async def play(  # noqa: PLR0913 - what a round can be told
    cradle: Cradle,
    server: Server,
    *,
    seed: int,
    people: int = 40,
    updates: int = 400,
    deaths: int = 4,
    hurry: bool = True,
    patience: float = 300.0,
) -> Round:
    """Tell a story to two replicas, of which now and then one dies."""
    played = Round()
    async with staged(cradle, seed=seed, server=server, hurry=hurry) as stage:
        for name in NAMES:
            await stage.fleet.grow(name=name)
        await stage.wait_for_tables()
        invite_planner(stage.place)
        acts = write_story(people=people, updates=updates, seed=seed)
        tellers = cast(stage.telegram, [planner_acts(), *acts])
        late = Fault("latency", methods=frozenset(map(str.lower, SENDING)), ms=5, jitter_ms=30)
        with weather(stage.faults, late):
            told = await _tell(stage, tellers, played, seed=seed, deaths=deaths, patience=patience)
            played.hung = not (told and await stage.settle(patience=patience))
        await stage.fleet.close()
        played.updates = stage.telegram.record.count_updates
        played.crashes = stage.fleet.losses.crashes
        played.findings = checker.check(
            stage.place,
            stage.telegram,
            [teller.chat for teller in tellers],
            open_at_a_death=stage.fleet.losses.in_flight + stage.faults.cut,
        )
    return played


async def _tell(
    stage: Stage,
    tellers: list[Teller],
    played: Round,
    *,
    seed: int,
    deaths: int,
    patience: float,
) -> bool:
    turns, total = Turns(), sum(teller.length for teller in tellers)
    telling = [asyncio.create_task(teller.tell(turns)) for teller in tellers]
    try:
        for number in range(1, deaths + 1):
            turns.allow(total * number // (deaths + 1))
            await asyncio.sleep(0.05 * (1 + (seed + number) % 5))
            await _let_one_die(stage, played, poller=(seed + number) % 2 == 0)
        turns.allow(total)
        _, pending = await asyncio.wait(telling, timeout=patience)
        for task in telling:
            if task.done():
                task.result()
        return not pending
    finally:
        for task in telling:
            task.cancel()


async def _let_one_die(stage: Stage, played: Round, *, poller: bool) -> None:
    """Kill the one that polls, or the other; wait until there is one that polls."""
    leader = await _wait_for_leader(stage.place)
    victim = _find(stage.fleet, leader, same=poller)
    played.deaths["poller" if poller else "other"] += 1
    stage.fleet.restart_seconds = DEAD_SECONDS if poller else 0.05
    await stage.fleet.kill(victim)
    begun = monotonic()
    if poller:
        await _wait_for_leader(stage.place, besides=leader)
        played.takeovers.append(monotonic() - begun)
    stage.fleet.restart_seconds = 0.05
    await _wait_until_two(stage.fleet)


def _find(fleet: Fleet, leader: str, *, same: bool) -> Bot:
    return next(bot for bot in fleet.bots if (bot.name == leader) is same)


async def _wait_for_leader(place: Place, *, besides: str = "") -> str:
    async with asyncio.timeout(60):
        while True:
            for (name,) in place.rows(LEADER):
                if name in NAMES and name != besides:
                    return str(name)
            await asyncio.sleep(LOOK_SECONDS)


async def _wait_until_two(fleet: Fleet) -> None:
    async with asyncio.timeout(60):
        while len(fleet.bots) < len(NAMES):
            await asyncio.sleep(LOOK_SECONDS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--patient", action="store_true", help="with the pauses of production")
    parser.add_argument("--models", type=Path, default=Path(".palanta/models"))
    parser.add_argument("--json", action="store_true", help="print figures, not a table")
    given = parser.parse_args()
    begun = monotonic()
    rounds = asyncio.run(_play_all(given))
    found = figures(rounds) | {"seconds": monotonic() - begun}
    print(json.dumps(found, indent=2) if given.json else found)
    raise SystemExit(0 if found["failed"] == 0 else 1)


async def _play_all(given: argparse.Namespace) -> list[Round]:
    seeds = range(given.seed, given.seed + given.times)
    async with Nursery.open(given.models) as nursery:
        with running_server() as server:
            return [await play(nursery, server, seed=n, hurry=not given.patient) for n in seeds]


def figures(rounds: list[Round]) -> dict[str, Any]:
    findings = [played.findings for played in rounds]
    takeovers = [seconds for played in rounds for seconds in played.takeovers]
    return {
        "times": len(rounds),
        "failed": sum(not played.clean for played in rounds),
        "updates": sum(played.updates for played in rounds),
        "deaths_of_the_poller": sum(played.deaths["poller"] for played in rounds),
        "deaths_of_the_other": sum(played.deaths["other"] for played in rounds),
        "slowest_takeover": max(takeovers, default=0.0),
        "lost": sum(each.lost for each in findings),
        "applied_twice": sum(each.applied_twice for each in findings),
        "unanswered": sum(each.unanswered for each in findings),
        "out_of_order": sum(each.out_of_order for each in findings),
        "replies_repeated": sum(each.repeats for each in findings),
        "repeated_unexplained": sum(each.repeats_unexplained for each in findings),
        "crashes": sum(len(played.crashes) for played in rounds),
        "hung": sum(played.hung for played in rounds),
        "cases": [case for each in findings for case in each.cases][:5],
    }


if __name__ == "__main__":
    main()
