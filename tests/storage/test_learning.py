"""What a model may learn from, and which model is live."""

from datetime import timedelta

from storage import ideas, learning, rights
from storage.models import DecidedBy, Status
from storage.statistics import count_ideas, list_blind, list_tagged
from tests.storage.builders import NOW, label, meet, propose

RINA, DESI = 7_001, 7_009


def said(topic, by, person, **changes):
    return label(topic, decided_by=by, person_id=person.id, **changes)


async def test_only_what_people_said_of_living_ideas_is_learned(database):
    """Not what the model said, not what was rejected, erased, or kept for judging blind."""
    async with database.writing() as session:
        rina, desi = await meet(session, RINA), await meet(session, DESI)
        numbers = [await propose(session, f"Ide {n}", person=rina) for n in range(1, 8)]
        for number in (1, 2, 3, 7):
            ideas.add_label(session, number, said("parking", DecidedBy.MODERATOR, desi), at=NOW)
        ideas.add_label(session, 4, said("parking", DecidedBy.AUTHOR, rina), at=NOW)
        ideas.add_status(
            session, 3, Status.REJECTED, by=desi.id, at=NOW, reason="di luar urusan kota"
        )
        given = await learning.list_corrections(session)
        unlabelled = await learning.list_unlabelled(session)

        assert numbers == [1, 2, 3, 4, 5, 6, 7]
        assert [(each.text, each.decided_by) for each in given] == [
            ("Ide 1", "moderator"),
            ("Ide 2", "moderator"),
            ("Ide 4", "author"),
        ]
        assert await learning.count_corrections(session) == 3
        assert [each.text for each in unlabelled] == ["Ide 5", "Ide 6"]

        rights.erase(session, rina)
        assert await learning.list_corrections(session) == []
        assert await learning.list_unlabelled(session) == []


async def test_a_blind_review_is_kept_with_the_tag_that_was_hidden(database):
    """How often the machine is right is counted from these, whatever came later."""
    async with database.writing() as session:
        rina, desi = await meet(session, RINA), await meet(session, DESI)
        for number in range(1, 8):
            await propose(session, f"Ide {number}", person=rina, tag=label("parking"))
        blind = said("waste_management", DecidedBy.MODERATOR, desi, blind=True)
        ideas.add_label(session, 7, blind, at=NOW)
        ideas.add_status(session, 7, Status.REVIEWED, by=desi.id, at=NOW, reason=None)

        assert await list_blind(session) == [("waste_management", "parking")]
        assert [each.topic for each in await learning.list_blind(session)] == ["waste_management"]
        assert (await count_ideas(session), await count_ideas(session, reviewed=True)) == (7, 1)
        [tagged] = await list_tagged(session, since=NOW - timedelta(days=1))
        assert (tagged.topic, tagged.abstained, tagged.n) == ("parking", False, 7)


async def test_a_blind_ideas_place_in_the_queue_does_not_tell_how_sure_the_model_was(database):
    """Or only hard ones would be reviewed, and the machine would look worse than it is."""
    async with database.writing() as session:
        rina = await meet(session, RINA)
        for number in range(1, 8):
            await propose(session, f"Ide {number}", person=rina)
        before = (await ideas.get(session, 7)).doubt
        ideas.add_label(session, 7, label("parking", confidence=0.2, abstained=True), at=NOW)
        unsure = (await ideas.get(session, 7)).doubt
        ideas.add_label(session, 7, said("parking", DecidedBy.AUTHOR, rina), at=NOW)

        assert before == unsure == (await ideas.get(session, 7)).doubt


async def test_the_live_model_is_the_one_promoted_last_and_the_way_back_is_known(database):
    """Whoever goes back twice does not end where they began."""
    async with database.writing() as session:
        assert await learning.find_live(session) is None
        for model in ("m-1", "m-2"):
            learning.add_model(
                session, model, base="m-0", corrections=20, report={"against": None}, at=NOW
            )
            learning.promote(session, model, by=None, reason="better", at=NOW)
        assert await learning.find_live(session) == "m-2"

        assert await learning.find_before(session) == "m-1"
        learning.promote(session, "m-1", by=None, reason="rollback", at=NOW)
        assert await learning.find_before(session) is None


async def test_models_that_know_words_of_somebody_who_has_gone_are_forgotten(database):
    """Their files go with them; that they were live stays in the history."""
    async with database.writing() as session:
        learning.add_model(session, "m-1", base="m-0", corrections=20, report={}, at=NOW)
        learning.promote(session, "m-1", by=None, reason="better", at=NOW)
        [model] = await learning.list_models(session)
        assert (model.id, model.corrections, model.report) == ("m-1", 20, {})

        learning.forget_models(session)

        assert await learning.list_models(session) == []
        assert await learning.find_live(session) == "m-1"
