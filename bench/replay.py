"""Sends every text of a file through the bot over HTTP and judges what comes out of the export.

python -m bench.replay FILE --json
"""

import argparse
import asyncio
import json
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

from bench import exported
from bench.bot import MODELS, Place
from bench.exported import Sent, quantiles
from bench.processes import Running
from bench.telegram import Telegram, telegram_running
from classifier import Example, read_examples

LONGEST = 4096
# The first start trains the model.
FIRST_ANSWER_SECONDS = 180.0
SILENCE_SECONDS = 60.0
LOOK_EVERY = 0.05


class Said(NamedTuple):
    """A message that a person sent."""

    example: int
    person: int
    message_id: int
    text: str


async def replay(
    examples: Sequence[Example], folder: Path, *, people: int, rate: float | None, models: Path
) -> dict[str, Any]:
    """Send, wait for the receipts, export and judge; return the figures."""
    async with telegram_running(folder) as telegram:
        place = Place(folder, telegram.url, models=models)
        bot = await place.start()
        try:
            residents = await _let_in(telegram, bot, people)
            before = await telegram.record()
            processor = bot.cpu_seconds()
            said = await _send(telegram, residents, examples, rate=rate)
            await _wait_for_answers(telegram, bot, after=_last(before, "calls"), count=len(said))
            processor = bot.cpu_seconds() - processor
            memory = bot.peak_memory()
            sent = await _with_receipts(telegram, said)
            speed = await _speed(telegram, before, said)
            ended = await bot.end()
        finally:
            await bot.kill()
        exporting = await place.run("export", "--out", folder)
        await exporting.finish()
    rows = exported.read_rows(folder / "usulan.zip")
    return {
        "texts": len(examples),
        "people": people,
        **exported.count(rows, sent),
        "ideas_kept": _count_ideas(place.database),
        "dimensions": exported.score(rows, sent, examples),
        **speed,
        "cpu_ms_per_message": 1000 * processor / max(len(said), 1),
        "peak_memory_mb": memory,
        "sigterm_seconds": ended,
    }


async def _let_in(telegram: Telegram, bot: Running, people: int) -> list[int]:
    """Bring people past the privacy notice."""
    residents = [await telegram.add_person(f"Warga {n}") for n in range(1, people + 1)]
    async with asyncio.timeout(FIRST_ANSWER_SECONDS), asyncio.TaskGroup() as group:
        for resident in residents:
            group.create_task(_agree(telegram, bot, resident))
    return residents


async def _agree(telegram: Telegram, bot: Running, resident: int) -> None:
    await telegram.say(resident, "/start")
    notice = (await _bot_messages(telegram, bot, resident, count=1))[0]
    [[agree]] = notice["buttons"]
    await telegram.press(resident, notice["message_id"], agree["callback_data"])
    await _bot_messages(telegram, bot, resident, count=2)


async def _bot_messages(
    telegram: Telegram, bot: Running, chat: int, *, count: int
) -> list[dict[str, Any]]:
    while True:
        bot.check()
        _, messages = await telegram.messages(chat)
        from_bot = [message for message in messages if message["from"] == "bot"]
        if len(from_bot) >= count:
            return from_bot
        await asyncio.sleep(LOOK_EVERY)


async def _send(
    telegram: Telegram, people: Sequence[int], examples: Sequence[Example], *, rate: float | None
) -> list[Said]:
    """Send round robin: everybody at once, each in the order of the file."""
    parts = [(n, part) for n, example in enumerate(examples) for part in split(example.text)]
    begun = monotonic()

    async def talk(turn: int, person: int) -> list[Said]:
        said = []
        for place in range(turn, len(parts), len(people)):
            if rate:
                await asyncio.sleep(max(0.0, begun + place / rate - monotonic()))
            example, text = parts[place]
            said.append(Said(example, person, await telegram.say(person, text), text))
        return said

    talks = await asyncio.gather(*(talk(turn, person) for turn, person in enumerate(people)))
    return [said for talk_ in talks for said in talk_]


def split(text: str) -> list[str]:
    """Split what is too long for one message; what is empty cannot be sent."""
    starts = range(0, len(text), LONGEST)
    parts = [text[start : start + LONGEST] for start in starts]
    return [part for part in parts if part.strip()]


async def _wait_for_answers(telegram: Telegram, bot: Running, *, after: int, count: int) -> None:
    """Wait until there are as many messages as were sent, or nothing comes any more."""
    answers, heard_at = 0, monotonic()
    while answers < count and monotonic() - heard_at < SILENCE_SECONDS:
        await asyncio.sleep(LOOK_EVERY)
        bot.check()
        calls = await telegram.calls(after=after)
        if calls:
            after, heard_at = calls[-1]["seq"], monotonic()
        answers += sum(call["method"] == "sendMessage" and call["ok"] for call in calls)


async def _with_receipts(telegram: Telegram, said: Sequence[Said]) -> list[Sent]:
    """Find the answer to each message: the one that replies to it."""
    receipts: dict[int, str] = {}
    for chat in {message.person for message in said}:
        _, messages = await telegram.messages(chat)
        for message in messages:
            if message["from"] == "bot" and "reply_to" in message:
                receipts.setdefault(message["reply_to"], message["text"])
    return [Sent(m.example, m.text, receipts.get(m.message_id)) for m in said]


async def _speed(
    telegram: Telegram, before: dict[str, Any], said: Sequence[Said]
) -> dict[str, Any]:
    """Take the times from the simulator's record: its clock saw both ends of every message."""
    record = await telegram.record(
        calls_after=_last(before, "calls"), updates_after=_last(before, "updates")
    )
    written: dict[int, list[float]] = {m.person: [] for m in said}
    for update in record["updates"]:
        written[update["chat_id"]].append(update["created_at"])
    answered: dict[int, list[float]] = {chat: [] for chat in written}
    for call in record["calls"]:
        if call["method"] == "sendMessage" and call["ok"]:
            answered[call["chat_id"]].append(call["at"])
    # Order is kept in a chat, so the n-th answer belongs to the n-th message.
    waits = [
        1000 * (there - here)
        for chat, times in written.items()
        for here, there in zip(times, answered[chat], strict=False)
    ]
    first = min(time for times in written.values() for time in times)
    handed_out = min(
        (c["at"] for c in record["calls"] if c["method"] == "getUpdates" and c["at"] >= first),
        default=first,
    )
    seconds = max(time for times in answered.values() for time in times) - handed_out
    return {
        "messages_per_second": len(said) / seconds,
        "receipt_ms": quantiles(waits),
        "seconds": seconds,
    }


def _last(record: dict[str, Any], name: str) -> int:
    return int(record[name][-1]["seq"]) if record[name] else 0


def _count_ideas(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute("SELECT count(*) FROM idea").fetchone()[0])


def table(figures: dict[str, Any]) -> str:
    """Show the figures to people."""
    scores = figures["dimensions"]
    low, high = scores["macro_f1_interval_95"]
    lines = [
        f"{figures['texts']} texts in {figures['messages']} messages of {figures['people']} people",
        f"ideas kept {figures['ideas_kept']}, exported {figures['exported']}, "
        f"missing {figures['missing']}, twice {figures['twice']}, "
        f"without a whole tag {figures['incomplete']}",
        f"dimensions from the export, n={scores['n']}: macro-F1 {scores['macro_f1']:.3f} "
        f"(95 %: {low:.3f}-{high:.3f}), accuracy {scores['accuracy']:.3f}",
        *(
            f"  beside it {name}: macro-F1 {of['macro_f1']:.3f}, accuracy {of['accuracy']:.3f}"
            for name, of in scores["baselines"].items()
        ),
        f"{figures['messages_per_second']:.0f} messages/s end to end; receipt after "
        f"{figures['receipt_ms']['p50']:.0f} ms (p50), {figures['receipt_ms']['p99']:.0f} ms (p99)",
        f"peak memory {figures['peak_memory_mb']:.0f} MB, "
        f"{figures['cpu_ms_per_message']:.2f} ms of processor a message",
    ]
    return "\n".join(lines)


def read_rate(word: str) -> float | None:
    return None if word == "none" else float(word)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="JSON lines with text, topic")
    parser.add_argument("--json", action="store_true", help="print figures, not a table")
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--rate", type=read_rate, default=None, help="messages a second, or none")
    parser.add_argument("--models", type=Path, default=MODELS, help="where models are kept")
    given = parser.parse_args()
    examples = read_examples(given.file)
    with tempfile.TemporaryDirectory(prefix="palanta-replay-") as folder:
        figures = asyncio.run(
            replay(
                examples, Path(folder), people=given.people, rate=given.rate, models=given.models
            )
        )
    print(json.dumps(figures, indent=2) if given.json else table(figures))


if __name__ == "__main__":
    main()
