"""Telegram's known limits on how fast a bot may send."""

from collections.abc import Callable

from simulator.chats import Chat
from simulator.errors import too_many_requests


class Bucket:
    """Lets `burst` through at once, then `per_second`."""

    def __init__(self, *, burst: float, per_second: float, now: float) -> None:
        self._burst = burst
        self._per_second = per_second
        self._tokens = burst
        self._at = now

    def wait(self, now: float) -> float:
        """Seconds until the next message may pass; 0 when it may pass now."""
        earned = max(0.0, now - self._at) * self._per_second
        self._tokens = min(self._burst, self._tokens + earned)
        self._at = now
        return max(0.0, (1 - self._tokens) / self._per_second)

    def take(self) -> None:
        self._tokens -= 1


class Limits:
    """About 30 a second in all, 1 a second in a private chat, 20 a minute in a group."""

    def __init__(self, clock: Callable[[], float], *, enabled: bool) -> None:
        self.enabled = enabled
        self._clock = clock
        self._overall = Bucket(burst=30, per_second=30, now=clock())
        self._chats: dict[int, Bucket] = {}

    def check(self, chat: Chat) -> None:
        """Count one message to this chat, or refuse it with the seconds to wait."""
        if not self.enabled:
            return
        now = self._clock()
        buckets = (self._overall, self._bucket(chat, now))
        wait = max(bucket.wait(now) for bucket in buckets)
        if wait > 0:
            raise too_many_requests(wait)
        for bucket in buckets:
            bucket.take()

    def _bucket(self, chat: Chat, now: float) -> Bucket:
        if chat.id not in self._chats:
            burst, per_second = (5, 1) if chat.private else (20, 20 / 60)
            self._chats[chat.id] = Bucket(burst=burst, per_second=per_second, now=now)
        return self._chats[chat.id]
