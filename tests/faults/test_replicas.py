"""Two replicas, one death after the other; ``python -m bench.faults.replicas`` does it 20 times."""

import pytest

from bench.faults.replicas import TAKEN_OVER_SECONDS, play

pytestmark = [pytest.mark.kill, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize("seed", [1, 2])
async def test_two_replicas_survive_the_death_of_either(nursery, server, seed):
    """Nothing is lost, everything in order, exports made once, and somebody polls again soon."""
    played = await play(nursery, server, seed=seed, people=10, updates=80, deaths=2)

    assert played.clean, played
    assert played.deaths == {"poller": 1, "other": 1}
    assert max(played.takeovers) <= TAKEN_OVER_SECONDS
