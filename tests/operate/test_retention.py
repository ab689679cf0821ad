"""What passed through is forgotten in time, and what is still needed is not."""

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.sweep import Forgotten, look, sweep
from storage import inbox, jobs, outbox, people, retention
from storage.database import Database
from storage.outbox import Outcome
from storage.retention import Due
from tests.operate.builders import NOW, contents, fill
from tests.operate.conftest import Palanta

HOURS, DAYS = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    folder.mkdir()
    return folder


async def receive(database: Database, *numbers: int, at: datetime, state: str = "done") -> None:
    async with database.writing() as session:
        inbox.add(session, [(number, number, "{}") for number in numbers], at=at)
        for number in numbers:
            session.execute(
                "UPDATE inbox SET state = :state, body = CASE WHEN :state = 'done' THEN NULL "
                "ELSE body END WHERE update_id = :number",
                {"state": state, "number": number},
            )


async def say(database: Database, state: str, *, at: datetime, edits: int | None = None) -> int:
    async with database.writing() as session:
        row = await outbox.add_numbered(session, "sendMessage", {"chat_id": 1}, at=at)
        if edits:
            session.execute("UPDATE outbox SET edits = :edits WHERE id = :row", locals())
        if state != "new":
            outbox.record(session, [Outcome(row, state, at)])
        return row


async def rows(database: Database, column: str, table: str) -> list[Any]:
    async with database.reading() as session:
        found = await session.fetch_all(f"SELECT {column} AS it FROM {table} ORDER BY 1")
    return [row["it"] for row in found]


async def test_processed_updates_go_after_two_days(database: Database, exports: Path):
    """So long their numbers are known, in case Telegram sends them again."""
    await receive(database, 1, 2, at=NOW - 49 * HOURS)
    await receive(database, 3, at=NOW - 47 * HOURS)

    gone = await sweep(database, exports, now=NOW)

    assert gone.rows.processed == 2
    assert await rows(database, "update_id", "inbox") == [3]


async def test_what_is_not_done_stays_however_old(database: Database, exports: Path):
    """An update that waits for a database or a replay is not forgotten."""
    await receive(database, 1, at=NOW - 29 * DAYS, state="aside")
    await receive(database, 2, at=NOW - 29 * DAYS, state="new")
    await receive(database, 3, 4, at=NOW - 29 * DAYS)
    await receive(database, 5, at=NOW)

    await sweep(database, exports, now=NOW)

    assert await rows(database, "update_id", "inbox") == [1, 2, 5]


async def test_what_was_set_aside_is_emptied_after_thirty_days(database: Database, exports: Path):
    """Nobody replayed it in a month; then nobody needs to be able to read it."""
    await receive(database, 1, at=NOW - 31 * DAYS, state="aside")
    await receive(database, 2, at=NOW - 29 * DAYS, state="aside")

    gone = await sweep(database, exports, now=NOW)

    assert gone.rows.aside == 1
    assert await rows(database, "body", "inbox") == ["{}"]


async def test_what_was_held_is_dropped_after_a_day(database: Database, exports: Path):
    """Without the tap nothing is kept."""
    await receive(database, 1, at=NOW - 25 * HOURS, state="held")
    await receive(database, 2, at=NOW - 23 * HOURS, state="held")

    gone = await sweep(database, exports, now=NOW)

    assert gone.rows.held == 1
    assert await rows(database, "state", "inbox") == ["done", "held"]


async def test_a_number_is_never_given_twice(database: Database, exports: Path):
    """The reference that somebody was told means one update for ever."""
    await receive(database, 1, 2, 3, at=NOW - 49 * HOURS)
    [*_, highest] = await rows(database, "seq", "inbox")

    await sweep(database, exports, now=NOW)
    await receive(database, 4, at=NOW)

    assert max(await rows(database, "seq", "inbox")) > highest


@pytest.mark.parametrize("state", ["sent", "blocked", "failed"])
async def test_delivered_messages_go_after_a_week(database: Database, exports: Path, state: str):
    """So long it can be found out what went wrong, then what was refused goes with its words."""
    await say(database, state, at=NOW - 8 * DAYS)
    young = await say(database, state, at=NOW - 6 * DAYS)

    gone = await sweep(database, exports, now=NOW)

    assert gone.rows.delivered == 1
    assert await rows(database, "id", "outbox") == [young]


async def test_a_message_that_waits_stays_however_old(database: Database, exports: Path):
    """What we owe is owed until it is delivered."""
    await say(database, "new", at=NOW - 99 * DAYS)

    await sweep(database, exports, now=NOW)

    assert len(await rows(database, "id", "outbox")) == 1


async def test_a_message_stays_while_it_is_still_to_be_edited(database: Database, exports: Path):
    """The edit needs to know which message; when it is done, both may go."""
    first = await say(database, "sent", at=NOW - 9 * DAYS)
    edit = await say(database, "new", at=NOW - 9 * DAYS, edits=first)

    await sweep(database, exports, now=NOW)
    assert await rows(database, "id", "outbox") == [first, edit]

    async with database.writing() as session:
        outbox.record(session, [Outcome(edit, "sent", NOW)])
    await sweep(database, exports, now=NOW)
    assert await rows(database, "id", "outbox") == [edit]

    await sweep(database, exports, now=NOW + 8 * DAYS)
    assert await rows(database, "id", "outbox") == []


async def test_a_message_stays_while_a_job_shows_its_progress_in_it(
    database: Database, exports: Path
):
    """A job that is still open finds its message; a finished one lets go of it."""
    row = await say(database, "sent", at=NOW - 9 * DAYS)
    async with database.writing() as session:
        person = await people.meet(session, 1, at=NOW)
        order = {"person_id": person.id, "chat_id": 1, "progress_row": row, "at": NOW}
        jobs.add(session, "export", arguments={}, **order)

    await sweep(database, exports, now=NOW)
    assert await rows(database, "id", "outbox") == [row]

    async with database.writing() as session:
        jobs.finish(session, 1, at=NOW)
    await sweep(database, exports, now=NOW)
    assert await rows(database, "id", "outbox") == []
    assert await rows(database, "progress_row", "job") == [None]


async def test_many_rows_go_page_by_page(database: Database, exports: Path):
    """A long history is swept without keeping anybody waiting, and swept whole."""
    await receive(database, *range(1, 3 * retention.PAGE + 7), at=NOW - 49 * HOURS)

    due = await look(database, exports, now=NOW)
    gone = await sweep(database, exports, now=NOW)

    # The newest row of all stays.
    assert gone.rows.processed == due.rows.processed - 1 == 3 * retention.PAGE + 5
    assert len(await rows(database, "seq", "inbox")) == 1


async def test_ideas_and_all_that_became_of_them_stay(database: Database, exports: Path):
    """A sweep after ten years touches nothing that somebody proposed."""
    passing = {"inbox", "outbox", "job"}
    await fill(database)
    before = [each for each in await contents(database) if each.table not in passing]

    await sweep(database, exports, now=NOW + 3_650 * DAYS)

    assert [each for each in await contents(database) if each.table not in passing] == before


async def test_old_exports_go_unless_they_are_still_to_be_delivered(
    database: Database, exports: Path
):
    """A planner gets the file even if Telegram was away for two days."""
    async with database.writing() as session:
        owed = {"chat_id": 1, "document": {"path": str(exports / "owed.zip"), "name": "a.zip"}}
        outbox.add(session, "sendDocument", owed, at=NOW)
        inline = {"chat_id": 1, "document": {"text": "{}", "name": "data.json"}}
        outbox.add(session, "sendDocument", inline, at=NOW)
    for name, age in {"owed": 48, "old": 25, "young": 23}.items():
        file = exports / f"{name}.zip"
        file.touch()
        at = (NOW - age * HOURS).timestamp()
        os.utime(file, (at, at))

    gone = await sweep(database, exports, now=NOW)

    assert gone.files == 1
    assert sorted(file.stem for file in exports.iterdir()) == ["owed", "young"]


async def test_a_look_changes_nothing(database: Database, exports: Path):
    """Without --apply it is only told what would go."""
    await receive(database, 1, at=NOW - 25 * HOURS, state="held")
    await receive(database, 2, at=NOW - 31 * DAYS, state="aside")
    await receive(database, 3, at=NOW - 49 * HOURS)
    await receive(database, 4, at=NOW)
    await say(database, "sent", at=NOW - 8 * DAYS)
    before = await contents(database)

    assert await look(database, exports, now=NOW) == Forgotten(Due(1, 1, 1, 1), 0)
    assert await contents(database) == before


async def test_the_command_shows_and_then_does(url: str, palanta: Palanta):
    """An operator looks first; both say what."""
    async with Database.open(url) as database:
        await say(database, "sent", at=NOW - 3_650 * DAYS)

    shown = await palanta("retention", url=url)
    done = await palanta("retention", "--apply", url=url)
    after = await palanta("retention", url=url)

    lines = [said.text.splitlines()[4].split() for said in (shown, done, after)]
    assert [line[-1] for line in lines] == ["1", "1", "0"]
    assert lines[0] == ["delivered", "messages", "7", "days", "1"]


@pytest.mark.parametrize(
    ("words", "term"),
    [
        ("24 hours", retention.HELD_FOR),
        ("24 hours", retention.EXPORTS_FOR),
        ("48 hours", retention.PROCESSED_FOR),
        ("7 days", retention.DELIVERED_FOR),
        ("30 days", retention.ASIDE_FOR),
    ],
)
def test_the_document_names_the_terms_that_hold(words: str, term: timedelta):
    """What the city tells people about storage is what happens."""
    page = (Path(__file__).parents[2] / "docs" / "operating.md").read_text("utf-8")
    number, unit = words.split()

    assert timedelta(**{unit: int(number)}) == term
    assert words in page.split("## How long things are kept")[1].split("\n## ")[0]
