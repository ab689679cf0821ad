"""The main job in a real browser: write, agree, correct, relabel, export, open the file."""

import io
import zipfile

import pytest
from playwright.async_api import async_playwright, expect

from storage.models import RoleName
from tests.bot.scenes import LAMPS
from tests.conftest import give_role
from tests.simulator.test_page import CHROMIUM, FLAGS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium found: apt-get install chromium"),
]


async def test_an_idea_goes_all_the_way_on_the_chat_page(telegram, bot, database):
    """What a visitor tries first works with nothing but the mouse and the keyboard."""
    rina = telegram.person("Rina", note="warga")
    desi = telegram.person("Desi", note="moderator")
    rizal = telegram.person("Rizal", note="admin")
    telegram.person("Bu Yeni", note="lurah")
    await give_role(database, desi, RoleName.MODERATOR)
    await give_role(database, rizal, RoleName.ADMIN)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await browser.new_page(viewport={"width": 1800, "height": 900})
        await page.goto(telegram.url)

        def column(person):
            return page.locator(f'[data-person="{person.id}"]')

        async def writes(person, text):
            box = column(person).locator('[data-role="composer"]')
            await box.fill(text)
            await box.press("Enter")

        async def presses(person, label):
            button = column(person).locator('[data-role="button"]').get_by_text(label, exact=True)
            await button.last.click()

        async def reads(person, text):
            await expect(column(person).get_by_text(text).last).to_be_visible(timeout=20_000)

        await writes(rina, LAMPS)
        await reads(rina, "Pesanmu sudah saya pegang")
        await presses(rina, "Setuju")
        await reads(rina, "Penerangan jalan umum")
        for label in ("Ubah dimensi", "Kehidupan", "Keamanan"):
            await presses(rina, label)
        await reads(rina, "Sudah diubah")

        await writes(desi, "/antrean")
        await reads(desi, "Menurut penulis")
        for label in ("Ubah dimensi", "Mobilitas", "Lampu jalan"):
            await presses(desi, label)
        await reads(rina, "moderator memindahkan idemu")

        await writes(rizal, "/export")
        await reads(rizal, "usulan.zip")
        async with page.expect_download() as waiting:
            await column(rizal).get_by_text("usulan.zip").last.click()
        file = await (await waiting.value).path()
        content = file.read_bytes()
        await browser.close()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert LAMPS in archive.read("usulan.csv").decode("utf-8-sig")
