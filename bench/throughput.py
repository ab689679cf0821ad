"""Updates a second, ours beside the peers': one stand-in, one core for it and one for the bots.

python -m bench.throughput [--json] [--rounds 5] [--updates 1000] [--only NAME…]

Ratios are taken in each round, between neighbours in time, and the median of the rounds counts.
"""

import asyncio
import json
from argparse import Namespace
from typing import Any

from bench.contest import (
    BREATH_SECONDS,
    Figures,
    answers_with_buttons,
    contest,
    middle,
    parser,
    ratio,
    table,
)
from bench.workloads import CHATS, Writer

# Which bot gets which updates, in the order of a round, and how many of them: a slow one fewer.
TURNS = {
    ("palanta", "ideas"): 1.0,
    ("ptb_echo", "ideas"): 1.0,
    ("ptb_same_work", "ideas"): 0.5,
    ("palanta", "commands"): 1.0,
    ("aiogram_echo", "commands"): 1.0,
    ("aiogram_echo", "ideas"): 1.0,
    ("palanta", "presses"): 1.0,
    ("ptb_echo_concurrent", "ideas"): 0.2,
}
NAMES = tuple(dict.fromkeys(name for name, _ in TURNS))
RATIOS = {
    "vs_ptb_echo": ("palanta ideas", "ptb_echo ideas", 0.9),
    "vs_ptb_same_work": ("palanta ideas", "ptb_same_work ideas", 2.0),
    "commands_vs_aiogram_echo": ("palanta commands", "aiogram_echo commands", 0.8),
    "ideas_vs_aiogram_echo": ("palanta ideas", "aiogram_echo ideas", None),
    "vs_ptb_echo_concurrent": ("palanta ideas", "ptb_echo_concurrent ideas", None),
}
SAID = {
    "palanta ideas": "**Palanta**: kept, classified, receipt sent",
    "ptb_echo ideas": "python-telegram-bot, bare echo",
    "ptb_echo_concurrent ideas": "the same, `concurrent_updates(True)`",
    "ptb_same_work ideas": "python-telegram-bot, same work the usual way",
    "aiogram_echo ideas": "aiogram, bare echo of the same texts",
    "palanta commands": "**Palanta**: commands",
    "aiogram_echo commands": "aiogram, bare echo of commands",
    "palanta presses": "**Palanta**: buttons, answered and edited",
}


async def measure(given: Namespace) -> dict[str, Any]:
    """Run all rounds and return the raw figures of each turn."""
    turns = {turn: share for turn, share in TURNS.items() if turn[0] in given.only}
    writer = Writer()
    raw: dict[str, list[Figures]] = {}
    async with contest([name for name, _ in turns], writer, models=given.models) as bots:
        for number in range(given.rounds):
            for (name, kind), share in turns.items():
                await asyncio.sleep(BREATH_SECONDS)
                skip = number * given.updates
                updates = max(CHATS, round(share * given.updates))
                workload = getattr(writer, kind)(updates, skip=skip)
                buttons = answers_with_buttons(name, kind)
                taken = await bots[name].take(workload, buttons=buttons)
                raw.setdefault(f"{name} {kind}", []).append(taken)
        memory = {name: bot.bot.peak_memory() for name, bot in bots.items()}
    return {"turns": raw, "peak_memory_mb": memory}


def summarize(measured: dict[str, Any]) -> dict[str, Any]:
    turns: dict[str, list[Figures]] = measured["turns"]

    def compare(figure: str) -> dict[str, float | None]:
        return {
            name: ratio(turns[ours], turns[theirs], figure)
            if ours in turns and theirs in turns
            else None
            for name, (ours, theirs, _) in RATIOS.items()
        }

    return {
        **compare("per_second"),
        # What a busy machine disturbs less.
        "by_processor_time": compare("cpu_ms"),
        "raw": {
            name: {
                "per_second": middle(taken, "per_second"),
                "lowest": min(one["per_second"] for one in taken),
                "highest": max(one["per_second"] for one in taken),
                "cpu_ms_per_update": middle(taken, "cpu_ms"),
            }
            for name, taken in turns.items()
        },
        "peak_memory_mb": measured["peak_memory_mb"],
    }


def tables(figures: dict[str, Any]) -> str:
    """Show the figures to people."""
    memory, raw = figures["peak_memory_mb"], figures["raw"]
    rates = table(
        "bot | updates/s | lowest-highest | processor, ms/update | peak memory, MB",
        [
            (
                SAID[name],
                f"{of['per_second']:.0f}",
                f"{of['lowest']:.0f}-{of['highest']:.0f}",
                f"{of['cpu_ms_per_update']:.2f}",
                f"{memory[name.split()[0]]:.0f}",
            )
            for name, of in sorted(raw.items(), key=lambda item: list(SAID).index(item[0]))
        ],
    )
    ratios = table(
        "ratio | by updates/s | by processor time | target",
        [
            (
                f"`{name}`",
                f"**{figures[name]:.2f}**",
                f"{figures['by_processor_time'][name]:.2f}",
                target or "-",
            )
            for name, (_, _, target) in RATIOS.items()
            if figures[name] is not None
        ],
    )
    return f"{ratios}\n\n{rates}"


def main() -> None:
    arguments = parser(__doc__, rounds=5, updates=1000)
    arguments.add_argument("--only", nargs="+", choices=NAMES, default=list(NAMES))
    given = arguments.parse_args()
    figures = summarize(asyncio.run(measure(given)))
    figures |= {"rounds": given.rounds, "updates": given.updates}
    print(json.dumps(figures, indent=2) if given.json else tables(figures))


if __name__ == "__main__":
    main()
