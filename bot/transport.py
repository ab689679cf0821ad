"""HTTP to the Bot API on aiohttp, for python-telegram-bot and for our own loops.

python-telegram-bot's own client is several times slower and collapses under concurrency
(docs/decisions/0003).
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 30.0
FILES = ("document", "photo")


class Answer(NamedTuple):
    """What the Bot API said to one call."""

    status: int
    body: dict[str, Any]

    @property
    def description(self) -> str:
        return str(self.body.get("description", ""))

    @property
    def retry_after(self) -> float | None:
        parameters = self.body.get("parameters")
        return parameters.get("retry_after") if isinstance(parameters, dict) else None


class AiohttpRequest(BaseRequest):
    """The transport that python-telegram-bot uses; ``call`` is the short way for our own loops."""

    __slots__ = ("_base_url", "_connections", "_session")

    def __init__(self, base_url: str, *, connections: int = 64) -> None:
        """``base_url`` ends with the token: ``https://host/bot<token>``."""
        self._base_url = base_url
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        return ANSWER_SECONDS

    async def initialize(self) -> None:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections),
                timeout=_timeout(ANSWER_SECONDS),
            )

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def call(
        self, method: str, payload: dict[str, Any], *, seconds: float = ANSWER_SECONDS
    ) -> Answer:
        """Call a Bot API method with JSON, or as a form if it sends a file.

        ``payload["document"]`` or ``payload["photo"]``, either ``{"name", "path"}`` or
        ``{"name", "text"}``, is uploaded.
        Raises aiohttp.ClientError, TimeoutError or OSError when no answer came.
        """
        url = f"{self._base_url}/{method}"
        file = next((name for name in FILES if isinstance(payload.get(name), dict)), None)
        body: Any = {"data": _form(payload, file)} if file else {"json": payload}
        async with self._open.post(url, timeout=_timeout(seconds), **body) as response:
            return Answer(response.status, _parse(await response.read()))

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        seconds = ANSWER_SECONDS if read_timeout is BaseRequest.DEFAULT_NONE else read_timeout
        data: Any = None
        if request_data and request_data.multipart_data:
            data = aiohttp.FormData(quote_fields=False)
            for name, value in request_data.json_parameters.items():
                data.add_field(name, value)
            for name, (file_name, content, mime) in request_data.multipart_data.items():
                data.add_field(name, content, filename=file_name, content_type=mime)
        elif request_data:
            data = request_data.json_parameters
        try:
            async with self._open.request(
                method, url, data=data, timeout=_timeout(seconds)
            ) as response:
                return response.status, await response.read()
        except TimeoutError as error:
            raise TimedOut from error
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from error

    @property
    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("the transport is not initialized")
        return self._session


@cache
def _timeout(seconds: float | None) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_SECONDS)


def _form(payload: dict[str, Any], file: str) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)
    for name, value in payload.items():
        if name != file:
            form.add_field(name, value if isinstance(value, str) else json.dumps(value))
    uploaded = payload[file]
    inline = uploaded.get("text")
    content = inline.encode() if inline is not None else Path(uploaded["path"]).read_bytes()
    form.add_field(file, content, filename=uploaded["name"])
    return form


def _parse(body: bytes) -> dict[str, Any]:
    """Give an empty answer for what is not JSON: a proxy's error page, for one."""
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}
