"""What lies on the disk: no token, and nothing of somebody who erased themselves."""

from pathlib import Path

import pytest

from storage import ideas, invitations, rights
from storage.database import Database
from storage.models import RoleName
from tests.storage.builders import NOW, bytes_in, look
from tests.storage.lives import REASON, WORDS, live

TRACES = (*WORDS, REASON, "file-of-rina")


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Only SQLite's file is ours to look into."""
    return f"sqlite:///{tmp_path}/palanta.db"


async def test_the_token_of_an_invitation_is_nowhere_in_the_file(database, tmp_path):
    """Whoever reads a backup cannot become an admin with it."""
    async with database.writing() as session:
        token = invitations.add(session, RoleName.ADMIN, area=None, by=None, at=NOW)
    kept = bytes_in(tmp_path)

    assert b"admin" in kept
    assert token.encode() not in kept


async def test_erased_words_are_gone_when_the_journal_is_written_back(database, tmp_path):
    """Whoever takes the disk finds nothing either: pages are overwritten, not only set free."""
    large = "surat panjang dari Rina " * 2_000
    async with database.writing() as session:
        rina, own, _ = await live(session)
        ideas.revise(session, own, large, at=NOW)
    assert all(trace.encode() in bytes_in(tmp_path) for trace in (*TRACES, large[:24]))

    async with database.writing() as session:
        rights.erase(session, rina)
    await look(database, "PRAGMA wal_checkpoint(TRUNCATE)")

    kept = bytes_in(tmp_path)
    assert [trace for trace in (*TRACES, large[:24]) if trace.encode() in kept] == []
    assert b"Taman bermain" in kept


async def test_erased_words_are_gone_after_a_restart(url, tmp_path):
    """Closing writes the journal back by itself."""
    async with Database.open(url) as database:
        async with database.writing() as session:
            rina, _, _ = await live(session)
        async with database.writing() as session:
            rights.erase(session, rina)

    assert [trace for trace in TRACES if trace.encode() in bytes_in(tmp_path)] == []
