"""Looks at what is left after a run, with plain SQL and the simulator's own record.

Every update taken once, every idea once, every text of it in order, every tap with its effect
once, every message answered in the order of the chat; twice only what was in flight at a death.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.faults.fleet import InFlight
from bench.faults.places import Place
from bench.faults.story import Chat, Reply
from simulator import Message, Simulator

ALREADY_SO = "message is not modified"
SENT = "SELECT message_id FROM outbox WHERE state = 'sent' AND method = 'sendMessage'"
SHOWN = 12


@dataclass
class Findings:
    """Counts of what is wrong, and the first cases in words."""

    lost: int = 0
    applied_twice: int = 0
    unanswered: int = 0
    out_of_order: int = 0
    repeats: int = 0
    repeats_unexplained: int = 0
    cases: list[str] = field(default_factory=list)

    def compare(self, what: str, expected: Sequence[Any], found: Sequence[Any]) -> None:
        """Effects that should be there, in order, against those that are."""
        if list(expected) == list(found):
            return
        missing = (Counter(expected) - Counter(found)).total()
        extra = (Counter(found) - Counter(expected)).total()
        self.lost += missing
        self.applied_twice += extra
        if not missing + extra:
            self.out_of_order += 1
        self.note(f"{what}: expected {list(expected)[:SHOWN]}, found {list(found)[:SHOWN]}")

    def note(self, case: str) -> None:
        self.cases.append(case)

    @property
    def clean(self) -> bool:
        return not (
            self.lost
            + self.applied_twice
            + self.unanswered
            + self.out_of_order
            + self.repeats_unexplained
        )


def check(
    place: Place, telegram: Simulator, chats: Sequence[Chat], *, open_at_a_death: InFlight
) -> Findings:
    """Check a whole run."""
    findings = Findings()
    _check_inbox(place, telegram, findings)
    kept = _read_ideas(place)
    for chat in chats:
        if not chat.erased:
            _check_ideas(chat, kept.get(chat.person, {}), findings)
    _check_erased(place, chats, findings)
    _check_jobs(place, chats, findings)
    _check_repeats(place, telegram, chats, open_at_a_death, findings)
    recorded = {row[0] for row in place.rows(SENT)}
    for chat in chats:
        if chat.erased:
            continue  # which of their messages arrived is nobody's to know any more
        _check_replies(telegram, chat, recorded, findings)
    return findings


def _check_inbox(place: Place, telegram: Simulator, findings: Findings) -> None:
    """Each update was taken, and is done."""
    made = sorted(entry.update_id for entry in telegram.record.updates)
    done = place.rows("SELECT update_id FROM inbox WHERE state = 'done' ORDER BY update_id")
    findings.compare("updates done", made, [row[0] for row in done])


def _read_ideas(place: Place) -> dict[int, dict[int, dict[str, Any]]]:
    """Everything that is kept of each idea, by chat and message."""
    ideas: dict[int, dict[int, dict[str, Any]]] = defaultdict(dict)
    by_number: dict[int, dict[str, Any]] = {}
    for number, chat, message in place.rows("SELECT id, chat_id, message_id FROM idea ORDER BY id"):
        idea = {"texts": [], "choices": [], "photos": 0, "tags": 0}
        by_number[number] = ideas[chat][message] = idea
    for number, text in place.rows("SELECT idea_id, text FROM revision ORDER BY id"):
        by_number[number]["texts"].append(text)
    sql = "SELECT idea_id, decided_by, topic, reason FROM label ORDER BY id"
    for number, by, topic, reason in place.rows(sql):
        if by == "author":
            by_number[number]["choices"].append("right" if reason == "confirmed" else topic)
        else:
            by_number[number]["tags"] += 1
    for number, photos in place.rows("SELECT idea_id, count(*) FROM attachment GROUP BY idea_id"):
        by_number[number]["photos"] = photos
    return ideas


def _check_ideas(chat: Chat, kept: dict[int, dict[str, Any]], findings: Findings) -> None:
    where = f"chat {chat.person}"
    findings.compare(f"ideas of {where}, in order", list(chat.texts), list(kept))
    for message, texts in chat.texts.items():
        idea = kept.get(message)
        if idea is None:
            continue
        what = f"message {message} of {where}"
        findings.compare(f"texts of {what}", texts, idea["texts"])
        findings.compare(f"taps on {what}", *_alike(chat.choices[message], idea["choices"]))
        findings.compare(f"photos of {what}", [chat.photos.get(message, 0)], [idea["photos"]])
        findings.compare(f"tags of {what}", [len(texts)], [idea["tags"]])


def _alike(pressed: list[str], kept: list[str]) -> tuple[list[str], list[str]]:
    """A topic that the model had named too is kept as a confirmation of it."""
    same = [a if b == "right" else b for a, b in zip(pressed, kept, strict=False)]
    return pressed, same + kept[len(same) :]


def _check_erased(place: Place, chats: Iterable[Chat], findings: Findings) -> None:
    """Nothing of theirs is left, and nobody else was erased."""
    erased = {chat.person for chat in chats if chat.erased}
    expected = sorted(chat.person for chat in chats if chat.person not in erased)
    rows = place.rows("SELECT telegram_id FROM person WHERE consented_at IS NOT NULL")
    findings.compare("people who agreed", expected, sorted(row[0] for row in rows))
    count = sum(len(chat.texts) for chat in chats if chat.erased)
    rows = place.rows("SELECT id FROM idea WHERE status = 'erased' AND chat_id IS NULL")
    findings.compare("erased ideas", [count], [len(rows)])
    rows = place.rows(
        "SELECT text FROM revision JOIN idea ON idea.id = idea_id WHERE status = 'erased'"
    )
    findings.compare("erased texts", [""] * len(rows), [row[0] for row in rows])


def _check_jobs(place: Place, chats: Iterable[Chat], findings: Findings) -> None:
    """Each order of an export was carried out once, and its file owed once."""
    expected = sorted(chat.person for chat in chats for _ in range(chat.exports))
    rows = place.rows("SELECT chat_id FROM job WHERE state = 'done'")
    findings.compare("jobs done", expected, sorted(row[0] for row in rows))
    rows = place.rows("SELECT chat_id FROM outbox WHERE method = 'sendDocument'")
    findings.compare("files owed", expected, sorted(row[0] for row in rows))


def _check_repeats(
    place: Place, telegram: Simulator, chats: Sequence[Chat], may: InFlight, findings: Findings
) -> None:
    """What arrived more often than it was owed must have been in flight at a death or a cut."""
    erased = {chat.person for chat in chats if chat.erased}
    rows = place.rows("SELECT chat_id, method, state FROM outbox")
    unsent = Counter(state for _, _, state in rows if state not in ("sent", "blocked"))
    findings.unanswered += unsent.total()
    if unsent:
        findings.note(f"calls never made, or refused: {dict(unsent)}")
    owed = Counter(
        (_known(chat, erased), method) for chat, method, state in rows if state == "sent"
    )
    methods = {method for _, method, _ in rows}
    came = Counter(
        (_known(call.chat_id, erased), call.method)
        for call in telegram.record.calls
        if call.method in methods and (call.ok or ALREADY_SO in call.description)
    )
    repeated = came - owed
    findings.repeats = repeated.total()
    unexplained = repeated - Counter(
        (_known(chat, erased), method) for chat, method in may.elements()
    )
    findings.repeats_unexplained = unexplained.total()
    if unexplained:
        findings.note(f"came twice without a death: {dict(unexplained)}")


def _known(chat_id: int | None, erased: set[int]) -> int | None:
    """Whoever erased themselves is nobody in the outbox, too."""
    return None if chat_id in erased else chat_id


def _check_replies(
    telegram: Simulator, chat: Chat, recorded: set[int | None], findings: Findings
) -> None:
    """In each chat every message, edit and command is answered, in order; and so is every tap."""
    said = [m for m in telegram.people[chat.person].chat if m.from_bot and m.file is None]
    # The answer that counts is the one whose arrival was written down; others are repeats.
    # Files come from jobs, at their own time.
    found = [_answered(m) for m in said if m.message_id in recorded]
    missing, surplus = _match(chat.replies, found)
    expected = [reply.to for reply in chat.replies]
    if sorted(map(str, missing)) == sorted(map(str, surplus)) and missing:
        findings.out_of_order += 1
    else:
        findings.unanswered += len(missing)
        findings.applied_twice += len(surplus)
    if missing or surplus:
        findings.note(f"answers in {chat.person}: expected {expected}, found {found}")
    silent = [q for q in chat.presses if telegram.world.presses[q].answer is None]
    findings.unanswered += len(silent)
    if silent:
        findings.note(f"taps in {chat.person} without an answer: {silent}")


def _match(
    expected: Sequence[Reply], found: Sequence[int | None]
) -> tuple[list[int | None], list[int | None]]:
    """Walk along both; return what is missing and what is too much."""
    missing: list[int | None] = []
    rest = list(found)
    for reply in expected:
        if rest and rest[0] == reply.to:
            rest.pop(0)
        elif not reply.optional:
            missing.append(reply.to)
    return missing, rest


def _answered(message: Message) -> int | None:
    reply = message.raw.get("reply_to_message")
    return int(reply["message_id"]) if reply else None
