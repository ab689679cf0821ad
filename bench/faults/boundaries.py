"""Kills the bot at every boundary of its work, one after the other, and looks after each.

python -m bench.faults.boundaries [--engine sqlite|postgres] [--every-statement] [--json]

A first life counts the points that a small story passes: before and after each hand-over to the
database, each call to Telegram, each handler. Then the story is told again for each of them, to a
bot that dies right there as by SIGKILL, and to another that has to make good.
"""

import argparse
import asyncio
import json
import random
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from bench.faults import checker
from bench.faults.acts import Act, Agree, Album, Edit, Press, Say, Write
from bench.faults.bots import Cradle, Nursery
from bench.faults.points import KILLED
from bench.faults.postgres import Server, running_server
from bench.faults.run import Stage, cast, staged
from bench.faults.story import Teller, Turns

PATIENCE = 60.0
WISH = "Lampu jalan di gang kami sudah lama mati, tolong diganti yang terang"

# Everything that the bot does in one life: held, released, kept, changed, confirmed, told.
RINA: tuple[Act, ...] = (
    Write(1, f"{WISH} (nomor 1)"),
    Edit(1, f"{WISH}, juga di gang sebelah (nomor 1, versi 1)"),
    Agree(),
    Press(1, "topic:parking", twice=True),
    Press(1, "topic:street_lighting"),
    Album(2, f"{WISH} (nomor 2)", photos=2),
    Say("/ideku"),
)
EKO: tuple[Act, ...] = (
    Write(11, f"{WISH} (nomor 11)"),
    Agree(),
    Press(11, "right"),
    Write(12, f"{WISH} (nomor 12)"),
    Edit(12, f"{WISH}, segera (nomor 12, versi 1)"),
)


@dataclass
class Tally:
    """How it went, over all points."""

    points: int = 0
    deaths: int = 0
    places: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    repeats: int = 0


async def walk(
    cradle: Cradle,
    *,
    server: Server | None = None,
    every_statement: bool = False,
    acts: Sequence[Sequence[Act]] = (RINA, EKO),
    step: int = 1,
) -> Tally:
    """Die at each point, from the first to the last that a life reaches.

    ``step`` more than 1 leaves some out, for whoever has no time.
    """
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="palanta-points-") as name:
        points = Path(name) / "points"
        die_at = 1
        while True:
            points.write_text("")
            died = await _die_at(cradle, die_at, points, tally, server, every_statement, acts)
            passed = points.read_text("utf-8").splitlines()
            if not died:
                tally.points = len(passed)
                return tally
            tally.deaths += 1
            tally.places.append(passed[-1].partition(" ")[2])
            die_at += step


async def _die_at(
    cradle: Cradle,
    die_at: int,
    points: Path,
    tally: Tally,
    server: Server | None,
    every_statement: bool,
    acts: Sequence[Sequence[Act]],
) -> bool:
    """Live one life that ends at a point; False if the story was over before."""
    async with staged(cradle, seed=die_at, server=server, hurry=True) as stage:
        await stage.fleet.grow(points=str(points), die_at=die_at, every_statement=every_statement)
        [first] = stage.fleet.bots
        tellers = cast(stage.telegram, acts)
        hung = not (await _tell(tellers, die_at) and await stage.settle(patience=PATIENCE))
        died = not first.alive
        await stage.fleet.close()
        findings = checker.check(
            stage.place,
            stage.telegram,
            [teller.chat for teller in tellers],
            open_at_a_death=stage.fleet.losses.in_flight,
        )
        tally.repeats += findings.repeats
        if hung or not findings.clean or _crashes(stage):
            where = points.read_text("utf-8").splitlines()[-1:]
            tally.failed.append(f"{where}: hung {hung}, {_crashes(stage)}, {findings.cases[:3]}")
        return died


async def _tell(tellers: Sequence[Teller], seed: int) -> bool:
    """Tell all at once, each at their own pace; False if it came to a stop."""
    turns = Turns()
    turns.allow(sum(teller.length for teller in tellers))
    order = random.Random(seed).sample(list(tellers), len(tellers))
    telling = [asyncio.create_task(teller.tell(turns)) for teller in order]
    _, pending = await asyncio.wait(telling, timeout=PATIENCE)
    for task in telling:
        task.cancel() if task in pending else task.result()
    return not pending


def _crashes(stage: Stage) -> list[int]:
    """Deaths that nobody had planned."""
    return [code for code in stage.fleet.losses.crashes if code != KILLED]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--every-statement", action="store_true", help="not only each hand-over")
    parser.add_argument("--step", type=int, default=1, help="try every n-th point only")
    parser.add_argument("--models", type=Path, default=Path(".palanta/models"))
    parser.add_argument("--json", action="store_true", help="print figures, not a table")
    given = parser.parse_args()
    begun = monotonic()
    tally = asyncio.run(_walk(given))
    found = figures(tally) | {"engine": given.engine, "seconds": monotonic() - begun}
    print(json.dumps(found, indent=2) if given.json else found)
    raise SystemExit(1 if tally.failed else 0)


async def _walk(given: argparse.Namespace) -> Tally:
    shared = given.engine == "postgres"
    async with Nursery.open(given.models) as nursery:
        with running_server() if shared else nullcontext() as server:
            return await walk(
                nursery, server=server, every_statement=given.every_statement, step=given.step
            )


def figures(tally: Tally) -> dict[str, Any]:
    return {
        "points": tally.points,
        "deaths": tally.deaths,
        "kinds_of_points": len(set(tally.places)),
        "failed": len(tally.failed),
        "replies_repeated": tally.repeats,
        "cases": tally.failed[:5],
    }


if __name__ == "__main__":
    main()
