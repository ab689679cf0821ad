"""The proof that this harness can fail: a plain bot under it, which loses what it had taken.

python -m bench.faults.stock [--updates 1000] [--json]

A backlog is waiting; the bot is killed in the middle of it and started again. Stock
python-telegram-bot has confirmed a batch to Telegram before its handlers have seen it.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL
from time import monotonic

from bench.evidence import select
from bench.faults.bots import Bot, Cradle, Nursery
from bench.faults.child import Birth, set_clock
from bench.faults.run import TOKEN
from bench.processes import Running, start
from simulator import Simulator

PEOPLE = 20
WORKING = 40  # calls after which it is in the middle of its work
QUIET_SECONDS = 1.5
PATIENCE = 120.0

Start = Callable[[], Awaitable["Mortal"]]


@dataclass
class Backlog:
    """What came of a backlog in which a bot was killed."""

    updates: int
    lost: int


class Mortal:
    """A bot that can be killed, whatever it is."""

    def __init__(self, kill: Callable[[], Awaitable[object]]) -> None:
        self.kill = kill


async def lose_with_stock(folder: Path, *, updates: int) -> Backlog:
    """python-telegram-bot's echo example, which keeps each message first of all."""
    database = folder / "echo.db"
    async with Simulator(token=TOKEN, limits=False) as telegram:
        command = [sys.executable, "-m", "bench.echo_ptb", "--api-url", telegram.url]
        command += ["--token", TOKEN, "--database", str(database)]

        async def begin() -> Mortal:
            echo: Running = await start(command, log=folder / "echo.log")
            return Mortal(echo.kill)

        await _kill_in_the_middle(telegram, begin, updates=updates)
    kept = {text for (text,) in select(database, "SELECT text FROM kept")}
    return Backlog(updates, lost=updates - len(kept))


async def lose_with_ours(cradle: Cradle, folder: Path, *, updates: int) -> Backlog:
    """Palanta, under the same treatment; what people have not agreed to is held, and kept."""
    database, clock = folder / "palanta.db", folder / "clock"
    set_clock(clock, 0.0)
    async with Simulator(token=TOKEN, limits=False) as telegram:
        env = {
            "PALANTA_TOKEN": TOKEN,
            "PALANTA_API_URL": telegram.url,
            "PALANTA_DATABASE": f"sqlite:///{database}",
            "PALANTA_FOLDER": str(folder),
            "PALANTA_STATUS_PORT": "0",
            "PALANTA_LEARN_EVERY_DAYS": "0",
        }

        async def begin() -> Mortal:
            birth = Birth(env=env, clock=str(clock), log=str(folder / "bot.log"))
            bot: Bot = await cradle.bear(birth)
            return Mortal(lambda: bot.end(SIGKILL))

        await _kill_in_the_middle(telegram, begin, updates=updates)
    kept = select(database, "SELECT update_id FROM inbox")
    return Backlog(updates, lost=updates - len(kept))


async def _kill_in_the_middle(telegram: Simulator, begin: Start, *, updates: int) -> None:
    people = [telegram.person(f"Warga {number}") for number in range(PEOPLE)]
    for number in range(updates):
        await people[number % PEOPLE].says(f"Lampu jalan mati (nomor {number})")
    first = await begin()
    async with asyncio.timeout(PATIENCE):
        while len(telegram.record.calls_of("sendMessage")) < min(WORKING, PEOPLE):
            await asyncio.sleep(0.002)
    await first.kill()
    second = await begin()
    await _wait_until_quiet(telegram)
    await second.kill()


async def _wait_until_quiet(telegram: Simulator) -> None:
    heard, since, until = -1, monotonic(), monotonic() + PATIENCE
    while monotonic() < until:
        if telegram.record.count_calls != heard or len(telegram.world.updates):
            heard, since = telegram.record.count_calls, monotonic()
        if monotonic() - since > QUIET_SECONDS:
            return
        await asyncio.sleep(0.05)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--updates", type=int, default=1000)
    parser.add_argument("--models", type=Path, default=Path(".palanta/models"))
    parser.add_argument("--json", action="store_true", help="print figures, not a table")
    given = parser.parse_args()
    stock, ours = asyncio.run(_both(given))
    found = {"updates": given.updates, "stock_lost": stock.lost, "palanta_lost": ours.lost}
    print(json.dumps(found) if given.json else found)


async def _both(given: argparse.Namespace) -> tuple[Backlog, Backlog]:
    with tempfile.TemporaryDirectory(prefix="palanta-stock-") as name:
        async with Nursery.open(given.models) as nursery:
            return (
                await lose_with_stock(Path(name), updates=given.updates),
                await lose_with_ours(nursery, Path(name), updates=given.updates),
            )


if __name__ == "__main__":
    main()
