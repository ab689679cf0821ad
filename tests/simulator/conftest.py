"""A simulator, the real python-telegram-bot on it, plain HTTP, and a clock that can be moved."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from telegram import Bot

from simulator import Person, Simulator


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def passes(self, seconds: float) -> None:
        self.now += seconds


class Http:
    """Any Bot API call over plain HTTP: status and answer, nothing hidden."""

    def __init__(self, session: aiohttp.ClientSession, telegram: Simulator) -> None:
        self.session = session
        self.telegram = telegram

    async def call(self, method: str, *, token: str = "", **params: Any) -> tuple[int, Any]:
        path = f"{self.telegram.url}/bot{token or self.telegram.token}/{method}"
        async with self.session.post(path, json=params) as reply:
            return reply.status, await reply.json()

    async def updates(self, **params: Any) -> list[dict[str, Any]]:
        status, answer = await self.call("getUpdates", **params)
        assert status == 200, answer
        return answer["result"]

    async def sim(self, verb: str, path: str, body: Any = None) -> tuple[int, Any]:
        url = f"{self.telegram.url}/sim/{path}"
        async with self.session.request(verb, url, json=body) as reply:
            return reply.status, await reply.json()


@pytest.fixture(autouse=True)
def _times_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """python-telegram-bot warns of its own change unless told; warnings are errors here."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@asynccontextmanager
async def stock_client(telegram: Simulator) -> AsyncIterator[Bot]:
    """The real Bot with its own HTTP client."""
    bot = Bot(
        telegram.token,
        base_url=f"{telegram.url}/bot",
        base_file_url=f"{telegram.url}/file/bot",
    )
    async with bot:
        yield bot


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def telegram(clock: Clock) -> AsyncIterator[Simulator]:
    async with Simulator(limits=False, clock=clock, webhook_pace=0.01) as simulator:
        yield simulator


@pytest.fixture
def rina(telegram: Simulator) -> Person:
    return telegram.person("Rina")


@pytest.fixture
async def http(telegram: Simulator) -> AsyncIterator[Http]:
    async with aiohttp.ClientSession() as session:
        yield Http(session, telegram)


@pytest.fixture
async def bot(telegram: Simulator) -> AsyncIterator[Bot]:
    async with stock_client(telegram) as bot:
        yield bot
