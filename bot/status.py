"""Tells machines how the bot is: ``/metrics`` for Prometheus, ``/healthz`` for a supervisor."""

import asyncio
import errno
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.logs import describe
from bot.metrics import LOOP, POLLING, WRITING, Metrics
from storage import queues
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.queues import Queue

READ_SECONDS = 2.0
OLDEST_NEW = timedelta(seconds=60)
NOT_WRITABLE_SECONDS = 60.0
NOT_POLLED_SECONDS = 300.0

log = structlog.get_logger()


class Status:
    """The HTTP port for machines. It has no names, no words, and no way to change anything."""

    def __init__(
        self,
        database: Database,
        metrics: Metrics,
        *,
        host: str,
        port: int,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._metrics = metrics
        self._host = host
        self._port = port
        self._now = now
        self._turn = asyncio.Lock()

    async def run(self) -> None:
        """Serve until cancelled. A port that is taken is no reason to stop listening to people."""
        site = web.Application()
        site.router.add_get("/metrics", self._show_metrics)
        site.router.add_get("/healthz", self._show_health)
        runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
        except OSError as error:
            reason = errno.errorcode.get(error.errno or 0, "unknown")
            log.warning("no status port; the bot runs on", port=self._port, reason=reason)
        try:
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()

    async def _show_metrics(self, _request: web.Request) -> web.Response:
        await self._look()
        body = generate_latest(self._metrics.registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _show_health(self, _request: web.Request) -> web.Response:
        checks = judge(await self._look(), self._metrics.pulse.failing(), now=self._now())
        wrong = [said for said in checks.values() if said != "ok"]
        facts = {"ok": not wrong, "checks": checks} | (
            {"reason": "; ".join(wrong)} if wrong else {}
        )
        return web.json_response(facts, status=503 if wrong else 200)

    async def _look(self) -> Queue | None:
        """Read both queues into the gauges and return the inbox; None if it cannot be read in time.

        One look at a time: whoever asks often does not open connection after connection.
        """
        try:
            async with (
                asyncio.timeout(READ_SECONDS),
                self._turn,
                self._database.reading() as session,
            ):
                inbox = await queues.look_at_inbox(session)
                outbox = await queues.look_at_outbox(session)
        except (DatabaseUnavailable, TimeoutError) as error:
            log.warning("the database cannot be read", error=describe(error))
            return None
        for name, queue in (("inbox", inbox), ("outbox", outbox)):
            for state, depth in queue.depth.items():
                self._metrics.depth.labels(name, state).set(depth)
            self._metrics.age.labels(name).set(_age(queue, self._now()).total_seconds())
        return inbox


def judge(inbox: Queue | None, failing: dict[str, float], *, now: datetime) -> dict[str, str]:
    """Say of each check "ok" or, in plain words, what is wrong. Pure."""
    loops = sorted(name.removeprefix(LOOP) for name in failing if name.startswith(LOOP))
    age = _age(inbox, now) if inbox else timedelta(0)
    unwritten, unpolled = failing.get(WRITING, 0.0), failing.get(POLLING, 0.0)
    return {
        "loops": f"broke and starts again: {', '.join(loops)}" if loops else "ok",
        "database": "ok" if inbox else f"the database was not read within {READ_SECONDS:.0f} s",
        "inbox": (
            f"the oldest new update has waited for {age.total_seconds():.0f} s"
            if age > OLDEST_NEW
            else "ok"
        ),
        "writing": (
            f"the database has refused writes for {unwritten:.0f} s"
            if unwritten > NOT_WRITABLE_SECONDS
            else "ok"
        ),
        "polling": (
            f"Telegram has not answered a poll for {unpolled:.0f} s"
            if unpolled > NOT_POLLED_SECONDS
            else "ok"
        ),
    }


def _age(queue: Queue, now: datetime) -> timedelta:
    return max(now - queue.oldest, timedelta(0)) if queue.oldest else timedelta(0)
