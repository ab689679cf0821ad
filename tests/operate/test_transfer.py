"""Everything moves to another database, or nothing does."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage import outbox
from storage.alone import path_of
from storage.database import Database
from storage.errors import Refused
from storage.tables import list_tables
from storage.transfer import Differs, move
from tests.engines import PostgresServer, make_postgres_database
from tests.operate.builders import NOW, contents_at, fill
from tests.operate.conftest import Palanta


def say_nothing(_table: str, _rows: int) -> None:
    """Nobody looks at the progress."""


@pytest.fixture
async def full(url: str) -> str:
    """A database with odd words in every table."""
    async with Database.open(url) as database:
        await fill(database)
    return url


@pytest.fixture
def other(url: str, tmp_path: Path, postgres_server: PostgresServer) -> str:
    """An empty database on the other engine."""
    if url.startswith("sqlite"):
        return make_postgres_database(postgres_server)
    return f"sqlite:///{tmp_path}/other.db"


async def test_not_a_row_and_not_a_letter_is_lost(full: str, other: str):
    """Emoji, quotes, backslashes, percent signs and colons arrive as they were written."""
    before = await contents_at(full)

    await move(full, other, progress=say_nothing)

    assert [content.rows > 0 for content in before] == [True] * len(list_tables())
    assert await contents_at(other) == before


async def test_there_and_back_again_is_the_same(full: str, other: str, tmp_path: Path):
    """A city that changes its mind loses nothing either."""
    before, third = await contents_at(full), f"sqlite:///{tmp_path}/third.db"

    await move(full, other, progress=say_nothing)
    await move(other, third, progress=say_nothing)

    assert await contents_at(third) == before


async def test_numbers_go_on_above_all_that_were_ever_given(full: str, other: str):
    """A new message never gets the number of one that was deleted."""
    await move(full, other, progress=say_nothing)

    numbers = []
    for url in (full, other):
        async with Database.open(url) as database, database.writing() as session:
            numbers.append(await outbox.add_numbered(session, "sendMessage", {}, at=NOW))
    assert numbers == [4, 4]


async def test_an_empty_database_moves_too(url: str, other: str):
    """Whoever begins anew may begin on the other engine."""
    async with Database.open(url):
        pass

    moved = await move(url, other, progress=say_nothing)

    assert {content.rows for content in moved} == {0}


async def test_a_missing_database_is_not_made_in_order_to_be_moved(
    tmp_path: Path, postgres_url: str
):
    """A slip in the address is told, instead of moving nothing with success."""
    with pytest.raises(Refused, match="there is no database"):
        await move(f"sqlite:///{tmp_path}/typo.db", postgres_url, progress=say_nothing)


async def test_a_target_with_rows_is_left_alone(full: str, other: str):
    """Nothing is ever mixed."""
    async with Database.open(other) as database, database.writing() as session:
        outbox.add(session, "sendMessage", {}, at=NOW)
    before = await contents_at(other)

    with pytest.raises(Refused, match="not empty: there are rows in outbox"):
        await move(full, other, progress=say_nothing)

    assert await contents_at(other) == before


async def test_a_database_in_use_is_not_moved(full: str, other: str):
    """A bot that still works would write to the old one."""
    async with Database.open(full) as database, database.lead("run"):
        with pytest.raises(Refused, match="a bot works on this database"):
            await move(full, other, progress=say_nothing)


async def test_a_database_is_not_moved_to_itself(full: str):
    """A slip of the hand costs nothing."""
    with pytest.raises(Refused, match="the same database"):
        await move(full, full, progress=say_nothing)


async def test_what_changes_meanwhile_undoes_the_move(tmp_path: Path, postgres_url: str):
    """A process that writes in the middle is noticed, and nothing is moved."""
    full = f"sqlite:///{tmp_path}/full.db"
    async with Database.open(full) as database:
        await fill(database)

    def write(table: str, _rows: int) -> None:
        if table == "moment":
            with closing(sqlite3.connect(path_of(full))) as connection, connection:
                connection.execute("UPDATE moment SET at = 'later'")

    with pytest.raises(Differs, match="differs from the original in: moment"):
        await move(full, postgres_url, progress=write)

    assert {content.rows for content in await contents_at(postgres_url)} == {0}


async def test_the_operator_sees_counts_and_checksums(full: str, other: str, palanta: Palanta):
    """The command says what is on both sides."""
    said = await palanta("migrate", "--to", other, url=full)

    assert said.code == 0
    for content in await contents_at(full):
        assert content.checksum[:16] in said.text
    assert "Both sides are the same" in said.text


async def test_a_refusal_is_one_sentence(full: str, palanta: Palanta):
    """Nobody has to read a traceback."""
    said = await palanta("migrate", "--to", full, url=full)

    assert (said.code, said.text) == (2, "palanta: source and target are the same database.\n")
