"""A campaign day, from one city to the whole country: what backs up, and how late receipts become.

python -m bench.campaign [--json] [--check]

The load and its sources are in docs/scaling.md. ``--check`` plays a small day with the real bot
against the simulated Telegram, beside what the simulation foretells.
"""

import argparse
import asyncio
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from bench import rehearsal
from bench.bot import MODELS
from bench.crowd import Bot, Habits, play
from bot.process import BATCH
from bot.receive import BATCH as POLL_SIZE
from bot.webhook import CONNECTIONS

Shares = np.ndarray[Any, np.dtype[np.float64]]

HOUR, DAY = 3600, 86_400
# People; where each figure comes from is in docs/scaling.md.
PLACES = {
    "Kota Padang": 909_040,
    "Kabupaten Bogor": 5_664_537,
    "Jawa Barat": 50_489_208,
    "all 514": 282_477_584,
}
# Ideas of a day for each 1,000 people.
LOADS = {
    "as Jakarta's busiest": 1000 * 800 / 11_140_000,
    "as musrenbang": 1000 * 337 / 4 / 27_682,
    "ten times musrenbang": 10_000 * 337 / 4 / 27_682,
}
# Each with one bot for the place; the last is shown by the hour.
DAYS = (
    ("Kota Padang", "as Jakarta's busiest"),
    ("Kota Padang", "as musrenbang"),
    ("Kota Padang", "ten times musrenbang"),
    ("Kabupaten Bogor", "as musrenbang"),
    ("Kabupaten Bogor", "ten times musrenbang"),
    ("Jawa Barat", "as musrenbang"),
    ("all 514", "as Jakarta's busiest"),
    ("all 514", "as musrenbang"),
)
# Shares of four hours each, from midnight; then what an announcement at eight in the evening adds.
QUIET_SHARES = (0.11, 0.10, 0.17, 0.19, 0.20, 0.23)
ANNOUNCED_AT = 20 * HOUR
ANNOUNCED_SHARE = 0.25
HALF_LIFE = 20 * 60

# Updates a second that one core takes in, and how long a commit lasts: measured before.
POLLED_PER_SECOND = 19_034.0
POSTED_PER_SECOND = 4_683.0
COMMIT_SECONDS = 0.00082
# Measured by --check: what is kept of an idea, and what an update leaves behind for a week.
KEPT_BYTES = 1_020
PASSING_BYTES = 1_265


def profile(announced: float = ANNOUNCED_SHARE) -> Shares:
    """Give each second's share of the ideas of a day; this part of them answers an announcement."""
    quiet = np.repeat(np.array(QUIET_SHARES) / (4 * HOUR), 4 * HOUR)
    since = np.arange(DAY) - ANNOUNCED_AT
    burst = np.where(since >= 0, 0.5 ** (np.maximum(since, 0) / HALF_LIFE), 0.0)
    shares: Shares = (1 - announced) * quiet / quiet.sum() + announced * burst / burst.sum()
    return shares


def simulate(
    place: str, load: str, *, bot: Bot, habits: Habits, announced: float = ANNOUNCED_SHARE
) -> dict[str, Any]:
    """Play one day of one bot, and the days after it until everybody has a receipt."""
    expected = PLACES[place] * LOADS[load] / 1000 * profile(announced)
    written = np.random.default_rng(1).poisson(expected).tolist()
    course = play(written, bot=bot, habits=habits)
    peak, ideas = float(expected.max()), sum(written)
    return {
        "place": place,
        "load": load,
        "ideas": ideas,
        "peak_ideas_per_second": peak,
        "peak_messages_per_second": peak * habits.messages,
        "cores_at_peak": peak * habits.processor_ms(bot) / 1000,
        "most_owed": course.most_owed(),
        **_seconds(course.quantiles()),
        "last_receipt_hour": course.last_receipt / HOUR,
        "megabytes_kept": ideas * KEPT_BYTES / 1e6,
        "megabytes_passing": ideas * habits.updates * PASSING_BYTES / 1e6,
        "hours": [
            {
                "hour": hour,
                "ideas": sum(written[hour * HOUR : (hour + 1) * HOUR]),
                "most_owed": course.most_owed(hour * HOUR, (hour + 1) * HOUR),
                **_seconds(waits),
            }
            for hour, waits in enumerate(course.quantiles_by(HOUR, parts=24))
        ],
    }


def _seconds(quantiles: dict[str, float]) -> dict[str, float]:
    return {f"receipt_{name}_seconds": seconds for name, seconds in quantiles.items()}


def ceilings(bot: Bot, habits: Habits) -> dict[str, float]:
    """Give how many ideas a second each part of one bot lets through, the narrowest first."""
    updates = {
        f"webhook, {CONNECTIONS} connections": CONNECTIONS / bot.round_trip,
        f"polling, {POLL_SIZE} at a time": POLL_SIZE / bot.round_trip,
        "webhook, one core": POSTED_PER_SECOND,
        "polling, one core": POLLED_PER_SECOND,
        "commits of one disk": BATCH / COMMIT_SECONDS,
    }
    found = {
        "Telegram's limit on one bot": bot.messages_per_second / habits.messages,
        f"{bot.at_once} calls in flight": habits.messages_in_flight(bot) / habits.messages,
        "one core for everything": 1000 / habits.processor_ms(bot),
        **{name: rate / habits.updates for name, rate in updates.items()},
    }
    return dict(sorted(found.items(), key=lambda part: part[1]))


def figures(
    bot: Bot,
    habits: Habits,
    *,
    announced: float = ANNOUNCED_SHARE,
    days: Sequence[tuple[str, str]] = DAYS,
) -> dict[str, Any]:
    return {
        "bot": asdict(bot),
        "habits": asdict(habits),
        "announced": announced,
        "messages_per_idea": habits.messages,
        "updates_per_idea": habits.updates,
        "processor_ms_per_idea": habits.processor_ms(bot),
        "ceilings_ideas_per_second": ceilings(bot, habits),
        "days": [
            simulate(place, load, bot=bot, habits=habits, announced=announced)
            for place, load in days
        ],
    }


def table(found: dict[str, Any]) -> str:
    lines = [
        f"an idea: {found['messages_per_idea']:.1f} messages, {found['updates_per_idea']:.1f} "
        f"updates, {found['processor_ms_per_idea']:.1f} ms of one core",
        *(f"{n:10.0f} ideas/s  {name}" for name, n in found["ceilings_ideas_per_second"].items()),
        f"\n{'one bot for':17}{'a day':21}    ideas  messages/s  cores  most owed"
        "      p50      p99  the last",
    ]
    for day in found["days"]:
        lines.append(
            f"{day['place']:17}{day['load']:21}{day['ideas']:9}"
            f"{day['peak_messages_per_second']:12.2f}{day['cores_at_peak']:7.3f}"
            f"{day['most_owed']:11}{_waits(day)}{day['last_receipt_hour']:8.1f} h"
        )
    lines.append(f"\n{day['place']}, {day['load']}\nhour    ideas  most owed      p50      p99")
    lines += [
        f"{hour['hour']:4}{hour['ideas']:9}{hour['most_owed']:11}{_waits(hour)}"
        for hour in day["hours"]
    ]
    return "\n".join(lines)


def _waits(of: dict[str, Any]) -> str:
    return "".join(f"{clock(of[f'receipt_{name}_seconds']):>9}" for name in ("p50", "p99"))


def clock(seconds: float) -> str:
    """Say a time as people do, in the unit that it fills."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 2 * HOUR else f"{seconds / HOUR:.1f} h"


def read_arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print figures, not tables")
    parser.add_argument("--check", action="store_true", help="play a small day with the real bot")
    for name, kind in Bot.__annotations__.items():
        option = f"--{name.replace('_', '-')}"
        parser.add_argument(option, type=kind, default=getattr(Bot, name))
    parser.add_argument("--newcomers", type=float, default=Habits.newcomers, help="share")
    parser.add_argument("--confirm", type=float, default=Habits.confirm, help="share")
    parser.add_argument("--announced", type=float, default=ANNOUNCED_SHARE, help="share")
    parser.add_argument("--models", type=Path, default=MODELS, help="where models are kept")
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> None:
    given = read_arguments(words)
    if given.check:
        with tempfile.TemporaryDirectory(prefix="palanta-campaign-") as folder:
            checked = asyncio.run(rehearsal.check(Path(folder), models=given.models))
        print(json.dumps(checked, indent=2) if given.json else rehearsal.table(checked))
        return
    bot = Bot(**{name: getattr(given, name) for name in Bot.__annotations__})
    habits = Habits(given.newcomers, given.confirm)
    found = figures(bot, habits, announced=given.announced)
    print(json.dumps(found, indent=2) if given.json else table(found))


if __name__ == "__main__":
    main()
