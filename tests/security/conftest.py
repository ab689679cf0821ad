"""Patience, ports, and the bot as a process of its own."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import pytest

from bench.processes import free_port


class Page(NamedTuple):
    """What a machine reads."""

    status: int
    text: str

    @property
    def facts(self) -> dict[str, Any]:
        return json.loads(self.text)

    def figure(self, name: str) -> float:
        """Read one figure of /metrics, by its name with labels; 0 if it was never counted."""
        found = [line for line in self.text.splitlines() if line.startswith(f"{name} ")]
        return float(found[0].rpartition(" ")[2]) if found else 0.0


LISTENS, LOOPBACK = "0A", "0100007F"
Watch = Callable[[str], Awaitable[Page]]


@pytest.fixture
def port() -> int:
    """A port that nobody listens on."""
    return free_port()


@pytest.fixture
async def watch(port: int) -> AsyncIterator[Watch]:
    """Read a page of the status port, as Prometheus or a supervisor does."""
    async with aiohttp.ClientSession() as http:

        async def read(path: str) -> Page:
            async with http.get(f"http://127.0.0.1:{port}{path}") as answer:
                return Page(answer.status, await answer.text())

        yield read


async def until(true: Callable[[], Awaitable[object]], *, seconds: float = 20.0) -> None:
    """Wait until something is so; the port may not be open yet."""
    async with asyncio.timeout(seconds):
        while True:
            try:
                if await true():
                    return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.02)


@asynccontextmanager
async def occupied(port: int) -> AsyncIterator[None]:
    """Let another program have a port."""
    server = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", port)
    async with server:
        yield


def listening(pid: int) -> set[tuple[str, int]]:
    """List the addresses, in the system's own writing, at which a process takes connections."""
    inodes = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            inodes.add(descriptor.readlink().name.removeprefix("socket:[").removesuffix("]"))
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text("ascii").splitlines()[1:]:
            fields = line.split()
            address, port = fields[1].split(":")
            if fields[3] == LISTENS and fields[9] in inodes:
                found.add((address, int(port, 16)))
    return found
