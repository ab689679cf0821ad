"""Whatever arrives gets a clear sentence, loses nothing, and holds nobody else up."""

import pytest

from simulator import Person
from tests.bot.scenes import (
    GUTTER,
    LAMPS,
    WASTE,
    answer_to,
    code_of,
    fetch,
    list_ideas,
    replied_to,
    says_and_hears,
    sends,
)

NO_WORDS = "Belum ada kata yang bisa saya baca di pesan itu. Tulis idenya dengan kata-kata, ya."
NEED_WORDS = "Saya baru bisa membaca tulisan. Tulis idenya dengan kata-kata, ya."
BROKEN = "pesanmu tadi tersimpan tetapi belum bisa saya olah"


@pytest.fixture
def body(rina: Person):
    """The parts of a message of Rina's, to be sent by hand in any shape."""

    def make(message_id: int, **content: object) -> dict:
        whole = {
            "message_id": message_id,
            "date": 1_795_600_000,
            "chat": {"id": rina.id, "type": "private", "first_name": "Rina"},
            "from": {"id": rina.id, "is_bot": False, "first_name": "Rina"},
            **content,
        }
        return {key: value for key, value in whole.items() if value is not None}

    return make


async def test_the_longest_message_is_an_idea_like_any(rina, desi, database):
    """Who has a lot to say is kept to the last letter, and fits on a moderator's card."""
    text = (f"{GUTTER} " * 80)[:4_095] + "."

    await sends(rina, text)

    assert [idea.text for idea in await list_ideas(database)] == [text]
    card = await says_and_hears(desi, "/antrean")
    assert GUTTER in card.text
    assert len(card.text) < 2_000
    assert card.buttons


@pytest.mark.parametrize("text", ["banjir" * 682, "a b " * 1_024, "🌊 banjir " * 400, "<b>&lt;*_`" * 409])
async def test_a_strange_long_message_fits_on_a_card_too(rina, desi, text):
    """One endless word, a thousand letters, emoji or markup: a moderator can work on it."""
    await sends(rina, text)

    card = await says_and_hears(desi, "/antrean")

    assert len(card.text) < 4_096
    assert card.buttons


async def test_a_megabyte_in_many_messages_is_kept_each_once(rina, database, quiet):
    """Somebody who pastes a whole report loses no page and blocks nobody."""
    page = f"{WASTE} " * 80
    pages = [f"{number:05} {page}"[:4_096].ljust(4_096, ".") for number in range(256)]

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
    telegram.inject([{"message": body(9_001, text="   \n ")}])
    await rina.sees(lambda m: m.text == NO_WORDS and m.message_id > 9_001)

    assert await list_ideas(database) == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Lampu\x00 jalan\x1b mati\x7f", "Lampu  jalan  mati"),
        ("Lampu\u202e jalan\u200f mati\u2066", "Lampu jalan mati"),
        ("Lampu\r\njalan\rmati\tsatu", "Lampu\njalan\nmati satu"),
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


async def test_what_cannot_be_read_is_asked_for_in_words(rina, database):
    """A sticker, a voice note, a pin, a number: the sender is told what to do instead."""
    for send in (
        rina.sends_sticker,
        rina.sends_voice,
        lambda: rina.sends_location(-0.94, 100.41),
        rina.sends_contact,
    ):
        newest = rina.chat[-1].message_id
        await send()
        answer = await rina.sees(lambda m, newest=newest: m.message_id > newest)
        assert answer.text == NEED_WORDS

    newest = rina.chat[-1].message_id
    await rina.sends_document("usulan.pdf", b"%PDF-1.4")
    answer = await rina.sees(lambda m: m.message_id > newest)
    assert answer.text.startswith("Berkasnya belum bisa saya baca.")
    assert await list_ideas(database) == []


async def test_a_voice_note_or_a_song_with_words_under_it_is_an_idea(
    telegram, rina, database, body
):
    """Words count wherever they stand."""
    voice = {"file_id": "V", "file_unique_id": "v", "duration": 3}
    telegram.inject([{"message": body(9_001, voice=voice, caption=LAMPS)}])
    await rina.sees("PDG-")
    telegram.inject([{"message": body(9_101, audio=voice, caption=WASTE)}])
    await rina.sees(lambda m: replied_to(m) == 9_101)

    assert [idea.text for idea in await list_ideas(database)] == [LAMPS, WASTE]


async def test_kinds_of_updates_that_nobody_knows_yet_are_passed_over(
    telegram, rina, database, quiet
):
    """Telegram invents new things; the bot goes on."""
    telegram.inject(
        [
            {"poll": {"id": "1", "question": "Setuju?", "options": []}},
            {"message_from_the_future": {"chat": {"id": rina.id}, "text": LAMPS}},
            {"my_chat_member": None},
            {},
            {"message": None},
        ]
    )
    await sends(rina, WASTE)
    await quiet()

    assert [idea.text for idea in await list_ideas(database)] == [WASTE]
    assert await fetch(database, "SELECT * FROM inbox WHERE state = 'aside'") == []


async def test_a_message_of_a_kind_that_nobody_knows_yet_is_asked_for_in_words(
    telegram, rina, body
):
    """A new kind of content is answered like a sticker, not with silence."""
    telegram.inject([{"message": body(9_001, hologram={"depth": 3})}])

    await rina.sees(NEED_WORDS)


async def test_a_broken_update_is_set_aside_and_holds_nobody_up(
    telegram, rina, eri, rizal, database, quiet
):
    """Three tries, then an honest sentence to the sender and to the admin; everybody else goes on."""
    message = {"chat": {"id": rina.id}, "from": rina.user, "text": LAMPS, "message_id": 9_001}

    telegram.inject([{"message": message}])
    own = await rina.says(WASTE)
    receipt = await sends(eri, GUTTER)

    assert BROKEN not in rina.chat[-1].text, "the others did not wait for the three tries"
    assert "PDG-" in receipt.text
    told = await rina.sees(BROKEN)
    after = await answer_to(rina, own)
    assert told.message_id < after.message_id, "in her own chat the order holds"
    await rizal.sees("tidak bisa diolah setelah tiga kali dicoba")
    await quiet()
    [aside] = await fetch(database, "SELECT * FROM inbox WHERE state = 'aside'")
    assert LAMPS in aside["body"], "it can be replayed"
    assert aside["attempts"] == 3
    assert LAMPS not in aside["error"], "an error quotes nobody"


async def test_updates_that_lack_what_telegram_promises_never_stop_the_bot(
    telegram, rina, database, quiet, body
):
    """Fuzzed, cut and swapped fields: each is passed over or set aside, and the next idea counts."""
    whole = body(9_001, text=LAMPS)
    press = {"id": "9", "from": rina.user, "chat_instance": "1", "data": "idea:1:right"}
    others = {"id": 999, "is_bot": False, "first_name": "Tanpa"}
    telegram.inject(
        [
            {"message": {**whole, "from": others, "chat": {"id": 999, "type": "private"}, "date": []}},
            {"message": {**whole, "chat": None}},
            {"message": {**whole, "chat": {}}},
            {"message": {**whole, "from": None}},
            {"message": [whole]},
            {"message": "text"},
            {"callback_query": press},
            {"callback_query": {**press, "message": {}}},
            {"callback_query": {**press, "data": None, "message": None}},
            {"edited_message": {"message_id": 1}},
            "not an update",
        ]
    )

    await sends(rina, WASTE)
    await quiet()

    assert [idea.text for idea in await list_ideas(database)] == [WASTE]


async def test_a_message_that_arrives_as_two_updates_is_one_idea(telegram, rina, database, body):
    """Once, whatever happens on the way."""
    message = {"message": body(9_001, text=LAMPS)}

    telegram.inject([message, message])
    await rina.sees("PDG-")
    await sends(rina, WASTE)

    assert [idea.text for idea in await list_ideas(database)] == [LAMPS, WASTE]
    assert not [one for one in rina.chat if BROKEN in one.text]
