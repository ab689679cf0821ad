"""Receives updates by webhook. Telegram gets its 200 only after the commit, 503 without one."""

import asyncio
import hashlib
import hmac
import json

import aiohttp
import structlog
from aiohttp import web

from bot.intake import Intake
from bot.receive import KINDS
from bot.transport import AiohttpRequest
from storage.errors import DatabaseUnavailable

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
LARGEST_BODY = 1 << 20
COMMIT_SECONDS = 10.0
RETRY_AFTER = {"Retry-After": "5"}
CONNECTIONS = 40

log = structlog.get_logger()


class Webhook:
    """An HTTP server for one address, behind the city's own TLS."""

    def __init__(
        self,
        intake: Intake,
        transport: AiohttpRequest,
        *,
        url: str,
        host: str,
        port: int,
        token: str,
    ) -> None:
        self._intake = intake
        self._transport = transport
        self._url = url
        self._host = host
        self._port = port
        self._secret = secret_of(token)

    async def run(self) -> None:
        """Serve until cancelled. Pending updates are never dropped."""
        site = web.Application(client_max_size=LARGEST_BODY)
        site.router.add_post("/{path:.*}", self._receive)
        runner = web.AppRunner(site, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
            await self._announce()
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()

    async def _announce(self) -> None:
        """Tell Telegram where we are, until it has heard."""
        seconds = 1.0
        while True:
            try:
                answer = await self._transport.call(
                    "setWebhook",
                    {
                        "url": self._url,
                        "secret_token": self._secret,
                        "max_connections": CONNECTIONS,
                        "allowed_updates": KINDS,
                    },
                )
                if answer.status == 200:
                    return
                log.error("Telegram refused the webhook", description=answer.description)
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                log.warning("cannot reach Telegram", error=type(error).__name__)
            await asyncio.sleep(seconds)
            seconds = min(2 * seconds, 30.0)

    async def _receive(self, request: web.Request) -> web.Response:
        said = request.headers.get(SECRET_HEADER, "")
        # A header may hold any bytes; they arrive as surrogates.
        given = said.encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._secret.encode()):
            return web.Response(status=403)
        try:
            update = json.loads(await request.read())
        except (ValueError, RecursionError):
            # Telegram would send it for ever; it never sends what is not JSON.
            return web.Response(status=200)
        try:
            async with asyncio.timeout(COMMIT_SECONDS):
                await self._intake.keep([update])
        except (DatabaseUnavailable, TimeoutError) as error:
            log.warning("cannot write; Telegram keeps the update", error=type(error).__name__)
            return web.Response(status=503, headers=RETRY_AFTER)
        return web.Response(status=200)


def secret_of(token: str) -> str:
    """Derive the secret that only Telegram and we know: whoever has the token has it anyway."""
    return hmac.new(token.encode(), b"webhook", hashlib.sha256).hexdigest()
