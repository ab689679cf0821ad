"""What an update costs when 10,000 ideas are stored, and when a million are.

python -m bench.growth [--json] [--rounds 5] [--updates 400] [--ideas 10000 1000000]

Both bots run at once and take turns, so that a busy machine treats them alike.
"""

import asyncio
import json
import tempfile
from argparse import Namespace
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from bench.contest import (
    BREATH_SECONDS,
    Contestant,
    Figures,
    contestant,
    middle,
    parser,
    pin,
    ratio,
    table,
)
from bench.workloads import Writer

KINDS = ("ideas", "commands")


async def measure(given: Namespace) -> dict[str, Any]:
    """Return what an update of each kind costs with each number of stored ideas."""
    writer = Writer()
    raw: dict[tuple[str, int], list[Figures]] = {}
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="palanta-growth-")))
        pin()
        bots: dict[int, Contestant] = {}
        for ideas in given.ideas:
            bots[ideas] = await stack.enter_async_context(
                contestant("palanta", folder / str(ideas), models=given.models, ideas=ideas)
            )
            await bots[ideas].take(writer.ideas(200), buttons=True)
        for number in range(given.rounds):
            for kind in KINDS:
                for ideas, bot in bots.items():
                    await asyncio.sleep(BREATH_SECONDS)
                    workload = getattr(writer, kind)(given.updates, skip=number * given.updates)
                    taken = await bot.take(workload, buttons=kind == "ideas")
                    raw.setdefault((kind, ideas), []).append(taken)
        sizes = {ideas: _size(folder / str(ideas) / "palanta.db") for ideas in bots}
    return _summarize(raw, sizes)


def _size(database: Path) -> float:
    return database.stat().st_size / 1e6


def _summarize(
    raw: dict[tuple[str, int], list[Figures]], sizes: dict[int, float]
) -> dict[str, Any]:
    few, many = min(sizes), max(sizes)
    return {
        "database_mb": {str(ideas): size for ideas, size in sizes.items()},
        "kinds": {
            kind: {
                "cpu_ms": {str(ideas): middle(raw[kind, ideas], "cpu_ms") for ideas in sizes},
                "per_second": {
                    str(ideas): middle(raw[kind, ideas], "per_second") for ideas in sizes
                },
                "cost": ratio(raw[kind, few], raw[kind, many], "cpu_ms"),
                "time": ratio(raw[kind, few], raw[kind, many], "per_second"),
            }
            for kind in KINDS
        },
    }


def tables(figures: dict[str, Any]) -> str:
    few, many = sorted(figures["database_mb"], key=int)
    return table(
        f"updates | ms of processor at {int(few):,} | at {int(many):,} | cost, ratio | "
        "time, ratio | target",
        [
            [
                kind,
                f"{of['cpu_ms'][few]:.2f}",
                f"{of['cpu_ms'][many]:.2f}",
                f"**{of['cost']:.2f}**",
                f"{of['time']:.2f}",
                "≤ 1.3",
            ]
            for kind, of in figures["kinds"].items()
        ],
    )


def main() -> None:
    arguments = parser(__doc__, rounds=5, updates=400)
    arguments.add_argument("--ideas", type=int, nargs=2, default=[10_000, 1_000_000])
    given = arguments.parse_args()
    figures = asyncio.run(measure(given)) | {"rounds": given.rounds, "updates": given.updates}
    print(json.dumps(figures, indent=2) if given.json else tables(figures))


if __name__ == "__main__":
    main()
