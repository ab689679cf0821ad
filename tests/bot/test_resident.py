"""What a resident lives through, told as dialogues over HTTP."""

from itertools import pairwise

import pytest

from storage.models import RoleName
from tests.bot.scenes import (
    BRIBE,
    FIRE,
    GUTTER,
    LAMPS,
    MUMBLE,
    WASTE,
    answer_to,
    code_of,
    fetch,
    find_not_city,
    labels_of,
    list_ideas,
    says_and_hears,
    sends,
    topic_title,
)
from tests.conftest import agrees, give_role


async def test_an_idea_gets_its_code_and_its_tag_in_plain_words(rina, database):
    """The sender sees at once that the city has it, and as what."""
    receipt = await sends(rina, LAMPS)

    [idea] = await list_ideas(database)
    assert receipt.text.splitlines()[:2] == [
        f"Tersimpan, terima kasih! Kodenya {code_of(receipt)}.",
        "Smart Mobility (Mobilitas) · Penerangan jalan umum (PJU)",
    ]
    assert receipt.buttons == [["Betul", "Ubah dimensi"], ["Kenapa?"]]
    assert (idea.text, idea.topic, idea.role) == (LAMPS, "street_lighting", "resident")


async def test_two_ideas_have_two_codes(rina):
    """Each wish can be asked after on its own."""
    assert code_of(await sends(rina, LAMPS)) != code_of(await sends(rina, WASTE))


async def test_the_same_words_twice_are_two_ideas(rina, database):
    """The bot does not decide that somebody repeats themselves."""
    await sends(rina, WASTE)
    await sends(rina, WASTE)

    assert len(await list_ideas(database)) == 2


async def test_an_unsure_bot_says_so_and_offers_its_guesses(rina, database, unsure):
    """A doubtful tag is never put into somebody's mouth."""
    receipt = await sends(rina, unsure)

    assert "Saya belum yakin ini tentang apa" in receipt.text
    assert "Smart " not in receipt.text
    *guesses, [other] = receipt.buttons
    assert [len(row) for row in guesses] == [1, 1, 1]
    assert other == "Lainnya"

    guess = labels_of(receipt.buttons)[1]
    await rina.presses(guess)
    await rina.sees("Sudah diubah")
    [idea] = await list_ideas(database)
    assert idea.decided_by == "author"
    assert receipt.data[guess] == f"idea:1:topic:{idea.topic}"
    assert topic_title(idea.topic) in (await rina.sees("Sudah diubah")).text


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        (GUTTER, "laporkan juga ke lapor.go.id"),
        (FIRE, "telepon 112 dulu"),
        (BRIBE, "identitas dirahasiakan"),
        (MUMBLE, "Saya belum menangkap idenya"),
    ],
    ids=["complaint", "emergency", "integrity", "unclear"],
)
async def test_a_receipt_sends_people_where_they_are_helped(rina, text, advice):
    """The bot is no complaints desk and no emergency line, and says who is."""
    assert advice in (await sends(rina, text)).text


async def test_what_is_not_the_citys_business_is_kept_and_may_be_claimed_back(rina, classifier):
    """The bot does not turn anybody away: it says what it thinks, and how to disagree."""
    receipt = await sends(rina, find_not_city(classifier))

    assert "Sepertinya bukan urusan kota" in receipt.text
    assert len(labels_of(receipt.buttons)) == 4


async def test_an_edit_changes_the_idea_and_keeps_its_code(rina, database):
    """A slip is corrected where it was made; there is no second idea."""
    sent = await rina.says(LAMPS)
    code = code_of(await answer_to(rina, sent))

    await rina.edits(sent, GUTTER)

    revised = await rina.sees("Perubahan dicatat")
    assert f"Perubahan dicatat pada {code}." in revised.text
    [idea] = await list_ideas(database)
    assert (idea.text, idea.revisions, idea.topic) == (GUTTER, 2, "drainage_flood")
    texts = await fetch(database, "SELECT text FROM revision ORDER BY id")
    assert [row["text"] for row in texts] == [LAMPS, GUTTER]


async def test_an_edit_that_changes_nothing_is_no_news(rina, database, quiet):
    """Telegram also tells of edits that leave the words alone."""
    sent = await rina.says(LAMPS)
    await answer_to(rina, sent)

    await rina.edits(sent, f"  {LAMPS}\n")
    await quiet()

    assert [idea.revisions for idea in await list_ideas(database)] == [1]
    assert "Perubahan" not in rina.chat[-1].text


async def test_a_message_that_gets_its_words_by_an_edit_becomes_an_idea(rina, database):
    """The bot asked for words; who adds them to the same message is heard."""
    sent = await rina.says("👍")
    await rina.sees("Belum ada kata")

    await rina.edits(sent, LAMPS)

    await answer_to(rina, sent)
    assert [idea.text for idea in await list_ideas(database)] == [LAMPS]


async def test_an_album_is_one_idea(rina, database, quiet):
    """Four photos of one gutter are one wish, with one receipt."""
    first, *_ = await rina.sends_album(4, GUTTER)
    await answer_to(rina, first)
    await quiet()

    assert [idea.text for idea in await list_ideas(database)] == [GUTTER]
    kinds = await fetch(database, "SELECT idea_id, kind FROM attachment")
    assert kinds == [{"idea_id": 1, "kind": "photo"}] * 4
    assert len([message for message in rina.chat if "PDG-" in message.text]) == 1


async def test_an_album_without_words_is_asked_about_once(rina, database, quiet):
    """Nobody is asked four times for one thing."""
    await rina.sends_album(4)
    await rina.sees("Berkasnya belum bisa saya baca")
    await quiet()

    asked = [message for message in rina.chat if "Berkasnya" in message.text]
    assert len(asked) == 1
    assert await list_ideas(database) == []


async def test_a_photo_that_gets_its_words_by_an_edit_becomes_an_idea(rina, database):
    """Adding the caption that was forgotten is the natural answer to being asked for words."""
    sent = await rina.sends_photo()
    await rina.sees("Kirim lagi dengan keterangan")

    await rina.edits(sent, GUTTER)

    await answer_to(rina, sent)
    assert [idea.text for idea in await list_ideas(database)] == [GUTTER]
    assert len(await fetch(database, "SELECT * FROM attachment")) == 1


async def test_help_fits_on_one_screen_and_names_what_anybody_can_do(rina):
    """Five lines, no duties of others."""
    answer = await says_and_hears(rina, "/bantuan")

    assert len(answer.text.splitlines()) == 5
    for command in ("/ideku", "/dataku", "/hapus", "112"):
        assert command in answer.text
    assert "/antrean" not in answer.text
    assert (await says_and_hears(rina, "/help")).text == answer.text


@pytest.mark.parametrize(
    ("role", "duties"),
    [
        (RoleName.LURAH, set()),
        (RoleName.MODERATOR, {"/antrean"}),
        (RoleName.PLANNER, {"/export"}),
        (RoleName.ADMIN, {"/antrean", "/export", "/undang"}),
    ],
)
async def test_help_tells_everybody_their_own_duties(telegram, bot, database, role, duties):
    """Who has a duty finds its command without a manual."""
    person = telegram.person("Yeni")
    await give_role(database, person, role)

    answer = await says_and_hears(person, "/bantuan")

    assert {one for one in ("/antrean", "/export", "/undang") if one in answer.text} == duties


async def test_start_says_what_to_do(rina):
    """Somebody who presses Start again is not asked for consent again."""
    answer = await says_and_hears(rina, "/start")

    assert answer.text.startswith("Tulis saja idemu untuk kota")
    assert answer.buttons == []


async def test_the_menu_offers_what_everybody_can_use(telegram, bot, rina):
    """Commands that would be refused are not dangled before residents."""
    assert set(telegram.commands) == {"bantuan", "ideku", "dataku", "hapus"}


@pytest.mark.parametrize("text", ["/menu", "/start@lain_bot", "/Ideku_saya satu"])
async def test_an_unknown_command_is_told_plainly(rina, database, text):
    """A mistyped command is not kept as an idea, and not left unanswered."""
    assert "Perintah itu belum saya kenal" in (await says_and_hears(rina, text)).text
    assert await list_ideas(database) == []


async def test_a_text_that_only_begins_with_a_slash_is_an_idea(rina, database):
    """Not everything with a slash is a command."""
    await sends(rina, "/ rw 05 minta lampu jalan, sudah lama gelap")

    assert len(await list_ideas(database)) == 1


async def test_somebody_without_ideas_is_told_how_to_begin(rina):
    """An empty list is an invitation."""
    answer = await says_and_hears(rina, "/ideku")

    assert answer.text == "Belum ada idemu di sini. Tulis saja satu!"


async def test_ideas_are_listed_newest_first_a_few_at_a_time(rina, eri, database):
    """Nine ideas are three screens; each idea is on one of them, and nobody else's is."""
    await sends(eri, WASTE)
    codes = [code_of(await sends(rina, f"{LAMPS} Gang {number}.")) for number in range(9)]

    pages = [await says_and_hears(rina, "/ideku")]
    while pages[-1].buttons:
        await rina.presses("Lebih lama", pages[-1])
        last = pages[-1].message_id
        pages.append(await rina.sees(lambda m, last=last: m.message_id > last))

    lines = [line for page in pages for line in page.text.splitlines()[1:]]
    assert [line.split(" · ")[0] for line in lines] == codes[::-1]
    assert all(line.endswith(" · Lampu jalan · diterima") for line in lines)
    assert all(len(page.text.splitlines()) <= 5 for page in pages)
    assert all(before.message_id < after.message_id for before, after in pairwise(pages))


async def test_a_restart_in_the_middle_of_a_dialogue_forgets_nothing(
    telegram, running_bot, database
):
    """Who was choosing a topic when the bot was restarted goes on where they were."""
    rina = telegram.person("Rina")
    async with running_bot():
        await agrees(rina)
        receipt = await sends(rina, LAMPS)
        await rina.presses("Ubah dimensi")
        await rina.sees(lambda message: "Lingkungan" in labels_of(message.buttons))

    async with running_bot():
        await rina.presses("Lingkungan", receipt)
        await rina.sees(lambda message: "Sampah" in labels_of(message.buttons))
        await rina.presses("Sampah", receipt)
        await rina.sees("Sudah diubah")

    [idea] = await list_ideas(database)
    assert (idea.topic, idea.decided_by) == ("waste_management", "author")


async def test_in_a_group_the_bot_reads_nothing_and_says_nothing(
    telegram, rina, eri, database, quiet
):
    """Neighbours may talk among themselves."""
    group = telegram.group("RT 03", [rina, eri])

    await rina.says("/start", chat=group)
    await eri.says(LAMPS, chat=group)
    await quiet()

    assert await list_ideas(database) == []
    assert telegram.record.calls_of("sendMessage")[-1].chat_id != group.id
