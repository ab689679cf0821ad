"""Bots that take turns at the same updates, each with a stand-in of its own.

All run all the time; in every round each gets its updates while the others wait for theirs. The
stand-in and what measures have one core, the bots the other. A rate is the number of updates by
the time from the first that was handed out to the last answer that came.
"""

import asyncio
import os
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any

import aiohttp

from bench.bot import MODELS
from bench.faults.postgres import running_server
from bench.peers import OURS, prepare_aiogram, start_bot
from bench.processes import Running, free_port, running
from bench.workloads import CHATS, Workload, Writer, count_left

STANDIN_CORE = 0
START_SECONDS = 20.0
FIRST_SECONDS = 300.0
TURN_SECONDS = 180.0
LOOK_EVERY = 0.02
BREATH_SECONDS = 0.3

Figures = dict[str, float]


class NotAnswered(Exception):
    """A bot did not answer as it should have, so that its speed says nothing."""


class Standin:
    """A client of a stand-in: what it is to hand out, what it was asked."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http = http
        self.url = url

    # Any: the stand-in's JSON.
    async def ask(self, what: str, order: dict[str, Any] | None = None) -> Any:
        async with self._http.post(f"{self.url}/{what}", json=order or {}) as response:
            return await response.json()


class Contestant:
    """A bot, and the stand-in that it talks to."""

    def __init__(self, standin: Standin, bot: Running) -> None:
        self._standin = standin
        self.bot = bot

    async def take(
        self,
        workload: Workload,
        *,
        seconds: float = TURN_SECONDS,
        buttons: bool = False,
        latency_ms: float = 0,
        per_second: float = 0,
    ) -> Figures:
        """Answer all updates; return the rate and what each cost.

        Raises NotAnswered if a chat is left without an answer or got one too many, or if there are
        to be ``buttons`` under each and there are not.
        """
        processor = self.bot.cpu_seconds()
        order = {"latency": latency_ms / 1000, "per_second": per_second}
        await self._standin.ask("load", order | {"updates": workload.updates})
        until = monotonic() + seconds
        while (state := await self._standin.ask("state"))["unanswered"] or count_left(
            workload, state["calls"]
        ):
            self.bot.check()
            if monotonic() > until:
                raise NotAnswered(f"{state['calls']} instead of {workload.answers}")
            await asyncio.sleep(LOOK_EVERY)
        number = len(workload.updates)
        if state["surplus"] or (buttons and state["calls"]["with buttons"] < number):
            raise NotAnswered(f"of {number}: {state['calls']}, {state['surplus']} too many")
        return {
            "per_second": number / max(1e-9, state["last_call_at"] - state["handed_out_at"]),
            "cpu_ms": 1000 * (self.bot.cpu_seconds() - processor) / number,
        }

    async def list_waits(self) -> list[float]:
        """List the seconds from each message of the last turn to its answer."""
        return [float(seconds) for seconds in await self._standin.ask("seconds")]


def pin(core: int = STANDIN_CORE) -> None:
    """Keep this process, and what it starts from here on, to one core."""
    os.sched_setaffinity(0, {core})


@asynccontextmanager
async def contest(
    names: Iterable[str], writer: Writer, *, models: Path, chats: int = CHATS, ideas: int = 0
) -> AsyncIterator[dict[str, Contestant]]:
    """Run bots, each with its stand-in, warm and past the privacy notice.

    ``writer`` writes what warms them: a message that comes under a number again is none.
    """
    names = list(dict.fromkeys(names))
    if "aiogram_echo" in names:
        await prepare_aiogram()
    pin()
    server = running_server() if "palanta_postgresql" in names else nullcontext()
    with tempfile.TemporaryDirectory(prefix="palanta-bench-") as folder, server as postgres:
        async with AsyncExitStack() as stack:
            bots = {}
            for name in names:
                database = None
                if name == "palanta_postgresql" and postgres:
                    database = postgres.make_place().url
                bots[name] = await stack.enter_async_context(
                    contestant(
                        name,
                        Path(folder) / name,
                        models=models,
                        chats=chats,
                        ideas=ideas,
                        database=database,
                    )
                )
                await bots[name].take(writer.ideas(200, chats=chats), seconds=FIRST_SECONDS)
            yield bots


@asynccontextmanager
async def contestant(
    name: str,
    folder: Path,
    *,
    models: Path,
    chats: int = CHATS,
    ideas: int = 0,
    database: str | None = None,
) -> AsyncIterator[Contestant]:
    """Run one bot with its stand-in."""
    async with standin_running(folder.with_suffix(".standin.log")) as standin:
        bot = await start_bot(
            name, standin.url, folder, models=models, chats=chats, ideas=ideas, database=database
        )
        try:
            yield Contestant(standin, bot)
        finally:
            await bot.kill()


@asynccontextmanager
async def standin_running(log: Path) -> AsyncIterator[Standin]:
    """Run a stand-in on its core."""
    port = free_port()
    command = [sys.executable, "-m", "bench.standin", "--port", str(port)]
    async with (
        running(command, log=log, core=STANDIN_CORE) as process,
        aiohttp.ClientSession() as http,
    ):
        standin = Standin(http, f"http://127.0.0.1:{port}")
        await _wait_until_up(standin, process)
        yield standin


async def _wait_until_up(standin: Standin, process: Running) -> None:
    async with asyncio.timeout(START_SECONDS):
        while True:
            process.check()
            try:
                await standin.ask("state")
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)
            else:
                return


def answers_with_buttons(name: str, kind: str) -> bool:
    """Whether each answer must be a receipt: an echo has no buttons."""
    return kind == "ideas" and name in (*OURS, "ptb_same_work")


def middle(taken: list[Figures], figure: str) -> float:
    return median(one[figure] for one in taken)


def ratio(ours: list[Figures], theirs: list[Figures], figure: str = "per_second") -> float:
    """Compare round by round, between neighbours in time, and take the median.

    More is better: by processor time it is theirs by ours.
    """
    pairs = zip(ours, theirs, strict=True)
    if figure == "cpu_ms":
        return median(other[figure] / one[figure] for one, other in pairs)
    return median(one[figure] / other[figure] for one, other in pairs)


def parser(description: str | None, *, rounds: int, updates: int) -> ArgumentParser:
    """Make the arguments that all benches share."""
    made = ArgumentParser(description=(description or "").splitlines()[0])
    made.add_argument("--rounds", type=int, default=rounds)
    made.add_argument("--updates", type=int, default=updates, help="in each turn")
    made.add_argument("--json", action="store_true", help="print figures, not a table")
    made.add_argument("--models", type=Path, default=MODELS, help="where models are kept")
    return made


def table(header: str, rows: Iterable[Iterable[object]]) -> str:
    """Write a table as Markdown; ``header`` has its columns between bars."""
    lines = [f"| {header} |", "|" + "---|" * (header.count("|") + 1)]
    return "\n".join(lines + [f"| {' | '.join(map(str, row))} |" for row in rows])
