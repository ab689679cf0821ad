"""A plain echo bot, as python-telegram-bot's own examples are: stock polling, stock HTTP client.

With ``--database`` it also keeps each message, in the first thing that its handler does. With
``--concurrent`` updates are handled at once and in no order, up to the library's default of 256.
"""

import argparse
import sqlite3

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

TABLE = "CREATE TABLE IF NOT EXISTS kept (chat_id INTEGER, text TEXT)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--api-url", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--database")
    parser.add_argument("--concurrent", action="store_true")
    given = parser.parse_args()
    connection = _open(given.database) if given.database else None

    async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        assert message, "the filter lets only messages through"
        if connection:
            row = (message.chat.id, message.text)
            connection.execute("INSERT INTO kept (chat_id, text) VALUES (?, ?)", row)
        await message.reply_text(message.text or "")

    application = (
        Application.builder()
        .token(given.token)
        .base_url(f"{given.api_url}/bot")
        .concurrent_updates(given.concurrent)
        .build()
    )
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.run_polling(allowed_updates=Update.ALL_TYPES)


def _open(path: str) -> sqlite3.Connection:
    """Each insert is its own transaction and has reached the disk when it returns."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(TABLE)
    return connection


if __name__ == "__main__":
    main()
