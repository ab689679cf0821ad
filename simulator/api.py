"""The Bot API over HTTP: finds the method, lets faults strike, answers as Telegram does."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from hmac import compare_digest
from typing import Any

from aiohttp import web

from simulator.errors import Refusal, conflict, too_many_requests
from simulator.faults import Fault
from simulator.files import MAX_DOWNLOAD, MAX_UPLOAD
from simulator.methods import METHODS, NAMES
from simulator.params import Params, read_params
from simulator.shapes import Json
from simulator.webhook import Webhook
from simulator.world import World

JSON = "application/json"
SHOWN_TEXT = ("text", "caption", "action", "url", "commands", "reaction", "media")
GATEWAY_ERRORS = {500: "Internal Server Error", 502: "Bad Gateway"}
# Room for the form around the largest file.
MAX_REQUEST = MAX_UPLOAD + 1024 * 1024


class BotApi:
    """Both addresses a bot talks to: its methods and its files."""

    def __init__(self, world: World, webhook: Webhook) -> None:
        self._world = world
        # Any: as for every method.
        self._waiting: dict[str, Callable[[Params], Awaitable[Any]]] = {
            "getupdates": self._get_updates,
            "setwebhook": webhook.set,
            "deletewebhook": webhook.delete,
            "getwebhookinfo": self._get_webhook_info,
        }
        self._webhook = webhook

    async def serve_method(self, request: web.Request) -> web.Response:
        """`/bot<token>/<method>`"""
        name = request.match_info["method"].lower()
        if not self._knows(request):
            return _refused(Refusal(401, "Unauthorized"))
        method = NAMES.get(name)
        if method is None:
            return _refused(Refusal(404, "Not Found"))
        try:
            params = await read_params(request)
        except web.HTTPRequestEntityTooLarge:
            return _refused(Refusal(413, "Request Entity Too Large"))
        except Refusal as refusal:
            return self._refuse(method, Params({}), refusal)
        faults = self._world.faults
        if not faults.active:
            return await self._answer(method, params)
        return await self._answer_with_faults(method, params, request)

    async def serve_file(self, request: web.Request) -> web.Response:
        """`/file/bot<token>/<path>`"""
        if not self._knows(request):
            return _refused(Refusal(401, "Unauthorized"))
        file = self._world.files.find_path(request.match_info["path"])
        if file is None or len(file.body) > MAX_DOWNLOAD:
            return _refused(Refusal(404, "Not Found"))
        return web.Response(body=file.body, content_type="application/octet-stream")

    def _knows(self, request: web.Request) -> bool:
        given = request.match_info["token"].encode()
        return compare_digest(given, self._world.token.encode())

    async def _answer_with_faults(
        self, method: str, params: Params, request: web.Request
    ) -> web.Response:
        """Late, cut off, refused or broken, as the faults want it."""
        faults = self._world.faults
        await asyncio.sleep(faults.delay(method))
        if faults.strike("drop_before", method):
            return _cut_off(request)
        if fault := faults.strike("too_many", method) or faults.strike("error", method):
            return self._refuse(method, params, _refusal_of(fault))
        response = await self._answer(method, params)
        return _cut_off(request) if faults.strike("drop_after", method) else response

    async def _answer(self, method: str, params: Params) -> web.Response:
        key = method.lower()
        waiting = self._waiting.get(key)
        try:
            result = await waiting(params) if waiting else METHODS[key](self._world, params)
        except Refusal as refusal:
            return self._refuse(method, params, refusal)
        self._note(method, params, result=result)
        body = result if isinstance(result, Written) else json.dumps(result)
        answer = f'{{"ok":true,"result":{body}}}'
        return web.Response(body=answer.encode(), content_type=JSON)

    def _refuse(self, method: str, params: Params, refusal: Refusal) -> web.Response:
        self._note(method, params, refusal=refusal)
        return _refused(refusal)

    # Any: as for every method.
    def _note(
        self, method: str, params: Params, *, result: Any = None, refusal: Refusal | None = None
    ) -> None:
        self._world.record.add_call(
            method,
            chat_id=params.find_integer("chat_id"),
            text=_summary(params),
            at=self._world.clock(),
            error_code=refusal.code if refusal else None,
            description=refusal.description if refusal else "",
            message_id=_message_id(result, params),
        )

    async def _get_updates(self, params: Params) -> "Written":
        if self._webhook.target:
            raise conflict(
                "can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first"
            )
        if "allowed_updates" in params:
            self._world.updates.allow(str(kind) for kind in params.list_of("allowed_updates"))
        batch = await self._world.updates.get(
            offset=params.integer("offset"),
            limit=min(100, max(1, params.integer("limit", 100))),
            timeout=min(50.0, params.number("timeout")),
        )
        return Written(f"[{','.join(batch)}]")

    async def _get_webhook_info(self, params: Params) -> Json:
        return self._webhook.info()


class Written(str):
    """A result that is JSON text already."""

    __slots__ = ()


# Any: as for every method.
def _message_id(result: Any, params: Params) -> int | None:
    """The message that came of the call, or that it was about."""
    made = result[0] if isinstance(result, list) and result else result
    if isinstance(made, dict) and "message_id" in made:
        return int(made["message_id"])
    return params.find_integer("message_id")


def _summary(params: Params) -> str:
    """The words of a call, or the name of the file it carries."""
    for name in SHOWN_TEXT:
        if name in params:
            return params.text(name)
    return ", ".join(upload.name for upload in params.uploads.values())


def _refusal_of(fault: Fault) -> Refusal:
    if fault.kind == "too_many":
        return too_many_requests(fault.retry_after)
    return Refusal(fault.code, GATEWAY_ERRORS.get(fault.code, "Internal Server Error"))


def _refused(refusal: Refusal) -> web.Response:
    return web.json_response(refusal.answer(), status=refusal.code)


def _cut_off(request: web.Request) -> web.Response:
    """Hang up; the response goes nowhere, but aiohttp wants one."""
    if request.transport:
        request.transport.abort()
    return web.Response()
