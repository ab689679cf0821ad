"""A harness that nobody can fail proves nothing."""

import pytest

from bench.faults.stock import lose_with_ours, lose_with_stock

pytestmark = [pytest.mark.kill, pytest.mark.asyncio(loop_scope="session")]

UPDATES = 400


async def test_a_stock_bot_loses_what_it_had_taken(tmp_path):
    """Killed in the middle of a backlog: it had told Telegram that it has what it never read."""
    backlog = await lose_with_stock(tmp_path, updates=UPDATES)

    assert backlog.lost > UPDATES // 10


async def test_palanta_loses_nothing_in_the_same_place(nursery, tmp_path):
    backlog = await lose_with_ours(nursery, tmp_path, updates=UPDATES)

    assert backlog.lost == 0
