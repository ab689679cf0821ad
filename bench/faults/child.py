"""One bot in a process of its own: ``palanta run`` with a clock that can be wrong.

Everything else is the bot as it is. Only where a short run asks for it are its pauses shortened,
so that ten seconds hold as many faults as ten minutes.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import uvloop

from bench.faults.points import Points, watch, watch_postgres
from bot import app, logs
from bot.settings import Settings
from classifier import Classifier
from storage.errors import DatabaseUnusable

CLOCK_WIDTH = 16
# What ``palanta run`` ends with if it cannot open its database.
REFUSED = 2
# Module, name, value for short runs.
SHORTENED: tuple[tuple[str, str, object], ...] = (
    ("bot.app", "PAUSE_SECONDS", 0.3),
    ("bot.jobs", "PAUSE_SECONDS", 0.3),
    ("bot.jobs", "HOLD_SECONDS", 0.5),
    ("bot.process", "PAUSE_SECONDS", 0.3),
    ("bot.receive", "LONGEST_REST", 1.0),
    ("bot.send", "LONGEST_WAIT", 1.0),
    ("bot.send", "PAUSE_SECONDS", 0.3),
    ("bot.send", "REPEAT_SECONDS", 0.5),
    ("storage.jobs", "CLAIM", timedelta(seconds=3)),
    ("storage.outbox", "LEASE", timedelta(seconds=3)),
    ("storage.sqlite", "BUSY_TIMEOUT_MS", 300),
    ("storage.sqlite", "LOOK_SECONDS", 0.2),
)


@dataclass(frozen=True)
class Birth:
    """What a child is told when it is born."""

    env: dict[str, str]
    clock: str
    log: str
    hurry: bool = False
    points: str = ""
    die_at: int = 0
    every_statement: bool = False


def live(birth: Birth, classifier: Classifier) -> int:
    """Be the bot until told to stop; return the exit code, as the command does."""
    logs.configure()
    os.environ.update(birth.env)
    if birth.hurry:
        for module, name, value in SHORTENED:
            setattr(import_module(module), name, value)
    settings = Settings()
    if birth.points:
        _be_mortal(birth, shared=settings.database.startswith("postgres"))
    try:
        uvloop.run(_run(settings, classifier, now=_clock(Path(birth.clock))))
    except DatabaseUnusable as error:
        print(error, file=sys.stderr)
        return REFUSED
    return 0


def _be_mortal(birth: Birth, *, shared: bool) -> None:
    points = Points(Path(birth.points), die_at=birth.die_at)
    watch(points, every_statement=birth.every_statement)
    if shared:
        watch_postgres(points)


async def _run(settings: Settings, classifier: Classifier, *, now: Callable[[], datetime]) -> None:
    await app.run(settings, classifier, stop=app.stop_on_signals(), now=now)


def _clock(path: Path) -> Callable[[], datetime]:
    """Tell the time, wrong by as many seconds as the file says at the moment."""
    file = os.open(path, os.O_RDONLY)

    def now() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(os.pread(file, CLOCK_WIDTH, 0)))

    return now


def set_clock(path: Path, seconds: float) -> None:
    """Put every clock that reads this file wrong by so much, at once."""
    with path.open("r+b" if path.exists() else "wb") as file:
        file.write(f"{seconds:<{CLOCK_WIDTH}.3f}".encode())


# Any: JSON.
def birth_of(told: dict[str, Any]) -> Birth:
    return Birth(**told)
