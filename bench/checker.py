"""Compares what people did with what the bot made of it. Knows nothing of the bot but its tables.

Every idea one row, every edit one revision, every press its label once, every act answered, all
in the order of the chat; answers come twice only if they were in flight at a kill.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.evidence import Kept, Told, number_in, select

InFlight = Sequence[tuple[int | None, str]]  # chat and method of each call in flight at one kill


SHOWN = 12


@dataclass
class Findings:
    """Counts of what is wrong, and the first few cases in words."""

    lost: int = 0
    applied_twice: int = 0
    unanswered: int = 0
    out_of_order: int = 0
    replies_repeated: int = 0
    messages_repeated: int = 0
    repeated_without_kill: int = 0
    cases: list[str] = field(default_factory=list)

    def compare(self, what: str, expected: Sequence[Any], found: Sequence[Any]) -> None:
        """Effects that should be there, in order, against those that are."""
        missing, extra = self._differ(what, expected, found)
        self.lost += missing
        self.applied_twice += extra

    def compare_replies(self, what: str, expected: Sequence[Any], found: Sequence[Any]) -> None:
        """Answers that should be there, in order, against those that came."""
        missing, extra = self._differ(what, expected, found)
        self.unanswered += missing
        self.applied_twice += extra

    def compare_echoes(self, expected: Sequence[Any], found: Sequence[Any]) -> None:
        """Answers that say nothing but where they went."""
        self.unanswered += (Counter(expected) - Counter(found)).total()
        self.replies_repeated += (Counter(found) - Counter(expected)).total()

    def _differ(self, what: str, expected: Sequence[Any], found: Sequence[Any]) -> tuple[int, int]:
        """Count what is missing and what is too much, and note what is only out of order."""
        if list(expected) == list(found):
            return 0, 0
        missing, extra = Counter(expected) - Counter(found), Counter(found) - Counter(expected)
        if missing or extra:
            self.cases.append(f"{what}: without {_some(missing)}, but with {_some(extra)}")
        else:
            self.out_of_order += sum(a != b for a, b in zip(expected, found, strict=True))
            self.cases.append(f"{what}: {list(expected)[:SHOWN]} came as {list(found)[:SHOWN]}")
        return missing.total(), extra.total()

    @property
    def clean(self) -> bool:
        """Whether every promise was kept; a repeat that a kill explains breaks none."""
        return not (
            self.lost
            or self.applied_twice
            or self.unanswered
            or self.out_of_order
            or self.repeated_without_kill
        )


def _some(counted: Counter[Any]) -> list[Any]:
    return list(counted.elements())[:3]


def check(database: Kept, told: Told, in_flight: Sequence[InFlight]) -> Findings:
    """Check a whole run. ``in_flight`` has, for each kill, the calls whose outcome was open."""
    findings = Findings()
    _check_inbox(database, told, findings)
    _check_ideas(database, told, findings)
    _check_labels(database, told, findings)
    _check_repeats(database, told, in_flight, findings)
    _check_replies(database, told, findings)
    findings.unanswered += told.unanswered_presses
    return findings


def _check_inbox(database: Kept, told: Told, findings: Findings) -> None:
    rows = select(database, "SELECT update_id FROM inbox WHERE state = 'done'")
    expected = sorted(act.update_id for act in told.acts)
    findings.compare("updates done", expected, sorted(row[0] for row in rows))


def _check_ideas(database: Kept, told: Told, findings: Findings) -> None:
    """Each idea, and each of its texts in order."""
    texts: dict[int, list[str]] = defaultdict(list)
    for idea_id, text in select(database, "SELECT idea_id, text FROM revision ORDER BY id"):
        texts[idea_id].append(text)
    written: dict[int, list[str]] = defaultdict(list)
    for act in told.acts:
        if act.number is not None:
            written[act.number].append(act.text)
    kept = [(number_in(said[0]) or 0, idea_id) for idea_id, said in texts.items()]
    by_number = dict(kept)
    findings.compare("ideas", sorted(written), sorted(number for number, _ in kept))
    for number, expected in written.items():
        if number in by_number:
            findings.compare(f"texts of idea {number}", expected, texts[by_number[number]])
    _check_order_of_ideas(database, findings)


def _check_order_of_ideas(database: Kept, findings: Findings) -> None:
    """In each chat, what was written first is kept first."""
    chats: dict[int, list[int]] = defaultdict(list)
    for chat, message in select(database, "SELECT chat_id, message_id FROM idea ORDER BY id"):
        chats[chat].append(message)
    for chat, messages in chats.items():
        findings.compare(f"order in chat {chat}", sorted(messages), messages)


def _check_labels(database: Kept, told: Told, findings: Findings) -> None:
    """Each press on an idea is one label of its author; each text is one label of the model."""
    pressed: dict[int, list[str]] = defaultdict(list)
    agreed = set()
    for act in told.acts:
        if act.kind == "callback_query" and act.text.startswith("idea:"):
            _, pressed_id, choice, *topic = act.text.split(":")
            pressed[int(pressed_id)].append(topic[0] if topic else choice)
        elif act.kind == "callback_query":
            agreed.add(act.chat_id)
    sql = "SELECT idea_id, decided_by, topic FROM label ORDER BY id"
    chosen: dict[int, list[str]] = defaultdict(list)
    for idea_id, decided_by, choice in select(database, sql):
        if decided_by == "author":
            # What was confirmed is the model's affair, not the checker's.
            chosen[idea_id].append("right" if pressed[idea_id] == ["right"] else choice)
    for idea_id in {*pressed, *chosen}:
        findings.compare(f"presses on {idea_id}", pressed[idea_id], chosen[idea_id])
    rows = select(database, "SELECT telegram_id FROM person WHERE consented_at IS NOT NULL")
    findings.compare("consents", sorted(agreed), sorted(row[0] for row in rows))
    [[labels]] = select(database, "SELECT count(*) FROM label WHERE decided_by = 'model'")
    [[revisions]] = select(database, "SELECT count(*) FROM revision")
    findings.applied_twice += max(0, labels - revisions)
    findings.lost += max(0, revisions - labels)


def _check_repeats(
    database: Kept, told: Told, in_flight: Sequence[InFlight], findings: Findings
) -> None:
    """What arrived more often than it was written down must have been in flight at a kill."""
    rows = select(database, "SELECT chat_id, method FROM outbox WHERE state = 'sent'")
    owed = Counter((chat, method) for chat, method in rows)
    came = Counter((d.chat_id, d.method) for d in told.deliveries)
    allowed = Counter((chat, method) for kill in in_flight for chat, method in kill)
    repeated = came - owed
    findings.replies_repeated = repeated.total()
    findings.messages_repeated = sum(n for (_, m), n in repeated.items() if m == "sendMessage")
    findings.repeated_without_kill = (repeated - allowed).total()
    unsent = (owed - came).total()
    findings.unanswered += unsent
    [[open_]] = select(database, "SELECT count(*) FROM outbox WHERE state <> 'sent'")
    findings.unanswered += open_
    if unsent or open_ or repeated - allowed:
        findings.cases.append(f"outbox: {unsent} unsent, {open_} open, {repeated - allowed} extra")


def _check_replies(database: Kept, told: Told, findings: Findings) -> None:
    """In each chat: the notice, then an answer to each message, edit and command, in order."""
    rows = select(database, "SELECT message_id FROM outbox WHERE method = 'sendMessage'")
    recorded = {row[0] for row in rows}
    for chat in told.own:
        # The answer that counts is the one whose arrival was written down; others are repeats.
        found = [r.reply_to for r in told.replies[chat] if r.message_id in recorded]
        expected = [None, *_expected_replies(told, chat)]
        findings.compare_replies(f"answers in {chat}", expected, found)


def _expected_replies(told: Told, chat: int) -> list[int | None]:
    own, by_number = iter(told.own[chat]), dict[int, int]()
    expected: list[int | None] = []
    for act in told.acts:
        if act.chat_id != chat or act.kind == "callback_query":
            continue
        if act.kind == "edited_message":
            assert act.number, "every idea has its number in its text"
            expected.append(by_number[act.number])
            continue
        message_id = next(own)
        if act.number is not None:
            by_number[act.number] = message_id
        expected.append(message_id if act.number is not None else None)
    return expected
