"""Files both ways, byte for byte."""

from io import BytesIO

import aiohttp
import pytest
from telegram import InputMediaDocument, InputMediaPhoto
from telegram.error import BadRequest

from simulator import samples

WORKBOOK = bytes(range(256)) * 40


async def test_a_document_arrives_with_its_name_and_every_byte(rina, bot):
    """The export that an admin opens is the one that was made."""
    await rina.says("/export")

    await bot.send_document(rina.id, WORKBOOK, filename="usulan é 1.xlsx", caption="128 usulan")

    [heard] = await rina.hears()
    assert heard.document == ("usulan é 1.xlsx", WORKBOOK)
    assert heard.text == "128 usulan"


async def test_a_file_can_be_sent_again_by_its_id(rina, bot):
    """Nothing is uploaded twice."""
    await rina.says("/export")
    first = await bot.send_document(rina.id, WORKBOOK, filename="usulan.xlsx")

    again = await bot.send_document(rina.id, first.document.file_id)

    assert again.document.file_id == first.document.file_id
    assert rina.chat[-1].document == ("usulan.xlsx", WORKBOOK)


async def test_the_bot_downloads_what_people_send(rina, bot):
    """A spreadsheet, a photo and a voice message reach the bot whole."""
    await rina.sends_document("musrenbang.csv", b"ide;tempat", caption="dari rapat")
    await rina.sends_photo(caption="lubang")
    await rina.sends_voice(b"OggS-suara")
    document, photo, voice = (update.message for update in await bot.get_updates())

    async def download(file_id):
        return bytes(await (await bot.get_file(file_id)).download_as_bytearray())

    assert await download(document.document.file_id) == b"ide;tempat"
    assert await download(photo.photo[-1].file_id) == samples.photo()
    assert await download(voice.voice.file_id) == b"OggS-suara"
    assert (document.caption, photo.caption) == ("dari rapat", "lubang")
    assert (photo.photo[-1].width, photo.photo[-1].height) == (480, 320)


async def test_an_album_is_one_group_of_messages(rina, bot):
    """Both ways: the bot's album for people, and people's album for the bot."""
    await rina.sends_album(3, "tiga sudut")
    updates = await bot.get_updates()
    assert len({update.message.media_group_id for update in updates}) == 1
    assert [update.message.caption for update in updates] == ["tiga sudut", None, None]

    await bot.send_media_group(
        rina.id,
        [InputMediaPhoto(samples.photo()), InputMediaPhoto(samples.photo(5), caption="dua")],
    )
    first, second = await rina.hears(2)
    assert first.raw["media_group_id"] == second.raw["media_group_id"]
    assert second.text == "dua"


async def test_a_document_can_be_replaced_in_its_message(rina, bot):
    """The newest export stands where the old one was."""
    await rina.says("/export")
    sent = await bot.send_document(rina.id, b"lama", filename="a.zip")

    media = InputMediaDocument(b"baru", filename="b.zip", caption="hari ini")
    await bot.edit_message_media(media, rina.id, sent.message_id)

    seen = await rina.sees("hari ini")
    assert seen.document == ("b.zip", b"baru")
    await bot.edit_message_caption(rina.id, sent.message_id, caption="besok")
    assert (await rina.sees("besok")).message_id == sent.message_id


async def test_what_is_no_picture_is_refused_as_a_photo(rina, bot):
    """Telegram opens every photo."""
    await rina.says("halo")

    with pytest.raises(BadRequest, match=r"(?i)image_process_failed"):
        await bot.send_photo(rina.id, b"bukan gambar")
    with pytest.raises(BadRequest, match="non-empty"):
        await bot.send_document(rina.id, b"", filename="kosong.txt")


async def test_large_files_are_refused(telegram, rina, http, bot):
    """50 MB up, 20 MB down: the bot hears it as on Telegram."""
    await rina.sends_document("besar.bin", bytes(20 * 1024 * 1024 + 1))
    [update] = await http.updates()
    with pytest.raises(BadRequest, match="too big"):
        await bot.get_file(update["message"]["document"]["file_id"])

    form = aiohttp.FormData()
    form.add_field("chat_id", str(rina.id))
    too_large = BytesIO(bytes(50 * 1024 * 1024 + 1))
    form.add_field("document", too_large, filename="terlalu_besar.bin")
    url = f"{telegram.url}/bot{telegram.token}/sendDocument"
    async with http.session.post(url, data=form) as reply:
        assert reply.status == 413
        assert (await reply.json())["description"] == "Request Entity Too Large"


async def test_a_file_needs_the_token(telegram, rina, http):
    """Without the right token nothing can be downloaded."""
    await rina.sends_document("a.txt", b"a")
    async with http.session.get(f"{telegram.url}/file/bot1:X/documents/file_1.txt") as reply:
        assert reply.status == 401
    good = f"{telegram.url}/file/bot{telegram.token}/documents"
    async with http.session.get(f"{good}/file_1.txt") as reply:
        assert await reply.read() == b"a"
    async with http.session.get(f"{good}/file_2.txt") as reply:
        assert reply.status == 404
