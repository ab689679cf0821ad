"""All addresses of the simulator: the Bot API, the control API and the chat page."""

from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from simulator import control, streams
from simulator.api import MAX_REQUEST, BotApi

if TYPE_CHECKING:
    from simulator.simulator import Simulator

PAGE = Path(__file__).parent / "page"


def build_app(telegram: "Simulator") -> web.Application:
    app = web.Application(client_max_size=MAX_REQUEST)
    api = BotApi(telegram.world, telegram.webhook)
    app.router.add_route("*", "/bot{token}/{method}", api.serve_method)
    app.router.add_get("/file/bot{token}/{path:.+}", api.serve_file)
    app[control.TELEGRAM] = telegram
    app.add_routes(control.ROUTES)
    app.add_routes(streams.ROUTES)
    app.router.add_get("/", _serve_page)
    app.router.add_static("/page", PAGE)
    return app


async def _serve_page(request: web.Request) -> web.FileResponse:
    return web.FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-cache"})
