"""People walk through every talk that the model of it allows, against the real bot over HTTP.

The model below is what the design says; the simulated Telegram is the world that it walks in.
After each step the bot's words, and at the end its tables, must be the model's.
"""

import asyncio
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from classifier import Classifier
from simulator import Message, Person
from tests.faults.city import City, agrees, hears, idea_on, replied_to, taps

WISH = "Lampu jalan di gang {} sudah lama mati, tolong diganti yang terang"
TOPICS = ("parking", "street_lighting", "waste_management")
REFUSED = "Tombol ini bukan untukmu"
NAMES = st.sampled_from(["Rina", "Eri"])
WHICH = st.integers(0, 1_000)


@dataclass
class Idea:
    """An idea as its author and the moderator know it."""

    number: int
    message: Message
    receipt: Message
    texts: list[str]
    topic: str
    decided_by: str = "model"
    decisions: list[str] = field(default_factory=list)
    looked_at: bool = False
    passed_over: bool = False


@dataclass
class Resident:
    """What the bot should know of a person."""

    person: Person
    agreed: bool = False
    held: list[Message] = field(default_factory=list)
    ideas: list[Idea] = field(default_factory=list)
    heard: int = 0


class Walk(RuleBasedStateMachine):
    """The model. Every rule says what must come back, and how many messages that is."""

    classifier: Classifier

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp(prefix="palanta-walk-"))
        self.city = City(self.folder, self.classifier)
        self.erased = 0
        self.wishes = 0

    def teardown(self) -> None:
        try:
            self.runner.run(self.city.close())
        finally:
            self.runner.close()
            shutil.rmtree(self.folder)

    @initialize()
    def begin(self) -> None:
        self.runner.run(self._begin())

    async def _begin(self) -> None:
        await self.city.open()
        self.residents = {name: Resident(self.city.person(name)) for name in ("Rina", "Eri")}
        self.desi = self.city.person("Desi")
        await self.city.appoint(self.desi)

    @rule(name=NAMES)
    def write(self, name: str) -> None:
        """An idea: held before the notice was agreed to, answered by a receipt after."""
        self.runner.run(self._write(self.residents[name]))

    async def _write(self, who: Resident) -> None:
        self.wishes += 1
        text = WISH.format(self.wishes)
        if not who.agreed:
            first = not who.held
            who.held.append(await who.person.says(text))
            who.heard += first
            return
        receipt = await hears(who.person, lambda: who.person.says(text))
        who.heard += 1
        self._keep(who, receipt)

    def _keep(self, who: Resident, receipt: Message) -> None:
        sent = who.person.private_chat.messages[replied_to(receipt) or 0]
        number = idea_on(receipt)
        assert number, "a receipt has buttons"
        [(topic,)] = self.city.rows(
            "SELECT topic FROM idea JOIN label ON label.id = label_id WHERE idea.id = ?", number
        )
        who.ideas.append(Idea(number, sent, receipt, [sent.text], topic))

    @precondition(lambda self: any(w.held and not w.agreed for w in self.residents.values()))
    @rule()
    def agree(self) -> None:
        """The tap on the notice: everything that was held is kept, in the order sent."""
        who = next(w for w in self.residents.values() if w.held and not w.agreed)
        self.runner.run(self._agree(who))

    async def _agree(self, who: Resident) -> None:
        await agrees(who.person)
        await self.city.rest()
        newest = [m for m in who.person.chat if m.from_bot][-len(who.held) :]
        assert [replied_to(m) for m in newest] == [m.message_id for m in who.held]
        who.agreed = True
        who.heard += len(who.held)
        who.held.clear()
        for receipt in newest:
            self._keep(who, receipt)

    def _pick(self, name: str, which: int) -> tuple[Resident, Idea] | None:
        who = self.residents[name]
        return (who, who.ideas[which % len(who.ideas)]) if who.ideas else None

    @rule(name=NAMES, which=WHICH)
    def edit(self, name: str, which: int) -> None:
        """A new revision of the same idea; a decision of a person stays in force."""
        if picked := self._pick(name, which):
            self.runner.run(self._edit(*picked))

    async def _edit(self, who: Resident, idea: Idea) -> None:
        text = f"{idea.texts[0]}, versi {len(idea.texts)}"
        answer = await hears(who.person, lambda: who.person.edits(idea.message, text))
        assert replied_to(answer) == idea.message.message_id
        idea.texts.append(text)
        who.heard += 1
        if idea.decided_by == "model":
            idea.topic = self._topic_in_force(idea)

    def _topic_in_force(self, idea: Idea) -> str:
        sql = (
            "SELECT topic, decided_by FROM label JOIN idea ON label.id = label_id WHERE idea.id = ?"
        )
        [(topic, decided_by)] = self.city.rows(sql, idea.number)
        assert decided_by == idea.decided_by
        return str(topic)

    @rule(name=NAMES, which=WHICH, choice=st.sampled_from(["right", *TOPICS]))
    def press(self, name: str, which: int, choice: str) -> None:
        """The author's word: kept once, and not against a moderator's."""
        if picked := self._pick(name, which):
            self.runner.run(self._press(*picked, choice))

    async def _press(self, who: Resident, idea: Idea, choice: str) -> None:
        act = choice if choice == "right" else f"topic:{choice}"
        said = await taps(who.person, f"idea:{idea.number}:{act}", idea.receipt)
        topic = idea.topic if choice == "right" else choice
        if idea.decided_by == "moderator":
            assert "moderator" in said
        elif idea.decided_by == "author" and topic == idea.topic:
            assert "sebelumnya" in said
        else:
            assert said.startswith("Dicatat")
            idea.decided_by, idea.topic = "author", topic
            idea.decisions.append(f"author {topic}")

    @rule(name=NAMES, which=WHICH)
    def press_what_is_not_theirs(self, name: str, which: int) -> None:
        """Somebody else's button, or a moderator's, changes nothing."""
        other = self.residents["Eri" if name == "Rina" else "Rina"]
        picked = self._pick(name, which)
        if picked and other.agreed:
            for desk in ("idea", "review"):
                said = self.runner.run(taps(other.person, f"{desk}:{picked[1].number}:right"))
                assert said.startswith(REFUSED) or "hanya untuk" in said

    @rule(act=st.sampled_from(["right", *TOPICS, "skip", "scope", "typed"]), gone=st.booleans())
    def moderate(self, act: str, gone: bool) -> None:
        """The next card of the queue, a decision, and word of it to the author."""
        self.runner.run(self._moderate(act, gone=gone))

    async def _moderate(self, act: str, *, gone: bool) -> None:
        card = await hears(self.desi, lambda: self.desi.says("/antrean"))
        everybody = [(who, idea) for who in self.residents.values() for idea in who.ideas]
        waiting = [i.number for _, i in everybody if not (i.looked_at or i.passed_over)]
        number = idea_on(card)
        if number is None:
            assert not waiting
            return
        assert number in waiting
        author, idea = next((w, i) for w, i in everybody if i.number == number)
        await self._decide(author, idea, card, act, gone=gone)
        await self.city.rest()

    async def _decide(
        self, author: Resident, idea: Idea, card: Message, act: str, *, gone: bool
    ) -> None:
        review = f"review:{idea.number}"
        match act:
            case "skip":
                await taps(self.desi, f"{review}:skip", card)
                idea.passed_over = True
                return
            case "typed":
                await hears(self.desi, lambda: taps(self.desi, f"{review}:because:typed", card))
                if gone:
                    await self.city.restart()
                await self._told(author, idea, self.desi.says("Sudah ada di RPJMD tahun ini."))
            case "scope":
                await self._told(author, idea, taps(self.desi, f"{review}:because:scope", card))
            case _:
                topic = idea.topic if act == "right" else act
                data = f"{review}:right" if act == "right" else f"{review}:topic:{act}"
                await self._told(author, idea, taps(self.desi, data, card))
                idea.decided_by, idea.topic = "moderator", topic
                idea.decisions.append(f"moderator {topic}")
        idea.looked_at = True

    async def _told(self, author: Resident, idea: Idea, deciding) -> None:
        """The author hears of it, in answer to their own message."""
        told = await hears(author.person, lambda: deciding)
        assert replied_to(told) == idea.message.message_id
        assert told.text.startswith("Kabar")
        author.heard += 1

    @precondition(lambda self: any(who.agreed for who in self.residents.values()))
    @rule(name=NAMES, sure=st.booleans())
    def erase(self, name: str, sure: bool) -> None:
        """Everything goes, or nothing; whoever writes again begins anew."""
        if self.residents[name].agreed:
            self.runner.run(self._erase(self.residents[name], sure=sure))

    async def _erase(self, who: Resident, *, sure: bool) -> None:
        ask = await hears(who.person, lambda: who.person.says("/hapus"))
        await taps(who.person, f"erase:0:{'yes' if sure else 'no'}", ask)
        await self.city.rest()
        who.heard += 1
        if sure:
            self.erased += len(who.ideas)
            who.ideas.clear()
            who.agreed = False

    @rule()
    def restart(self) -> None:
        """Nobody can tell that the bot was away."""
        self.runner.run(self.city.restart())

    @invariant()
    def all_is_as_the_model_says(self) -> None:
        if not hasattr(self, "desi"):
            return
        self.runner.run(self.city.rest())
        ideas = [idea for who in self.residents.values() for idea in who.ideas]
        kept = self.city.rows("SELECT id FROM idea WHERE status <> 'erased' ORDER BY id")
        assert [row[0] for row in kept] == sorted(idea.number for idea in ideas)
        erased = self.city.rows("SELECT count(*) FROM idea WHERE status = 'erased'")
        assert erased == [(self.erased,)]
        for idea in ideas:
            self._compare(idea)
        for who in self.residents.values():
            assert len([m for m in who.person.chat if m.from_bot]) == who.heard

    def _compare(self, idea: Idea) -> None:
        sql = "SELECT text FROM revision WHERE idea_id = ? ORDER BY id"
        assert [row[0] for row in self.city.rows(sql, idea.number)] == idea.texts
        sql = (
            "SELECT decided_by || ' ' || topic FROM label"
            " WHERE idea_id = ? AND decided_by <> 'model' ORDER BY id"
        )
        assert [row[0] for row in self.city.rows(sql, idea.number)] == idea.decisions
        assert self._topic_in_force(idea) == idea.topic


def test_every_walk_through_the_talks_ends_as_the_model_says(classifier):
    """Consent, ideas, edits, taps, decisions and erasure, in any order, with restarts between."""

    Walk.classifier = classifier
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=8,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
