"""Bots as the harness sees them: born from the nursery, or by ``palanta run``, and mortal."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

from bench.faults.child import Birth
from bench.processes import PALANTA

READY_SECONDS = 600.0
BIRTH_SECONDS = 30.0


class Bot:
    """A bot process that lives, or has ended with a code."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.name = ""
        self.code: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.expected_to_end = False
        self.watching: asyncio.Task[None] | None = None

    @property
    def alive(self) -> bool:
        return not self.code.done()

    def send(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    async def end(self, *signals: signal.Signals, within: float = 30.0) -> int:
        """Send the signals and return the exit code. Raises TimeoutError if it does not end."""
        self.expected_to_end = True
        for number in signals:
            self.send(number)
        async with asyncio.timeout(within):
            return await asyncio.shield(self.code)


class Cradle(Protocol):
    """Where bots come from."""

    async def bear(self, birth: Birth) -> Bot: ...


class Nursery:
    """The process that forks bots, with everything loaded."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._bots: dict[int, Bot] = {}
        self._born: asyncio.Queue[int] = asyncio.Queue()
        self._turn = asyncio.Lock()
        self._ready = asyncio.Event()

    @classmethod
    @asynccontextmanager
    async def open(cls, models: Path) -> AsyncIterator["Nursery"]:
        """``models`` is a folder with trained models; one is made there if it is missing."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bench.faults.nursery",
            str(models),
            env=_clean_env(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        nursery = cls(process)
        hearing = asyncio.create_task(nursery._hear())
        try:
            async with asyncio.timeout(READY_SECONDS):
                await nursery._ready.wait()
            yield nursery
        finally:
            hearing.cancel()
            nursery._end()
            await process.wait()

    async def bear(self, birth: Birth) -> Bot:
        assert self._process.stdin, "it was asked for"
        async with self._turn:
            self._process.stdin.write(json.dumps(asdict(birth)).encode() + b"\n")
            async with asyncio.timeout(BIRTH_SECONDS):
                return self._bots[await self._born.get()]

    async def _hear(self) -> None:
        assert self._process.stdout, "it was asked for"
        async for line in self._process.stdout:
            match json.loads(line):
                case {"born": pid}:
                    self._bots[pid] = Bot(pid)
                    self._born.put_nowait(pid)
                case {"dead": pid, "code": code}:
                    self._bots.pop(pid).code.set_result(code)
                case {"ready": True}:
                    self._ready.set()

    def _end(self) -> None:
        for bot in self._bots.values():
            bot.send(signal.SIGKILL)
        if self._process.returncode is None:
            self._process.kill()


class ColdStarts:
    """``palanta run`` itself, with all that a start costs; its clock is the machine's."""

    async def bear(self, birth: Birth) -> Bot:
        with Path(birth.log).open("ab") as log:
            pump = await asyncio.create_subprocess_exec(
                "cat", stdin=asyncio.subprocess.PIPE, stdout=log
            )
        process = await asyncio.create_subprocess_exec(
            str(PALANTA),
            "run",
            env=_clean_env() | birth.env,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        bot = Bot(process.pid)
        bot.watching = asyncio.create_task(_watch(bot, process, pump))
        return bot


def _clean_env() -> dict[str, str]:
    """Settings of the bot that lie around in the environment do not reach it."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PALANTA_")}


async def _watch(
    bot: Bot, process: asyncio.subprocess.Process, pump: asyncio.subprocess.Process
) -> None:
    assert process.stdout and pump.stdin, "both were asked for"
    async for line in process.stdout:
        pump.stdin.write(line)
    bot.code.set_result(await process.wait())
    pump.stdin.close()
    await pump.wait()
