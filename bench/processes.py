"""Processes that a bench starts: with what they print in a file, and their memory and time."""

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

PALANTA = Path(sys.executable).with_name("palanta")
END_SECONDS = 20.0
SHOWN = 3_000
TICKS = os.sysconf("SC_CLK_TCK")


class ProcessDied(Exception):
    """A process ended when nobody had asked it to. The message has the end of what it printed."""


class Running:
    """One process. ``log`` holds both of its outputs."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self._process = process
        self.log = log

    @property
    def pid(self) -> int:
        return self._process.pid

    def check(self) -> None:
        """Raise ProcessDied if it is no longer there."""
        if self._process.returncode is not None:
            printed = self.log.read_text("utf-8", "replace")[-SHOWN:]
            raise ProcessDied(f"ended with {self._process.returncode}:\n{printed}")

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    async def kill(self) -> None:
        """SIGKILL: no last words."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    async def end(self, *, seconds: float = END_SECONDS) -> float:
        """SIGTERM; return how long the end took. Raises TimeoutError if it takes longer."""
        begun = monotonic()
        if self._process.returncode is None:
            self._process.terminate()
        async with asyncio.timeout(seconds):
            await self._process.wait()
        return monotonic() - begun

    async def finish(self) -> None:
        """Wait for it to end by itself. Raises ProcessDied if it failed."""
        if await self._process.wait():
            self.check()

    def peak_memory(self) -> float:
        """Give the most memory that it ever held, in MB."""
        status = Path(f"/proc/{self.pid}/status").read_text("ascii")
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        return int(found[1]) / 1024 if found else 0.0

    def cpu_seconds(self) -> float:
        """Give the processor time it has used so far, its own and the system's for it."""
        fields = Path(f"/proc/{self.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


async def start(
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    core: int | None = None,
) -> Running:
    """Start a command; settings of the bot that lie around in the environment do not reach it."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PALANTA_")}
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *map(str, command),
            env=clean | dict(env or {}),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    if core is not None:
        # Before it has threads: those inherit the core.
        os.sched_setaffinity(process.pid, {core})
    return Running(process, log)


@asynccontextmanager
async def running(
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    core: int | None = None,
) -> AsyncIterator[Running]:
    """Start a command and make sure that it is gone after the block."""
    process = await start(command, log=log, env=env, core=core)
    try:
        yield process
    finally:
        await process.kill()


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
