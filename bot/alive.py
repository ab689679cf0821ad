"""Keeps the loops alive, and knows for how long nobody listened."""

import asyncio
import errno
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import structlog

from bot.logs import describe, innermost
from bot.metrics import LOOP, POLLING, Metrics, Pulse
from bot.settings import SettingsError
from bot.transport import ANSWER_SECONDS, AiohttpRequest, Answer
from storage import moments
from storage.database import Database
from storage.errors import DatabaseUnavailable, DatabaseUnusable

NOTED_EVERY_SECONDS = 30.0
LISTENING = "listening"
STEADY_SECONDS = 30.0
LONGEST_PAUSE = 30.0
# So long Telegram keeps a pressed button, and everything else.
PRESSES_LIVE, MESSAGES_LIVE = timedelta(seconds=150), timedelta(hours=24)

log = structlog.get_logger()


class WatchedRequest(AiohttpRequest):
    """The transport, with an ear on whether polling gets answers."""

    __slots__ = ("_pulse",)

    def __init__(self, base_url: str, *, connections: int = 64, pulse: Pulse) -> None:
        super().__init__(base_url, connections=connections)
        self._pulse = pulse

    async def call(
        self, method: str, payload: dict[str, Any], *, seconds: float = ANSWER_SECONDS
    ) -> Answer:
        if method != "getUpdates":
            return await super().call(method, payload, seconds=seconds)
        try:
            answer = await super().call(method, payload, seconds=seconds)
        except (aiohttp.ClientError, TimeoutError, OSError):
            self._pulse.fails(POLLING)
            raise
        (self._pulse.works if answer.status == 200 else self._pulse.fails)(POLLING)
        return answer


async def keep_alive(name: str, loop: Callable[[], Awaitable[None]], pulse: Pulse) -> None:
    """Run a loop to its end; one that an error of ours has broken is logged and starts again.

    What an operator has to mend (a setting, a port) goes up as it is.
    """
    pause = 1.0
    while True:
        steady = asyncio.get_running_loop().call_later(STEADY_SECONDS, pulse.works, LOOP + name)
        try:
            await loop()
        except (SettingsError, DatabaseUnusable):
            raise
        except Exception as error:
            if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
                raise
            pulse.fails(LOOP + name)
            log.error("a loop broke", loop=name, error=describe(error), again_in=pause)
        else:
            return
        finally:
            steady.cancel()
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


async def note_downtime(database: Database, metrics: Metrics, *, now: datetime) -> None:
    """Say for how long nobody listened, and what Telegram may have dropped meanwhile."""
    async with database.reading() as session:
        last = await moments.find(session, LISTENING)
    if last is None:
        return
    away = max(now - last, timedelta(0))
    metrics.downtime.set(away.total_seconds())
    if away > MESSAGES_LIVE:
        event = "nobody listened for a day; Telegram may have dropped messages and pressed buttons"
    elif away > PRESSES_LIVE:
        event = "nobody listened for a while; Telegram may have dropped pressed buttons"
    else:
        event = "back"
    (log.warning if away > PRESSES_LIVE else log.info)(event, seconds=round(away.total_seconds()))


async def keep_noting_life(
    database: Database, metrics: Metrics, *, now: Callable[[], datetime]
) -> None:
    """Note again and again that we listen, for the measure of the next downtime."""
    while True:
        if POLLING not in metrics.pulse.failing():
            try:
                async with metrics.writing(database, "status") as session:
                    moments.save(session, LISTENING, at=now())
            except DatabaseUnavailable as error:
                log.warning("cannot write; noted later", error=describe(error))
        await asyncio.sleep(NOTED_EVERY_SECONDS)


class BotBroke(Exception):
    """The bot ended by an error of its own. The message has its type and place, not its words."""


def without_words(error: Exception) -> Exception:
    """Return what may be shown of an error that ends the bot."""
    cause = innermost(error)
    if isinstance(cause, (SettingsError, DatabaseUnusable, DatabaseUnavailable, OSError)):
        return error
    return BotBroke(describe(cause))
