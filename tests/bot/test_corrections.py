"""The buttons under a receipt: the author has the say, once, and only over what is theirs."""

from storage.models import RoleName
from tests.bot.scenes import (
    GUTTER,
    LAMPS,
    REFUSED,
    WASTE,
    answer_to,
    fetch,
    labels,
    labels_of,
    list_ideas,
    press_update,
    sends,
)
from tests.conftest import give_role

MODEL = (1, "model", "street_lighting")


async def test_a_tap_on_right_is_the_authors_word(rina, database):
    """One tap turns the machine's guess into a person's statement."""
    receipt = await sends(rina, LAMPS)

    await rina.presses("Betul")

    assert await rina.alert() == "Dicatat, terima kasih."
    settled = await rina.sees("tagnya sudah kamu pastikan")
    assert settled.message_id == receipt.message_id
    assert settled.buttons == []
    assert await labels(database) == [MODEL, (1, "author", "street_lighting")]


async def test_a_second_tap_is_told_that_it_was_noted_before(rina, database):
    """An impatient thumb is answered, and changes nothing."""
    receipt = await sends(rina, LAMPS)

    await rina.presses_data("idea:1:right", receipt)
    await rina.sees("tagnya sudah kamu pastikan")
    await rina.presses_data("idea:1:right", receipt)

    assert await rina.alert() == "Sudah dicatat sebelumnya."
    assert len(await labels(database)) == 2


async def test_changing_the_dimension_takes_two_steps(rina, database, classifier):
    """Six dimensions, then the topics of one: nobody scrolls through thirty-six."""
    receipt = await sends(rina, LAMPS)

    await rina.presses("Ubah dimensi")
    choice = await rina.sees(lambda message: len(labels_of(message.buttons)) == 7)
    assert choice.message_id == receipt.message_id, "the same message: the chat stays short"
    assert choice.text == receipt.text
    plain = [dimension.plain for dimension in classifier.taxonomy.dimensions]
    assert labels_of(choice.buttons) == [*plain, "Kembali"]

    await rina.presses("Lingkungan")
    topics = await rina.sees(lambda message: "Sampah" in labels_of(message.buttons))
    environment = next(d for d in classifier.taxonomy.dimensions if d.plain == "Lingkungan")
    assert len(labels_of(topics.buttons)) == len(environment.topics) + 1

    await rina.presses("Sampah")
    settled = await rina.sees("Sudah diubah")
    assert "Smart Environmental (Lingkungan) · Sampah" in settled.text
    assert await labels(database) == [MODEL, (1, "author", "waste_management")]


async def test_the_way_back_leads_to_where_one_came_from(rina, database):
    """Somebody who only looks around can leave everything as it was."""
    receipt = await sends(rina, LAMPS)

    await rina.presses("Ubah dimensi")
    dimensions = await rina.sees(lambda message: "Masyarakat" in labels_of(message.buttons))
    await rina.presses("Masyarakat")
    await rina.sees(lambda message: "Sekolah" in labels_of(message.buttons))
    await rina.presses("Kembali")
    await rina.sees(lambda message: message.buttons == dimensions.buttons)
    await rina.presses("Kembali")
    await rina.sees(lambda message: message.buttons == receipt.buttons)

    assert await labels(database) == [MODEL]


async def test_the_way_back_leads_to_the_guesses_of_an_unsure_bot(rina, database, unsure):
    """Nobody is asked to confirm a tag that they were never shown."""
    receipt = await sends(rina, unsure)

    await rina.presses("Lainnya")
    await rina.sees(lambda message: "Masyarakat" in labels_of(message.buttons))
    await rina.presses("Kembali")

    back = await rina.sees(lambda message: "Lainnya" in labels_of(message.buttons))
    assert back.buttons == receipt.buttons


async def test_one_press_that_arrives_as_two_updates_counts_once(telegram, rina, database, quiet):
    """The app resends a press that it got no answer to; Telegram makes a second update of it."""
    receipt = await sends(rina, LAMPS)
    press = press_update(rina, receipt, "idea:1:topic:parking", query_id="77")

    telegram.inject([press, press])
    await quiet()

    assert await labels(database) == [MODEL, (1, "author", "parking")]


async def test_a_button_of_an_old_message_still_works(telegram, rina, database, quiet):
    """Telegram no longer shows the bot a message that old, but the press says which idea it is."""
    receipt = await sends(rina, LAMPS)
    press = press_update(rina, receipt, "idea:1:topic:parking", query_id="77")
    old = {"chat": receipt.raw["chat"], "message_id": receipt.message_id, "date": 0}

    telegram.inject([{"callback_query": press["callback_query"] | {"message": old}}])
    await rina.sees("Sudah diubah")
    await quiet()

    assert await labels(database) == [MODEL, (1, "author", "parking")]


FORGED = [
    "idea:1:topic:nonsense",
    "idea:1:topic:",
    "idea:1:topic",
    "idea:1:dimension:nonsense",
    "idea:1:erase",
    "idea:1",
    "idea:one:right",
    "idea:-1:right",
    "idea:0:right",
    "idea:2:right",
    "idea:999999999999999999:right",
    "idea:9999999999999999999999:right",
    "idea:1:right:and:more",
    "review:1:right",
    "review:1:topic:parking",
    "review:1:because:abuse",
    "role:0:invite:admin",
    "role:1:revoke",
    "nowhere:1:right",
    "'; DROP TABLE idea; --",
    ":::",
    "٣",
    "x" * 4_096,
]


async def test_a_forged_press_changes_nothing_and_is_refused_kindly(rina, database, quiet):
    """Whoever sends what no button of theirs holds gets a sentence, and no more."""
    receipt = await sends(rina, LAMPS)

    for data in FORGED:
        await rina.presses_data(data, receipt)
        assert await rina.alert() == REFUSED, data

    await quiet()
    assert await labels(database) == [MODEL]
    assert [idea.status for idea in await list_ideas(database)] == ["received"]
    assert await fetch(database, "SELECT * FROM invitation") == []
    assert await fetch(database, "SELECT * FROM inbox WHERE state <> 'done'") == []


async def test_nobody_presses_for_somebody_else(rina, eri, database):
    """The code of an idea is public; the say over it is not."""
    await sends(rina, LAMPS)
    own = await sends(eri, WASTE)

    for act in ("right", "topic:parking", "dimensions", "back"):
        await eri.presses_data(f"idea:1:{act}", own)
        assert await eri.alert() == REFUSED, act

    assert [decided_by for _, decided_by, _ in await labels(database)] == ["model", "model"]


async def test_the_authors_word_stands_when_the_text_is_edited(rina, database):
    """The machine reads the new text too, but does not overrule a person."""
    sent = await rina.says(LAMPS)
    await answer_to(rina, sent)
    await rina.presses("Betul")
    await rina.sees("tagnya sudah kamu pastikan")

    await rina.edits(sent, GUTTER)

    revised = await rina.sees("Perubahan dicatat")
    assert "Penerangan jalan umum" in revised.text
    assert await labels(database) == [
        MODEL,
        (1, "author", "street_lighting"),
        (1, "model", "drainage_flood"),
    ]
    assert [idea.topic for idea in await list_ideas(database)] == ["street_lighting"]


async def test_the_moderators_word_stands_whatever_the_author_presses_or_edits(
    telegram, rina, desi, database, quiet
):
    """A decision of the city's people is changed by the city's people."""
    sent = await rina.says(LAMPS)
    receipt = await answer_to(rina, sent)
    await desi.says("/antrean")
    card = await desi.sees(LAMPS)
    await desi.presses_data("review:1:topic:public_safety", card)
    await rina.sees("moderator memindahkan idemu")

    for data in ("idea:1:right", "idea:1:topic:parking", "idea:1:dimensions"):
        await rina.presses_data(data, receipt)
        assert await rina.alert() == "Tag ini sudah ditetapkan moderator."
    settled = await rina.sees("sudah ditetapkan moderator")
    assert (settled.message_id, settled.buttons) == (receipt.message_id, [])
    await rina.edits(sent, GUTTER)
    await rina.sees("Perubahan dicatat")
    await quiet()

    [idea] = await list_ideas(database)
    assert (idea.topic, idea.decided_by, idea.text) == ("public_safety", "moderator", GUTTER)
    assert not [label for label in await labels(database) if label[1] == "author"]


async def test_an_idea_that_was_rejected_stays_rejected_whatever_the_author_presses(
    rina, desi, database, quiet
):
    """A tap on an old receipt does not bring the idea back into the moderators' queue."""
    sent = await rina.says(LAMPS)
    receipt = await answer_to(rina, sent)
    await desi.says("/antrean")
    card = await desi.sees(LAMPS)
    await desi.presses_data("review:1:because:double", card)
    await rina.sees("idemu tidak diteruskan")

    await rina.presses_data("idea:1:right", receipt)
    await rina.edits(sent, GUTTER)
    await quiet()

    [idea] = await list_ideas(database)
    assert (idea.status, idea.doubt) == ("rejected", None)


async def test_an_official_corrects_their_own_ideas_like_anybody(telegram, bot, database):
    """A role changes how an idea is marked, not what its author may do."""
    yeni = telegram.person("Yeni")
    await give_role(database, yeni, RoleName.LURAH, area="13.71.09.1001")

    await sends(yeni, LAMPS)
    await yeni.presses("Betul")

    await yeni.sees("tagnya sudah kamu pastikan")
    [idea] = await list_ideas(database)
    assert (idea.role, idea.area, idea.decided_by) == ("lurah", "13.71.09.1001", "author")
