"""Whoever steals the database file finds no key in it."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from simulator import TOKEN
from storage import invitations
from storage.database import Database
from storage.models import RoleName
from tests.conftest import give_role


def bytes_of(folder: Path) -> bytes:
    """Read the database's files as a thief does: pages in use, free pages, the journal."""
    return b"".join(file.read_bytes() for file in sorted(folder.glob("palanta.db*")))


@pytest.mark.file
async def test_the_token_of_an_invitation_is_nowhere_in_the_file(settings, tmp_path):
    """A copy of the database makes nobody an admin."""
    async with Database.open(settings.database) as database:
        async with database.writing() as session:
            token = invitations.add(
                session, RoleName.ADMIN, area=None, by=None, at=datetime.now(UTC)
            )
        open_files = await asyncio.to_thread(bytes_of, tmp_path)

    assert len(token) >= 22, "128 bits"
    for content in (open_files, await asyncio.to_thread(bytes_of, tmp_path)):
        assert content
        assert token.encode() not in content


async def test_a_link_made_in_the_chat_leaves_no_trace_after_it_was_sent(
    telegram, running_bot, settings, tmp_path
):
    """While it waits to be sent the link must be somewhere; afterwards it is nowhere."""
    rizal, desi = telegram.person("Rizal"), telegram.person("Desi")
    async with running_bot():
        async with Database.open(settings.database) as database:
            await give_role(database, rizal, RoleName.ADMIN)
        await rizal.says("/undang moderator")
        told = await rizal.sees("?start=")
        token = told.text.split("?start=")[1].split()[0]
        await desi.opens_link(token)
        await desi.presses("Setuju", await desi.sees("Saya Palanta"))
        await desi.sees("Selamat datang")

    assert token.encode() not in await asyncio.to_thread(bytes_of, tmp_path)


async def test_the_bots_own_token_is_not_in_the_file(telegram, running_bot, tmp_path):
    """A backup does not give the bot away."""
    rina = telegram.person("Rina")
    async with running_bot():
        await rina.says("/start")
        await rina.sees("Saya Palanta")

    assert TOKEN.encode() not in await asyncio.to_thread(bytes_of, tmp_path)
