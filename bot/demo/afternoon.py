"""Plays the sample afternoon: who says and presses what, and waits for the bot in between."""

import asyncio
import json
import re
from importlib import resources
from typing import Any

from bot.texts import Texts
from classifier import load_taxonomy, load_topics
from simulator import Message, Person, Simulator

LINK = re.compile(r"start=([\w-]+)")
ANSWER_SECONDS = 30.0
QUIET_SECONDS = 0.15
# What a card says instead of the tag when the moderator must not see it.
HIDDEN = "tag mesin disembunyikan"


def read_afternoon() -> list[dict[str, Any]]:
    """Read the script: the cast first, then a step a line."""
    script = resources.files("bot.demo").joinpath("afternoon.jsonl").read_text("utf-8")
    return [json.loads(line) for line in script.splitlines()]


class Afternoon:
    """The people of the script, in one simulated Telegram."""

    def __init__(self, telegram: Simulator, admin_token: str, *, pace: float = 0.0) -> None:
        """``pace`` is the pause between steps in seconds, for people who watch."""
        cast, *self.steps = read_afternoon()
        self.people: dict[str, Person] = {
            name: telegram.person(name, note=note) for name, note in cast["cast"].items()
        }
        self._admin_token = admin_token
        self._pace = pace

    async def play(self) -> None:
        """Play every step. Raises AssertionError with the chat so far if the bot stays silent."""
        for step in self.steps:
            person = self.people[step["who"]]
            await self._play_step(person, step)
            await _quiet(person)
            await asyncio.sleep(self._pace)

    async def _play_step(self, person: Person, step: dict[str, Any]) -> None:
        match step:
            case {"says": text}:
                await person.says(text)
                await _answer(person)
            case {"opens": "admin"}:
                await person.opens_link(self._admin_token)
                await _answer(person)
            case {"opens": inviter}:
                await person.opens_link(_newest_link(self.people[inviter]))
                await _answer(person)
            case {"presses": label}:
                await person.presses(label)
                await person.alert(timeout=ANSWER_SECONDS)
            case {"confirms": _}:
                await person.presses(_first_choice(person))
                await person.alert(timeout=ANSWER_SECONDS)
            case {"reviews": count}:
                for _ in range(count):
                    await self._review(person)
                    await _quiet(person)
            case {"edits": text}:
                mine = [message for message in person.chat if not message.from_bot]
                await person.edits(mine[-1], text)
                await _answer(person)

    async def _review(self, moderator: Person) -> None:
        """Judge the idea on the newest card as the script does."""
        card = moderator.chat[-1].text
        topic = next(step["topic"] for step in self.ideas if step["says"] in card)
        for label in _judgement(card, topic):
            await moderator.presses(label)
            await moderator.alert(timeout=ANSWER_SECONDS)
            await _quiet(moderator)

    @property
    def ideas(self) -> list[dict[str, Any]]:
        """The steps that are ideas, each with the topic that its writer meant."""
        return [step for step in self.steps if "topic" in step]

    async def received_export(self) -> bytes:
        """Return the ZIP that the admin got in their chat."""
        message = await self.people["Rizal"].sees(
            lambda message: message.document is not None, timeout=ANSWER_SECONDS
        )
        assert message.document, "the predicate asked for one"
        return message.document[1]


async def _answer(person: Person) -> None:
    """Wait for something newer than what the person has seen when they sent it."""
    newest = max(message.message_id for message in person.chat)
    await person.sees(lambda message: message.message_id > newest, timeout=ANSWER_SECONDS)


async def _quiet(person: Person) -> None:
    """Wait until the chat has stopped changing, so that the next step finds what it needs."""
    before = None
    while before != (now := repr(person.chat)):
        before = now
        await asyncio.sleep(QUIET_SECONDS)


def _judgement(card: str, topic: str) -> list[str]:
    """List the buttons to press: right, another topic, or no matter for the city."""
    texts, topics = Texts(), load_topics()
    if topics.is_code(topic):
        return [texts("button-reject"), texts("button-reason-scope")]
    if HIDDEN not in card and topics.get(topic).title_id in card:
        return [texts("button-right")]
    dimension = load_taxonomy().find(topic)
    assert dimension, "a topic proper has a dimension"
    choice = [dimension.plain, texts(f"topic-{topic}")]
    # On a card without the tag there is nothing to confirm: the dimensions are there at once.
    return choice if HIDDEN in card else [texts("button-change"), *choice]


def _newest_link(person: Person) -> str:
    links = [found for message in person.chat if (found := LINK.search(message.text))]
    return links[-1][1]


def _first_choice(person: Person) -> str:
    """*Betul*, or the likeliest guess where the bot was unsure."""
    message: Message = next(message for message in reversed(person.chat) if message.buttons)
    return message.buttons[0][0]
