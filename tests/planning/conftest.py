"""A database of its own for every test, and what turns ideas into rows."""

from collections.abc import AsyncIterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from classifier import load_taxonomy, load_topics
from planning.rows import Frame
from storage.database import Database
from tests.planning.builders import CITY, ZONE


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database.open(f"sqlite:///{tmp_path}/palanta.db") as database:
        yield database


@pytest.fixture(scope="session")
def frame() -> Frame:
    return Frame(
        CITY.prefix, ZoneInfo(ZONE), load_topics(), CITY.taxonomy, load_taxonomy("kominfo")
    )
