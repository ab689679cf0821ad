"""The whole path under other conditions: a slower Bot API, fewer and more chats, PostgreSQL.

python -m bench.conditions [--json] [--rounds 3] [--updates 600]
"""

import asyncio
import json
from argparse import Namespace
from typing import Any, NamedTuple

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

MOST_CHATS = 10_000
NAMES = ("palanta", "palanta_postgresql", "ptb_echo", "aiogram_echo")


class Condition(NamedTuple):
    """How far Telegram is, and from how many chats the ideas come.

    ``share`` of the updates are sent: far away, the slowest would take minutes.
    """

    latency_ms: float = 0
    chats: int = CHATS
    share: float = 1.0


CONDITIONS = (
    Condition(),
    Condition(latency_ms=30, share=0.5),
    Condition(latency_ms=100, share=0.25),
    Condition(chats=1, share=0.5),
    Condition(chats=MOST_CHATS),
)


async def measure(given: Namespace) -> list[dict[str, Any]]:
    """Run all rounds and return the figures of each condition."""
    writer = Writer()
    raw: dict[Condition, dict[str, list[Figures]]] = {}
    async with contest(given.only, writer, models=given.models, chats=MOST_CHATS) as bots:
        for number in range(given.rounds):
            for condition in CONDITIONS:
                updates = round(condition.share * given.updates)
                for name, bot in bots.items():
                    await asyncio.sleep(BREATH_SECONDS)
                    taken = await bot.take(
                        writer.ideas(updates, chats=condition.chats, skip=number * updates),
                        buttons=answers_with_buttons(name, "ideas"),
                        latency_ms=condition.latency_ms,
                    )
                    raw.setdefault(condition, {}).setdefault(name, []).append(taken)
    return [_summarize(condition, turns) for condition, turns in raw.items()]


def _summarize(condition: Condition, turns: dict[str, list[Figures]]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "latency_ms": condition.latency_ms,
        "chats": condition.chats,
        "per_second": {name: middle(taken, "per_second") for name, taken in turns.items()},
        "cpu_ms_per_update": {name: middle(taken, "cpu_ms") for name, taken in turns.items()},
    }
    if "ptb_echo" in turns:
        found["vs_ptb_echo"] = {
            name: ratio(taken, turns["ptb_echo"])
            for name, taken in turns.items()
            if name != "ptb_echo"
        }
    return found


def _rows(figures: list[dict[str, Any]]) -> list[list[object]]:
    return [
        [
            f"{of['latency_ms']:.0f} ms",
            f"{of['chats']:,}",
            *(
                f"{of['per_second'][name]:.0f}" if name in of["per_second"] else "-"
                for name in NAMES
            ),
            *(
                f"{of['vs_ptb_echo'][name]:.2f}" if name in of.get("vs_ptb_echo", {}) else "-"
                for name in NAMES[:2]
            ),
        ]
        for of in figures
    ]


HEADER = (
    "API latency | chats | Palanta, SQLite | Palanta, PostgreSQL | python-telegram-bot echo | "
    "aiogram echo | SQLite : ptb echo | PostgreSQL : ptb echo"
)


def main() -> None:
    arguments = parser(__doc__, rounds=3, updates=600)
    arguments.add_argument("--only", nargs="+", choices=NAMES, default=list(NAMES))
    given = arguments.parse_args()
    figures = asyncio.run(measure(given))
    said = {"rounds": given.rounds, "updates": given.updates, "conditions": figures}
    print(json.dumps(said, indent=2) if given.json else table(HEADER, _rows(figures)))


if __name__ == "__main__":
    main()
