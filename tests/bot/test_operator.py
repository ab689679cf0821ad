"""An operator's mistakes and bad days: each is told in a sentence, and nothing is lost."""

import asyncio
import os
import re
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import Result
from structlog.testing import capture_logs
from typer.testing import CliRunner

from bot import cli
from bot.settings import SettingsError, read_settings
from tests.bot.scenes import LAMPS, WASTE, answer_to, fetch, list_ideas, sends
from tests.conftest import MODELS, agrees

PALANTA = Path(sys.executable).with_name("palanta")
LINK = re.compile(r"^https://t\.me/palanta_bot\?start=([\w-]+)$")
WRONG = {
    "PALANTA_TOKEN": ["kunci", "123456", "abc:def", " "],
    "PALANTA_API_URL": ["telegram.org", "ftp://telegram.org"],
    "PALANTA_SENDS_AT_ONCE": ["banyak", "0", "100000"],
    "PALANTA_CODE_PREFIX": ["padang", "P", "TOOLONG"],
    "PALANTA_MESSAGES_PER_SECOND": ["-1", "cepat"],
    "PALANTA_TIMEZONE": ["Asia/Padang", "WIB!"],
    "PALANTA_STATUS_PORT": ["-1", "99999"],
}


UNUSABLE = {
    "mysql://x": "expected sqlite:///palanta.db or postgresql://",
    "sqlite:////proc/nowhere/x.db": "No such file",
    "sqlite:///{folder}/novel.db": "file is not a database",
}


def command(*words: str) -> Result:
    """Run a ``palanta`` command in this process: starting Python anew takes seconds."""
    return CliRunner().invoke(cli.app, words)


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_setting_is_named(name, monkeypatch):
    """Nobody has to guess which of twenty settings it was; its value is not repeated."""
    for value in WRONG[name]:
        monkeypatch.setenv(name, value)
        with pytest.raises(SettingsError) as caught:
            read_settings()
        assert str(caught.value).startswith(f"{name}: "), value
        assert str(caught.value).endswith(".")


def test_a_bot_without_a_token_says_where_to_get_one(monkeypatch):
    """The first thing that anybody forgets."""
    monkeypatch.delenv("PALANTA_TOKEN", raising=False)

    with pytest.raises(SettingsError, match=r"PALANTA_TOKEN is not set. BotFather gives you one"):
        _ = read_settings().bot_token


@pytest.mark.parametrize("url", UNUSABLE)
def test_a_database_that_cannot_be_used_is_named_with_the_reason(url, monkeypatch, tmp_path):
    """A wrong path is one sentence, not a traceback; and no file that is not ours is touched."""
    novel = tmp_path / "novel.db"
    novel.write_text("Kasih tak sampai. " * 100)
    monkeypatch.setenv("PALANTA_DATABASE", url.format(folder=tmp_path))

    result = command("export", "--out", str(tmp_path))

    assert result.exit_code == 2
    assert "palanta: PALANTA_DATABASE: cannot use " in result.stderr
    assert UNUSABLE[url] in result.stderr
    assert "Traceback" not in result.output
    assert novel.read_text().startswith("Kasih tak sampai.")


def test_a_folder_that_cannot_be_used_is_named_before_the_training(monkeypatch):
    """Nobody waits a minute to hear of a typing slip."""
    monkeypatch.setenv("PALANTA_FOLDER", "/proc/nowhere")

    result = command("train")

    assert result.exit_code == 2
    assert "palanta: PALANTA_FOLDER: cannot use /proc/nowhere: No such file" in result.stderr


def test_a_slip_in_an_invitation_from_the_shell_is_named(monkeypatch, tmp_path):
    """A role or an area that does not exist makes no link."""
    monkeypatch.setenv("PALANTA_DATABASE", f"sqlite:///{tmp_path}/palanta.db")

    nowhere = command("invite", "lurah", "--area", "99.99")
    nobody = command("invite", "king")

    assert (nowhere.exit_code, nobody.exit_code) == (2, 2)
    assert "no area has the code 99.99" in nowhere.stderr
    assert "'king' is not one of" in nobody.stderr
    assert not (tmp_path / "palanta.db").exists()


async def test_a_token_that_telegram_does_not_know_is_told_and_not_shown(telegram, tmp_path):
    """A revoked or mistyped token is recognised at the start, and is no more public for it."""
    (tmp_path / "models").symlink_to(MODELS)
    own = {
        "PALANTA_TOKEN": "999:wrong",
        "PALANTA_API_URL": telegram.url,
        "PALANTA_DATABASE": f"sqlite:///{tmp_path}/palanta.db",
        "PALANTA_FOLDER": str(tmp_path),
        "PALANTA_STATUS_PORT": "0",
    }

    process = await asyncio.create_subprocess_exec(
        PALANTA, "run", env=os.environ | own, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(120):
        _, said = await process.communicate()

    assert process.returncode == 2
    assert b"PALANTA_TOKEN: Telegram does not know this token" in said, said
    assert b"Traceback" not in said
    assert b"999:wrong" not in said


async def test_the_first_admin_comes_in_by_a_link_from_the_shell(
    telegram, rina, database, settings, monkeypatch
):
    """Nobody needs to write a number into a file: the operator makes a link and sends it."""
    monkeypatch.setenv("PALANTA_TOKEN", telegram.token)
    monkeypatch.setenv("PALANTA_API_URL", telegram.url)
    monkeypatch.setenv("PALANTA_DATABASE", settings.database)

    result = await asyncio.to_thread(command, "invite", "admin")

    assert result.exit_code == 0, result.output
    link = LINK.fullmatch(result.stdout.strip())
    assert link, f"the link alone, to be piped and copied, not {result.stdout!r}"
    await rina.opens_link(link[1])
    await rina.sees("Sekarang kamu admin.")
    acts = await fetch(database, "SELECT act, person_id FROM audit WHERE act = 'invite'")
    assert acts == [{"act": "invite", "person_id": None}]


async def test_a_second_bot_elsewhere_is_noticed_and_costs_nothing(
    telegram, bot, running_bot, tmp_path
):
    """Two machines on one token by mistake: the log says so, and people get their answers."""
    rina = telegram.person("Rina")
    await agrees(rina)

    with capture_logs() as logs:
        async with running_bot(database=f"sqlite:///{tmp_path}/other.db"):
            await _logged(logs, "another process polls with this token; only one may")

    sent = [await rina.says(text) for text in (LAMPS, WASTE)]
    for one in sent:
        await rina.sees(lambda m, one=one: _answers(m, one), timeout=40)


@pytest.mark.file
async def test_a_second_bot_on_the_same_database_waits_and_takes_over(
    telegram, running_bot, database, quiet
):
    """A new version started before the old one ended: nobody is answered twice, nobody misses."""
    rina = telegram.person("Rina")
    old, new = running_bot(), running_bot()
    async with old:
        await agrees(rina)
        with capture_logs() as logs:
            await new.__aenter__()
            await sends(rina, LAMPS)
            await _logged(logs, "another process works on this database; waiting for it to end")
            assert not [log for log in logs if log["event"] == "ready"]
    last = await rina.says(WASTE)
    await answer_to(rina, last)
    await quiet()
    await new.__aexit__(None, None, None)

    assert [idea.text for idea in await list_ideas(database)] == [LAMPS, WASTE]
    assert len([message for message in rina.chat if "PDG-" in message.text]) == 2


@pytest.mark.file
async def test_a_full_disk_pauses_the_bot_and_loses_nothing(telegram, rina, settings, database):
    """Telegram keeps what people said until there is room; then it is taken up by itself."""
    await sends(rina, LAMPS)

    with capture_logs() as logs, _no_room(settings):
        sent = await rina.says(WASTE)
        await _logged(logs, "cannot write; Telegram keeps the updates until we can")
        assert len(telegram.world.updates) == 1, "not acknowledged"
        assert "PDG-" in rina.chat[-2].text, "no receipt for what is not kept"

    await rina.sees(lambda m: _answers(m, sent), timeout=20)
    assert [idea.text for idea in await list_ideas(database)] == [LAMPS, WASTE]


@contextmanager
def _no_room(settings) -> Iterator[None]:
    """Let no file of this process grow beyond the log of the database: its next write fails."""
    path = Path(settings.database.removeprefix("sqlite:///") + "-wal")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def _logged(logs: list, event: str) -> None:
    async with asyncio.timeout(20):
        while not [log for log in logs if log["event"] == event]:
            await asyncio.sleep(0.02)


def _answers(message, sent) -> bool:
    return (message.raw.get("reply_to_message") or {}).get("message_id") == sent.message_id
