"""python-telegram-bot doing the same work the usual way, one update after the other.

Stock polling and HTTP client; each message is classified in its handler, kept by aiosqlite with a
commit of its own, and answered with its receipt. It keeps less than the bot: no inbox, no outbox,
no revisions, no consent.
"""

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

import aiosqlite
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

from classifier import load_or_train

TABLE = """
    CREATE TABLE IF NOT EXISTS idea (
        id INTEGER PRIMARY KEY, chat_id INTEGER, message_id INTEGER, text TEXT, topic TEXT,
        dimension TEXT, confidence REAL, dimensions TEXT, words TEXT, sent_at TEXT,
        UNIQUE (chat_id, message_id)
    )
"""
INSERT = """
    INSERT INTO idea (chat_id, message_id, text, topic, dimension, confidence, dimensions, words,
        sent_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--api-url", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--models", type=Path, required=True)
    given = parser.parse_args()
    classifier = load_or_train(given.models)
    kept: list[aiosqlite.Connection] = []

    async def open_database(application: object) -> None:
        database = await aiosqlite.connect(given.database)
        await database.execute("PRAGMA journal_mode = WAL")
        await database.execute("PRAGMA synchronous = FULL")
        await database.execute(TABLE)
        await database.commit()
        kept.append(database)

    async def close_database(application: object) -> None:
        await kept.pop().close()

    async def receive(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        assert message and message.text, "the filter lets only texts through"
        [tag] = classifier.tag([message.text])
        [database] = kept
        row = (
            message.chat.id,
            message.message_id,
            message.text,
            tag.topic,
            tag.dimension,
            tag.confidence,
            json.dumps(tag.dimensions),
            json.dumps(tag.words),
            datetime.now(UTC).isoformat(),
        )
        cursor = await database.execute(INSERT, row)
        await database.commit()
        data = f"idea:{cursor.lastrowid}"
        buttons = [
            InlineKeyboardButton("Betul", callback_data=f"{data}:right"),
            InlineKeyboardButton("Ubah dimensi", callback_data=f"{data}:dimensions"),
        ]
        await message.reply_text(
            f"Tersimpan, terima kasih! Kodenya {cursor.lastrowid}.\n"
            f"{tag.dimension} · {tag.topic}\nSudah pas?",
            reply_markup=InlineKeyboardMarkup([buttons]),
        )

    application = (
        Application.builder()
        .token(given.token)
        .base_url(f"{given.api_url}/bot")
        .post_init(open_database)
        .post_shutdown(close_database)
        .build()
    )
    application.add_handler(MessageHandler(filters.TEXT, receive))
    application.run_polling()


if __name__ == "__main__":
    main()
