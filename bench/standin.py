"""A Bot API that does next to nothing, so that a bench measures the bot and not its Telegram.

It hands out updates by getUpdates' rules of offset and confirmation and says yes to everything.
What it was asked is counted, not checked: that is the simulator's work. But a message counts as
answered only when one is sent to its chat, and how long that took is noted.

python -m bench.standin --port N
"""

import argparse
import asyncio
import json
import random
from collections import Counter, defaultdict, deque
from itertools import count, islice
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
        self._arriving: asyncio.Task[None] | None = None
        self._to_come = 0
        self.latency = 0.0
        self._clear()

    def _clear(self) -> None:
        self._calls: Counter[str] = Counter()
        self._waiting: defaultdict[int, deque[float]] = defaultdict(deque)
        self._seconds: list[float] = []
        self._surplus = 0
        self._handed_out_at = self._confirmed_at = self._last_call_at = 0.0

    def load(self, order: Json) -> Json:
        """Queue updates, which get their numbers here, and count from nought.

        ``per_second`` lets them arrive one by one, at random and whether or not the bot keeps up;
        without it all are there at once. ``latency`` is added to every call, in seconds.
        """
        self._clear()
        self.latency = float(order.get("latency") or 0)
        updates, per_second = order["updates"], float(order.get("per_second") or 0)
        # Those that are still to come count as unanswered from the start.
        self._to_come = len(updates)
        if per_second:
            self._arriving = asyncio.ensure_future(self._arrive(updates, per_second))
        else:
            self._add(updates)
        return {}

    async def _arrive(self, updates: list[Json], per_second: float) -> None:
        chance, due = random.Random(1), perf_counter()
        for update in updates:
            due += chance.expovariate(per_second)
            await asyncio.sleep(due - perf_counter())
            self._add([update])

    def _add(self, updates: list[Json]) -> None:
        now = perf_counter()
        for update in updates:
            number = next(self._numbers)
            self._pending.append((number, json.dumps({"update_id": number, **update})))
            if "message" in update:
                self._waiting[update["message"]["chat"]["id"]].append(now)
        self._to_come -= len(updates)
        if self._poll and not self._poll.done():
            self._poll.set_result(None)

    def state(self) -> Json:
        """What happened since the load; times are this process's own."""
        return {
            "pending": len(self._pending),
            "unanswered": self._to_come + sum(map(len, self._waiting.values())),
            "surplus": self._surplus,
            "confirmed_at": self._confirmed_at,
            "handed_out_at": self._handed_out_at,
            "last_call_at": self._last_call_at,
            "calls": dict(self._calls),
        }

    def seconds(self) -> list[float]:
        """List how long each message waited for its answer, from when it came."""
        return self._seconds

    def answer(self, method: str, call: Json) -> str:
        """Answer anything but getUpdates."""
        self._calls[method] += 1
        if method == "sendMessage":
            self._calls["with buttons"] += bool(call.get("reply_markup"))
            self._note_answer(int(call["chat_id"]))
        self._last_call_at = perf_counter()
        if method in SENDS:
            return json.dumps({"ok": True, "result": self._message(call)})
        return json.dumps({"ok": True, "result": BOT if method == "getMe" else True})

    def _note_answer(self, chat: int) -> None:
        """Answers of a chat come in the order of its messages."""
        if waiting := self._waiting[chat]:
            self._seconds.append(perf_counter() - waiting.popleft())
        else:
            self._surplus += 1

    async def get_updates(self, call: Json) -> str:
        offset, limit = int(call.get("offset") or 0), int(call.get("limit") or 100)
        while self._pending and self._pending[0][0] < offset:
            self._pending.popleft()
            self._confirmed_at = perf_counter()
        if not self._pending:
            self._poll = asyncio.get_running_loop().create_future()
            seconds = min(LONGEST_POLL, float(call.get("timeout") or 0))
            await asyncio.wait({self._poll}, timeout=seconds)
        batch = [body for _, body in islice(self._pending, limit)]
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

    def __init__(self, standin: StandIn) -> None:
        self._standin = standin
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
        elif method == "seconds":
            self._write(json.dumps(self._standin.seconds()))
        elif method == "load":
            self._write(json.dumps(self._standin.load(json.loads(body))))
        elif method.lower() == "getupdates":
            task = asyncio.ensure_future(self._standin.get_updates(_read_call(body)))
            task.add_done_callback(lambda done: self._write(done.result()))
        elif latency := self._standin.latency:
            answer = self._standin.answer(method, _read_call(body))
            asyncio.get_running_loop().call_later(latency, self._write, answer)
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


async def serve(port: int) -> None:
    standin = StandIn()
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(standin), "127.0.0.1", port
    )
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    uvloop.run(serve(given.port))


if __name__ == "__main__":
    main()
