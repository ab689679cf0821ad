"""An operator's mistakes are told in one sentence that names the setting."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tests.bot.scenes import LAMPS
from tests.conftest import agrees

PALANTA = Path(sys.executable).with_name("palanta")


async def run(folder: Path, **settings: str) -> tuple[int, str]:
    """Run ``palanta run`` with these settings and return how it ended and what it said."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PALANTA_")}
    named = {f"PALANTA_{name.upper()}": value for name, value in settings.items()}
    process = await asyncio.create_subprocess_exec(
        PALANTA,
        "run",
        cwd=folder,
        env=clean | {"PALANTA_FOLDER": str(Path(".palanta").resolve())} | named,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(120):
        _, said = await process.communicate()
    return process.returncode or 0, said.decode()


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({}, "PALANTA_TOKEN"),
        ({"token": "kunci"}, "PALANTA_TOKEN"),
        ({"token": "1:abc", "api_url": "telegram"}, "PALANTA_API_URL"),
        ({"token": "1:abc", "sends_at_once": "banyak"}, "PALANTA_SENDS_AT_ONCE"),
        ({"token": "1:abc", "database": "mysql://x"}, "PALANTA_DATABASE"),
        ({"token": "1:abc", "database": "sqlite:////proc/nowhere/x.db"}, "PALANTA_DATABASE"),
    ],
)
async def test_a_wrong_setting_is_named_and_nothing_starts(tmp_path, settings, named):
    """Nobody has to read a traceback to mend a setting."""
    code, said = await run(tmp_path, **settings)

    assert code == 2
    assert named in said
    assert "Traceback" not in said


async def test_a_token_that_telegram_does_not_know_is_told(tmp_path, telegram):
    """A revoked token is recognised at the start."""
    code, said = await run(tmp_path, token="999:wrong", api_url=telegram.url)

    assert (code, "PALANTA_TOKEN" in said) == (2, True)
    assert "999:wrong" not in said


async def test_a_second_poller_costs_nothing(telegram, bot, settings, running_bot, tmp_path):
    """Two bots by mistake on one token: people still get their answers."""
    rina = telegram.person("Rina")
    await agrees(rina)
    other = {"database": f"sqlite:///{tmp_path}/other.db"}

    async with running_bot(**other):
        await asyncio.sleep(1.5)
    await rina.says(LAMPS)

    await rina.sees(lambda message: "PDG-" in message.text, timeout=40)


async def test_a_full_disk_pauses_the_bot_and_loses_nothing(telegram, bot, database):
    """When there is room again, what people said meanwhile is taken up."""
    rina = telegram.person("Rina")
    await agrees(rina)
    async with database.writing() as session:
        session.execute(
            "CREATE TRIGGER full BEFORE INSERT ON inbox "
            "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
        )

    await rina.says(LAMPS)
    await asyncio.sleep(2)
    assert not [message for message in rina.chat if "PDG-" in message.text]
    async with database.writing() as session:
        session.execute("DROP TRIGGER full")

    await rina.sees("PDG-", timeout=30)
