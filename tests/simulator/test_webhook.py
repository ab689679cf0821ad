"""Delivery to the bot's own address."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from simulator.webhook import pause_after

SECRET = "rahasia_1"


class Receiver:
    """A bot's webhook: notes what comes, answers what the test wants."""

    def __init__(self) -> None:
        self.got: list[dict] = []
        self.secrets: set[str | None] = set()
        self.answers: list[web.Response] = []
        self.hold: set[int] = set()
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        update = await request.json()
        self.secrets.add(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        if update.get("message", {}).get("chat", {}).get("id") in self.hold:
            return web.Response(status=503, headers={"Retry-After": "1"})
        if self.answers:
            return self.answers.pop(0)
        self.got.append(update)
        return web.Response()

    async def has(self, count: int) -> list[dict]:
        async with asyncio.timeout(5):
            while len(self.got) < count:
                await asyncio.sleep(0.005)
        return self.got


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()


def text_of(update):
    return update["message"]["text"]


async def test_updates_are_delivered_with_the_secret(rina, bot, receiver):
    """What waited comes first, what is new follows, and each shows that it is from Telegram."""
    await rina.says("menunggu")
    await bot.set_webhook(receiver.url, secret_token=SECRET)
    await rina.says("baru")

    assert [text_of(update) for update in await receiver.has(2)] == ["menunggu", "baru"]
    assert receiver.secrets == {SECRET}
    await asyncio.sleep(0.02)
    assert (await bot.get_webhook_info()).pending_update_count == 0


async def test_a_failed_delivery_is_tried_again_and_holds_only_its_chat(
    telegram, rina, bot, receiver
):
    """A chat whose message is refused waits, in order; all others go on."""
    buyung = telegram.person("Buyung")
    receiver.hold = {rina.id}
    await bot.set_webhook(receiver.url)
    await rina.says("satu")
    await rina.says("dua")
    await buyung.says("tiga")
    assert [text_of(update) for update in await receiver.has(1)] == ["tiga"]
    assert "503" in (await bot.get_webhook_info()).last_error_message

    receiver.hold = set()
    assert [text_of(update) for update in await receiver.has(3)] == ["tiga", "satu", "dua"]


async def test_an_error_is_retried_until_it_is_taken(telegram, rina, bot, receiver):
    """Two failures cost nothing but time."""
    receiver.answers = [web.Response(status=500), web.Response(status=502)]
    await bot.set_webhook(receiver.url)
    await rina.says("halo")

    assert [text_of(update) for update in await receiver.has(1)] == ["halo"]
    assert telegram.record.updates[0].delivered == 3


async def test_polling_and_a_webhook_exclude_each_other(bot, http, receiver):
    """409 while the webhook is set; polling works again afterwards."""
    await bot.set_webhook(receiver.url)
    status, answer = await http.call("getUpdates")
    assert status == 409
    assert "webhook is active" in answer["description"]

    await bot.delete_webhook()
    assert await http.updates() == []


async def test_what_waits_can_be_dropped(rina, bot):
    """Only when the bot asks for it."""
    await rina.says("lama")
    await bot.delete_webhook()
    assert len(await bot.get_updates()) == 1

    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == ()


async def test_bad_webhooks_are_refused(http):
    """An address that is none, and a secret that fits into no header."""
    status, _ = await http.call("setWebhook", url="ftp://x")
    assert status == 400
    status, answer = await http.call("setWebhook", url="https://x", secret_token="ä")
    assert answer["description"] == "Bad Request: secret token contains unallowed characters"


def test_pauses_grow_to_a_minute():
    """The first retry comes at once."""
    assert [pause_after(n) for n in range(1, 9)] == [0, 2, 4, 8, 16, 32, 60, 60]
