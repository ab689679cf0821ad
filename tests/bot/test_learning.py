"""Corrections make the machine better, and whoever made it so can take it back."""

import asyncio
import json
import shutil
from datetime import UTC, datetime

import pytest

from bot import learning as learning_job
from bot import model as live_model
from bot.context import Tools
from bot.model import LiveModel
from bot.texts import Texts
from bot.weekly import do_what_is_due
from classifier import LEARNED
from storage import ideas, jobs, learning, people
from storage.ideas import Source
from storage.models import DecidedBy, Label
from tests.bot.scenes import LAMPS, fetch, labels_of, list_ideas, says_and_hears, sends
from tests.conftest import MODELS
from tests.operate.conftest import palanta

__all__ = ["palanta"]

LOCAL = "Galodung jurusan {} tidak pernah tepat waktu, tolong ditambah"
PATIENCE = 150.0


@pytest.fixture
def kept_models(settings):
    """The base model, where the process that learns looks for it."""
    folder = settings.folder / "models"
    folder.mkdir()
    for file in MODELS.glob("m-*.skops"):
        shutil.copy(file, folder)
    return folder


@pytest.fixture
def soon(monkeypatch):
    """Learn at full speed and follow the live model at once: nobody wants to wait in a test."""
    monkeypatch.setattr(live_model, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(learning_job, "NICENESS", 0)


async def correct(database, moderator, author, *, first: int, count: int, now):
    """Let a moderator have decided on that many ideas of somebody's."""
    async with database.writing() as session:
        desi = await people.find(session, moderator.id)
        rina = await people.find(session, author.id)
        for number in range(first, first + count):
            tag = Label(topic="unclear", decided_by=DecidedBy.MODEL, model_id="m", confidence=0.3)
            source = Source(author.id, 90_000 + number, now)
            idea = await ideas.add(
                session, LOCAL.format(number), tag, person=rina, role=None, source=source
            )
            said = Label(
                topic="public_transport",
                decided_by=DecidedBy.MODERATOR,
                model_id="m",
                person_id=desi.id,
            )
            ideas.add_label(session, idea, said, at=now)


async def test_too_few_corrections_teach_nothing(rizal):
    """The admin hears how many it takes."""
    answer = await says_and_hears(rizal, "/latih")

    assert answer.text == (
        "Baru ada 0 koreksi; perlu paling sedikit 20 supaya belajar ada gunanya."
    )


async def test_only_an_admin_may_let_the_machine_learn(rina):
    """Anybody else gets a plain refusal."""
    answer = await says_and_hears(rina, "/latih")

    assert answer.text.startswith("Perintah ini hanya untuk admin.")


async def test_the_machine_learns_from_corrections_is_taken_back_and_forgets_who_has_gone(  # noqa: PLR0917 - a whole town
    kept_models, soon, rina, eri, desi, rizal, database, settings, classifier, palanta
):
    """The whole way of what people teach: learned, announced, in use, undone, erased."""
    await correct(database, desi, rina, first=1, count=25, now=datetime.now(UTC))

    answer = await says_and_hears(rizal, "/latih")
    assert answer.text.startswith("Mesin sedang belajar dari ")
    told = await rizal.sees(lambda m: "Model baru dipakai." in m.text, timeout=PATIENCE)
    assert told.raw["photo"]
    assert "oleh 1 orang" in told.text
    [promoted] = await fetch(database, "SELECT model_id FROM promotion")
    learned = promoted["model_id"]
    assert learned != classifier.id

    await in_use(database, rina, learned)
    answer = await sends(eri, LOCAL.format("bukit"))
    assert "Angkutan umum" in answer.text or "Transportasi umum" in answer.text

    listed = await palanta("models", url=settings.database)
    assert learned in listed.text
    await palanta("rollback", url=settings.database)
    await in_use(database, rina, classifier.id)

    await says_and_hears(rina, "/hapus")
    await rina.presses("Ya, hapus")
    await rina.sees("Datamu sudah dihapus")
    async with asyncio.timeout(PATIENCE):
        while await fetch(database, "SELECT 1 FROM job WHERE state = 'new'"):
            await asyncio.sleep(0.05)
    assert await fetch(database, "SELECT id FROM model") == []
    [last] = await fetch(database, "SELECT * FROM promotion ORDER BY id DESC LIMIT 1")
    assert (last["model_id"], last["reason"]) == (classifier.id, "erasure")
    assert (kept_models / LEARNED / f"{learned}.skops").exists()


async def in_use(database, person, model_id):
    """Write until the tag is this model's."""
    async with asyncio.timeout(20):
        while True:
            await sends(person, LAMPS)
            if (await list_ideas(database))[-1].model_id == model_id:
                return


async def test_a_week_with_new_corrections_lets_the_machine_learn_by_itself(
    rina, desi, database, settings, classifier
):
    """Nobody has to think of it; and a week without them does nothing."""
    weekly = settings.model_copy(update={"learn_every_days": 7})
    tools = Tools(weekly, LiveModel(classifier), Texts(), "bot", lambda: datetime.now(UTC))
    await do_what_is_due(database, tools)
    assert await fetch(database, "SELECT 1 FROM job") == []

    await correct(database, desi, rina, first=1, count=25, now=datetime.now(UTC))
    async with database.writing() as session:
        session.execute("DELETE FROM moment WHERE what = 'training'")
        assert await learning.count_corrections(session) >= 20
    await do_what_is_due(database, tools)

    [job] = await fetch(database, "SELECT kind, arguments, person_id FROM job")
    assert (job["kind"], job["person_id"]) == ("train", None)
    assert json.loads(job["arguments"]) == {"reason": "calendar"}


async def test_the_author_is_told_why_on_request(rina):
    """One tap names the words that made the machine think so."""
    receipt = await sends(rina, LAMPS)
    assert "Kenapa?" in labels_of(receipt.buttons)

    await rina.presses("Kenapa?", receipt)

    said = await rina.alert()
    assert said.startswith("Kata yang menentukan: ")
    assert "Lampu" in said


async def test_a_model_whose_file_is_not_there_is_missed_and_taken_up_when_it_comes(
    database, settings, classifier
):
    """After a restore on another machine the bot works on with the corpus alone."""
    live = LiveModel(classifier, settings.folder / "models")
    learned = replace(classifier, "m-learned")
    async with database.writing() as session:
        at = datetime.now(UTC)
        learning.add_model(
            session, "m-learned", base=classifier.id, corrections=20, report={}, at=at
        )
        learning.promote(session, "m-learned", by=None, reason="better", at=at)

    await live.look(database)
    assert live.classifier is classifier

    learned.save(settings.folder / "models" / LEARNED / "m-learned.skops")
    await live.look(database)
    assert live.classifier.id == "m-learned"


def replace(classifier, model_id):
    """The same model under another name."""
    return type(classifier)(
        model_id=model_id,
        taxonomy=classifier.taxonomy,
        pipeline=classifier.pipeline,
        intents=classifier.intents,
    )


@pytest.mark.parametrize("trained", [True, False])
async def test_an_erasure_reaches_models_that_were_never_live(rina, database, classifier, trained):
    """One that was kept back knows the words too, and so does one that is in the making."""
    async with database.writing() as session:
        at = datetime.now(UTC)
        if trained:
            learning.add_model(session, "m-1", base=classifier.id, corrections=20, report={}, at=at)
        else:
            jobs.add(session, "train", arguments={"reason": "asked"}, at=at)
            # Somebody is at work on it for as long as this test lasts.
            session.execute("UPDATE job SET claimed_until = '2126' WHERE kind = 'train'")

    await says_and_hears(rina, "/hapus")
    await rina.presses("Ya, hapus")
    await rina.sees("Datamu sudah dihapus")

    asked = await fetch(database, "SELECT arguments FROM job WHERE kind = 'train' ORDER BY id")
    assert json.loads(asked[-1]["arguments"]) == {"reason": "erasure"}
