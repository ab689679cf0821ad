"""The bot at work without Telegram: a simulated one, and a sample afternoon played through it."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from rich.console import Console

from bot import app
from bot.demo.afternoon import Afternoon
from bot.demo.proof import check
from bot.settings import Settings
from classifier import Classifier
from simulator import Simulator
from storage import invitations
from storage.database import Database
from storage.models import RoleName

console = Console(stderr=True)
TOKEN = "123456:DEMO"  # noqa: S105 - it opens nothing but our own simulator
PACE_SECONDS = 0.4


async def play_once(classifier: Classifier, *, folder: Path, port: int) -> None:
    """Play the afternoon, check what came of it, and say where the export lies.

    Raises proof.Broken if anything is not as it should be.
    """
    async with _stage(classifier, folder, port) as (settings, telegram):
        afternoon = Afternoon(telegram, await _admin_token(settings))
        await afternoon.play()
        export = folder / "usulan.zip"
        export.write_bytes(await afternoon.received_export())
    found = await check(Path(settings.database.removeprefix("sqlite:///")), afternoon, export)
    console.print(f"{found}\nExport: {export.resolve()}", highlight=False, soft_wrap=True)


async def show(classifier: Classifier, *, folder: Path, port: int) -> None:
    """Print the address of the chat page, play the afternoon into it, and stay until stopped."""
    stop = app.stop_on_signals()
    async with _stage(classifier, folder, port) as (settings, telegram):
        console.print(f"\n  Chat page: {telegram.url}\n  Ctrl-C ends it.\n", highlight=False)
        afternoon = Afternoon(telegram, await _admin_token(settings), pace=PACE_SECONDS)
        playing = asyncio.create_task(afternoon.play())
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait([playing, stopped], return_when=asyncio.FIRST_COMPLETED)
        if playing.done():
            playing.result()
            console.print("  The afternoon is played; go on by hand.\n")
        playing.cancel()
        await stopped


@asynccontextmanager
async def _stage(
    classifier: Classifier, folder: Path, port: int
) -> AsyncIterator[tuple[Settings, Simulator]]:
    """Run simulator and bot on a fresh database for as long as the block lasts."""
    await asyncio.to_thread(_clear, folder)
    stop = asyncio.Event()
    async with Simulator(token=TOKEN, port=port, limits=False) as telegram:
        settings = Settings(
            token=TOKEN,
            api_url=telegram.url,
            database=f"sqlite:///{folder}/palanta.db",
            folder=folder,
            messages_per_second=0,
            messages_per_second_and_chat=0,
        )
        running = asyncio.create_task(app.run(settings, classifier, stop=stop))
        try:
            yield settings, telegram
        finally:
            stop.set()
            await running


def _clear(folder: Path) -> None:
    """Every demo begins with an empty database; the trained model stays."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("palanta.db*"):
        file.unlink()
    shutil.rmtree(folder / "exports", ignore_errors=True)


async def _admin_token(settings: Settings) -> str:
    """Make the first admin's invitation, as ``palanta invite admin`` does."""
    async with Database.open(settings.database) as database, database.writing() as session:
        now = app.utc_now()
        return invitations.add(session, RoleName.ADMIN, area=None, by=None, at=now)
