"""A crowd, one bot and Telegram's limit, step by step. Pure but for the chance that a seed fixes.

People write; who is new reads the notice and agrees before the idea gets its receipt; some confirm
the receipt. The bot works through its inbox at the speed of its processor, and delivers its outbox
at the speed that Telegram allows, both in the order of arrival.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

# What the bot owes after each act. Answers to presses are not messages: they wait for no limit.
OWED = {"first": "notice", "agree": "edit", "idea": "receipt", "confirm": "edit"}


@dataclass(frozen=True)
class Bot:
    """What one bot can do: milliseconds of one core, and the way to Telegram with its limit."""

    idea_ms: float = 2.1
    press_ms: float = 2.6
    messages_per_second: float = 30.0
    at_once: int = 16
    round_trip: float = 0.1


@dataclass(frozen=True)
class Habits:
    """What people do: shares between 0 and 1, and seconds from reading to pressing."""

    newcomers: float = 0.8
    confirm: float = 0.5
    think: float = 20.0

    @property
    def presses(self) -> float:
        return self.newcomers + self.confirm

    @property
    def messages(self) -> float:
        """Messages and edits for one idea: all that Telegram's limit counts."""
        return 1 + 2 * self.newcomers + self.confirm

    @property
    def updates(self) -> float:
        return 1 + self.presses

    @property
    def calls(self) -> float:
        return self.messages + self.presses

    def processor_ms(self, bot: Bot) -> float:
        """A held idea is looked at twice: when it comes, and when it is released."""
        return (1 + self.newcomers) * bot.idea_ms + self.presses * bot.press_ms

    def messages_in_flight(self, bot: Bot) -> float:
        """Give the messages a second that the calls in flight allow: answers need places too."""
        return bot.at_once / bot.round_trip * self.messages / self.calls


class Batch(NamedTuple):
    """People who do the same in the same step, or messages that are owed to them."""

    kind: str
    written: int
    people: int
    new: bool


class Wait(NamedTuple):
    """How long people waited for the bot, from the idea to its receipt, their own time apart."""

    written: int
    seconds: float
    people: int


@dataclass
class Course:
    """What happened: the outbox at the end of each step, and everybody's waiting."""

    step: float
    owed: list[int] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)

    def quantiles(self) -> dict[str, float]:
        """Give the median and the wait that one in a hundred exceeds."""
        return weighted_quantiles(self.waits)

    def quantiles_by(self, steps: int, *, parts: int) -> list[dict[str, float]]:
        """Give the same for the ideas that were written in each of so many parts of the time."""
        waits: list[list[Wait]] = [[] for _ in range(parts)]
        for wait in self.waits:
            if wait.written < parts * steps:
                waits[wait.written // steps].append(wait)
        return [weighted_quantiles(part) for part in waits]

    def most_owed(self, first: int = 0, last: int | None = None) -> int:
        return max(self.owed[first:last], default=0)

    @property
    def last_receipt(self) -> float:
        return max((w.written * self.step + w.seconds for w in self.waits), default=0.0)


def weighted_quantiles(waits: Iterable[Wait]) -> dict[str, float]:
    ordered = sorted((wait.seconds, wait.people) for wait in waits)
    total = sum(people for _, people in ordered)
    found, seen = dict.fromkeys(("p50", "p99"), 0.0), 0
    for seconds, people in ordered:
        for name, share in (("p50", 0.5), ("p99", 0.99)):
            if seen < share * total <= seen + people:
                found[name] = seconds
        seen += people
    return found


def play(
    written: Sequence[int], *, bot: Bot, habits: Habits, step: float = 1.0, seed: int = 1
) -> Course:
    """Let so many people write in each step, and go on until nothing is owed any more."""
    day = _Day(bot, habits, step, seed)
    turn = 0
    while turn < len(written) or day.busy:
        day.turn(turn, int(written[turn]) if turn < len(written) else 0)
        turn += 1
    return day.course


class _Day:
    def __init__(self, bot: Bot, habits: Habits, step: float, seed: int) -> None:
        self.course = Course(step)
        self._bot, self._habits, self._step = bot, habits, step
        self._chance = np.random.default_rng(seed)
        self._think = max(1, round(habits.think / step))
        self._coming: dict[int, list[Batch]] = {}
        self._inbox: deque[Batch] = deque()
        self._outbox: deque[Batch] = deque()
        self._owed = 0
        self._rate = min(bot.messages_per_second, habits.messages_in_flight(bot))
        # The bucket of bot/limits.py: a second's worth may go at once.
        self._largest = max(1.0, self._rate)
        self._tokens = self._largest
        self._spare_ms = 0.0

    @property
    def busy(self) -> bool:
        return bool(self._inbox or self._outbox or self._coming)

    def turn(self, turn: int, people: int) -> None:
        new = self._share(people, self._habits.newcomers)
        if people:
            self._inbox.append(Batch("first", turn, new, True))
            self._inbox.append(Batch("idea", turn, people - new, False))
        self._inbox.extend(self._coming.pop(turn, ()))
        self._process()
        self._deliver(turn)
        self.course.owed.append(self._owed)

    def _process(self) -> None:
        """Work for one step; what is begun in it may end in the next."""
        self._spare_ms = min(self._spare_ms, 0.0) + 1000 * self._step
        while self._inbox and self._spare_ms > 0:
            batch = self._inbox.popleft()
            light = batch.kind in ("agree", "confirm")
            cost = self._bot.press_ms if light else self._bot.idea_ms
            done = min(batch.people, int(self._spare_ms / cost) + 1)
            self._spare_ms -= done * cost
            if done < batch.people:
                self._inbox.appendleft(batch._replace(people=batch.people - done))
            if not done:
                continue
            if batch.kind == "agree":
                self._inbox.appendleft(Batch("idea", batch.written, done, True))
            self._owe(batch._replace(kind=OWED[batch.kind], people=done))

    def _owe(self, batch: Batch) -> None:
        self._outbox.append(batch)
        self._owed += batch.people

    def _deliver(self, turn: int) -> None:
        self._tokens = min(self._largest, self._tokens + self._rate * self._step)
        while self._outbox and self._tokens >= 1:
            batch = self._outbox.popleft()
            sent = min(batch.people, int(self._tokens))
            self._tokens -= sent
            self._owed -= sent
            if sent < batch.people:
                self._outbox.appendleft(batch._replace(people=batch.people - sent))
            self._read(turn, batch._replace(people=sent))

    def _read(self, turn: int, batch: Batch) -> None:
        """People read what arrived, and some of them press after a while."""
        if batch.kind == "notice":
            self._later(turn, batch._replace(kind="agree"))
        elif batch.kind == "receipt":
            steps = turn - batch.written - (self._think if batch.new else 0)
            self.course.waits.append(Wait(batch.written, steps * self._step, batch.people))
            confirm = self._share(batch.people, self._habits.confirm)
            self._later(turn, batch._replace(kind="confirm", people=confirm))

    def _later(self, turn: int, batch: Batch) -> None:
        if batch.people:
            self._coming.setdefault(turn + self._think, []).append(batch)

    def _share(self, people: int, share: float) -> int:
        return int(self._chance.binomial(people, share)) if people else 0
