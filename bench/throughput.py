"""Updates a second, ours beside the peers': one stand-in, one core for it and one for the bots.

python -m bench.throughput --json [--rounds 5] [--updates 2000] [--latency MS]

All bots run all the time, each with a stand-in of its own, and take turns: in every round each
gets the same updates, and the others wait for theirs. A rate is the number of updates by the time
from the first that was handed out to the last answer that came. Ratios are taken in each round,
between neighbours in time, and the median of the rounds counts.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any

import aiohttp

from bench.bot import MODELS
from bench.peers import NAMES, prepare_aiogram, start_bot
from bench.processes import Running, free_port, running
from bench.workloads import Workload, Writer, count_left

STANDIN_CORE = 0
FIRST_SECONDS = 300.0
ROUND_SECONDS = 300.0
LOOK_EVERY = 0.02
BREATH_SECONDS = 0.3
# Which bot gets which updates, in the order of a round.
TURNS = (
    ("palanta", "ideas"),
    ("ptb_echo", "ideas"),
    ("ptb_same_work", "ideas"),
    ("palanta", "commands"),
    ("aiogram_echo", "commands"),
    ("aiogram_echo", "ideas"),
    ("palanta", "presses"),
)
RATIOS = {
    "vs_ptb_echo": ("palanta ideas", "ptb_echo ideas"),
    "vs_ptb_same_work": ("palanta ideas", "ptb_same_work ideas"),
    "commands_vs_aiogram_echo": ("palanta commands", "aiogram_echo commands"),
    "ideas_vs_aiogram_echo": ("palanta ideas", "aiogram_echo ideas"),
}


class Contestant:
    """A bot, and the stand-in that it talks to."""

    def __init__(self, http: aiohttp.ClientSession, url: str, bot: Running) -> None:
        self._http = http
        self._url = url
        self.bot = bot

    async def take(self, workload: Workload, *, seconds: float = ROUND_SECONDS) -> dict[str, float]:
        """Answer all updates; return the rate and what each cost."""
        processor = self.bot.cpu_seconds()
        async with self._http.post(f"{self._url}/load", json=workload.updates) as response:
            await response.read()
        until = monotonic() + seconds
        while count_left(workload, (state := await self._state())["calls"]):
            self.bot.check()
            if monotonic() > until:
                raise TimeoutError(f"only {state['calls']} of {workload.answers}")
            await asyncio.sleep(LOOK_EVERY)
        number = len(workload.updates)
        return {
            "per_second": number / max(1e-9, state["last_call_at"] - state["handed_out_at"]),
            "cpu_ms": 1000 * (self.bot.cpu_seconds() - processor) / number,
        }

    async def _state(self) -> dict[str, Any]:
        async with self._http.get(f"{self._url}/state") as response:
            state: dict[str, Any] = await response.json()
        return state


@asynccontextmanager
async def contestant(
    name: str, folder: Path, *, models: Path, latency: float
) -> AsyncIterator[Contestant]:
    """Run one bot with its stand-in."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    standin = [sys.executable, "-m", "bench.standin", "--port", str(port)]
    standin += ["--latency", str(latency)]
    log = folder / f"{name}.standin.log"
    async with (
        running(standin, log=log, core=STANDIN_CORE) as process,
        aiohttp.ClientSession() as http,
    ):
        await _wait_until_up(http, url, process)
        bot = await start_bot(name, url, folder / name, models=models)
        try:
            yield Contestant(http, url, bot)
        finally:
            await bot.kill()


async def _wait_until_up(http: aiohttp.ClientSession, url: str, process: Running) -> None:
    async with asyncio.timeout(FIRST_SECONDS):
        while True:
            process.check()
            try:
                async with http.get(f"{url}/state") as response:
                    await response.read()
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)
            else:
                return


async def measure(
    folder: Path, *, rounds: int, updates: int, models: Path, latency: float, names: Sequence[str]
) -> dict[str, Any]:
    """Run all rounds and return the raw figures of each turn."""
    turns = [turn for turn in TURNS if turn[0] in names]
    writer = Writer()
    async with AsyncExitStack() as stack:
        bots = {
            name: await stack.enter_async_context(
                contestant(name, folder, models=models, latency=latency)
            )
            for name in dict.fromkeys(name for name, _ in turns)
        }
        for name, bot in bots.items():
            await _warm_up(bot, writer, consents=name == "palanta")
        raw: dict[str, list[dict[str, float]]] = {}
        for _ in range(rounds):
            for name, kind in turns:
                await asyncio.sleep(BREATH_SECONDS)
                workload: Workload = getattr(writer, kind)(updates)
                raw.setdefault(f"{name} {kind}", []).append(await bots[name].take(workload))
        memory = {name: bot.bot.peak_memory() for name, bot in bots.items()}
    return {"turns": raw, "peak_memory_mb": memory}


async def _warm_up(bot: Contestant, writer: Writer, *, consents: bool) -> None:
    """Bring people past the notice where there is one, and everything into memory."""
    await bot.take(writer.greetings(), seconds=FIRST_SECONDS)
    if consents:
        await bot.take(writer.consents())
    await bot.take(writer.ideas(200))


def summarize(measured: dict[str, Any]) -> dict[str, Any]:
    turns: dict[str, list[dict[str, float]]] = measured["turns"]

    def ratio(ours: str, theirs: str, figure: str) -> float | None:
        if ours not in turns or theirs not in turns:
            return None
        pairs = zip(turns[ours], turns[theirs], strict=True)
        return median(one[figure] / other[figure] for one, other in pairs)

    return {
        **{name: ratio(*pair, "per_second") for name, pair in RATIOS.items()},
        # What a busy machine does not disturb: theirs by ours, so that more is better here too.
        "by_processor_time": {
            name: ratio(theirs, ours, "cpu_ms") for name, (ours, theirs) in RATIOS.items()
        },
        "raw": {
            name: {
                "per_second": median(one["per_second"] for one in taken),
                "lowest": min(one["per_second"] for one in taken),
                "highest": max(one["per_second"] for one in taken),
                "cpu_ms_per_update": median(one["cpu_ms"] for one in taken),
            }
            for name, taken in turns.items()
        },
        "peak_memory_mb": measured["peak_memory_mb"],
    }


def table(figures: dict[str, Any]) -> str:
    """Show the figures to people."""
    lines = [f"{'':24}  updates/s  (range)        ms of processor"]
    for name, of in figures["raw"].items():
        spread = f"({of['lowest']:.0f}-{of['highest']:.0f})"
        lines.append(
            f"{name:24}  {of['per_second']:9.0f}  {spread:13}  {of['cpu_ms_per_update']:6.2f}"
        )
    lines.append(f"{'':26} by updates/s  by processor time")
    for name in RATIOS:
        if figures[name] is not None:
            processor = figures["by_processor_time"][name]
            lines.append(f"{name:26} {figures[name]:12.2f}  {processor:17.2f}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--updates", type=int, default=2000, help="in each turn")
    parser.add_argument("--latency", type=float, default=0.0, help="of the Bot API, in ms")
    parser.add_argument("--only", nargs="+", choices=NAMES, default=list(NAMES))
    parser.add_argument("--json", action="store_true", help="print figures, not a table")
    parser.add_argument("--models", type=Path, default=MODELS, help="where models are kept")
    given = parser.parse_args()
    os.sched_setaffinity(0, {STANDIN_CORE})
    with tempfile.TemporaryDirectory(prefix="palanta-throughput-") as folder:
        figures = summarize(asyncio.run(_measure(given, Path(folder))))
    figures |= {"rounds": given.rounds, "updates": given.updates, "latency_ms": given.latency}
    print(json.dumps(figures, indent=2) if given.json else table(figures))


async def _measure(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    if "aiogram_echo" in given.only:
        await prepare_aiogram()
    return await measure(
        folder,
        rounds=given.rounds,
        updates=given.updates,
        models=given.models,
        latency=given.latency,
        names=given.only,
    )


if __name__ == "__main__":
    main()
