"""A death at the boundaries of the bot's work; ``python -m bench.faults.boundaries`` does all."""

import pytest

from bench.faults.acts import Agree, Edit, Press, Write
from bench.faults.boundaries import WISH, walk

pytestmark = [pytest.mark.kill, pytest.mark.asyncio(loop_scope="session")]

RINA = (
    Write(1, f"{WISH} (nomor 1)"),
    Agree(),
    Press(1, "topic:parking"),
    Edit(1, f"{WISH}, juga di gang sebelah (nomor 1, versi 1)"),
)
STEP = 17


async def test_a_death_at_any_boundary_costs_nothing(nursery):
    """Before and after each transaction, call and handler: an idea is kept and answered once."""
    tally = await walk(nursery, acts=[RINA], step=STEP)

    assert tally.failed == []
    assert tally.deaths >= 6


async def test_a_death_at_any_boundary_costs_nothing_on_a_server(nursery, server):
    tally = await walk(nursery, server=server, acts=[RINA], step=2 * STEP)

    assert tally.failed == []
    assert tally.deaths >= 3
