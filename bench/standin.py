"""A Bot API that does next to nothing, so that a bench measures the bot and not its Telegram.

It hands out updates by getUpdates' rules of offset and confirmation and says yes to everything.
What it was asked is counted, not checked: that is the simulator's work.

python -m bench.standin --port N [--latency MS]
"""

import argparse
import asyncio
import json
from collections import Counter, deque
from itertools import count
from time import perf_counter
from typing import Any, cast
from urllib.parse import parse_qsl

import uvloop

BOT = {"id": 123456, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
LONGEST_POLL = 50.0
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
SENDS = frozenset({"sendMessage", "editMessageText", "editMessageReplyMarkup"})

# Any: JSON as it comes and goes.
Json = dict[str, Any]


class StandIn:
    """The updates that wait, and what was called since they were loaded."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._messages = count(1_000_000_000)
        self._pending: deque[tuple[int, str]] = deque()
        self._poll: asyncio.Future[None] | None = None
        self._calls: Counter[str] = Counter()
        self._handed_out_at = self._last_call_at = 0.0

    def load(self, updates: list[Json]) -> Json:
        """Queue updates, which get their numbers here, and count from nought."""
        self._calls.clear()
        self._handed_out_at = self._last_call_at = 0.0
        for update in updates:
            number = next(self._numbers)
            self._pending.append((number, json.dumps({"update_id": number, **update})))
        if self._poll and not self._poll.done():
            self._poll.set_result(None)
        return {}

    def state(self) -> Json:
        """What happened since the load; times are this process's own."""
        return {
            "pending": len(self._pending),
            "handed_out_at": self._handed_out_at,
            "last_call_at": self._last_call_at,
            "calls": dict(self._calls),
        }

    def answer(self, method: str, call: Json) -> str:
        """Answer anything but getUpdates."""
        self._calls[method] += 1
        self._last_call_at = perf_counter()
        if method in SENDS:
            return json.dumps({"ok": True, "result": self._message(call)})
        return json.dumps({"ok": True, "result": BOT if method == "getMe" else True})

    async def get_updates(self, call: Json) -> str:
        offset, limit = int(call.get("offset") or 0), int(call.get("limit") or 100)
        while self._pending and self._pending[0][0] < offset:
            self._pending.popleft()
        if not self._pending:
            self._poll = asyncio.get_running_loop().create_future()
            seconds = min(LONGEST_POLL, float(call.get("timeout") or 0))
            await asyncio.wait({self._poll}, timeout=seconds)
        batch = [body for _, body in list(self._pending)[:limit]]
        if batch and not self._handed_out_at:
            self._handed_out_at = perf_counter()
        return f'{{"ok":true,"result":[{",".join(batch)}]}}'

    def _message(self, call: Json) -> Json:
        return {
            "message_id": call.get("message_id") or next(self._messages),
            "date": 1_760_000_000,
            "chat": {"id": int(call["chat_id"]), "type": "private", "first_name": "Warga"},
            "from": BOT,
            "text": call.get("text") or "-",
        }


class Connection(asyncio.Protocol):
    """One HTTP connection, one request after the other."""

    def __init__(self, standin: StandIn, latency: float) -> None:
        self._standin = standin
        self._latency = latency
        self._buffer = b""
        self._busy = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none of asyncio's by their class.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._busy:
            self._read()

    def _read(self) -> None:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._buffer[:end].decode("latin-1")
        size = next(
            (
                int(line[15:])
                for line in head.split("\r\n")
                if line[:15].lower() == "content-length:"
            ),
            0,
        )
        if len(self._buffer) < end + 4 + size:
            return
        body = self._buffer[end + 4 : end + 4 + size]
        self._buffer = self._buffer[end + 4 + size :]
        self._busy = True
        path = head.split(" ", 2)[1].partition("?")[0]
        self._serve(path.rpartition("/")[2], body)

    def _serve(self, method: str, body: bytes) -> None:
        if method == "state":
            self._write(json.dumps(self._standin.state()))
        elif method == "load":
            self._write(json.dumps(self._standin.load(json.loads(body))))
        elif method.lower() == "getupdates":
            task = asyncio.ensure_future(self._standin.get_updates(_read_call(body)))
            task.add_done_callback(lambda done: self._write(done.result()))
        elif self._latency:
            answer = self._standin.answer(method, _read_call(body))
            asyncio.get_running_loop().call_later(self._latency, self._write, answer)
        else:
            self._write(self._standin.answer(method, _read_call(body)))

    def _write(self, answer: str) -> None:
        body = answer.encode()
        self._transport.write(HEAD % len(body) + body)
        self._busy = False
        if self._buffer:
            self._read()


def _read_call(body: bytes) -> Json:
    """Read the parameters: JSON from some, a form from others."""
    if body.startswith(b"{"):
        read: Json = json.loads(body)
        return read
    return dict(parse_qsl(body.decode()))


async def serve(port: int, latency: float) -> None:
    standin = StandIn()
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(standin, latency), "127.0.0.1", port
    )
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--latency", type=float, default=0.0, help="of every call, in ms")
    given = parser.parse_args()
    uvloop.run(serve(given.port, given.latency / 1000))


if __name__ == "__main__":
    main()
