"""What the doctor makes of what Telegram, the disk and the model folder say."""

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import doctor
from bot.doctor import Finding
from bot.settings import Settings
from classifier import Classifier

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("announced", "set_to", "words"),
    [
        ("https://bot.example/x", None, "one is set, but we poll"),
        ("", "https://bot.example/x", "Telegram calls another address"),
        ("https://old.example/x", "https://bot.example/x", "Telegram calls another address"),
    ],
)
def test_a_webhook_other_than_the_setting_is_told(announced: str, set_to: str | None, words: str):
    """Another program with the same token takes the messages of people away."""
    settings = Settings(webhook_url=set_to)

    finding = doctor.judge_webhook({"url": announced}, settings, NOW)

    assert not finding.ok
    assert words in finding.said


@pytest.mark.parametrize(("pending", "ok"), [(3, True), (5_000, False)])
def test_updates_that_pile_up_at_telegram_are_told(pending: int, ok: bool):
    """Nobody fetches them; after a day Telegram drops them."""
    info = {"url": "", "pending_update_count": pending}

    assert doctor.judge_webhook(info, Settings(), NOW).ok == ok


@pytest.mark.parametrize(("minutes", "ok"), [(5, False), (90, True)])
def test_a_webhook_that_fails_now_is_told(minutes: int, ok: bool):
    """An error of this hour matters, an old one does not."""
    at = (NOW - timedelta(minutes=minutes)).timestamp()
    info = {"url": "", "last_error_date": int(at), "last_error_message": "Connection refused"}

    finding = doctor.judge_webhook(info, Settings(), NOW)

    assert finding.ok == ok
    assert ok or "Connection refused" in finding.said


def test_a_full_disk_is_told(tmp_path: Path):
    """Before it is full, nothing is lost."""
    everything = shutil.disk_usage(tmp_path).total

    assert doctor.judge_disk(tmp_path, least=0).ok
    finding = doctor.judge_disk(tmp_path / "not" / "yet", least=everything + 1)
    assert not finding.ok
    assert "Make room" in finding.said


def test_a_model_that_cannot_be_loaded_is_told(tmp_path: Path):
    """A torn file, or none at all: both are mended by training."""
    assert "there is none yet" in doctor.judge_model(tmp_path, NOW).said

    (tmp_path / "m-1.skops").write_bytes(b"torn")
    finding = doctor.judge_model(tmp_path, NOW)

    assert not finding.ok
    assert "cannot be loaded (DamagedModel)" in finding.said


def test_a_model_that_loads_is_fine_at_any_age(tmp_path: Path, classifier: Classifier):
    """The operator reads how old it is and decides."""
    file = tmp_path / f"{classifier.id}.skops"
    classifier.save(file)
    made_at = (NOW - timedelta(days=400)).timestamp()
    os.utime(file, (made_at, made_at))

    finding = doctor.judge_model(tmp_path, NOW)

    assert finding == Finding("model", True, f"{classifier.id} loads; 400 days old.")
