"""The three fixtures that carry the suite: a classifier, a Telegram, and a running bot."""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import app
from bot.settings import Settings
from classifier import Classifier, load_or_train
from simulator import Person, Simulator
from storage import invitations
from storage.database import Database
from storage.models import RoleName
from tests.engines import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]

RunningBot = Callable[..., AbstractAsyncContextManager[None]]

# Kept between runs: a model is found by what it was made of, so an old one is never used.
MODELS = Path(
    os.environ.get("PALANTA_TEST_MODELS")
    or Path(__file__).resolve().parent.parent / ".palanta" / "test-models"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine",
        choices=["sqlite", "postgresql"],
        default="sqlite",
        help="the database of the running bot in the tests that talk to it",
    )


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database; a test about SQLite's file is for SQLite alone."""
    if request.config.getoption("--engine") == "sqlite":
        return f"sqlite:///{tmp_path}/palanta.db"
    if request.node.get_closest_marker("file"):
        pytest.skip("is about the file of SQLite")
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture(scope="session")
def classifier() -> Classifier:
    """Learned once: of several processes that need it, the others wait for the first."""
    MODELS.mkdir(parents=True, exist_ok=True)
    with (MODELS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return load_or_train(MODELS)


@pytest.fixture
async def telegram() -> AsyncIterator[Simulator]:
    async with Simulator(limits=False) as simulator:
        yield simulator


@pytest.fixture
def settings(telegram: Simulator, tmp_path: Path, database_url: str) -> Settings:
    return Settings(
        token=telegram.token,
        api_url=telegram.url,
        database=database_url,
        folder=tmp_path,
        messages_per_second=0,
        messages_per_second_and_chat=0,
        messages_per_person_and_minute=0,
        status_port=0,
        learn_every_days=0,
    )


@pytest.fixture
def running_bot(settings: Settings, classifier: Classifier) -> RunningBot:
    """Run the whole bot for as long as a block lasts; it may be run again, and twice at once.

    ``now`` is the bot's clock; everything else is a setting.
    """

    @asynccontextmanager
    async def run(
        *, now: Callable[[], datetime] = app.utc_now, **changes: object
    ) -> AsyncIterator[None]:
        stop = asyncio.Event()
        own = settings.model_copy(update=changes)
        task = asyncio.create_task(app.run(own, classifier, stop=stop, now=now))
        try:
            yield
        finally:
            stop.set()
            await task

    return run


@pytest.fixture
async def bot(running_bot: RunningBot) -> AsyncIterator[None]:
    async with running_bot():
        yield


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    async with Database.open(settings.database) as database:
        yield database


async def agrees(person: Person) -> None:
    """Get past the privacy notice."""
    await person.says("/start")
    await person.sees("Saya Palanta")
    await person.presses("Setuju")
    await person.sees("Tulis saja idemu")


async def give_role(database: Database, person: Person, role: RoleName, area: str | None = None):
    """Invite somebody the way ``palanta invite`` does, and let them open the link."""
    async with database.writing() as session:
        token = invitations.add(session, role, area=area, by=None, at=datetime.now(UTC))
    await person.opens_link(token)
    answer = await person.sees(lambda message: ["Setuju"] in message.buttons or message.text)
    if ["Setuju"] in answer.buttons:
        await person.presses("Setuju", message=answer)
    await person.sees("Selamat datang")
