"""The chat page in a real browser."""

import shutil

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright, expect
from telegram import BotCommand

from simulator import Simulator
from tests.simulator.conftest import stock_client
from tests.simulator.test_messages import KEYS

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium found: apt-get install chromium"),
]


# Starting a browser takes seconds, so one serves all tests here; what uses it shares its loop.
module = pytest_asyncio.fixture(loop_scope="module", scope="module")
in_loop = pytest_asyncio.fixture(loop_scope="module")


@module
async def browser():
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@in_loop
async def telegram():
    async with Simulator(limits=False) as simulator:
        yield simulator


@in_loop
async def bot(telegram):
    async with stock_client(telegram) as bot:
        yield bot


@in_loop
async def page(browser, telegram):
    page = await browser.new_page(viewport={"width": 1360, "height": 800})
    page.set_default_timeout(8000)
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    await page.goto(telegram.url)
    yield page
    await page.close()
    assert faults == []


def column(page, person):
    return page.locator(f'[data-person="{person.id}"]')


async def test_four_people_write_press_and_are_answered(telegram, page, bot):
    """Side by side: each sees their own chat, buttons answer, edits show in place."""
    people = [telegram.person(name, note="warga") for name in ("Rina", "Buyung", "Uni", "Sari")]
    rina = people[0]
    await expect(page.locator("[data-person]")).to_have_count(4)
    mine = column(page, rina)
    composer = mine.locator('[data-role="composer"]')

    await composer.fill("Lampu mati")
    await composer.press("Shift+Enter")
    await composer.type("di pasar")
    await composer.press("Enter")
    await expect(mine.locator('[data-from="me"]')).to_contain_text("Lampu mati\ndi pasar")
    sent = await bot.send_message(rina.id, "Betul?", reply_markup=KEYS)
    await mine.locator('[data-role="button"]', has_text="Betul").click()
    *_, update = await bot.get_updates()
    await update.callback_query.answer("Dicatat")
    await bot.edit_message_text("Sudah", rina.id, sent.message_id)

    await expect(mine.locator('[data-role="toast"]')).to_have_text("Dicatat")
    edited = mine.locator(f'[data-message-id="{sent.message_id}"]')
    await expect(edited).to_contain_text("Sudah")
    await expect(edited.locator('[data-role="edited"]')).to_have_text("diedit")
    await expect(edited.locator('[data-role="button"]')).to_have_count(0)
    await expect(column(page, people[1]).locator('[data-role="message"]')).to_have_count(0)


async def test_a_person_corrects_their_own_message(telegram, rina, page, bot):
    """A double click puts it back into the text box."""
    idea = await rina.says("Lampu mti")
    mine = column(page, rina)

    await mine.locator('[data-from="me"] .bubble').dblclick()
    await mine.locator('[data-role="composer"]').fill("Lampu mati")
    await mine.locator('[data-role="send"]').click()

    await expect(mine.locator('[data-role="edited"]')).to_be_visible()
    *_, update = await bot.get_updates()
    assert update.edited_message.message_id == idea.message_id
    assert update.edited_message.text == "Lampu mati"


async def test_links_commands_and_alerts_work(telegram, rina, page, bot):
    """An invitation opens as the person who taps it; a chip sends its command."""
    await rina.says("halo")
    await bot.set_my_commands([BotCommand("ideku", "Ide saya")])
    await bot.send_message(rina.id, "Undangan: https://t.me/palanta_bot?start=lurah_1")
    mine = column(page, rina)

    await mine.locator('[data-role="link"]').click()
    await mine.locator('[data-role="chip"]', has_text="/ideku").click()
    await expect(mine.locator('[data-from="me"]')).to_have_count(3)
    texts = [update.message.text for update in await bot.get_updates()]
    assert texts == ["halo", "/start lurah_1", "/ideku"]

    await bot.send_message(rina.id, "Betul?", reply_markup=KEYS)
    await mine.locator('[data-role="button"]', has_text="Betul").click()
    *_, update = await bot.get_updates()
    await update.callback_query.answer("Hanya untuk admin", show_alert=True)
    await expect(mine.locator('[data-role="alert"]')).to_contain_text("Hanya untuk admin")
    await mine.locator('[data-role="alert-ok"]').click()
    await expect(mine.locator('[data-role="alert"]')).to_be_hidden()


async def test_a_file_from_the_bot_can_be_saved(rina, page, bot):
    """The export that an admin downloads is whole."""
    await rina.says("/export")
    await bot.send_document(rina.id, b"isi zip", filename="usulan.zip")

    async with page.expect_download() as waiting:
        await column(page, rina).locator('[data-role="file"]').click()
    download = await waiting.value

    assert download.suggested_filename == "usulan.zip"
    assert (await download.path()).read_bytes() == b"isi zip"


async def test_attachments_blocking_and_new_people_work(telegram, rina, page, bot):
    """A photo and a pin go out; a blocked bot cannot be written to; a column can be added."""
    mine = column(page, rina)
    for kind in ("photo", "location", "sticker"):
        await mine.locator(".attach summary").click()
        await mine.locator(f'[data-attach="{kind}"]').click()
    await expect(mine.locator('[data-role="message"]')).to_have_count(3)
    assert [bool(u.message.photo) for u in await bot.get_updates()] == [True, False, False]

    await mine.locator('[data-role="block"]').click()
    await expect(mine.locator('[data-role="composer"]')).to_be_disabled()
    assert rina.private_chat.blocked

    await page.locator('[data-role="add-person"]').click()
    await page.locator("input[name=first_name]").fill("Buyung")
    await page.keyboard.press("Enter")
    await expect(page.locator('[data-name="Buyung"]')).to_be_visible()
    await page.locator('[data-name="Buyung"] [data-role="close"]').click()
    await expect(page.locator('[data-name="Buyung"]')).to_have_count(0)
    await page.locator('[data-role="reopen"]', has_text="Buyung").click()
    await expect(page.locator('[data-name="Buyung"]')).to_be_visible()


async def test_what_people_write_is_never_markup(rina, page):
    """Somebody's <img> is text on everybody's screen."""
    nasty = '<img src=x onerror="document.title=1"> <b>tebal</b>'
    await rina.says(nasty)

    await expect(column(page, rina).locator(".body")).to_have_text(nasty)
    assert await page.title() != "1"
