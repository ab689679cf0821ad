"""The SQLite file: what it promises about the disk, and what it says when it cannot."""

import asyncio
import os
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from storage import conversations, inbox
from storage.database import Database
from storage.errors import DatabaseUnavailable, DatabaseUnusable
from storage.migrations import list_statements
from storage.models import Conversation
from tests.storage.builders import NOW, look, meet

PAGE = 4_096


@pytest.fixture
def url(tmp_path: Path) -> str:
    """What is tested here is the file."""
    return f"sqlite:///{tmp_path}/palanta.db"


async def ask(session, pragma):
    [row] = await session.fetch_all(f"PRAGMA {pragma}")
    return next(iter(dict(row).values()))


async def count_inbox(database):
    [row] = await look(database, "SELECT count(*) AS n FROM inbox")
    return row["n"]


def add_large(session, number, size=400 * PAGE):
    inbox.add(session, [(number, 1, "x" * size)], at=NOW)


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1)],
)
async def test_what_is_committed_has_reached_the_disk(database, pragma, value):
    """A power cut loses nothing that somebody was told we have; what is erased is overwritten."""
    async with database.writing() as session:
        assert await ask(session, pragma) == value


async def test_every_table_is_strict(database):
    """SQLite refuses a text where a number belongs, as every other database does."""
    tables = await look(
        database,
        """
        SELECT name, strict FROM pragma_table_list
        WHERE type = 'table' AND schema = 'main' AND name NOT LIKE 'sqlite_%'
        """,
    )

    assert len(tables) >= 14
    assert [table["name"] for table in tables if not table["strict"]] == []


async def test_a_full_disk_undoes_the_unit_and_loses_nothing_earlier(database):
    """On a full disk nothing is kept by halves; when there is room again, all goes on."""
    async with database.writing() as session:
        inbox.add(session, [(1, 1, "kept")], at=NOW)
        pages = await ask(session, "page_count")
        await ask(session, f"max_page_count = {pages + 20}")

    with pytest.raises(DatabaseUnavailable, match="full"):
        async with database.writing() as session:
            inbox.add(session, [(2, 1, "small")], at=NOW)
            add_large(session, 3)
    assert await count_inbox(database) == 1

    async with database.writing() as session:
        await ask(session, "max_page_count = 1000000")
        add_large(session, 4)
    assert await look(database, "SELECT update_id FROM inbox ORDER BY seq") == [
        {"update_id": 1},
        {"update_id": 4},
    ]


async def test_a_full_disk_is_told_at_the_next_read_too(database):
    """Nobody gets an answer that rests on what could not be written."""
    async with database.writing() as session:
        await ask(session, f"max_page_count = {await ask(session, 'page_count') + 20}")

    with pytest.raises(DatabaseUnavailable):
        async with database.writing() as session, session.savepoint():
            add_large(session, 1)
            await inbox.count(session, "new")
    assert await count_inbox(database) == 0


def hold_lock(path, *, seconds, held):
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        held.set()
        time.sleep(seconds)
        other.execute("COMMIT")


@pytest.fixture
def locked(tmp_path):
    """Let another connection hold the lock for some seconds."""
    threads = []

    def lock(seconds):
        held = threading.Event()
        arguments = {"seconds": seconds, "held": held}
        thread = threading.Thread(
            target=hold_lock, args=(tmp_path / "palanta.db",), kwargs=arguments
        )
        thread.start()
        threads.append(thread)
        assert held.wait(5)

    yield lock
    for thread in threads:
        thread.join()


async def test_a_short_lock_of_another_process_is_waited_for(database, locked):
    """A backup that takes a moment costs nobody their message."""
    locked(0.3)
    began = time.monotonic()
    async with database.writing() as session:
        await meet(session)

    assert time.monotonic() - began >= 0.2
    assert len(await look(database, "SELECT id FROM person")) == 1


async def test_a_long_lock_of_another_process_is_told_and_can_be_tried_again(database, locked):
    """What could not be written now is written later, once."""
    async with database.writing() as session:
        await ask(session, "busy_timeout = 50")
    locked(0.5)
    with pytest.raises(DatabaseUnavailable, match="locked"):
        async with database.writing() as session:
            await meet(session)
    assert await look(database, "SELECT id FROM person") == []

    await asyncio.sleep(0.6)
    async with database.writing() as session:
        await meet(session)
    assert len(await look(database, "SELECT id FROM person")) == 1


async def test_a_stop_while_waiting_for_a_lock_leaves_nothing(database, locked):
    """Stopping the bot while a backup runs does not break the run after it."""
    locked(0.3)

    async def work():
        async with database.writing() as session:
            await meet(session, 1)

    task = asyncio.create_task(work())
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with database.writing() as session:
        await meet(session, 2)

    assert await look(database, "SELECT telegram_id FROM person") == [{"telegram_id": 2}]


async def refuse(url, *, named=None):
    """Open what cannot be opened, and return what is said about it, by its own name or another."""
    with pytest.raises(DatabaseUnusable) as refusal:
        async with Database.open(url):
            raise AssertionError("opened")
    assert refusal.value.url == (named or url)
    assert (named or url) in str(refusal.value)
    return refusal.value.reason


@pytest.mark.parametrize(
    "url",
    ["", "palanta.db", "sqlite:", "sqlite://palanta.db", "sqlite:///", "mysql://host/palanta"],
)
async def test_an_address_of_another_kind_is_refused_with_an_example(url):
    """The operator reads what an address looks like, not a traceback."""
    assert "sqlite:///palanta.db" in await refuse(url, named="this address")


async def test_a_folder_that_is_a_file_is_refused_with_the_reason(tmp_path):
    """The operator reads which of the two it is."""
    (tmp_path / "data").write_text("a file")

    assert "data" in await refuse(f"sqlite:///{tmp_path}/data/palanta.db")


async def test_a_file_that_is_a_folder_is_refused_with_the_reason(tmp_path):
    """As above, the other way round."""
    assert "unable to open" in await refuse(f"sqlite:///{tmp_path}")


async def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path):
    """A wrong path never costs somebody their file."""
    letter = tmp_path / "surat.docx"
    letter.write_bytes(b"PK not a database" * 1_000)

    assert "not a database" in await refuse(f"sqlite:///{letter}")
    assert letter.read_bytes() == b"PK not a database" * 1_000


async def test_a_damaged_database_is_refused_with_the_reason(tmp_path, url):
    """Better no start than a start on half of the ideas."""
    async with Database.open(url):
        pass
    with (tmp_path / "palanta.db").open("r+b") as file:
        file.truncate(PAGE + PAGE // 2)

    assert "malformed" in await refuse(url)


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs Linux's /proc")
async def test_a_place_where_nothing_can_be_written_is_refused():
    """Even the system's administrator cannot write everywhere."""
    assert await refuse("sqlite:////proc/palanta.db")


@pytest.mark.skipif(os.geteuid() == 0, reason="the system's administrator may read everything")
async def test_a_file_of_somebody_else_is_refused(tmp_path, url):
    """The operator reads that it is a matter of permission."""
    (tmp_path / "palanta.db").touch(mode=0o000)

    assert await refuse(url)


async def test_a_database_in_memory_is_refused():
    """It would forget everything at the next start, and readers would each see their own."""
    assert "WAL" in await refuse("sqlite:///:memory:")


async def test_a_missing_folder_is_made(tmp_path):
    """The first start needs no preparation."""
    async with Database.open(f"sqlite:///{tmp_path}/a/b/palanta.db") as database:
        assert await look(database, "SELECT id FROM person") == []


OPEN = """
import asyncio, sys
from storage.database import Database

async def main():
    async with Database.open(sys.argv[1]) as database:
        async with database.writing() as session:
            session.execute("INSERT INTO person (telegram_id, created_at) VALUES (:n, '')",
                            {"n": int(sys.argv[2])})

asyncio.run(main())
"""


def start_at_once(url, *, processes):
    started = [
        subprocess.Popen([sys.executable, "-c", OPEN, url, str(n)], stderr=subprocess.PIPE)
        for n in range(processes)
    ]
    said = [process.communicate(timeout=30)[1] for process in started]
    assert [process.returncode for process in started] == [0] * processes, said


async def test_processes_that_start_at_once_on_a_new_database_make_its_tables_once(url):
    """Two starts at the same moment end in one working database."""
    await asyncio.to_thread(start_at_once, url, processes=4)

    async with Database.open(url) as database:
        applied = await look(database, "SELECT number FROM migration ORDER BY number")
        people = await look(database, "SELECT telegram_id FROM person")
    assert [row["number"] for row in applied] == [number for number, _ in list_statements()]
    assert len(people) == 4


async def test_what_is_kept_is_there_after_a_restart(url):
    """Closing and opening changes nothing."""
    async with Database.open(url) as database, database.writing() as session:
        await meet(session)

    async with Database.open(url) as database:
        assert len(await look(database, "SELECT id FROM person")) == 1


async def test_one_process_leads_at_a_time(database):
    """Of two bots only one asks Telegram for messages; the other takes over when it ends."""
    order = []

    async def lead(name):
        async with database.lead("poll"):
            order.append(f"{name} begins")
            await asyncio.sleep(0.1)
            order.append(f"{name} ends")

    await asyncio.gather(lead("first"), lead("second"))

    assert [word.split()[1] for word in order] == ["begins", "ends", "begins", "ends"]


async def test_units_take_turns(database):
    """Twenty messages at once act on what the one before left, not on what it found."""
    async with database.writing() as session:
        person = await meet(session)

    async def count_up():
        async with database.writing() as session:
            now = await conversations.get(session, person.id)
            await asyncio.sleep(0)
            more = {"count": now.data.get("count", 0) + 1}
            conversations.save(session, Conversation(person_id=person.id, data=more), at=NOW)

    await asyncio.gather(*(count_up() for _ in range(20)))

    async with database.reading() as session:
        assert (await conversations.get(session, person.id)).data == {"count": 20}
