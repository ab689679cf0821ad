"""Wires the loops together and runs them until told to stop."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import structlog
from telegram import BotCommand
from telegram.error import InvalidToken, NetworkError, TelegramError
from telegram.ext import Application, ContextTypes

from bot.context import Context, Tools
from bot.handlers import MENU, add_handlers
from bot.jobs import Worker, exports_folder
from bot.limits import Limits
from bot.process import Processor
from bot.receive import Receiver
from bot.send import Sender
from bot.settings import Settings, SettingsError
from bot.sweep import sweep_for_ever
from bot.texts import Texts
from bot.transport import AiohttpRequest
from classifier import Classifier
from storage.database import Database

# What is in flight may land; with this, an end takes less than five seconds.
GRACE_SECONDS = 3.0
LONGEST_WAIT = 30.0

log = structlog.get_logger()


def utc_now() -> datetime:
    return datetime.now(UTC)


async def run(
    settings: Settings,
    classifier: Classifier,
    *,
    stop: asyncio.Event,
    now: Callable[[], datetime] = utc_now,
) -> None:
    """Run the bot until ``stop`` is set.

    Raises SettingsError for a token that Telegram refuses, DatabaseUnusable for a database that
    cannot be opened.
    """
    transport = AiohttpRequest(
        f"{settings.api_url}/bot{settings.bot_token}", connections=settings.sends_at_once + 8
    )
    async with (
        Database.open(settings.database) as database,
        _application(settings, transport) as application,
    ):
        tools = Tools(
            settings=settings,
            classifier=classifier,
            texts=Texts(timezone=settings.timezone),
            username=application.bot.username,
            now=now,
        )
        await _show_menu(application, tools.texts)
        await _run_loops(database, transport, application, tools, stop)


def stop_on_signals() -> asyncio.Event:
    """Return an event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def ask_username(settings: Settings) -> str:
    """Ask Telegram for the bot's name. Raises SettingsError if it does not know the token."""
    transport = AiohttpRequest(f"{settings.api_url}/bot{settings.bot_token}")
    async with _application(settings, transport) as application:
        return str(application.bot.username)


async def _run_loops(
    database: Database,
    transport: AiohttpRequest,
    application: Application[Any, Context, Any, Any, Any, Any],
    tools: Tools,
    stop: asyncio.Event,
) -> None:
    settings = tools.settings
    arrived, owed, ordered = asyncio.Event(), asyncio.Event(), asyncio.Event()
    sender = Sender(
        database,
        transport,
        now=tools.now,
        owed=owed,
        limits=Limits(
            per_second=settings.messages_per_second,
            per_chat=settings.messages_per_second_and_chat,
        ),
        at_once=settings.sends_at_once,
    )
    processor = Processor(database, application, tools, arrived=arrived, owed=owed)
    async with asyncio.TaskGroup() as group:
        sending = group.create_task(sender.run())
        loops = [
            group.create_task(Receiver(database, transport, now=tools.now, arrived=arrived).run()),
            group.create_task(processor.run()),
            group.create_task(Worker(database, tools, arrived=ordered, owed=owed).run()),
            group.create_task(
                sweep_for_ever(database, exports_folder(settings.folder), now=tools.now)
            ),
        ]
        log.info("ready", bot=tools.username, model=tools.classifier.id)
        await stop.wait()
        log.info("stopping")
        # Nothing depends on a drain: what is not done now is done after the next start.
        for loop in loops:
            loop.cancel()
        sender.stop()
        await asyncio.wait([sending], timeout=GRACE_SECONDS)
        sending.cancel()


@asynccontextmanager
async def _application(
    settings: Settings, transport: AiohttpRequest
) -> AsyncIterator[Application[Any, Context, Any, Any, Any, Any]]:
    """Build python-telegram-bot's application, as a router only: no updater, no persistence."""
    application = (
        Application.builder()
        .token(settings.bot_token)
        .base_url(f"{settings.api_url}/bot")
        .base_file_url(f"{settings.api_url}/file/bot")
        .request(transport)
        .get_updates_request(transport)
        .updater(None)
        .context_types(ContextTypes(context=Context))
        .build()
    )
    add_handlers(application)
    await _initialize(application)
    try:
        yield application
    finally:
        await application.shutdown()


async def _initialize(application: Application[Any, Context, Any, Any, Any, Any]) -> None:
    """Ask Telegram who we are; wait for it if it cannot be reached."""
    seconds = 1.0
    while True:
        try:
            await application.initialize()
        except InvalidToken:
            await application.shutdown()
            raise SettingsError(
                "PALANTA_TOKEN: Telegram does not know this token. "
                "BotFather shows the right one (/token)."
            ) from None
        except NetworkError as error:
            log.warning("cannot reach Telegram", error=str(error), seconds=seconds)
            await asyncio.sleep(seconds)
            seconds = min(2 * seconds, LONGEST_WAIT)
        else:
            return


async def _show_menu(
    application: Application[Any, Context, Any, Any, Any, Any], texts: Texts
) -> None:
    commands = [BotCommand(name, texts(f"command-{name}")) for name in MENU]
    try:
        await application.bot.set_my_commands(commands)
    except TelegramError as error:
        log.warning("the menu could not be set", error=type(error).__name__)
