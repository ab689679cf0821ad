"""Looks at everything that the bot needs and says in a sentence what to do where it fails."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp

from bot.settings import Settings
from classifier import Classifier, ClassifierError
from storage import health, moments
from storage.alone import is_sqlite, path_of
from storage.database import Database
from storage.errors import StorageError
from storage.health import Queues
from storage.tables import newest_migration

ANSWER = aiohttp.ClientTimeout(total=15)
LARGEST_DIFFERENCE = timedelta(seconds=5)
LEAST_FREE = 1 << 30
OLDEST_BACKUP = timedelta(days=2)
MANY_PENDING = 100
RECENT = timedelta(hours=1)
RUNS = "Is `palanta run` at work? Its log says why not."


class Finding(NamedTuple):
    """One thing that was looked at. ``said`` holds numbers and names of things, not of people."""

    name: str
    ok: bool
    said: str


async def examine(settings: Settings, *, now: datetime) -> list[Finding]:
    """Look at everything; what fails keeps nothing else from being looked at."""
    findings = [_settings(settings), *await database(settings.database)]
    findings += [finding async for finding in _telegram(settings, now=now)]
    findings += [judge_disk(folder) for folder in _folders(settings)]
    findings.append(await asyncio.to_thread(judge_model, settings.folder / "models", now))
    if all(finding.ok for finding in findings if finding.name in ("database", "migrations")):
        findings += await _work(settings.database, now=now)
    return findings


def _settings(settings: Settings) -> Finding:
    url = settings.webhook_url
    if url and not url.startswith("https://"):
        return Finding("settings", False, "PALANTA_WEBHOOK_URL must begin with https://.")
    if settings.token is None:
        return Finding("settings", False, "PALANTA_TOKEN is not set. BotFather gives you one.")
    return Finding("settings", True, "can be read.")


async def database(url: str) -> list[Finding]:
    """Read the whole database, changing nothing."""
    if is_sqlite(url) and not path_of(url).exists():
        said = f"there is none at {path_of(url)} yet. `palanta run` makes it."
        return [Finding("database", False, said)]
    try:
        condition = await health.examine(url)
    except (OSError, sqlite3.Error, StorageError) as error:
        said = f"cannot be read ({error}). See PALANTA_DATABASE."
        return [Finding("database", False, said)]
    if condition.damage:
        said = f"damaged: {condition.damage}. Stop the bot and `palanta restore` the last backup."
        return [Finding("database", False, said)]
    return [
        Finding("database", True, "can be read and is sound."),
        _migrations(condition.migration),
    ]


def _migrations(number: int) -> Finding:
    newest = newest_migration()
    if number == newest:
        return Finding("migrations", True, f"at number {number}, the newest.")
    if number > newest:
        said = f"at number {number}; this Palanta knows {newest}. Install the newer one again."
    else:
        said = (
            f"at number {number}, the newest is {newest}. Restart the bot to bring it up to date."
        )
    return Finding("migrations", False, said)


async def _telegram(settings: Settings, *, now: datetime) -> AsyncIterator[Finding]:
    if settings.token is None:
        return
    base = f"{settings.api_url}/bot{settings.bot_token}"
    # Errors are told by their type: their words hold the address, and so the token.
    try:
        async with aiohttp.ClientSession(timeout=ANSWER) as session:
            async with session.get(f"{base}/getMe") as response:
                status, date = response.status, response.headers.get("Date")
            yield _token(status)
            yield _clock(date, now)
            if status == 200:
                async with session.get(f"{base}/getWebhookInfo") as response:
                    answer = await response.json()
                yield judge_webhook(answer["result"], settings, now)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError, KeyError) as error:
        said = (
            f"Telegram cannot be reached ({type(error).__name__}). See network and PALANTA_API_URL."
        )
        yield Finding("telegram", False, said)


def _token(status: int) -> Finding:
    if status == 200:
        return Finding("token", True, "Telegram knows it.")
    if status in (401, 404):
        said = "Telegram does not know it. BotFather shows the right one (/token)."
        return Finding("token", False, said)
    return Finding("token", False, f"Telegram answered with status {status}. Try again later.")


def _clock(date: str | None, now: datetime) -> Finding:
    if date is None:
        return Finding("clock", True, "Telegram's answer had no time to compare with.")
    difference = now - parsedate_to_datetime(date).astimezone(UTC)
    seconds = f"{difference.total_seconds():+.0f} s from Telegram's"
    if abs(difference) > LARGEST_DIFFERENCE:
        said = f"{seconds}. Let the system set it (timedatectl set-ntp true)."
        return Finding("clock", False, said)
    return Finding("clock", True, f"{seconds}.")


def judge_webhook(info: dict[str, Any], settings: Settings, now: datetime) -> Finding:
    url, pending = info.get("url") or None, int(info.get("pending_update_count", 0))
    error_at = datetime.fromtimestamp(info.get("last_error_date", 0), UTC)
    if url != settings.webhook_url:
        said = "Telegram calls another address than PALANTA_WEBHOOK_URL says. Restart the bot."
        if settings.webhook_url is None:
            said = "one is set, but we poll. Restart the bot. If it comes back, change the token."
        return Finding("webhook", False, said)
    if now - error_at < RECENT:
        said = f"Telegram could not deliver: {info.get('last_error_message')}. See the proxy."
        return Finding("webhook", False, said)
    if pending > MANY_PENDING:
        return Finding("webhook", False, f"{pending} updates wait at Telegram. {RUNS}")
    way = "as set" if url else "none, we poll"
    return Finding("webhook", True, f"{way}; {pending} updates wait at Telegram.")


def _folders(settings: Settings) -> list[Path]:
    own = {settings.folder.resolve()}
    if is_sqlite(settings.database):
        own.add(path_of(settings.database).parent.resolve())
    return sorted(own)


def judge_disk(folder: Path, *, least: int = LEAST_FREE) -> Finding:
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(there).free
    said = f"{free / (1 << 30):.1f} GiB free for {folder}."
    if free < least:
        said += " Make room: when the disk is full, nothing more is received."
    return Finding("disk", free >= least, said)


def judge_model(folder: Path, now: datetime) -> Finding:
    files = sorted(folder.glob("*.skops"), key=lambda file: file.stat().st_mtime)
    if not files:
        return Finding("model", False, "there is none yet. `palanta train` makes one.")
    try:
        classifier = Classifier.load(files[-1])
    except (ClassifierError, OSError) as error:
        said = f"cannot be loaded ({type(error).__name__}). `palanta train` makes a new one."
        return Finding("model", False, said)
    age = now - datetime.fromtimestamp(files[-1].stat().st_mtime, UTC)
    return Finding("model", True, f"{classifier.id} loads; {max(age.days, 0)} days old.")


async def _work(url: str, *, now: datetime) -> list[Finding]:
    async with Database.open(url) as opened, opened.reading() as session:
        queues = await health.look_at_queues(session, now=now)
        backed_up = await moments.find(session, moments.BACKUP)
    return [*_queues(queues), _aside(queues), _backup(backed_up, now)]


def _queues(queues: Queues) -> list[Finding]:
    late = {
        "inbox": (queues.unprocessed, "updates wait for more than a minute"),
        "outbox": (queues.sending + queues.unsent, "messages are late"),
        "jobs": (queues.jobs, "jobs wait for more than a minute"),
    }
    return [
        Finding(name, not count, f"{count} {words}. {RUNS}" if count else "nothing is late.")
        for name, (count, words) in late.items()
    ]


def _aside(queues: Queues) -> Finding:
    if queues.aside:
        said = f"{queues.aside} updates could not be processed. See `palanta inbox list`."
        return Finding("set aside", False, said)
    return Finding("set aside", True, "nothing.")


def _backup(at: datetime | None, now: datetime) -> Finding:
    if at is None:
        return Finding("backup", False, "none was made yet. Let `palanta backup` run every night.")
    hours = (now - at).total_seconds() / 3600
    if now - at > OLDEST_BACKUP:
        said = f"the last is {hours / 24:.0f} days old. Does cron still run `palanta backup`?"
        return Finding("backup", False, said)
    return Finding("backup", True, f"the last is {max(hours, 0):.0f} hours old.")
