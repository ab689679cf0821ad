"""The doctor finds what is wrong and says what to do."""

import json
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import doctor
from bot.doctor import Finding
from bot.settings import Settings
from simulator import Simulator
from storage import inbox, jobs, moments, outbox, people
from storage.database import Database
from tests.operate.conftest import Palanta


@pytest.fixture
async def healthy(telegram: Simulator, tmp_path: Path) -> Settings:
    return await make_healthy(telegram, f"sqlite:///{tmp_path}/palanta.db", tmp_path)


@pytest.fixture
async def healthy_on_both(telegram: Simulator, url: str, tmp_path: Path) -> Settings:
    return await make_healthy(telegram, url, tmp_path)


async def make_healthy(telegram: Simulator, url: str, tmp_path: Path) -> Settings:
    """Settings and a database with which nothing is wrong, but for the model."""
    async with Database.open(url) as database, database.writing() as session:
        moments.save(session, moments.BACKUP, at=now())
    return Settings(token=telegram.token, api_url=telegram.url, database=url, folder=tmp_path)


def now() -> datetime:
    return datetime.now(UTC)


async def wrong(settings: Settings, **times: datetime) -> dict[str, str]:
    """What the doctor complains about, apart from the model."""
    findings = await doctor.examine(settings, now=times.get("at") or now())
    return {each.name: each.said for each in findings if not each.ok and each.name != "model"}


def change(settings: Settings, **changes: object) -> Settings:
    return Settings(**(settings.model_dump() | changes))


async def test_a_healthy_bot_gets_no_complaint(healthy_on_both: Settings):
    """Everything that the doctor looks at is named, and fine."""
    findings = await doctor.examine(healthy_on_both, now=now())

    assert await wrong(healthy_on_both) == {}
    expected = "settings database migrations token clock webhook disk model inbox outbox jobs"
    names = list(dict.fromkeys(each.name for each in findings))
    assert names == [*expected.split(), "set aside", "backup"]


async def test_a_setting_that_cannot_work_is_named(healthy: Settings):
    """Telegram itself calls no address without encryption."""
    said = await wrong(change(healthy, webhook_url="http://bot.example/x"))

    assert said["settings"] == "PALANTA_WEBHOOK_URL must begin with https://."


async def test_without_a_token_the_rest_is_looked_at(healthy: Settings):
    """One thing that is missing does not hide the others."""
    findings = await doctor.examine(change(healthy, token=None), now=now())

    assert (
        Finding("settings", False, "PALANTA_TOKEN is not set. BotFather gives you one.") in findings
    )
    assert "database" in {each.name for each in findings if each.ok}


async def test_a_token_that_telegram_does_not_know_is_told(healthy: Settings):
    """The operator is sent to BotFather; the token itself is not shown."""
    said = await wrong(change(healthy, token="123456:mistyped"))

    assert said["token"].startswith("Telegram does not know it.")
    assert "mistyped" not in str(said)


async def test_an_unreachable_telegram_is_told_without_the_token(healthy: Settings):
    """The address holds the token, so it is not repeated."""
    said = await wrong(change(healthy, api_url="http://127.0.0.1:1"))

    assert said["telegram"].startswith("Telegram cannot be reached (ClientConnectorError).")
    assert str(healthy.bot_token) not in str(said)


async def test_a_clock_that_is_wrong_is_told(healthy: Settings):
    """Held messages and invitations would end too early."""
    said = await wrong(healthy, at=now() + timedelta(minutes=3))

    assert re.fullmatch(
        r"\+1[78]\d s from Telegram's. Let the system set it \(.*\).", said["clock"]
    )


async def test_a_missing_database_is_told_and_not_made(healthy: Settings, tmp_path: Path):
    """Looking changes nothing."""
    missing = tmp_path / "typo.db"

    said = await wrong(change(healthy, database=f"sqlite:///{missing}"))

    assert said == {"database": f"there is none at {missing} yet. `palanta run` makes it."}
    assert not missing.exists()


async def test_an_unreachable_postgresql_is_told_without_its_password(healthy: Settings):
    """The sentence names the setting; the password stays where it is."""
    url = "postgresql://palanta:rahasia@127.0.0.1:1/palanta"

    said = await wrong(change(healthy, database=url))

    assert said["database"].startswith("cannot be read (")
    assert "rahasia" not in str(said)


async def test_a_damaged_file_is_told(healthy: Settings, tmp_path: Path):
    """A page that lies is found before somebody needs it."""
    path = tmp_path / "damaged.db"
    async with Database.open(f"sqlite:///{path}") as database, database.writing() as session:
        inbox.add(session, [(n, n, "x" * 500) for n in range(500)], at=now())
    content = bytearray(path.read_bytes())
    content[60_000:80_000] = b"\x00" * 20_000
    path.write_bytes(content)

    said = await wrong(change(healthy, database=f"sqlite:///{path}"))

    assert "palanta restore" in said["database"]


async def test_a_reference_to_nothing_is_told(healthy: Settings, tmp_path: Path):
    """A label without its idea means that somebody changed the file by hand."""
    path = tmp_path / "changed.db"
    async with Database.open(f"sqlite:///{path}"):
        pass
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO revision VALUES (1, 999, 'x', 'y')")

    said = await wrong(change(healthy, database=f"sqlite:///{path}"))

    assert "a row of revision refers to nothing in idea" in said["database"]


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("DELETE FROM migration WHERE number > 1", "Restart the bot"),
        ("INSERT INTO migration (number) VALUES (9999)", "Install the newer one again"),
    ],
)
async def test_tables_of_another_version_are_told(healthy_on_both: Settings, sql: str, words: str):
    """The doctor looks at them as they are and does not bring them up to date."""
    async with Database.open(healthy_on_both.database) as database, database.writing() as session:
        session.execute(sql)

    assert words in (await wrong(healthy_on_both))["migrations"]
    assert words in (await wrong(healthy_on_both))["migrations"]


async def test_what_waits_too_long_is_told(healthy_on_both: Settings):
    """Nobody is at work, or somebody is stuck."""
    old = now() - timedelta(minutes=11)
    async with Database.open(healthy_on_both.database) as database, database.writing() as session:
        inbox.add(session, [(1, 1, "{}")], at=old)
        sending = await outbox.add_numbered(session, "sendMessage", {}, at=old)
        outbox.mark_sending(session, [sending], now=old)
        outbox.add(session, "sendMessage", {}, at=old)
        person = await people.meet(session, 1, at=old)
        order = {"person_id": person.id, "chat_id": 1, "progress_row": sending, "at": old}
        jobs.add(session, "export", arguments={}, **order)

    said = await wrong(healthy_on_both)

    assert said["inbox"].startswith("1 updates wait for more than a minute.")
    assert said["outbox"].startswith("2 messages are late.")
    assert said["jobs"].startswith("1 jobs wait for more than a minute.")


async def test_what_is_young_or_under_way_is_no_complaint(healthy_on_both: Settings):
    """A busy bot is a healthy bot."""
    async with Database.open(healthy_on_both.database) as database, database.writing() as session:
        inbox.add(session, [(1, 1, "{}")], at=now())
        sending = await outbox.add_numbered(session, "sendMessage", {}, at=now())
        outbox.mark_sending(session, [sending], now=now())
        person = await people.meet(session, 1, at=now())
        old = now() - timedelta(hours=1)
        order = {"person_id": person.id, "chat_id": 1, "progress_row": sending, "at": old}
        jobs.add(session, "export", arguments={}, **order)
        assert await jobs.take_next(session, now=now())

    assert await wrong(healthy_on_both) == {}


async def test_what_was_set_aside_is_told(healthy: Settings):
    """The operator is sent to the list."""
    async with Database.open(healthy.database) as database, database.writing() as session:
        inbox.add(session, [(1, 1, "{}")], at=now())
        inbox.set_aside(session, 1, error="KeyError")

    assert await wrong(healthy) == {
        "set aside": "1 updates could not be processed. See `palanta inbox list`."
    }


@pytest.mark.parametrize(("hours", "ok"), [(47, True), (49, False)])
async def test_an_old_backup_is_told(healthy: Settings, hours: int, ok: bool):
    """A cron job that stopped is noticed within two days."""
    async with Database.open(healthy.database) as database, database.writing() as session:
        moments.save(session, moments.BACKUP, at=now() - timedelta(hours=hours))

    assert ("backup" not in await wrong(healthy)) == ok


async def test_that_there_is_no_backup_is_told(healthy: Settings):
    """The first night is the likeliest to be forgotten."""
    async with Database.open(healthy.database) as database, database.writing() as session:
        session.execute("DELETE FROM moment")

    assert (await wrong(healthy))["backup"].startswith("none was made yet.")


async def test_the_command_is_for_people_and_machines(
    healthy: Settings, telegram: Simulator, palanta: Palanta
):
    """One line each, or JSON; and an exit code for whoever watches."""
    words = {"token": telegram.token, "api_url": telegram.url}

    told = await palanta("doctor", url=healthy.database, **words)
    as_json = await palanta("doctor", "--json", url=healthy.database, **words)

    # There is no model yet.
    assert told.code == as_json.code == 1
    assert "ok    database: can be read and is sound." in told.text.splitlines()
    assert "WRONG model: there is none yet. `palanta train` makes one." in told.text.splitlines()
    facts = json.loads(as_json.text)
    assert facts["ok"] is False
    assert {"name": "token", "ok": True, "said": "Telegram knows it."} in facts["checks"]


async def test_a_setting_that_cannot_be_read_is_a_finding_too(palanta: Palanta, tmp_path: Path):
    """A machine that asks for JSON gets JSON."""
    said = await palanta("doctor", "--json", url=f"sqlite:///{tmp_path}/x.db", sends_at_once="many")

    assert said.code == 1
    [check] = json.loads(said.text)["checks"]
    assert check["said"].startswith("PALANTA_SENDS_AT_ONCE: ")
