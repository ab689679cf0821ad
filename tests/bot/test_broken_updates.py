"""Whatever arrives gets a clear sentence, loses nothing, and holds nobody else up."""

from tests.bot.scenes import (
    GUTTER,
    LAMPS,
    WASTE,
    answer_to,
    fetch,
    list_ideas,
    replied_to,
    sends,
)

NEED_WORDS = "Saya baru bisa membaca tulisan. Tulis idenya dengan kata-kata, ya."
BROKEN = "pesanmu tadi tersimpan tetapi belum bisa saya olah"


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
    """Three tries, then an honest sentence to the sender and the admin; everybody goes on."""
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
    """Fuzzed, cut and swapped fields: each is passed over or set aside; the next idea counts."""
    whole = body(9_001, text=LAMPS)
    people = [{"id": 900 + n, "is_bot": False, "first_name": "Tanpa"} for n in range(6)]
    press = {"id": "9", "chat_instance": "1", "data": "idea:1:right"}
    broken = [
        {"message": {**whole, "from": people[0], "chat": {"id": 900}}},
        {"message": {**whole, "from": people[1], "chat": None}},
        {"message": {**whole, "from": people[2], "chat": {}}},
        {"message": {**whole, "from": None, "chat": {"id": 903, "type": "private"}}},
        {"message": [whole]},
        {"message": "text"},
        {"callback_query": {**press, "from": people[4]}},
        {"callback_query": {**press, "from": people[5], "message": {}}},
        {"edited_message": {"message_id": 1}},
        "not an update",
    ]

    telegram.inject(broken)
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
