"""A bot, a Telegram and a few people for the walk of ``test_conversations.py``: they act and look.

Whoever acts waits for the answer, so after each act the chat and the tables are at rest.
"""

import asyncio
import hashlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from bot import app
from bot.settings import Settings
from classifier import Classifier
from simulator import Message, Person, Simulator

SECONDS = 30.0
INVITATION = "penjaga"


class City:
    """One bot at work. ``restart`` ends it and starts it again on what is left."""

    def __init__(self, folder: Path, classifier: Classifier) -> None:
        self.telegram = Simulator(limits=False, press_lifetime=1e6)
        self._folder = folder
        self._path = folder / "palanta.db"
        self._classifier = classifier
        self._stop = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    async def open(self) -> None:
        await self.telegram.start()
        self._start()

    async def close(self) -> None:
        await self._end()
        await self.telegram.stop()

    async def restart(self) -> None:
        await self._end()
        self._start()

    def _start(self) -> None:
        settings = Settings(
            token=self.telegram.token,
            api_url=self.telegram.url,
            database=f"sqlite:///{self._path}",
            folder=self._folder,
            messages_per_second=0,
            messages_per_second_and_chat=0,
            messages_per_person_and_minute=0,
            status_port=0,
            learn_every_days=0,
        )
        self._stop = asyncio.Event()
        running = app.run(settings, self._classifier, stop=self._stop)
        self._running = asyncio.create_task(running)

    async def _end(self) -> None:
        self._stop.set()
        if self._running:
            await self._running

    def person(self, name: str) -> Person:
        return self.telegram.person(name)

    async def appoint(self, person: Person) -> None:
        """Make somebody a moderator, as ``palanta invite moderator`` does."""
        await person.says("/start")
        await agrees(person)
        # In a thread: the bot may hold the lock, and it can let go of it only while we wait.
        await asyncio.to_thread(self._invite)
        await hears(person, lambda: person.opens_link(INVITATION))

    def _invite(self) -> None:
        token = hashlib.sha256(INVITATION.encode()).hexdigest()
        with closing(sqlite3.connect(self._path, timeout=SECONDS)) as connection, connection:
            connection.execute(
                "INSERT INTO invitation (token_hash, role, created_at, expires_at)"
                " VALUES (?, 'moderator', '2026-01-01', '2126-01-01T00:00:00.000000+00:00')",
                (token,),
            )

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self._path, timeout=SECONDS)) as connection:
            return connection.execute(sql, values).fetchall()

    async def rest(self) -> None:
        """Wait until everything is done and delivered."""
        waiting = (
            "SELECT 1 FROM inbox WHERE state = 'new'"
            " UNION ALL SELECT 1 FROM outbox WHERE state IN ('new', 'sending')"
        )
        async with asyncio.timeout(SECONDS):
            while len(self.telegram.world.updates) or self.rows(waiting):
                await asyncio.sleep(0.01)


async def hears(person: Person, act: Callable[[], Any]) -> Message:
    """Do something and return the next message from the bot."""
    before = {message.message_id for message in person.chat if message.from_bot}
    await act()
    return await person.sees(lambda m: m.message_id not in before, timeout=SECONDS)


async def agrees(person: Person) -> None:
    notice = await person.sees(
        lambda m: any(data.startswith("notice:") for data in m.data.values()), timeout=SECONDS
    )
    await person.presses_data("notice:0:agree", notice)
    await person.alert(timeout=SECONDS)


async def taps(person: Person, data: str, message: Message | None = None) -> str:
    """Press a button with this data and return the words of the answer."""
    holder = message or next(m for m in reversed(person.chat) if m.from_bot)
    await person.presses_data(data, holder)
    return await person.alert(timeout=SECONDS)


def replied_to(message: Message) -> int | None:
    reply = message.raw.get("reply_to_message")
    return int(reply["message_id"]) if reply else None


def idea_on(message: Message) -> int | None:
    """The idea that a receipt or a card of the queue is about, by its buttons."""
    for data in message.data.values():
        desk, number, *_ = data.split(":")
        if desk in ("idea", "review"):
            return int(number)
    return None
