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
from statistics import median
from typing import Any

import uvloop

from bench.contest import BREATH_SECONDS, Standin, parser, pin, standin_running, table
from bench.faults.postgres import running_server
from bench.peers import BOT_CORE
from bench.telegram import TOKEN
from bench.workloads import Writer
from bot.intake import Intake
from bot.receive import Poller
from bot.transport import AiohttpRequest
from storage.database import Database

LOOK_EVERY = 0.05


async def measure(given: Namespace) -> dict[str, list[float]]:
    """Return the rate of each round on each engine. This process is the bot here."""
    writer = Writer()
    rates: dict[str, list[float]] = {}
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
                    rates.setdefault(engine, []).append(await _take(standin, url, updates))
    return rates


# Any: updates as Telegram writes them.
async def _take(standin: Standin, url: str, updates: list[dict[str, Any]]) -> float:
    """Poll until all are confirmed and return how many that were a second."""
    await standin.ask("load", {"updates": updates})
    transport = AiohttpRequest(f"{standin.url}/bot{TOKEN}")
    await transport.initialize()
    async with Database.open(url) as database:
        intake = Intake(database, now=lambda: datetime.now(UTC), arrived=asyncio.Event())
        polling = asyncio.create_task(Poller(intake, transport).run())
        while (state := await standin.ask("state"))["pending"]:
            await asyncio.sleep(LOOK_EVERY)
        polling.cancel()
        await asyncio.wait([polling])
        async with database.reading() as session:
            row = await session.fetch_one("SELECT count(*) AS n FROM inbox")
    await transport.shutdown()
    assert row and row["n"] == len(updates), "what was acknowledged is there"
    return len(updates) / float(state["confirmed_at"] - state["handed_out_at"])


def _rows(rates: dict[str, list[float]]) -> list[list[object]]:
    return [
        [engine, f"**{median(taken):,.0f}**", f"{min(taken):,.0f}-{max(taken):,.0f}", "≥ 15,000"]
        for engine, taken in rates.items()
    ]


def main() -> None:
    arguments = parser(__doc__, rounds=5, updates=20_000)
    engines = ["sqlite", "postgresql"]
    arguments.add_argument("--engines", nargs="+", choices=engines, default=engines)
    given = arguments.parse_args()
    rates = uvloop.run(measure(given))
    said = {"rounds": given.rounds, "updates": given.updates, "per_second": rates}
    header = "engine | updates/s | lowest-highest | target"
    print(json.dumps(said, indent=2) if given.json else table(header, _rows(rates)))


if __name__ == "__main__":
    main()
