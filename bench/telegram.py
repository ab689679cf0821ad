"""The simulated Telegram as a process, and its control API: what people do, what was recorded."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from bench.processes import PALANTA, Running, free_port, running

TOKEN = "123456:BENCH"
START_SECONDS = 60.0

# Any: the control API's JSON, described in simulator/control.py.
Json = dict[str, Any]


class Refused(Exception):
    """The simulated Telegram did not take a request. The message is its own."""


class Telegram:
    """A client of the control API."""

    def __init__(self, http: aiohttp.ClientSession, url: str, process: Running) -> None:
        self._http = http
        self.url = url
        self.process = process

    async def add_person(self, name: str) -> int:
        person = await self._ask("POST", "people", {"first_name": name})
        return int(person["id"])

    async def say(self, person: int, text: str) -> int:
        """Send a text as this person and return its message number."""
        sent = await self._ask("POST", f"people/{person}/messages", {"text": text})
        return int(sent["messages"][-1]["message_id"])

    async def edit(self, person: int, message_id: int, text: str) -> None:
        await self._ask("PUT", f"people/{person}/messages/{message_id}", {"text": text})

    async def press(self, person: int, message_id: int, data: str) -> str:
        """Press a button and return the number of the press."""
        pressed = await self._ask(
            "POST", f"people/{person}/presses", {"message_id": message_id, "data": data}
        )
        return str(pressed["query_id"])

    async def is_answered(self, person: int, query_id: str) -> bool:
        found = await self._ask("GET", f"people/{person}/presses/{query_id}")
        return found["answer"] is not None

    async def messages(self, chat: int, *, after: int = 0) -> tuple[int, list[Json]]:
        """Give what changed in a chat after a mark, and the next mark."""
        found = await self._ask("GET", f"chats/{chat}/messages?after={after}")
        return int(found["seq"]), list(found["messages"])

    async def record(self, *, calls_after: int = 0, updates_after: int = 0) -> Json:
        """Give the simulator's own record: ``calls`` that it got, ``updates`` that it made."""
        query = f"calls_after={calls_after}&updates_after={updates_after}"
        return await self._ask("GET", f"record?{query}")

    async def calls(self, *, after: int = 0) -> list[Json]:
        # Nothing of the updates is wanted, and there are never that many.
        return list((await self.record(calls_after=after, updates_after=2**60))["calls"])

    async def count_pending(self) -> int:
        """Count the updates that the bot has not confirmed."""
        return int((await self._ask("GET", "healthz"))["pending_updates"])

    async def add_fault(self, kind: str, **facts: object) -> None:
        await self._ask("POST", "faults", {"kind": kind, **facts})

    async def lift_limits(self) -> None:
        await self._ask("PUT", "limits", {"enabled": False})

    async def _ask(self, verb: str, path: str, body: Json | None = None) -> Json:
        async with self._http.request(verb, f"{self.url}/sim/{path}", json=body) as response:
            answer: Json = await response.json()
        if response.status != 200:
            raise Refused(f"{verb} {path}: {response.status} {answer.get('error')}")
        return answer


@asynccontextmanager
async def telegram_running(folder: Path, *, core: int | None = None) -> AsyncIterator[Telegram]:
    """Run ``palanta simulator`` without Telegram's own limits for as long as the block lasts."""
    port = free_port()
    command: list[str | Path] = [PALANTA, "simulator", "--port", str(port), "--token", TOKEN]
    async with (
        running(command, log=folder / "simulator.log", core=core) as process,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)) as http,
    ):
        telegram = Telegram(http, f"http://127.0.0.1:{port}", process)
        await _wait_until_up(telegram)
        await telegram.lift_limits()
        yield telegram


async def _wait_until_up(telegram: Telegram) -> None:
    async with asyncio.timeout(START_SECONDS):
        while True:
            telegram.process.check()
            try:
                await telegram.count_pending()
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)
            else:
                return
