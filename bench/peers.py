"""The bots of the throughput benches as processes: ours, and the peers it is measured against."""

import asyncio
import subprocess
import sys
from pathlib import Path

from bench.bot import Place
from bench.processes import Running, start
from bench.seed import seed
from bench.telegram import TOKEN

AIOGRAM = Path(".palanta/aiogram")
# Its own environment: it wants an older pydantic than the one that we lock.
AIOGRAM_PACKAGES = ("aiogram==3.31.0", "uvloop")
BOT_CORE = 1
OURS = ("palanta", "palanta_postgresql")


async def start_bot(
    name: str,
    api_url: str,
    folder: Path,
    *,
    models: Path,
    chats: int,
    ideas: int = 0,
    database: str | None = None,
) -> Running:
    """Start a bot on a folder of its own, on the bots' core.

    Ours finds people who have agreed to the notice, and ``ideas`` of others; the peers ask nobody.
    """
    folder.mkdir()
    if name in OURS:
        place = Place(folder, api_url, models=models, database=database)
        await seed(place.env["PALANTA_DATABASE"], chats=chats, ideas=ideas)
        return await place.start(core=BOT_CORE)
    reach = ["--api-url", api_url, "--token", TOKEN]
    store: list[str | Path] = ["--database", folder / "same.db", "--models", models.resolve()]
    command: dict[str, list[str | Path]] = {
        "ptb_echo": [sys.executable, "-m", "bench.echo_ptb", *reach],
        "ptb_echo_concurrent": [sys.executable, "-m", "bench.echo_ptb", *reach, "--concurrent"],
        "ptb_same_work": [sys.executable, "-m", "bench.same_work_ptb", *reach, *store],
        "aiogram_echo": [
            python_with_aiogram(),
            Path(__file__).with_name("echo_aiogram.py"),
            *reach,
        ],
    }
    return await start(command[name], log=folder / "bot.log", core=BOT_CORE)


def python_with_aiogram() -> Path:
    return AIOGRAM / "bin" / "python"


async def prepare_aiogram() -> None:
    """Make the environment with aiogram in it, once."""
    if not python_with_aiogram().exists():
        await asyncio.to_thread(_install)


def _install() -> None:
    subprocess.run([sys.executable, "-m", "venv", AIOGRAM], check=True)
    pip: list[str | Path] = [python_with_aiogram(), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "--disable-pip-version-check", *AIOGRAM_PACKAGES], check=True)
