"""Whether the promises held: every update kept and finished, every good one answered in order."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from simulator import Person
from storage.database import Database


@dataclass(slots=True)
class Outcome:
    """What came of a run. Everything but the counts of rows should be 0."""

    updates: int
    seed: int
    numbered: int = 0
    states: dict[str, int] = field(default_factory=dict)
    missing: int = 0
    unfinished: int = 0
    unsent: int = 0
    good: int = 0
    unanswered: int = 0
    out_of_order: int = 0
    answered_twice: int = 0
    crashes: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def broken(self) -> int:
        """Count the broken promises."""
        wrong = (self.missing, self.unfinished, self.unsent, self.unanswered, self.out_of_order)
        return sum(wrong) + self.answered_twice + len(self.crashes)


# Any: what was offered may be anything at all.
async def judge(
    database: Database, outcome: Outcome, offered: Sequence[Any], people: Sequence[Person]
) -> None:
    """Compare what was offered and said with the database and with what people heard."""
    numbers = {
        update["update_id"]
        for update in offered
        if isinstance(update, dict)
        and type(update.get("update_id")) is int
        and abs(update["update_id"]) < 2**63
    }
    async with database.reading() as session:
        rows = await session.fetch_all("SELECT update_id, state FROM inbox")
        unsent = await session.fetch_all("SELECT 1 FROM outbox WHERE state IN ('new', 'sending')")
    kept = [row["update_id"] for row in rows]
    outcome.numbered = len(numbers)
    outcome.missing = len(numbers - set(kept)) + len(kept) - len(set(kept))
    for row in rows:
        outcome.states[row["state"]] = outcome.states.get(row["state"], 0) + 1
    outcome.unfinished = outcome.states.get("new", 0)
    outcome.unsent = len(unsent)
    for person in people:
        _judge_chat(person, outcome)


def _judge_chat(person: Person, outcome: Outcome) -> None:
    """Every good message has one receipt, in the order sent."""
    good = [m.message_id for m in person.chat if not m.from_bot and m.text.startswith("Usul")]
    answers = [
        message.raw["reply_to_message"]["message_id"]
        for message in person.chat
        if message.from_bot and message.raw.get("reply_to_message")
    ]
    receipts = [number for number in answers if number in set(good)]
    outcome.good += len(good)
    outcome.unanswered += len(set(good) - set(receipts))
    outcome.answered_twice += len(receipts) - len(set(receipts))
    outcome.out_of_order += sum(later < earlier for earlier, later in pairwise(receipts))


def figures(outcome: Outcome) -> dict[str, Any]:
    return {name: getattr(outcome, name) for name in outcome.__slots__} | {
        "broken": outcome.broken,
        "crashes": sorted(set(outcome.crashes))[:10],
    }
