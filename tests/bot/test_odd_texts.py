"""Whatever people type is kept as they meant it, or answered with what would be an idea."""

import pytest

from tests.bot.scenes import (
    GUTTER,
    WASTE,
    code_of,
    list_ideas,
    replied_to,
    says_and_hears,
    sends,
)

NO_WORDS = "Belum ada kata yang bisa saya baca di pesan itu. Tulis idenya dengan kata-kata, ya."


async def test_the_longest_message_is_an_idea_like_any(rina, desi, database):
    """Who has a lot to say is kept to the last letter, and fits on a moderator's card."""
    text = (f"{GUTTER} " * 80)[:4_095] + "."

    await sends(rina, text)

    assert [idea.text for idea in await list_ideas(database)] == [text]
    card = await says_and_hears(desi, "/antrean")
    assert GUTTER in card.text
    assert len(card.text) < 2_000
    assert card.buttons


async def test_a_strange_long_message_fits_on_a_card_too(rina, desi):
    """One endless word, a thousand letters, emoji or markup: a moderator can work on it."""
    for text in ("banjir" * 682, "a b " * 1_024, "🌊 banjir " * 400, "<b>&lt;*_`" * 409):
        await sends(rina, text)

    card = await says_and_hears(desi, "/antrean")
    for _ in range(4):
        assert "sisa" in card.text
        assert len(card.text) < 4_096
        newest = card.message_id
        await desi.presses("Betul", card)
        card = await desi.sees(lambda m, newest=newest: m.message_id > newest)

    assert card.text.startswith("Antrean kosong")


async def test_a_megabyte_in_many_messages_is_kept_each_once(rina, database, quiet):
    """Somebody who pastes a whole report loses no page and blocks nobody."""
    page = f"{WASTE} " * 80
    pages = [f"{number:05} {page}"[:4_095] + "." for number in range(256)]

    for text in pages:
        await rina.says(text)
    await quiet()

    assert [idea.text for idea in await list_ideas(database)] == pages
    receipts = [message for message in rina.chat if "Kodenya PDG-" in message.text]
    assert len({code_of(receipt) for receipt in receipts}) == 256
    answered = [replied_to(receipt) for receipt in receipts]
    assert answered == sorted(answered), "in the order sent"


async def test_what_holds_no_words_is_asked_for_in_words(rina, database, telegram, body):
    """Emoji, dots, blanks and hidden marks are no idea; their sender is told what would be."""
    for text in ("👍", "🙏🙏🙏", "...", "?!", "12345", "\x01\x02", "\u200b\u200e\u202e"):
        assert (await says_and_hears(rina, text)).text == NO_WORDS, repr(text)
    newest = rina.chat[-1].message_id
    telegram.inject([{"message": body(9_001, text="   \n ")}])
    await rina.sees(lambda m: m.text == NO_WORDS and m.message_id > newest)

    assert await list_ideas(database) == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Lampu\x00 jalan\x1b mati\x7f", "Lampu  jalan  mati"),
        ("Lampu\u202e jalan\u200f mati\u2066", "Lampu jalan mati"),
        ("Lampu\r\njalan\rmati\tsatu", "Lampu\njalan\nmati\tsatu"),
        ("Lampu jalan mati 🌃", "Lampu jalan mati 🌃"),
        ("لمبة الشارع مكسورة", "لمبة الشارع مكسورة"),
        ("<script>alert(1)</script> lampu", "<script>alert(1)</script> lampu"),
        ("=1+1 lampu jalan", "=1+1 lampu jalan"),
        ("{ $code } lampu %s {0}", "{ $code } lampu %s {0}"),
    ],
    ids=["control", "direction", "lines", "emoji", "arabic", "markup", "formula", "template"],
)
async def test_odd_characters_leave_the_words_as_they_were(rina, database, typed, kept):
    """What no screen can show goes; what somebody wrote stays."""
    await sends(rina, typed)

    assert [idea.text for idea in await list_ideas(database)] == [kept]


async def test_half_an_emoji_does_not_harm_the_words_around_it(telegram, rina, database, body):
    """Broken clients send halves of characters; the idea is kept without them."""
    telegram.inject([{"message": body(9_001, text="Lampu \ud83d jalan mati")}])
    await rina.sees("PDG-")
    telegram.inject([{"edited_message": body(9_001, text="Lampu \udc00 jalan mati, gelap")}])
    await rina.sees("Perubahan dicatat")

    [idea] = await list_ideas(database)
    assert idea.text == "Lampu ? jalan mati, gelap"


async def test_half_an_emoji_after_a_command_is_told_like_any_slip(telegram, rina, rizal, body):
    """A broken link is a broken link, not a broken bot."""
    start = {"type": "bot_command", "offset": 0, "length": 6}
    telegram.inject([{"message": body(9_001, text="/start \ud83d", entities=[start])}])

    await rina.sees("Undangan itu tidak ada")
