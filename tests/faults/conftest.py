"""Where the bots of these tests come from, and a PostgreSQL that they may restart."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from bench.faults.bots import Nursery
from bench.faults.postgres import Server, running_server
from classifier import Classifier
from tests.conftest import MODELS


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def nursery(classifier: Classifier) -> AsyncIterator[Nursery]:
    """Forks bots; the model that it loads is there when the classifier is."""
    async with Nursery.open(MODELS) as nursery:
        yield nursery


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with running_server() as server:
        yield server
