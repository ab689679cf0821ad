"""The arguments of one API call, however they were sent."""

import json
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

from aiohttp import BodyPartReader, hdrs, web

from simulator.errors import Refusal, bad_request
from simulator.files import MAX_UPLOAD
from simulator.shapes import Json

FORM = "application/x-www-form-urlencoded"


class Upload(NamedTuple):
    name: str
    body: bytes
    mime: str


class Params:
    """Values by name. Clients send JSON inside form fields, so each is read as asked."""

    __slots__ = ("_values", "uploads")

    def __init__(self, values: Json, uploads: dict[str, Upload] | None = None) -> None:
        self._values = values
        self.uploads = uploads or {}

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str, default: str = "") -> str:
        value = self._values.get(name)
        if value is None:
            return default
        return value if isinstance(value, str) else json.dumps(value)

    def integer(self, name: str, default: int = 0) -> int:
        found = self.find_integer(name)
        return default if found is None else found

    def find_integer(self, name: str) -> int | None:
        try:
            return int(self._values[name])
        except (KeyError, TypeError, ValueError):
            return None

    def number(self, name: str, default: float = 0.0) -> float:
        try:
            return float(self._values[name])
        except (KeyError, TypeError, ValueError):
            return default

    def flag(self, name: str) -> bool:
        return str(self._values.get(name, "")).lower() in {"true", "1", "yes"}

    # Any: what is inside is for the method to check.
    def json(self, name: str) -> Any:
        """A value that is an object or a list; None when it is not there."""
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None

    def list_of(self, name: str) -> list[Any]:
        value = self.json(name)
        return value if isinstance(value, list) else []


async def read_params(request: web.Request) -> Params:
    """Query and body together, as the Bot API takes them."""
    query = request.rel_url.raw_query_string
    values: Json = _read_form(query) if query else {}
    if request.method != "POST":
        return Params(values)
    kind = request.content_type
    if kind == "multipart/form-data":
        return await _read_multipart(request, values)
    body = await request.read()
    if kind == FORM:
        values |= _read_form(body.decode(errors="replace"))
    elif body:
        values |= _read_json(body)
    return Params(values)


def _read_form(text: str) -> Json:
    """A plain form. Half of a send's time went into the standard library's reader."""
    pairs = (pair.partition("=") for pair in text.split("&") if pair)
    return {_unquoted(name): _unquoted(value) for name, _, value in pairs}


def _unquoted(part: str) -> str:
    spaced = part.replace("+", " ")
    return unquote_to_bytes(spaced).decode(errors="replace") if "%" in spaced else spaced


def _read_json(body: bytes) -> Json:
    try:
        values = json.loads(body)
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(values, dict):
        raise bad_request("can't parse JSON object")
    return values


async def _read_multipart(request: web.Request, values: Json) -> Params:
    uploads: dict[str, Upload] = {}
    reader = await request.multipart()
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader):
            continue
        body = bytes(await part.read(decode=True))
        if len(body) > MAX_UPLOAD:
            raise Refusal(413, "Request Entity Too Large")
        if part.filename is None:
            values[part.name or ""] = body.decode(errors="replace")
        else:
            mime = part.headers.get(hdrs.CONTENT_TYPE, "")
            uploads[part.name or ""] = Upload(part.filename, body, mime)
    return Params(values, uploads)
