"""python -m bench.faults [--runs N] [--seed S] [--engine sqlite|postgres] [--json]

Runs of a story of 2,000 updates by 200 people, each with its own faults. A run that fails is told
by its seed; ``--seed S --runs 1`` does it again.
"""

import argparse
import asyncio
import json
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from time import monotonic
from typing import Any

from bench.faults.bots import ColdStarts, Nursery
from bench.faults.postgres import running_server
from bench.faults.run import Result, Size, run
from bench.faults.strikes import draw_plan


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1, help="of the first run; the next count up")
    parser.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--updates", type=int, default=2000)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--faults", type=int, default=20, help="faults a run")
    parser.add_argument("--only", help="one kind of fault, such as kill")
    parser.add_argument("--longest", type=float, default=30.0, help="seconds a fault may last")
    parser.add_argument("--hurry", action="store_true", help="with the bot's pauses shortened")
    parser.add_argument("--cold", action="store_true", help="start palanta run itself each time")
    parser.add_argument("--models", type=Path, default=Path(".palanta/models"))
    parser.add_argument("--keep", type=Path, help="folder for what is left of runs that fail")
    parser.add_argument("--json", action="store_true", help="print figures, not a table")
    given = parser.parse_args()
    begun = monotonic()
    results = asyncio.run(_run_all(given))
    found = figures(results) | {"seconds": monotonic() - begun}
    print(json.dumps(found, indent=2) if given.json else _table(found))
    raise SystemExit(0 if found["failed"] == 0 else 1)


async def _run_all(given: argparse.Namespace) -> list[Result]:
    shared = given.engine == "postgres"
    size = Size(given.people, given.updates, patience=10 * given.longest + 120, hurry=given.hurry)
    results = []
    async with Nursery.open(given.models) as nursery:
        with running_server() if shared else nullcontext() as server:
            for seed in range(given.seed, given.seed + given.runs):
                plan = draw_plan(
                    seed=seed,
                    strikes=given.faults,
                    shared=shared,
                    longest=given.longest,
                    only=given.only,
                )
                cradle = ColdStarts() if given.cold else nursery
                result = await run(
                    cradle, plan, size, server=server, small=not shared, keep=given.keep
                )
                results.append(result)
                if not given.json:
                    _say(result)
    return results


def _say(result: Result) -> None:
    state = "ok" if result.clean else f"FAILED {result.losses.crashes} {result.findings.cases[:3]}"
    print(
        f"seed {result.seed}: {result.updates} updates, {result.seconds:.0f} s, {state}", flush=True
    )


def figures(results: list[Result]) -> dict[str, Any]:
    """Sum up all runs."""
    findings = [result.findings for result in results]
    losses = [result.losses for result in results]
    return {
        "runs": len(results),
        "failed": sum(not result.clean for result in results),
        "failed_seeds": [result.seed for result in results if not result.clean],
        "engine": results[0].engine if results else "",
        "updates": sum(result.updates for result in results),
        "faults": dict(sum((result.faults for result in results), Counter())),
        "struck_calls": dict(sum((result.struck for result in results), Counter())),
        "kills": sum(each.kills for each in losses),
        "lost": sum(each.lost for each in findings),
        "applied_twice": sum(each.applied_twice for each in findings),
        "unanswered": sum(each.unanswered for each in findings),
        "out_of_order": sum(each.out_of_order for each in findings),
        "replies_repeated": sum(each.repeats for each in findings),
        "repeated_unexplained": sum(each.repeats_unexplained for each in findings),
        "in_flight_max": max((each.in_flight_max for each in losses), default=0),
        "crashes": sum(len(each.crashes) for each in losses),
        "refused_starts": sum(each.refusals for each in losses),
        "hung": sum(result.hung for result in results),
        "slowest_end": max((each.slowest_end for each in losses), default=0.0),
        "cases": [
            f"seed {result.seed}: {case}" for result in results for case in result.findings.cases
        ][:10],
    }


def _table(found: dict[str, Any]) -> str:
    return "\n".join(f"{name:24} {value}" for name, value in found.items())


if __name__ == "__main__":
    main()
