"""The plug is pulled; ``python -m bench.faults.power`` does it at every write."""

import pytest

from bench.faults.power import record, replay

STEP = 12


@pytest.mark.parametrize("synchronous", ["FULL", "NORMAL"])
async def test_what_was_promised_survives_the_loss_of_power(classifier, tmp_path, synchronous):
    """With FULL, as Palanta has it. NORMAL has to lose something: the test can tell them apart."""
    events = await record(classifier, tmp_path, synchronous=synchronous, people=3, updates=30)

    outage = replay(events, synchronous=synchronous, step=STEP)

    assert outage.disks > 100
    assert outage.damaged == 0
    if synchronous == "FULL":
        assert outage.clean, outage.cases
    else:
        assert outage.lost_acknowledged
        assert outage.lost_told


async def test_the_bots_own_database_waits_for_the_disk(database):
    """What the recorded disk was told to do is what the bot's own connection is told to do."""
    async with database.writing() as session:
        [synchronous] = await session.fetch_all("PRAGMA synchronous")
        [journal] = await session.fetch_all("PRAGMA journal_mode")
    assert dict(synchronous) == {"synchronous": 2}
    assert dict(journal) == {"journal_mode": "wal"}
