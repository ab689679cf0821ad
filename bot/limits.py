"""Telegram's limits on a bot's messages, as token buckets in memory. Pure but for the clock.

About 30 messages a second in all, 1 a second in one chat with short bursts, 20 a minute in a group
(Bots FAQ). They are kept so that 429 stays the exception; if it comes, everything pauses.
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

BURST_IN_CHAT = 3.0
GROUP_PER_SECOND = 20 / 60


@dataclass(slots=True)
class _Bucket:
    rate: float
    size: float
    level: float
    at: float

    def fill(self, now: float) -> None:
        self.level = min(self.size, self.level + (now - self.at) * self.rate)
        self.at = now


class Limits:
    """What may be sent now. A rate of 0 means no limit."""

    def __init__(
        self, *, per_second: float, per_chat: float, clock: Callable[[], float] = monotonic
    ) -> None:
        self._clock = clock
        self._per_chat = per_chat
        # Below one a second too there must be room for a whole message.
        size = max(1.0, per_second)
        self._all = _Bucket(per_second, size, size, clock())
        self._chats: dict[str, _Bucket] = {}
        self._paused_until = 0.0

    def room(self) -> int:
        """Count how many messages may start now in all."""
        if self._clock() < self._paused_until:
            return 0
        if self._all.rate == 0:
            return 1_000
        self._all.fill(self._clock())
        return int(self._all.level)

    def resting(self) -> list[str]:
        """List the lanes that must wait; forget those that are rested."""
        now = self._clock()
        for lane, bucket in list(self._chats.items()):
            bucket.fill(now)
            if bucket.level >= bucket.size:
                del self._chats[lane]
        return [lane for lane, bucket in self._chats.items() if bucket.level < 1]

    def take(self, lane: str, chat_id: int | None, *, urgent: bool) -> None:
        """Count one message. Answers to presses are not messages."""
        if urgent:
            return
        now = self._clock()
        if self._all.rate:
            self._all.level -= 1
        if self._per_chat and chat_id is not None:
            rate = self._per_chat if chat_id > 0 else GROUP_PER_SECOND
            bucket = self._chats.setdefault(lane, _Bucket(rate, BURST_IN_CHAT, BURST_IN_CHAT, now))
            bucket.fill(now)
            bucket.level -= 1

    def pause(self, seconds: float) -> None:
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    def seconds_until_free(self) -> float:
        """Guess how long until something that waits for a limit may go; 1 if nothing does."""
        now = self._clock()
        waits = [self._paused_until - now] if self._paused_until > now else []
        if self._all.rate and self._all.level < 1:
            waits.append((1 - self._all.level) / self._all.rate)
        waits += [(1 - b.level) / b.rate for b in self._chats.values() if b.level < 1]
        return min(waits, default=1.0)
