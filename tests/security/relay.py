"""A Telegram between the bot and the simulated one: it refuses, and quotes what it refuses."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from bench.processes import free_port


class Relay:
    """Passes calls on, but for those that it was told to spoil: ``spoil["sendMessage", "quote"]``.

    The ways: ``quote`` (400 with the whole call in its sentence), ``page`` (502 with a web page
    that quotes it), ``odd`` (429 whose pause is a quotation), ``deep`` (200 with more brackets than
    a parser follows), ``hang up``.
    """

    def __init__(self, target: str, *, words: str = "") -> None:
        """``words`` are quoted with each call, as if it had answered them."""
        self.url = f"http://127.0.0.1:{free_port()}"
        self.spoil: Counter[tuple[str, str]] = Counter()
        self.spoilt: Counter[tuple[str, str]] = Counter()
        self._target = target
        self._words = words

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Relay"]:
        site = web.Application(client_max_size=1 << 26)
        site.router.add_route("*", "/{path:.*}", self._pass_on)
        runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=90)) as http:
            self._http = http
            await web.TCPSite(runner, "127.0.0.1", int(self.url.rpartition(":")[2])).start()
            try:
                yield self
            finally:
                await runner.cleanup()

    async def until_spoilt(self, method: str, way: str, *, seconds: float = 20.0) -> None:
        async with asyncio.timeout(seconds):
            while not self.spoilt[method, way]:
                await asyncio.sleep(0.02)

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        method = request.path.rpartition("/")[2]
        for (wanted, way), left in self.spoil.items():
            if wanted == method and left > 0:
                self.spoil[wanted, way] -= 1
                self.spoilt[wanted, way] += 1
                call = f"{request.path} {self._words} {body.decode(errors='replace')}"
                return self._spoilt(way, request, call)
        content_type = request.headers.get("Content-Type", "application/json")
        async with self._http.request(
            request.method,
            f"{self._target}{request.path_qs}",
            data=body,
            headers={"Content-Type": content_type},
        ) as answer:
            text = await answer.read()
            return web.Response(body=text, status=answer.status, content_type="application/json")

    def _spoilt(self, way: str, request: web.Request, call: str) -> web.Response:
        match way:
            case "quote":
                said = {"ok": False, "error_code": 400, "description": f"Bad Request: {call}"}
                return web.json_response(said, status=400)
            case "page":
                return web.Response(status=502, text=f"<h1>Bad Gateway</h1><p>{call}</p>")
            case "odd":
                said = {"ok": False, "error_code": 429, "parameters": {"retry_after": call}}
                return web.json_response(said | {"description": call}, status=429)
            case "deep":
                return web.Response(text='{"ok":true,"result":' + "[" * 100_000 + f'"{call}')
            case _:
                assert request.transport, "the connection is open"
                request.transport.abort()
                return web.Response()
