"""A backup is whole, and a restore never makes things worse."""

import asyncio
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest

from storage import inbox, moments, outbox
from storage.alone import path_of
from storage.backup import back_up, restore
from storage.database import Database
from storage.errors import Refused
from storage.transfer import Content
from tests.engines import PostgresServer, make_postgres_database
from tests.operate.builders import NOW, contents_at, fill
from tests.operate.conftest import Palanta

pytestmark = pytest.mark.usefixtures("programs")


@pytest.fixture
async def full(url: str) -> str:
    """A database with odd words in every table."""
    async with Database.open(url) as database:
        await fill(database)
    return url


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backups" / "palanta.backup"


async def add_message(url: str) -> None:
    async with Database.open(url) as database, database.writing() as session:
        outbox.add(session, "sendMessage", {"text": "sesudahnya"}, at=NOW)


def without_moments(contents: list[Content]) -> list[Content]:
    """The time of the backup is written down after it."""
    return [content for content in contents if content.table != "moment"]


async def test_what_was_lost_comes_back(full: str, file: Path):
    """After a restore, every table is as it was at the time of the backup."""
    before = await contents_at(full)
    await back_up(full, file, at=NOW)
    await add_message(full)

    await restore(full, file, replace=True, at=NOW)

    assert await contents_at(full) == before


async def test_a_backup_can_start_a_new_database(
    full: str, file: Path, tmp_path: Path, postgres_server: PostgresServer
):
    """A new machine needs nothing but the file."""
    before = await contents_at(full)
    await back_up(full, file, at=NOW)
    new = f"sqlite:///{tmp_path}/new/palanta.db"
    if full.startswith("postgresql"):
        new = make_postgres_database(postgres_server)

    assert await restore(new, file, replace=False, at=NOW) is None

    assert await contents_at(new) == before


async def test_the_time_of_the_backup_is_remembered(full: str, file: Path):
    """The doctor can say how old the last one is."""
    await back_up(full, file, at=NOW)

    async with Database.open(full) as database, database.reading() as session:
        assert await moments.find(session, moments.BACKUP) == NOW


async def test_a_backup_is_for_the_operators_eyes_only(full: str, file: Path):
    """Nobody else on the machine can read it, and no half-made file lies beside it."""
    await back_up(full, file, at=NOW)

    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]


async def test_a_backup_is_consistent_while_the_bot_writes(full: str, file: Path):
    """A unit of work is in the copy as a whole, or not at all."""
    stop = asyncio.Event()

    async def write() -> None:
        async with Database.open(full) as database:
            number = 10_000
            while not stop.is_set():
                number += 1
                async with database.writing() as session:
                    inbox.add(session, [(number, 1, "{}")], at=NOW)
                    outbox.add(session, f"pair {number}", {}, at=NOW)
                    await session.flush()
                    outbox.add(session, f"pair {number}", {}, at=NOW)

    async with asyncio.TaskGroup() as group:
        group.create_task(write())
        for _ in range(5):
            await back_up(full, file, at=NOW)
        stop.set()
    await restore(full, file, replace=True, at=NOW)

    async with Database.open(full) as database, database.reading() as session:
        odd = await session.fetch_all(
            "SELECT method FROM outbox WHERE method LIKE 'pair %' "
            "GROUP BY method HAVING count(*) <> 2"
        )
        rows = await session.fetch_all("SELECT 1 AS n FROM outbox WHERE method LIKE 'pair %'")
    assert odd == []
    assert len(rows) > 0


async def test_a_database_with_rows_is_not_overwritten(full: str, file: Path):
    """Only --replace puts a backup over what is there, and even then it is kept."""
    await back_up(full, file, at=NOW)
    await add_message(full)
    before = await contents_at(full)

    with pytest.raises(Refused, match="not empty"):
        await restore(full, file, replace=False, at=NOW)
    assert await contents_at(full) == before

    kept = await restore(full, file, replace=True, at=NOW)
    assert kept
    if kept.startswith("/"):
        assert await contents_at(f"sqlite:///{kept}") == before


async def test_two_restores_on_postgresql_keep_both(postgres_url: str, file: Path):
    """What was replaced lies in a schema of its own, which later backups leave out."""
    await add_message(postgres_url)
    await back_up(postgres_url, file, at=NOW)
    kept = await restore(postgres_url, file, replace=True, at=NOW)
    await back_up(postgres_url, file, at=NOW)

    assert kept == "schema before_20261125_030000"
    async with Database.open(postgres_url) as database, database.reading() as session:
        [row] = await session.fetch_all("SELECT count(*) AS n FROM before_20261125_030000.outbox")
    assert row["n"] == 1
    assert b"before_20261125" not in file.read_bytes()


async def test_a_database_in_use_is_not_replaced(full: str, file: Path):
    """A restore under a running bot would lose what it does next."""
    await back_up(full, file, at=NOW)

    async with Database.open(full) as database, database.lead("run"):
        with pytest.raises(Refused, match="a bot works on this database"):
            await restore(full, file, replace=True, at=NOW)


async def test_a_file_that_is_no_backup_changes_nothing(full: str, file: Path):
    """The wrong file, a torn one and a missing one are told apart from a good one."""
    before = await contents_at(full)
    await back_up(full, file, at=NOW)
    torn = file.with_name("torn")
    torn.write_bytes(file.read_bytes()[:20_000])
    wrong = file.with_name("wrong")
    wrong.write_text("ini bukan cadangan")

    for each in (torn, wrong, file.with_name("missing")):
        with pytest.raises(Refused):
            await restore(full, each, replace=True, at=NOW)

    assert without_moments(await contents_at(full)) == without_moments(before)


async def test_a_backup_of_a_newer_palanta_is_refused(full: str, file: Path):
    """An older program would not understand its tables."""
    async with Database.open(full) as database, database.writing() as session:
        session.execute("INSERT INTO migration (number) VALUES (9999)")
    await back_up(full, file, at=NOW)

    with pytest.raises(Refused, match="newer Palanta"):
        await restore(full, file, replace=True, at=NOW)


async def test_a_damaged_database_can_be_replaced(tmp_path: Path, file: Path):
    """That is what restoring is for; the damaged file is kept for whoever can read it."""
    url = f"sqlite:///{tmp_path}/palanta.db"
    async with Database.open(url) as database:
        await fill(database)
    before = await contents_at(url)
    await back_up(url, file, at=NOW)
    path_of(url).write_bytes(b"rusak" * 10_000)

    with pytest.raises(Refused):
        await restore(url, file, replace=False, at=NOW)
    kept = await restore(url, file, replace=True, at=NOW)

    assert await contents_at(url) == before
    assert kept
    assert Path(kept).read_bytes() == b"rusak" * 10_000


async def test_a_damaged_database_is_not_backed_up(tmp_path: Path, file: Path):
    """The last good backup stays where it is."""
    url = f"sqlite:///{tmp_path}/palanta.db"
    async with Database.open(url) as database:
        await fill(database)
    await back_up(url, file, at=NOW)
    good = file.read_bytes()
    with closing(sqlite3.connect(path_of(url))) as connection:
        connection.execute("UPDATE revision SET idea_id = 999")
        connection.commit()

    with pytest.raises(Refused, match="a row of revision refers to nothing in idea"):
        await back_up(url, file, at=NOW)

    assert file.read_bytes() == good
    assert list(file.parent.iterdir()) == [file]


async def test_the_database_is_no_target_for_its_own_backup(tmp_path: Path):
    """A slip of the hand does not put the copy over the original."""
    url = f"sqlite:///{tmp_path}/palanta.db"
    async with Database.open(url):
        pass

    for act in (
        back_up(url, path_of(url), at=NOW),
        restore(url, path_of(url), replace=True, at=NOW),
    ):
        with pytest.raises(Refused, match="the database itself"):
            await act


async def test_a_process_that_has_the_file_open_sees_what_was_restored(tmp_path: Path, file: Path):
    """A bot that was started too early does not go on with the old content."""
    url = f"sqlite:///{tmp_path}/palanta.db"
    await add_message(url)
    await back_up(url, file, at=NOW)
    async with Database.open(url) as database:
        async with database.writing() as session:
            session.execute("DELETE FROM outbox")

        await restore(url, file, replace=True, at=NOW)

        async with database.reading() as session:
            assert await outbox.count(session, "new") == 1
        async with database.writing() as session:
            outbox.add(session, "sendMessage", {}, at=NOW)
            assert await outbox.count(session, "new") == 2


async def test_without_its_programs_postgresql_cannot_be_backed_up(
    postgres_url: str, file: Path, palanta: Palanta, monkeypatch: pytest.MonkeyPatch
):
    """The operator reads what to install."""
    monkeypatch.setenv("PATH", "")

    said = await palanta("backup", str(file), url=postgres_url)

    assert said.code == 2
    assert "pg_dump is not installed (apt install postgresql-client)" in said.text
    with suppress(FileNotFoundError):
        assert list(file.parent.iterdir()) == []


async def test_the_commands_say_what_they_did(full: str, file: Path, palanta: Palanta):
    """A restore ends with the doctor's look at the database."""
    made = await palanta("backup", str(file), url=full)
    put_back = await palanta("restore", str(file), "--replace", url=full)

    assert made.code == put_back.code == 0
    assert "verified" in made.text
    assert "What was there before is kept" in put_back.text
    assert "database: can be read and is sound" in put_back.text
