"""Admins hear of failures, and can still sleep."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from bot.context import Tools
from bot.model import LiveModel
from bot.process import Processor
from bot.settings import Settings
from bot.texts import Texts
from storage import inbox, moments, people
from storage.database import Database
from storage.models import Role, RoleName
from tests.operate.builders import NOW

ADMIN = 1
Fail = Callable[..., Awaitable[Counter[int]]]


class Faulty:
    """An application whose handlers fail in a way that the update names."""

    bot = None

    async def process_update(self, update: Any) -> None:
        match update.update_id % 2:
            case 0:
                raise KeyError("even")
            case _:
                raise ValueError("odd")


@pytest.fixture
async def fail(database: Database, url: str) -> Fail:
    """Let updates of one person fail three times each, and count who was told how often."""
    async with database.writing() as session:
        admin = await people.meet(session, ADMIN, at=NOW)
        people.grant(session, Role(person_id=admin.id, role=RoleName.ADMIN), by=None, at=NOW)

    async def run(*update_ids: int, at: datetime) -> Counter[int]:
        clock = SimpleNamespace(now=at)
        async with database.writing() as session:
            bodies = [(each, each, json.dumps({"update_id": each})) for each in update_ids]
            inbox.add(session, bodies, at=at)
        # A processor of its own each time, as after a restart.
        processor = Processor(
            database,
            Faulty(),  # type: ignore[arg-type]
            Tools(Settings(database=url), LiveModel(None), Texts(), "bot", lambda: clock.now),  # type: ignore[arg-type]
            arrived=asyncio.Event(),
            owed=asyncio.Event(),
        )
        for _ in range(3):
            await processor.process_batch()
            clock.now += timedelta(seconds=10)
        async with database.writing() as session:
            rows = await session.fetch_all("DELETE FROM outbox RETURNING chat_id")
        return Counter(row["chat_id"] for row in rows)

    return run


async def test_admins_hear_once_an_hour_of_one_kind_of_failure(fail: Fail):
    """Each sender is told; an admin is not woken by the second of the same kind."""
    assert await fail(10, 12, 14, at=NOW) == {10: 1, 12: 1, 14: 1, ADMIN: 1}
    assert await fail(16, at=NOW + timedelta(minutes=50)) == {16: 1}
    assert await fail(18, at=NOW + timedelta(minutes=70)) == {18: 1, ADMIN: 1}


async def test_another_kind_of_failure_is_told_at_once(fail: Fail):
    """A new fault does not hide behind an old one."""
    assert await fail(10, 11, at=NOW) == {10: 1, 11: 1, ADMIN: 2}


async def test_of_two_processes_one_tells(database: Database):
    """Both see the failure at the same moment; the database decides."""

    async def ask() -> bool:
        async with database.writing() as session:
            return await moments.is_due(session, "alert x", at=NOW, every=timedelta(hours=1))

    assert sorted(await asyncio.gather(*(ask() for _ in range(4)))) == [False, False, False, True]
