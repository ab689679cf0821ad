"""Wires the loops together and runs them until told to stop."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import structlog
from telegram import BotCommand
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application, ContextTypes

from bot.alive import WatchedRequest, keep_alive, keep_noting_life, note_downtime, without_words
from bot.context import Context, Tools
from bot.handlers import MENU, add_handlers
from bot.intake import Intake
from bot.jobs import Worker, exports_folder
from bot.limits import Limits
from bot.metrics import POLLING, Metrics, Pulse
from bot.model import LiveModel
from bot.pace import Pace
from bot.process import Processor
from bot.receive import Poller
from bot.send import Sender
from bot.settings import Settings, SettingsError
from bot.status import Status
from bot.sweep import sweep_for_ever
from bot.texts import Texts
from bot.transport import AiohttpRequest
from bot.webhook import Webhook
from bot.weekly import keep_calendar
from classifier import Classifier
from storage.database import Database
from storage.errors import DatabaseUnavailable

# What is in flight may land; with this, an end takes less than five seconds.
GRACE_SECONDS = 3.0
PAUSE_SECONDS = 5.0
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
    """Run the bot until ``stop`` is set; it then ends within five seconds.

    Raises SettingsError for a token that Telegram refuses, DatabaseUnusable for a database that
    cannot be opened; BotBroke, without words of anybody, for an error of its own.
    """
    listening = asyncio.Event()
    working = asyncio.create_task(
        _work(settings, classifier, stop=stop, listening=listening, now=now)
    )
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait([working, stopped], return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if listening.is_set():
        await asyncio.wait([working], timeout=GRACE_SECONDS + 1)
    if working.done():
        try:
            working.result()
        except Exception as error:
            raise without_words(error) from None
        return
    # Telegram or the database kept it waiting at the start; nothing was begun that could break.
    working.cancel()
    await asyncio.wait([working])


async def _work(
    settings: Settings,
    classifier: Classifier,
    *,
    stop: asyncio.Event,
    listening: asyncio.Event,
    now: Callable[[], datetime],
) -> None:
    metrics = Metrics.make()
    transport = WatchedRequest(
        f"{settings.api_url}/bot{settings.bot_token}",
        connections=settings.sends_at_once + 8,
        pulse=metrics.pulse,
    )
    async with (
        Database.open(settings.database) as database,
        _alone(database),
        _application(settings, transport) as application,
    ):
        tools = Tools(
            settings=settings,
            live=LiveModel(classifier, settings.folder / "models"),
            texts=Texts(timezone=settings.timezone),
            username=application.bot.username,
            now=now,
            pace=Pace(per_minute=settings.messages_per_person_and_minute),
        )
        await tools.live.look(database)
        metrics.model.info({"id": tools.classifier.id})
        await note_downtime(database, metrics, now=now())
        await _show_menu(application, tools.texts)
        listening.set()
        await _run_loops(database, transport, application, tools, stop, metrics=metrics)


@asynccontextmanager
async def _alone(database: Database) -> AsyncIterator[None]:
    """Wait for our turn where only one process may work; it ends when the other one does."""
    if database.shared:
        yield
        return
    notice = asyncio.get_running_loop().call_later(
        2.0, log.warning, "another process works on this database; waiting for it to end"
    )
    async with database.lead("run"):
        notice.cancel()
        yield


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
    *,
    metrics: Metrics,
) -> None:
    settings, now = tools.settings, tools.now
    arrived, owed = asyncio.Event(), asyncio.Event()
    intake = Intake(database, now=now, arrived=arrived, metrics=metrics)
    sender = Sender(
        database,
        transport,
        now=now,
        owed=owed,
        limits=Limits(
            per_second=settings.messages_per_second,
            per_chat=settings.messages_per_second_and_chat,
        ),
        at_once=settings.sends_at_once,
        metrics=metrics,
    )
    processor = Processor(database, application, tools, arrived=arrived, owed=owed, metrics=metrics)
    worker = Worker(database, tools, owed=owed, metrics=metrics)
    status = Status(
        database, metrics, host=settings.status_host, port=settings.status_port, now=now
    )
    exports, pulse = exports_folder(settings.folder), metrics.pulse
    loops: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
        "receive": lambda: _receive(database, settings, intake, transport, pulse=pulse),
        "process": processor.run,
        "jobs": worker.run,
        "sweep": lambda: sweep_for_ever(database, exports, now=now),
        "model": lambda: tools.live.follow(database, metrics),
        "calendar": lambda: keep_calendar(database, tools),
        "life": lambda: keep_noting_life(database, metrics, now=now),
    }
    if database.shared:
        loops["repeat"] = sender.repeat_for_ever
    if settings.status_port:
        loops["status"] = status.run
    async with asyncio.TaskGroup() as group:
        sending = group.create_task(keep_alive("send", sender.run, pulse))
        running = [group.create_task(keep_alive(name, loops[name], pulse)) for name in loops]
        log.info("ready", bot=tools.username, model=tools.classifier.id)
        await stop.wait()
        log.info("stopping")
        # Nothing depends on a drain: what is not done now is done after the next start.
        for task in running:
            task.cancel()
        sender.stop()
        await asyncio.wait([sending], timeout=GRACE_SECONDS)
        sending.cancel()


async def _receive(
    database: Database,
    settings: Settings,
    intake: Intake,
    transport: AiohttpRequest,
    *,
    pulse: Pulse,
) -> None:
    """Receive by webhook, which any number of processes may do, or by polling, which one may."""
    if settings.webhook_url:
        token = settings.bot_token
        await Webhook(
            intake,
            transport,
            url=settings.webhook_url,
            host=settings.webhook_host,
            port=settings.webhook_port,
            token=token,
        ).run()
    while True:
        try:
            async with database.lead("poll"):
                await Poller(intake, transport).run()
        except DatabaseUnavailable as error:
            log.warning("polling pauses", error=str(error))
            # Another process may poll now, and need not tell us how it fares.
            pulse.works(POLLING)
            await asyncio.sleep(PAUSE_SECONDS)


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
        except TelegramError as error:
            log.warning("cannot reach Telegram", error=type(error).__name__, seconds=seconds)
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
