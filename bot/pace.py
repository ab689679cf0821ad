"""How much one person may say before the bot answers less. Pure; in memory, for one process.

A bucket per person: a burst of twice the rate, refilled by the rate. Beyond it nothing is lost,
only the answers become fewer. Several processes each have their own buckets, so together they are
more generous: that costs a few receipts, where a shared bucket would cost a write a message.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

BURST = 2
TOLD_EVERY = timedelta(minutes=1)
REMEMBERED = 10_000


class Turn(Enum):
    """What a message may expect."""

    ANSWERED = "answered"
    TOLD = "told"
    """Too many: no answer of its own, but the sentence of this minute."""
    QUIET = "quiet"
    """Too many, and the sentence of this minute was said."""


@dataclass(slots=True)
class _Bucket:
    level: float
    at: datetime
    told: dict[str, datetime]


class Pace:
    """The buckets. ``per_minute`` 0 means no limit."""

    def __init__(self, *, per_minute: float = 0) -> None:
        self._rate = per_minute
        self._size = BURST * per_minute
        self._buckets: dict[int, _Bucket] = {}

    def take(self, person_id: int, *, kind: str, at: datetime) -> Turn:
        """Count one message. Each ``kind`` has its own sentence a minute."""
        if not self._rate:
            return Turn.ANSWERED
        bucket = self._fill(person_id, at)
        if bucket.level >= 1:
            bucket.level -= 1
            return Turn.ANSWERED
        told = bucket.told.get(kind)
        if told is not None and timedelta(0) <= at - told < TOLD_EVERY:
            return Turn.QUIET
        bucket.told[kind] = at
        return Turn.TOLD

    def _fill(self, person_id: int, at: datetime) -> _Bucket:
        if len(self._buckets) >= REMEMBERED:
            self._forget(at)
        bucket = self._buckets.setdefault(person_id, _Bucket(self._size, at, {}))
        bucket.level = self._level(bucket, at)
        bucket.at = at
        return bucket

    def _level(self, bucket: _Bucket, at: datetime) -> float:
        """A clock that was set back fills nothing, and takes nothing away."""
        minutes = max(0.0, (at - bucket.at) / timedelta(minutes=1))
        return min(self._size, bucket.level + minutes * self._rate)

    def _forget(self, at: datetime) -> None:
        """Forget who has rested; whoever is at their limit stays known."""
        self._buckets = {
            person: bucket
            for person, bucket in self._buckets.items()
            if self._level(bucket, at) < self._size
        }
