"""How long people wait for their answer at half of what a bot can bear.

python -m bench.latency [--json] [--rounds 3] [--updates 600]

In every round each bot first shows its most, with all updates there at once. Then they come at half
of that, at random moments and whether or not the bot keeps up, and the time of each runs from the
moment it is there to its answer.
"""

import asyncio
import json
from argparse import Namespace
from typing import Any

import numpy as np

from bench.contest import BREATH_SECONDS, answers_with_buttons, contest, middle, parser, table
from bench.workloads import Writer

NAMES = ("palanta", "ptb_echo", "aiogram_echo")
LOAD = 0.5


async def measure(given: Namespace) -> dict[str, Any]:
    """Return for each bot its most, and the waits in milliseconds at half of it."""
    writer = Writer()
    most: dict[str, list[dict[str, float]]] = {name: [] for name in given.only}
    waits: dict[str, list[list[float]]] = {name: [] for name in given.only}
    async with contest(given.only, writer, models=given.models) as bots:
        for number in range(given.rounds):
            for name, bot in bots.items():
                await asyncio.sleep(BREATH_SECONDS)
                buttons, skip = answers_with_buttons(name, "ideas"), number * given.updates
                workload = writer.ideas(given.updates, skip=skip)
                most[name].append(await bot.take(workload, buttons=buttons))
                await asyncio.sleep(BREATH_SECONDS)
                workload = writer.ideas(given.updates, skip=skip)
                rate = LOAD * most[name][-1]["per_second"]
                await bot.take(workload, buttons=buttons, per_second=rate)
                waits[name].append([1000 * seconds for seconds in await bot.list_waits()])
    return {name: _summarize(middle(most[name], "per_second"), waits[name]) for name in given.only}


def _summarize(most: float, rounds: list[list[float]]) -> dict[str, Any]:
    everything = [wait for waits in rounds for wait in waits]
    p50, p95, p99 = np.percentile(everything, [50, 95, 99]).tolist()
    return {
        "most_per_second": most,
        "n": len(everything),
        "p50_ms": p50,
        "p95_ms": p95,
        "p99_ms": p99,
        "p99_ms_of_rounds": [float(np.percentile(waits, 99)) for waits in rounds],
        "longest_ms": max(everything),
    }


def _rows(figures: dict[str, Any]) -> list[list[object]]:
    return [
        [
            name,
            f"{LOAD * of['most_per_second']:.0f}",
            of["n"],
            *(f"{of[figure]:.0f}" for figure in ("p50_ms", "p95_ms", "p99_ms", "longest_ms")),
            " ".join(f"{p99:.0f}" for p99 in of["p99_ms_of_rounds"]),
        ]
        for name, of in figures.items()
    ]


HEADER = "bot | load, updates/s | n | p50, ms | p95 | p99 | longest | p99 of each round"


def main() -> None:
    arguments = parser(__doc__, rounds=3, updates=600)
    arguments.add_argument("--only", nargs="+", choices=NAMES, default=list(NAMES))
    given = arguments.parse_args()
    figures = asyncio.run(measure(given))
    said = {"rounds": given.rounds, "updates": given.updates, "bots": figures}
    print(json.dumps(said, indent=2) if given.json else table(HEADER, _rows(figures)))


if __name__ == "__main__":
    main()
