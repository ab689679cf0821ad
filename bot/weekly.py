"""What happens by the calendar: learning from new corrections, and a look at what has changed."""

import asyncio
from datetime import datetime, timedelta

import structlog

from bot import learning as training
from bot.context import Tools, message
from classifier import load_topics
from planning import statistics
from planning.statistics import Drift
from storage import jobs, learning, moments, outbox, people
from storage import statistics as counts
from storage.database import Database, Session
from storage.errors import DatabaseUnavailable
from storage.models import RoleName

EVERY_SECONDS = 600.0
WEEK = timedelta(days=7)
# A week in which people corrected less than this has nothing new to teach.
FEWEST_NEW = 20

log = structlog.get_logger()


async def keep_calendar(database: Database, tools: Tools) -> None:
    """Do what is due, until cancelled."""
    while True:
        try:
            await do_what_is_due(database, tools)
        except DatabaseUnavailable as error:
            log.warning("cannot write; the calendar waits", error=str(error))
        await asyncio.sleep(EVERY_SECONDS)


async def do_what_is_due(database: Database, tools: Tools) -> None:
    now = tools.now()
    days = tools.settings.learn_every_days
    async with database.writing() as session:
        if (
            days
            and await _has_news(session, tools)
            and await moments.is_due(session, "training", at=now, every=timedelta(days=days))
        ):
            order_training(session, training.CALENDAR, at=now)
    async with database.writing() as session:
        if await moments.is_due(session, "drift", at=now, every=WEEK):
            await _tell_of_drift(session, tools, now)


def order_training(session: Session, reason: str, *, at: datetime) -> None:
    jobs.add(session, training.KIND, arguments={"reason": reason}, at=at)


async def _has_news(session: Session, tools: Tools) -> bool:
    """Whether people have said enough since the last training, or it was for an older version."""
    models = await learning.list_models(session)
    given = await learning.count_corrections(session)
    fitting = [model.corrections for model in models if model.base == tools.live.base.id]
    return given - max(fitting, default=0) >= FEWEST_NEW


async def read_drift(session: Session, now: datetime) -> Drift:
    since = now - (statistics.WEEKS_BEFORE + 2) * WEEK
    tagged = await counts.list_tagged(session, since=since)
    return statistics.measure_drift(tagged, today=now.date())


async def _tell_of_drift(session: Session, tools: Tools, now: datetime) -> None:
    drift, t = await read_drift(session, now), tools.texts
    said = []
    if drift.doubts_more:
        share, before = t.percent(drift.doubt), t.percent(drift.doubt_before)
        said.append(t("drift-doubt", now=share, before=before))
    if drift.has_shifted and drift.riser:
        topic = load_topics().get(drift.riser).title_id
        share, before = t.percent(drift.riser_share), t.percent(drift.riser_before)
        said.append(t("drift-topics", topic=topic, now=share, before=before))
    for admin in await people.list_with_role(session, RoleName.ADMIN) if said else []:
        text = "\n".join(said)
        outbox.add(session, "sendMessage", message(admin.telegram_id, text), at=now)
