"""A small campaign with the real bot and the simulated Telegram, beside what is foretold of it."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from time import time
from typing import Any, NamedTuple

from bench.bot import Place
from bench.contest import contestant
from bench.crowd import Bot, Course, Habits, Wait, play, weighted_quantiles
from bench.processes import Running
from bench.story import WISHES
from bench.telegram import Json, Telegram, telegram_running
from bench.workloads import Writer

STEP = 0.1
LOOK_EVERY = 0.05
FIRST_ANSWER_SECONDS = 180.0
SILENCE_SECONDS = 30.0
KEPT = ("idea", "revision", "label", "status", "person")
PASSING = ("inbox", "outbox")


class Plan(NamedTuple):
    """Who writes when: everybody is new, and every second one confirms the receipt."""

    people: int = 100
    written_per_second: float = 3.0
    messages_per_second: float = 5.0
    think: float = 1.0
    window: float = 10.0

    @property
    def habits(self) -> Habits:
        return Habits(newcomers=1.0, confirm=0.5, think=self.think)


class Played(NamedTuple):
    """What really happened, in seconds since the first idea."""

    waits: list[Wait]
    messages_owed: list[tuple[float, float]]

    def owed_at(self, seconds: float) -> int:
        return sum(begun <= seconds < ended for begun, ended in self.messages_owed)


class Crowd:
    """People who write on time, and press what they get."""

    def __init__(self, telegram: Telegram, people: Sequence[int], plan: Plan) -> None:
        self._telegram = telegram
        self._plan = plan
        self._turns = {person: turn for turn, person in enumerate(people)}
        self._heard: Counter[int] = Counter()
        self._edits = 0
        self.begun_at = 0.0

    async def act(self, bot: Running) -> None:
        """Play until everybody has a receipt, and every press its edit."""
        mark = max((call["seq"] for call in await self._telegram.calls()), default=0)
        heard_at = self.begun_at = time()
        async with asyncio.TaskGroup() as group:
            for person, turn in self._turns.items():
                group.create_task(self._write(person, turn))
            while not self._done and time() < heard_at + SILENCE_SECONDS:
                await asyncio.sleep(LOOK_EVERY)
                bot.check()
                for call in await self._telegram.calls(after=mark):
                    mark, heard_at = call["seq"], time()
                    if call["ok"] and call["chat_id"] in self._turns:
                        self._hear(call, group)

    @property
    def _done(self) -> bool:
        people = len(self._turns)
        return self._edits == people + (people + 1) // 2

    def _hear(self, call: Json, group: asyncio.TaskGroup) -> None:
        person = call["chat_id"]
        self._edits += call["method"] == "editMessageText"
        if call["method"] != "sendMessage":
            return
        self._heard[person] += 1
        if self._heard[person] == 1 or self._turns[person] % 2 == 0:
            group.create_task(self._press(person, call["message_id"]))

    async def _write(self, person: int, turn: int) -> None:
        on_time = self.begun_at + turn / self._plan.written_per_second
        await asyncio.sleep(max(0.0, on_time - time()))
        await self._telegram.say(person, f"{WISHES[turn % len(WISHES)]} (nomor {turn})")

    async def _press(self, person: int, message_id: int) -> None:
        _, messages = await self._telegram.messages(person)
        [message] = [m for m in messages if m["message_id"] == message_id]
        await asyncio.sleep(self._plan.think)
        await self._telegram.press(person, message_id, message["buttons"][0][0]["callback_data"])


async def rehearse(folder: Path, plan: Plan, *, models: Path) -> Played:
    """Play the plan with the real bot."""
    async with telegram_running(folder) as telegram:
        place = Place(folder, telegram.url, models=models)
        limit = {"PALANTA_MESSAGES_PER_SECOND": str(plan.messages_per_second)}
        bot = await place.start(env=limit)
        try:
            await _wake(telegram, bot)
            people = [await telegram.add_person(f"Warga {n}") for n in range(1, plan.people + 1)]
            crowd = Crowd(telegram, people, plan)
            await crowd.act(bot)
            record = await telegram.record()
            await bot.end()
        finally:
            await bot.kill()
    waits = [_wait_of(person, record, crowd.begun_at) for person in people]
    return Played(waits, _owed(place.database, crowd.begun_at))


async def _wake(telegram: Telegram, bot: Running) -> None:
    """Wait for the first answer; then for Telegram's limit to be whole again."""
    first = await telegram.add_person("Warga 0")
    await telegram.say(first, "/start")
    async with asyncio.timeout(FIRST_ANSWER_SECONDS):
        while not any(call["chat_id"] == first for call in await telegram.calls()):
            bot.check()
            await asyncio.sleep(LOOK_EVERY)
    await asyncio.sleep(1.0)


def _wait_of(person: int, record: Json, begun_at: float) -> Wait:
    """Two waits, for the notice and for the receipt; what the person took to press is theirs."""
    did = [u["created_at"] for u in record["updates"] if u["user_id"] == person]
    got = [
        call["at"]
        for call in record["calls"]
        if call["chat_id"] == person and call["method"] == "sendMessage" and call["ok"]
    ]
    (wrote, agreed, *_), (notice, receipt) = did, got
    return Wait(round((wrote - begun_at) / STEP), notice - wrote + receipt - agreed, 1)


def _owed(database: Path, begun_at: float) -> list[tuple[float, float]]:
    """When each message was decided on and when it had arrived, from the bot's own outbox."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(
            "SELECT created_at, sent_at FROM outbox"
            " WHERE method <> 'answerCallbackQuery' AND sent_at IS NOT NULL"
        ).fetchall()
    times = [[datetime.fromisoformat(at).timestamp() - begun_at for at in row] for row in rows]
    return [(created, sent) for created, sent in times if created >= 0]


def foretell(plan: Plan) -> Course:
    """Simulate the same plan."""
    written = Counter(int(turn / plan.written_per_second / STEP) for turn in range(plan.people))
    steps = [written[step] for step in range(max(written) + 1)]
    # The simulated Telegram is on this machine: the way there takes no time worth counting.
    bot = Bot(messages_per_second=plan.messages_per_second, round_trip=0.01)
    return play(steps, bot=bot, habits=plan.habits, step=STEP)


def compare(plan: Plan, course: Course, played: Played) -> list[dict[str, float]]:
    """Put both beside each other: at the end of each window, and of the ideas written in it."""
    steps = round(plan.window / STEP)
    parts = -(-len(course.owed) // steps) + 1
    real = Course(STEP, waits=played.waits).quantiles_by(steps, parts=parts)
    owed = [*course.owed, *[0] * (parts * steps)]
    return [
        {
            "until": (n + 1) * plan.window,
            "owed_foretold": owed[(n + 1) * steps - 1],
            "owed": played.owed_at((n + 1) * plan.window),
            **{f"{name}_foretold": seconds for name, seconds in foretold.items()},
            **measured,
        }
        for n, (foretold, measured) in enumerate(
            zip(course.quantiles_by(steps, parts=parts), real, strict=True)
        )
    ]


async def measure_costs(folder: Path, *, models: Path, updates: int = 1000) -> dict[str, float]:
    """Give what an idea costs: the processor with nothing else to do, and the disk."""
    writer = Writer()
    async with contestant("palanta", folder / "palanta", models=models) as ours:
        await ours.take(writer.ideas(200))
        taken = {
            kind: (await ours.take(getattr(writer, kind)(updates)))["cpu_ms"]
            for kind in ("ideas", "commands", "presses")
        }
        memory = ours.bot.peak_memory()
    sizes = _sizes(folder / "palanta" / "palanta.db")
    ideas = updates + 200
    others = 2 * updates
    return {
        **{f"{kind}_cpu_ms": ms for kind, ms in taken.items()},
        "peak_memory_mb": memory,
        "characters_per_idea": sizes["characters"] / ideas,
        "kept_bytes_per_idea": sum(sizes[name] for name in KEPT) / ideas,
        "passing_bytes_per_update": sum(sizes[name] for name in PASSING) / (ideas + others),
    }


def _sizes(database: Path) -> dict[str, int]:
    """Give the bytes of each table with its indexes, and the characters of all ideas."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(
            "SELECT tbl_name, sum(pgsize) FROM dbstat JOIN sqlite_schema USING (name) GROUP BY 1"
        ).fetchall()
        (characters,) = connection.execute("SELECT sum(length(text)) FROM revision").fetchone()
    return {**dict(rows), "characters": characters}


async def check(folder: Path, *, models: Path) -> dict[str, Any]:
    plan = Plan()
    costs = await measure_costs(folder, models=models)
    (folder / "rehearsal").mkdir()
    played = await rehearse(folder / "rehearsal", plan, models=models)
    course = foretell(plan)
    return {
        "plan": plan._asdict(),
        "costs": costs,
        "receipts": len(played.waits),
        "whole": {
            "foretold": {**course.quantiles(), "most_owed": course.most_owed()},
            "measured": {
                **weighted_quantiles(played.waits),
                "most_owed": max(played.owed_at(n * STEP) for n in range(len(course.owed))),
            },
        },
        "windows": compare(plan, course, played),
    }


def table(checked: dict[str, Any]) -> str:
    lines = [f"{name:28}{value:8.2f}" for name, value in checked["costs"].items()]
    lines += ["", "until    owed (foretold)    p50 s (foretold)    p99 s (foretold)"]
    for of in checked["windows"]:
        pairs = [(of[name], of[f"{name}_foretold"]) for name in ("owed", "p50", "p99")]
        shown = "".join(f"{real:9.1f} {foretold:10.1f}" for real, foretold in pairs)
        lines.append(f"{of['until']:4.0f} s{shown}")
    return "\n".join(lines)
