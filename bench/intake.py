"""Intake alone: updates a second that are polled, on disk and acknowledged, with nobody processing.

python -m bench.intake [--json] [--rounds 5] [--updates 20000]
"""

import asyncio
import json
import tempfile
from argparse import Namespace
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import Any

import uvloop

from bench.contest import (
    BREATH_SECONDS,
    Figures,
    Standin,
    middle,
    parser,
    pin,
    standin_running,
    table,
)
from bench.faults.postgres import running_server
from bench.peers import BOT_CORE
from bench.telegram import TOKEN
from bench.workloads import Writer
from bot.intake import Intake
from bot.receive import Poller
from bot.transport import AiohttpRequest
from storage.database import Database

LOOK_EVERY = 0.05


async def measure(given: Namespace) -> dict[str, list[Figures]]:
    """Return what each round found on each engine. This process is the bot here."""
    writer = Writer()
    raw: dict[str, list[Figures]] = {}
    with (
        tempfile.TemporaryDirectory(prefix="palanta-intake-") as folder,
        running_server() if "postgresql" in given.engines else nullcontext() as server,
    ):
        addresses: dict[str, Callable[[int], str]] = {
            "sqlite": lambda number: f"sqlite:///{folder}/{number}.db",
            "postgresql": lambda number: server.make_place().url if server else "",
        }
        async with standin_running(Path(folder) / "standin.log") as standin:
            pin(BOT_CORE)
            for number in range(given.rounds):
                for engine in given.engines:
                    await asyncio.sleep(BREATH_SECONDS)
                    url = addresses[engine](number)
                    updates = writer.ideas(given.updates).updates
                    raw.setdefault(engine, []).append(await _take(standin, url, updates))
    return raw


# Any: updates as Telegram writes them.
async def _take(standin: Standin, url: str, updates: list[dict[str, Any]]) -> Figures:
    """Poll until all are confirmed; return how many that were a second, and what each cost."""
    await standin.ask("load", {"updates": updates})
    transport = AiohttpRequest(f"{standin.url}/bot{TOKEN}")
    await transport.initialize()
    async with Database.open(url) as database:
        processor = process_time()
        intake = Intake(database, now=lambda: datetime.now(UTC), arrived=asyncio.Event())
        polling = asyncio.create_task(Poller(intake, transport).run())
        while (state := await standin.ask("state"))["pending"]:
            await asyncio.sleep(LOOK_EVERY)
        processor = process_time() - processor
        polling.cancel()
        await asyncio.wait([polling])
        async with database.reading() as session:
            row = await session.fetch_one("SELECT count(*) AS n FROM inbox")
    await transport.shutdown()
    assert row and row["n"] == len(updates), "what was acknowledged is there"
    return {
        "per_second": len(updates) / float(state["confirmed_at"] - state["handed_out_at"]),
        "cpu_us": 1e6 * processor / len(updates),
    }


def _rows(raw: dict[str, list[Figures]]) -> list[list[object]]:
    return [
        [
            engine,
            f"**{middle(taken, 'per_second'):,.0f}**",
            f"{min(one['per_second'] for one in taken):,.0f}-"
            f"{max(one['per_second'] for one in taken):,.0f}",
            f"{middle(taken, 'cpu_us'):.0f}",
            "≥ 15,000" if engine == "sqlite" else "-",
        ]
        for engine, taken in raw.items()
    ]


def main() -> None:
    arguments = parser(__doc__, rounds=5, updates=20_000)
    engines = ["sqlite", "postgresql"]
    arguments.add_argument("--engines", nargs="+", choices=engines, default=engines)
    given = arguments.parse_args()
    raw = uvloop.run(measure(given))
    said = {"rounds": given.rounds, "updates": given.updates, "engines": raw}
    header = "engine | updates/s | lowest-highest | processor, µs/update | target"
    print(json.dumps(said, indent=2) if given.json else table(header, _rows(raw)))


if __name__ == "__main__":
    main()
