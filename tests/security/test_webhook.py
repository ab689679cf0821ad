"""Only Telegram reaches the webhook, and nothing that comes there brings the bot down."""

import asyncio
import io
import json

import aiohttp
import pytest

from bot.webhook import LARGEST_BODY, SECRET_HEADER, secret_of
from simulator import TOKEN
from storage import inbox
from tests.bot.scenes import LAMPS, fetch
from tests.conftest import agrees
from tests.security.conftest import until

GOOD = {SECRET_HEADER: secret_of(TOKEN)}


def update(number: int) -> bytes:
    return json.dumps({"update_id": number, "poll": {}}).encode()


@pytest.fixture
async def post(running_bot, telegram, port):
    """The bot behind a webhook; posts a body there and gives the status."""
    url = f"http://127.0.0.1:{port}/telegram"
    async with (
        running_bot(webhook_url=url, webhook_port=port),
        aiohttp.ClientSession() as http,
    ):

        async def send(body: bytes, headers=GOOD, verb: str = "POST") -> int:
            async with http.request(verb, url, data=io.BytesIO(body), headers=headers) as answer:
                return answer.status

        async def listening() -> bool:
            return telegram.webhook.target is not None

        await until(listening)
        yield send


async def kept(database) -> set[int]:
    rows = await fetch(database, "SELECT update_id FROM inbox")
    return {row["update_id"] for row in rows}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {SECRET_HEADER: ""},
        {SECRET_HEADER: "salah"},
        {SECRET_HEADER: secret_of(TOKEN)[:-1]},
        {SECRET_HEADER: secret_of(TOKEN) + "0"},
        {SECRET_HEADER: secret_of(TOKEN).upper()},
        {SECRET_HEADER: TOKEN},
        {"X-Telegram-Bot-Api-Secret": secret_of(TOKEN)},
        {"Authorization": f"Bearer {secret_of(TOKEN)}"},
    ],
)
async def test_without_the_right_secret_nothing_is_kept(post, database, headers):
    """Nobody can put words into somebody's mouth by finding the address."""
    assert await post(update(7), headers) == 403
    assert await kept(database) == set()


async def test_with_the_secret_an_update_is_on_disk_before_the_answer(post, database):
    """A 200 is a promise."""
    assert await post(update(7)) == 200
    assert await kept(database) == {7}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 200),
        (b"not JSON", 200),
        (b"\xff\xfe\x00", 200),
        (b"[" * 200_000, 200),
        (b'{"update_id":' + b"9" * 5_000 + b"}", 200),
        (b'{"update_id":true}', 200),
        (b'{"update_id":"7"}', 200),
        (b"null", 200),
        (b"[]", 200),
        (b'"x"', 200),
        (b'{"update_id":7,"message":"' + b"a" * LARGEST_BODY + b'"}', 413),
    ],
)
async def test_what_is_no_update_is_passed_over_and_the_next_one_is_kept(
    post, database, body, status
):
    """Telegram would send it again and again, if it were not taken."""
    assert await post(body) == status
    assert await post(update(8)) == 200
    assert await kept(database) == {8}


@pytest.mark.parametrize("depth", [100, 400, 700, 800, 900, 950, 980, 990])
async def test_an_update_of_any_depth_is_kept_by_its_number(post, database, depth):
    """There is no depth that a parser takes and the inbox does not."""
    deep = b'{"update_id":7,"message":' + b'{"a":' * depth + b"1" + b"}" * depth + b"}"

    assert await post(deep) == 200
    assert await kept(database) in ({7}, set()), "kept, or no JSON for us"
    assert await post(update(8)) == 200
    assert 8 in await kept(database)


@pytest.mark.parametrize("verb", ["GET", "PUT", "DELETE", "PATCH"])
async def test_other_methods_than_post_are_refused(post, database, verb):
    """There is nothing to be read there."""
    assert await post(update(7), GOOD, verb) == 405
    assert await kept(database) == set()


async def test_the_secret_is_not_the_token(post):
    """What Telegram sends with each call does not open the bot."""
    assert TOKEN not in secret_of(TOKEN)
    assert secret_of(TOKEN) != secret_of(TOKEN + "x")


async def test_a_flood_without_the_secret_keeps_nobody_from_being_heard(post, telegram, database):
    """Whoever hammers the address gets 403, and people get their answers."""
    rina = telegram.person("Rina")
    flood = [asyncio.create_task(post(update(n), {})) for n in range(200)]

    await agrees(rina)
    await rina.says(LAMPS)
    await rina.sees("PDG-")

    assert set(await asyncio.gather(*flood)) == {403}
    async with database.reading() as session:
        assert await inbox.count(session, "new") == 0
