"""Ideas: what was written, what it was taken for, and who looked at it. Only ever added to."""

from datetime import timedelta

import pytest

from storage import ideas
from storage.errors import IdeaNotFound
from storage.ideas import CLAIM, Filter
from storage.models import DecidedBy, Role, RoleName, Status
from tests.storage.builders import LAMPS, NOW, label, look, meet, propose

DAY = timedelta(days=1)


def by_person(topic, who=DecidedBy.AUTHOR, **changes):
    return label(topic, decided_by=who, confidence=1.0, words=[], **changes)


def reject(session, idea_id, *, by, reason="bukan usulan"):
    ideas.add_status(session, idea_id, Status.REJECTED, by=by, at=NOW, reason=reason)


async def test_an_idea_is_kept_as_it_was_written_and_tagged(database):
    """What the receipt says is what is kept."""
    async with database.writing() as session:
        person = await meet(session)
        lurah = Role(person_id=person.id, role=RoleName.LURAH, area="13.71.01.1001")
        idea_id = await propose(session, role=lurah)
        idea = await ideas.get(session, idea_id)

    assert (idea.text, idea.revisions, idea.status) == (LAMPS, 1, Status.RECEIVED)
    assert (idea.role, idea.area, idea.sent_at) == (RoleName.LURAH, "13.71.01.1001", NOW)
    assert (idea.topic, idea.confidence, idea.abstained) == ("street_lighting", 0.75, False)
    assert idea.dimensions == {"mobility": 0.75, "living": 0.25}
    assert idea.words == ["lampu", "gang"]
    assert idea.doubt == pytest.approx(0.25)


async def test_without_a_role_somebody_is_a_resident(database):
    """Nobody has to register to be heard."""
    async with database.writing() as session:
        idea = await ideas.get(session, await propose(session))

    assert (idea.role, idea.area) == (RoleName.RESIDENT, None)


async def test_a_number_without_an_idea_says_so(database):
    """An old button under an idea that never was gets an answer."""
    async with database.reading() as session:
        with pytest.raises(IdeaNotFound, match="idea 99"):
            await ideas.get(session, 99)


async def test_one_message_is_one_idea(database):
    """A message that comes twice is the idea that it was the first time."""
    async with database.writing() as session:
        person = await meet(session)
        source = ideas.Source(person.telegram_id, 5, NOW)
        await ideas.add(session, LAMPS, label(), person=person, role=None, source=source)

    async with database.writing() as session:
        again = await ideas.add(session, LAMPS, label(), person=person, role=None, source=source)

    assert again is None


async def test_an_edit_is_a_new_revision_and_the_old_text_stays(database):
    """What somebody meant last counts; what they wrote first can still be read."""
    async with database.writing() as session:
        idea_id = await propose(session, "lampu")
        ideas.revise(session, idea_id, "lampu jalan", at=NOW + DAY)
        idea = await ideas.get(session, idea_id)

    assert (idea.text, idea.revisions) == ("lampu jalan", 2)
    assert await look(database, "SELECT text FROM revision ORDER BY id") == [
        {"text": "lampu"},
        {"text": "lampu jalan"},
    ]


async def test_labels_are_added_and_the_last_word_of_a_person_is_in_force(database):
    """Who corrected what can be told for ever."""
    async with database.writing() as session:
        idea_id = await propose(session)
        for given in (by_person("parking"), by_person("roads_sidewalks", DecidedBy.MODERATOR)):
            ideas.add_label(session, idea_id, given, at=NOW)
        idea = await ideas.get(session, idea_id)

    assert (idea.topic, idea.decided_by) == ("roads_sidewalks", DecidedBy.MODERATOR)
    assert await look(database, "SELECT topic, decided_by FROM label ORDER BY id") == [
        {"topic": "street_lighting", "decided_by": "model"},
        {"topic": "parking", "decided_by": "author"},
        {"topic": "roads_sidewalks", "decided_by": "moderator"},
    ]


@pytest.mark.parametrize("who", [DecidedBy.AUTHOR, DecidedBy.MODERATOR])
async def test_the_model_never_overrules_a_person(database, who):
    """Neither after an edit nor after a retraining; what it says is kept beside."""
    async with database.writing() as session:
        idea_id = await propose(session)
        ideas.add_label(session, idea_id, by_person("parking", who), at=NOW)
        before = await ideas.get(session, idea_id)
        ideas.add_label(session, idea_id, label("waste_management", confidence=0.99), at=NOW)
        after = await ideas.get(session, idea_id)

    assert before == after
    assert (after.topic, after.decided_by) == ("parking", who)
    assert len(await look(database, "SELECT id FROM label")) == 3


async def test_the_model_may_change_its_own_mind(database):
    """An edited text is tagged anew."""
    async with database.writing() as session:
        idea_id = await propose(session)
        ideas.add_label(session, idea_id, label("parking", confidence=0.5), at=NOW)
        idea = await ideas.get(session, idea_id)

    assert (idea.topic, idea.doubt) == ("parking", 0.5)


async def test_an_idea_is_found_by_its_message_and_its_album(database):
    """An edit finds its idea, and ten photos sent at once are one idea."""
    async with database.writing() as session:
        person = await meet(session)
        source = ideas.Source(person.telegram_id, 500, NOW, "album-1")
        idea_id = await ideas.add(session, LAMPS, label(), person=person, role=None, source=source)
        for number in (1, 2):
            ideas.attach(session, idea_id, kind="photo", file_id=f"file-{number}")

        found = await ideas.find_by_message(session, person.telegram_id, 500)
        assert found == await ideas.get(session, idea_id)
        assert await ideas.find_by_message(session, 2, 500) is None
        assert await ideas.find_album(session, person.telegram_id, "album-1") == idea_id
        assert await ideas.find_album(session, person.telegram_id, "album-2") is None
    assert len(await look(database, "SELECT id FROM attachment")) == 2


async def test_somebodys_own_ideas_are_listed_newest_first_page_by_page(database):
    """Everybody sees theirs and nobody else's."""
    async with database.writing() as session:
        rina, eko = await meet(session, 1), await meet(session, 2)
        own = [await propose(session, f"ide {n}", person=rina) for n in range(5)]
        await propose(session, "ide Eko", person=eko)
        first = await ideas.list_of_person(session, rina.id, limit=3)
        rest = await ideas.list_of_person(session, rina.id, limit=3, before=first[-1].id)

    assert [idea.id for idea in [*first, *rest]] == own[::-1]


async def make_queue(session):
    """Four ideas from sure to unsure, proposed in another order."""
    doubts = {"sure": 0.95, "unsure": 0.4, "fair": 0.7}
    queue = {
        name: await propose(session, name, tag=label(confidence=confidence))
        for name, confidence in doubts.items()
    }
    lost = label("unclear", confidence=0.9, abstained=True)
    return queue | {"lost": await propose(session, "lost", tag=lost)}


async def claim_all(session, moderator, *, now=NOW):
    """Work the queue to its end."""
    names = []
    while idea := await ideas.claim_doubtful(session, moderator.id, now=now):
        names.append(idea.text)
        confirmed = by_person(idea.topic, DecidedBy.MODERATOR, person_id=moderator.id)
        ideas.add_label(session, idea.id, confirmed, at=now)
    return names


async def test_the_queue_begins_with_what_the_model_doubts_most(database):
    """A moderator's hour goes where it helps most; what they have seen does not come again."""
    async with database.writing() as session:
        desi = await meet(session, 9)
        queue = await make_queue(session)
        assert await ideas.count_doubtful(session) == len(queue)
        assert await claim_all(session, desi) == ["lost", "unsure", "fair", "sure"]
        assert await ideas.count_doubtful(session) == 0


async def test_what_its_author_confirmed_comes_last(database):
    """The author knows best, but may be mistaken too."""
    async with database.writing() as session:
        desi = await meet(session, 9)
        queue = await make_queue(session)
        ideas.add_label(session, queue["lost"], by_person("parking"), at=NOW)
        assert await claim_all(session, desi) == ["unsure", "fair", "sure", "lost"]


async def test_a_rejected_idea_leaves_the_queue_and_keeps_the_reason(database):
    """Its author can be told why, by whom it can be told who asks with a right to."""
    async with database.writing() as session:
        desi = await meet(session, 9)
        queue = await make_queue(session)
        reject(session, queue["lost"], by=desi.id, reason="iklan")
        assert (await ideas.get(session, queue["lost"])).status is Status.REJECTED
        assert await claim_all(session, desi) == ["unsure", "fair", "sure"]

    history = await look(
        database,
        "SELECT status, reason, person_id FROM status WHERE idea_id = :id ORDER BY id",
        id=queue["lost"],
    )
    assert history == [
        {"status": "received", "reason": None, "person_id": None},
        {"status": "rejected", "reason": "iklan", "person_id": desi.id},
    ]


async def test_two_moderators_are_never_given_the_same_idea(database):
    """Nobody does the work of another; who asks again sees their own again."""
    async with database.writing() as session:
        desi, anto = await meet(session, 8), await meet(session, 9)
        await make_queue(session)
        first = await ideas.claim_doubtful(session, desi.id, now=NOW)
        second = await ideas.claim_doubtful(session, anto.id, now=NOW)
        again = await ideas.claim_doubtful(session, desi.id, now=NOW)

    assert (first.text, second.text, again.text) == ("lost", "unsure", "lost")


async def test_an_idea_that_a_moderator_left_lying_goes_to_another(database):
    """A lunch break does not hide an idea for ever."""
    async with database.writing() as session:
        desi, anto = await meet(session, 8), await meet(session, 9)
        await make_queue(session)
        await ideas.claim_doubtful(session, desi.id, now=NOW)
        later = NOW + CLAIM + timedelta(seconds=1)
        assert (await ideas.claim_doubtful(session, anto.id, now=later)).text == "lost"


async def test_an_idea_passed_over_makes_room_for_the_next_and_comes_back(database):
    """Who does not know passes on; the idea is not lost."""
    async with database.writing() as session:
        desi = await meet(session, 9)
        queue = await make_queue(session)
        first = await ideas.claim_doubtful(session, desi.id, now=NOW)
        second = await ideas.claim_doubtful(session, desi.id, now=NOW, after=first.id)
        assert (first.text, second.text) == ("lost", "unsure")
        assert await ideas.count_doubtful(session) == len(queue)

        later = NOW + CLAIM + timedelta(seconds=1)
        assert (await ideas.claim_doubtful(session, desi.id, now=later)).text == "lost"


async def test_an_empty_queue_is_empty(database):
    """And says so rather than break."""
    async with database.writing() as session:
        desi = await meet(session, 9)
        assert await ideas.claim_doubtful(session, desi.id, now=NOW) is None


@pytest.fixture
async def pool(database):
    """One idea a day for six days, on three topics, one rejected and one erased."""
    topics = ["street_lighting", "parking", "waste_management"] * 2
    async with database.writing() as session:
        desi = await meet(session, 9)
        numbers = [
            await propose(session, f"ide {day}", tag=label(topic), at=NOW + day * DAY)
            for day, topic in enumerate(topics)
        ]
        reject(session, numbers[1], by=desi.id)
        ideas.add_status(session, numbers[5], Status.ERASED, by=desi.id, at=NOW, reason=None)
    return database


@pytest.mark.parametrize(
    ("chosen", "days"),
    [
        (Filter(), [0, 1, 2, 3, 4]),
        (Filter(topics=["parking"]), [1, 4]),
        (Filter(topics=["parking", "street_lighting"]), [0, 1, 3, 4]),
        (Filter(topics=[]), []),
        (Filter(since=NOW + 2 * DAY), [2, 3, 4]),
        (Filter(until=NOW + 2 * DAY), [0, 1]),
        (Filter(since=NOW + DAY, until=NOW + 3 * DAY), [1, 2]),
        (Filter(status=Status.REJECTED), [1]),
        (Filter(status=Status.RECEIVED, topics=["parking"]), [4]),
        (Filter(status=Status.ERASED), []),
    ],
)
async def test_the_chosen_ideas_are_walked_in_order_and_counted(pool, chosen, days):
    """Whatever a planner asks for, they get all of it, once, and never what was erased."""
    async with pool.reading() as session:
        for page in (1, 2, 500):
            walked = [
                idea.text async for some in ideas.each(session, chosen, page=page) for idea in some
            ]
            assert walked == [f"ide {day}" for day in days]
        assert await ideas.count(session, chosen) == len(days)


async def test_the_age_of_the_pool_is_that_of_its_newest_change(database):
    """Also when the last message to be processed is an old one, held until consent."""
    async with database.writing() as session:
        assert await ideas.find_newest_change(session) is None
        idea_id = await propose(session)
        ideas.add_label(session, idea_id, by_person("parking"), at=NOW + DAY)
        await propose(session, "held for long", at=NOW - DAY)
        assert await ideas.find_newest_change(session) == NOW + DAY

        ideas.revise(session, idea_id, "lampu", at=NOW + 2 * DAY)
        await propose(session, "held for as long", at=NOW - DAY)
        assert await ideas.find_newest_change(session) == NOW + 2 * DAY
        desi = await meet(session, 9)
        ideas.add_status(
            session, idea_id, Status.REVIEWED, by=desi.id, at=NOW + 3 * DAY, reason=None
        )
        await propose(session, "held for longer", at=NOW - DAY)
        assert await ideas.find_newest_change(session) == NOW + 3 * DAY
