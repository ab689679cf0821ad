"""The people of the stories, and patience."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from classifier import Classifier
from simulator import Person, Simulator
from storage import inbox, outbox
from storage.database import Database
from storage.models import RoleName
from tests.bot import scenes
from tests.conftest import agrees, give_role

Quiet = Callable[[], Awaitable[None]]
SECONDS = 20.0


@pytest.fixture
def quiet(telegram: Simulator, database: Database) -> Quiet:
    """Wait until everything that arrived is done and everything that is owed is delivered."""

    async def wait() -> None:
        async with asyncio.timeout(SECONDS):
            while len(telegram.world.updates) or await _open(database):
                await asyncio.sleep(0.01)

    return wait


async def _open(database: Database) -> int:
    async with database.reading() as session:
        return await inbox.count(session, "new") + await outbox.count(session, "new", "sending")


@pytest.fixture
async def rina(telegram: Simulator, bot: None) -> Person:
    """A resident who agreed to the notice."""
    rina = telegram.person("Rina")
    await agrees(rina)
    return rina


@pytest.fixture
async def eri(telegram: Simulator, bot: None) -> Person:
    """Another resident."""
    eri = telegram.person("Eri")
    await agrees(eri)
    return eri


@pytest.fixture
async def desi(telegram: Simulator, bot: None, database: Database) -> Person:
    """A moderator."""
    desi = telegram.person("Desi")
    await give_role(database, desi, RoleName.MODERATOR)
    return desi


@pytest.fixture
async def rizal(telegram: Simulator, bot: None, database: Database) -> Person:
    """An admin."""
    rizal = telegram.person("Rizal")
    await give_role(database, rizal, RoleName.ADMIN)
    return rizal


@pytest.fixture
def unsure(classifier: Classifier) -> str:
    """An idea of which the model knows a little, but not what it is about."""
    return scenes.find_unsure(classifier)


@pytest.fixture
def body(rina: Person):
    """Make the body of a message of Rina's, to be injected in any shape."""

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
