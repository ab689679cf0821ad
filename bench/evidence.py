"""What is left after a run: the simulator's own record, and the database read with sqlite3."""

import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from bench.telegram import Json, Telegram

NUMBER = re.compile(r"\(nomor (\d+)")
# A repeated edit is refused in these words: it had arrived.
ALREADY_SO = "message is not modified"
SPOKEN = ("sendMessage", "editMessageText", "editMessageReplyMarkup", "answerCallbackQuery")


def number_in(text: str) -> int | None:
    found = NUMBER.search(text)
    return int(found[1]) if found else None


class Act(NamedTuple):
    """Something that a person did, as the simulator wrote it down."""

    update_id: int
    kind: str
    chat_id: int
    text: str

    @property
    def number(self) -> int | None:
        """The number in the text of an idea or of its edit."""
        return number_in(self.text)


class Reply(NamedTuple):
    """A message of the bot, and which message it answers if it says so."""

    message_id: int
    reply_to: int | None


class Delivery(NamedTuple):
    """A call that reached a person."""

    method: str
    chat_id: int | None
    message_id: int | None


class Told(NamedTuple):
    """The simulator's side of a run."""

    acts: list[Act]
    deliveries: list[Delivery]
    own: dict[int, list[int]]  # by chat: the numbers of the messages that people wrote, in order
    replies: dict[int, list[Reply]]  # by chat: what the bot wrote, in order
    unanswered_presses: int


async def ask(telegram: Telegram, presses: Iterable[tuple[int, str]]) -> Told:
    """Take down everything that the simulator knows."""
    record = await telegram.record()
    acts = [Act(u["update_id"], u["kind"], u["chat_id"], u["text"]) for u in record["updates"]]
    own: dict[int, list[int]] = {}
    replies: dict[int, list[Reply]] = {}
    for chat in {act.chat_id for act in acts}:
        _, messages = await telegram.messages(chat)
        messages.sort(key=lambda message: int(message["message_id"]))
        own[chat] = [m["message_id"] for m in messages if m["from"] != "bot"]
        replies[chat] = [
            Reply(m["message_id"], m.get("reply_to")) for m in messages if m["from"] == "bot"
        ]
    answered = [await telegram.is_answered(person, press) for person, press in presses]
    return Told(acts, _deliveries(record["calls"]), own, replies, answered.count(False))


def _deliveries(calls: Sequence[Json]) -> list[Delivery]:
    return [
        Delivery(call["method"], call["chat_id"], call["message_id"])
        for call in calls
        if call["method"] in SPOKEN and (call["ok"] or ALREADY_SO in call["description"])
    ]


# Where a bot keeps what it has: a file of SQLite's, or the address of a server.
Kept = Path | str


def select(database: Kept, sql: str) -> list[tuple[Any, ...]]:
    """Read a database, without making one where there is none."""
    if isinstance(database, str):
        with psycopg.connect(database, autocommit=True) as connection:
            return connection.execute(sql.encode()).fetchall()
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=rw", uri=True)) as file:
        return file.execute(sql).fetchall()


def select_from_copy(database: Kept, sql: str) -> list[tuple[Any, ...]]:
    """Read what a killed process left, from a copy: reading would mend the original first.

    A server undoes what was open by itself; there is no other state to be seen.
    """
    if isinstance(database, str):
        return select(database, sql)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.db"
        for ending in ("", "-wal"):
            source = database.with_name(database.name + ending)
            if source.exists():
                shutil.copyfile(source, copy.with_name(copy.name + ending))
        return select(copy, sql)
