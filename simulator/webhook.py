"""Delivery to the bot's own address: in order per lane, again and again until taken."""

import asyncio
import contextlib
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp

from simulator.errors import bad_request
from simulator.params import Params
from simulator.shapes import Json
from simulator.updates import Pending, UpdateQueue

SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
ANSWER_WITHIN = aiohttp.ClientTimeout(total=60)
LONGEST_PAUSE = 60.0
LONGEST_RETRY_AFTER = 3600.0


@dataclass(frozen=True)
class Target:
    """Where updates go, as setWebhook said."""

    url: str
    secret: str
    max_connections: int
    allowed: list[str]


class Webhook:
    """Messages keep their order by chat, presses by person; lanes do not wait for each other.

    `pace` shortens the pauses between attempts, so that tests need not wait minutes.
    """

    def __init__(self, queue: UpdateQueue, clock: Callable[[], float], *, pace: float) -> None:
        self.target: Target | None = None
        self._queue = queue
        self._clock = clock
        self._pace = pace
        self._lanes: dict[int, deque[Pending]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None
        self._free = asyncio.Semaphore(40)
        self._last_error: tuple[int, str] | None = None

    async def set(self, call: Params) -> bool:
        """setWebhook; an empty address takes the webhook away."""
        url = call.text("url")
        if not url:
            return await self.delete(call)
        target = _checked(url, call)
        await self._stop()
        self._drop_if_asked(call)
        if "allowed_updates" in call:
            self._queue.allow(target.allowed)
        self.target = target
        self._last_error = None
        self._free = asyncio.Semaphore(target.max_connections)
        self._session = aiohttp.ClientSession(timeout=ANSWER_WITHIN)
        self._queue.on_add = self._enqueue
        for pending in self._queue.list_pending():
            self._enqueue(pending)
        return True

    async def delete(self, call: Params) -> bool:
        await self._stop()
        self._drop_if_asked(call)
        return True

    def info(self) -> Json:
        shown: Json = {
            "url": self.target.url if self.target else "",
            "has_custom_certificate": False,
            "pending_update_count": len(self._queue),
        }
        if self.target:
            shown["max_connections"] = self.target.max_connections
        if self._queue.allowed:
            shown["allowed_updates"] = sorted(self._queue.allowed)
        if self._last_error:
            shown["last_error_date"], shown["last_error_message"] = self._last_error
        return shown

    async def close(self) -> None:
        await self._stop()

    def _drop_if_asked(self, call: Params) -> None:
        if call.flag("drop_pending_updates"):
            self._queue.drop_all()

    async def _stop(self) -> None:
        self.target = None
        self._queue.on_add = None
        self._lanes.clear()
        for task in list(self._tasks):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        if self._session:
            await self._session.close()
            self._session = None

    def _enqueue(self, pending: Pending) -> None:
        lane = self._lanes.get(pending.lane)
        if lane is not None:
            lane.append(pending)
            return
        self._lanes[pending.lane] = deque([pending])
        task = asyncio.get_running_loop().create_task(self._drain(pending.lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drain(self, key: int) -> None:
        """Deliver one lane in order; the next waits until this one was taken."""
        lane = self._lanes[key]
        while lane:
            await self._deliver(lane[0])
            self._queue.confirm(lane.popleft())
        del self._lanes[key]

    async def _deliver(self, pending: Pending) -> None:
        attempt = 0
        while self._clock() < pending.expires_at:
            wait = await self._post(pending)
            if wait is None and self._queue.repeats():
                wait = await self._post(pending)
            if wait is None:
                return
            attempt += 1
            await asyncio.sleep(max(wait, pause_after(attempt)) * self._pace)

    async def _post(self, pending: Pending) -> float | None:
        """One attempt: None when the bot took it, else the seconds it asks us to wait."""
        if self.target is None or self._session is None:
            raise asyncio.CancelledError  # the webhook was taken away meanwhile
        headers = {"Content-Type": "application/json"}
        if self.target.secret:
            headers[SECRET_HEADER] = self.target.secret
        pending.entry.delivered += 1
        try:
            async with (
                self._free,
                self._session.post(self.target.url, data=pending.body, headers=headers) as reply,
            ):
                await reply.read()
                if reply.ok:
                    return None
                self._note(f"Wrong response from the webhook: {reply.status} {reply.reason}")
                return _retry_after(reply.headers.get("Retry-After", ""))
        except (aiohttp.ClientError, TimeoutError) as error:
            self._note(f"Connection failed: {type(error).__name__}")
            return 0.0

    def _note(self, error: str) -> None:
        self._last_error = (int(self._clock()), error)


def pause_after(attempt: int) -> float:
    """The first retry comes at once, then after 2, 4, 8 … seconds."""
    return 0.0 if attempt <= 1 else float(min(LONGEST_PAUSE, 2 ** (attempt - 1)))


def _retry_after(header: str) -> float:
    return min(LONGEST_RETRY_AFTER, float(header)) if header.isdigit() else 0.0


def _checked(url: str, call: Params) -> Target:
    if not url.startswith(("http://", "https://")):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    secret = call.text("secret_token")
    if not SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    connections = min(100, max(1, call.integer("max_connections", 40)))
    allowed = call.json("allowed_updates") or []
    return Target(url, secret, connections, [str(kind) for kind in allowed])
