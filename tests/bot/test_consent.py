"""Nothing is kept before somebody agreed, and nobody has to write anything twice."""

from datetime import UTC, datetime, timedelta

from bot.sweep import sweep
from storage import inbox, invitations
from storage.models import RoleName
from tests.bot.scenes import (
    BUSES,
    GUTTER,
    LAMPS,
    REFUSED,
    WASTE,
    answer_to,
    code_of,
    fetch,
    list_ideas,
    replied_to,
)

AGREE = "notice:0:agree"


async def test_the_idea_written_before_the_notice_is_kept_and_goes_on_after_one_tap(telegram, bot):
    """Nobody has to write their idea twice because of the privacy notice."""
    rina = telegram.person("Rina")

    await rina.says(LAMPS)
    [notice] = await rina.hears()
    assert "Pesanmu sudah saya pegang" in notice.text
    await rina.presses("Setuju")

    receipt = await rina.sees("PDG-")
    assert "Smart Mobility (Mobilitas) · Penerangan jalan umum (PJU)" in receipt.text
    assert receipt.buttons == [["Betul", "Ubah dimensi"], ["Kenapa?"]]


async def test_the_notice_says_what_is_kept_for_what_and_how_it_goes_away(telegram, bot):
    """People agree to something they could read, on one screen."""
    rina = telegram.person("Rina")

    await rina.says("/start")

    [notice] = await rina.hears()
    for needed in ("rencana kota", "disamarkan", "Telegram", "/dataku", "/hapus"):
        assert needed in notice.text
    assert notice.buttons == [["Setuju"]]
    assert len(notice.text.splitlines()) <= 5


async def test_several_messages_wait_behind_one_notice_and_keep_their_order(
    telegram, bot, database, quiet
):
    """Somebody who writes three ideas at once is asked once, and all three count."""
    rina = telegram.person("Rina")

    sent = [await rina.says(text) for text in (LAMPS, WASTE, BUSES)]
    await quiet()
    [notice] = [message for message in rina.chat if message.from_bot]
    await rina.presses("Setuju", notice)
    await quiet()

    receipts = [message for message in rina.chat if "PDG-" in message.text]
    assert [replied_to(receipt) for receipt in receipts] == [one.message_id for one in sent]
    assert [idea.text for idea in await list_ideas(database)] == [LAMPS, WASTE, BUSES]


async def test_without_the_tap_everything_is_forgotten_after_a_day(
    telegram, bot, database, quiet, tmp_path
):
    """Words of somebody who never agreed do not stay with the city."""
    rina, now = telegram.person("Rina"), datetime.now(UTC)
    await rina.says(LAMPS)
    notice = await rina.sees("Pesanmu sudah saya pegang")
    await quiet()

    await sweep(database, tmp_path, now=now + timedelta(hours=23))
    assert await _count_held(database) == 1, "a day has not passed"
    await sweep(database, tmp_path, now=now + timedelta(hours=25))
    assert await _count_held(database) == 0

    assert [row["body"] for row in await fetch(database, "SELECT body FROM inbox")] == [None]
    await rina.presses("Setuju", notice)
    await rina.sees("Sekarang tulis saja idemu")
    assert await list_ideas(database) == []


async def test_who_writes_again_after_that_day_sees_the_notice_again(
    telegram, bot, database, quiet, tmp_path
):
    """The old notice may have scrolled away; the new message waits behind a new one."""
    rina = telegram.person("Rina")
    await rina.says(LAMPS)
    await rina.hears()
    await quiet()
    await sweep(database, tmp_path, now=datetime.now(UTC) + timedelta(hours=25))

    await rina.says(WASTE)
    [notice] = await rina.hears()
    await rina.presses("Setuju", notice)
    await rina.sees("PDG-")

    assert [idea.text for idea in await list_ideas(database)] == [WASTE]


async def test_agreeing_twice_counts_once(telegram, bot, database, quiet):
    """An impatient thumb does no harm."""
    rina = telegram.person("Rina")
    await rina.says(LAMPS)
    notice = await rina.sees("Pesanmu sudah saya pegang")

    await rina.presses_data(AGREE, notice)
    await rina.presses_data(AGREE, notice)
    assert await rina.alert() == "Sudah dicatat sebelumnya."
    await quiet()

    assert len(await list_ideas(database)) == 1
    assert len([message for message in rina.chat if "PDG-" in message.text]) == 1
    assert notice.buttons == [["Setuju"]]
    assert next(m for m in rina.chat if m.message_id == notice.message_id).buttons == []


async def test_an_invitation_opened_first_waits_for_the_tap_too(telegram, bot, database):
    """A new moderator opens the link, agrees, and has the role: no second try."""
    desi = telegram.person("Desi")
    async with database.writing() as session:
        now = datetime.now(UTC)
        token = invitations.add(session, RoleName.MODERATOR, area=None, by=None, at=now)

    await desi.opens_link(token)
    [notice] = await desi.hears()
    assert "Pesanmu sudah saya pegang" not in notice.text
    await desi.presses("Setuju")

    await desi.sees("Selamat datang! Sekarang kamu moderator.")


async def test_an_edit_made_while_waiting_is_the_text_that_counts(telegram, bot, database, quiet):
    """A slip corrected before the tap is corrected in the idea."""
    rina = telegram.person("Rina")
    sent = await rina.says("Lampu jalan matii")
    await rina.hears()

    await rina.edits(sent, LAMPS)
    await quiet()
    assert len([message for message in rina.chat if message.from_bot]) == 1, "one notice for both"
    await rina.presses("Setuju")
    await quiet()

    [idea] = await list_ideas(database)
    assert (idea.text, idea.revisions) == (LAMPS, 2)


async def test_a_photo_sent_first_waits_with_its_words(telegram, bot, database, quiet):
    """The picture of the broken lamp is not lost behind the notice."""
    rina = telegram.person("Rina")

    sent = await rina.sends_photo(caption=LAMPS)
    await rina.sees("Pesanmu sudah saya pegang")
    await rina.presses("Setuju")
    await answer_to(rina, sent)

    assert await fetch(database, "SELECT idea_id, kind FROM attachment") == [
        {"idea_id": 1, "kind": "photo"}
    ]


async def test_other_buttons_are_dead_before_somebody_agreed(telegram, bot, database, quiet):
    """A forged press cannot go around the notice."""
    rina = telegram.person("Rina")
    await rina.says(LAMPS)
    notice = await rina.sees("Pesanmu sudah saya pegang")

    for data in ("idea:1:right", "erase:0:yes", "notice:1:agree", "review:1:right"):
        await rina.presses_data(data, notice)
        assert await rina.alert() == REFUSED
    await quiet()

    assert await _count_held(database) == 1
    assert await list_ideas(database) == []


async def test_what_was_held_comes_before_what_is_written_after_the_tap(
    telegram, running_bot, database, quiet
):
    """Tap and next idea may reach a bot that was down in one go; the first idea stays first."""
    rina = telegram.person("Rina")
    async with running_bot():
        first = await rina.says(LAMPS)
        notice = await rina.sees("Pesanmu sudah saya pegang")
        await quiet()

    await rina.presses("Setuju", notice)
    await rina.edits(first, GUTTER)
    second = await rina.says(WASTE)
    async with running_bot():
        receipts = [await answer_to(rina, second), await rina.sees("Tersimpan")]
        await quiet()

    assert [(i.text, i.revisions) for i in await list_ideas(database)] == [(GUTTER, 2), (WASTE, 1)]
    assert code_of(receipts[0]) != code_of(await rina.sees("Perubahan dicatat"))


async def _count_held(database) -> int:
    async with database.reading() as session:
        return await inbox.count(session, "held")
