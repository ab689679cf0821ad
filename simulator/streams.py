"""The control API's two addresses that do not answer in JSON: files and the event stream."""

import asyncio
import json

from aiohttp import web
from aiohttp.client_exceptions import ClientConnectionResetError

from simulator.control import TELEGRAM

ROUTES = web.RouteTableDef()
HEARTBEAT = 15.0


@ROUTES.get("/sim/files/{file_id}")
async def download_file(request: web.Request) -> web.Response:
    file = request.app[TELEGRAM].world.files.find(request.match_info["file_id"])
    if file is None:
        raise web.HTTPNotFound(text="no such file")
    shown = "inline" if file.kind in {"photo", "sticker"} else "attachment"
    name = file.name.encode("ascii", "replace").decode().replace('"', "'").replace("?", "_")
    headers = {"Content-Disposition": f'{shown}; filename="{name}"'}
    return web.Response(body=file.body, content_type=file.mime, headers=headers)


@ROUTES.get("/sim/events")
async def stream_events(request: web.Request) -> web.StreamResponse:
    """Server-sent events until the page or the simulator closes."""
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
    )
    await response.prepare(request)
    with request.app[TELEGRAM].world.events.listen() as queue:
        try:
            while True:
                await response.write(await _next(queue))
        except (StopAsyncIteration, ClientConnectionResetError):
            return response


async def _next(queue: "asyncio.Queue[dict[str, object] | None]") -> bytes:
    """The next event, or a comment that keeps the connection open."""
    try:
        event = await asyncio.wait_for(queue.get(), HEARTBEAT)
    except TimeoutError:
        return b": still here\n\n"
    if event is None:
        raise StopAsyncIteration
    return f"data: {json.dumps(event)}\n\n".encode()
