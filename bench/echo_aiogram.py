"""A plain echo bot on aiogram, as its own examples are. Runs in an environment of its own.

Nothing of the project is imported: aiogram cannot be installed beside our locked packages.
"""

import argparse

import uvloop
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message


async def echo(message: Message) -> None:
    await message.answer(message.text or "")


async def poll(api_url: str, token: str) -> None:
    session = AiohttpSession(api=TelegramAPIServer.from_base(api_url))
    dispatcher = Dispatcher()
    dispatcher.message.register(echo)
    await dispatcher.start_polling(Bot(token, session=session))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--api-url", required=True)
    parser.add_argument("--token", required=True)
    given = parser.parse_args()
    uvloop.run(poll(given.api_url, given.token))


if __name__ == "__main__":
    main()
