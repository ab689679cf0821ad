"""The job that learns from people's corrections, and what comes of it."""

import asyncio
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import structlog

from bot.context import Tools
from bot.texts import Texts
from classifier import Correction
from storage import audit, learning, outbox, people
from storage.database import Database, Session
from storage.learning import Judged
from storage.models import DecidedBy, Job, RoleName
from storage.privacy import mask

KIND = "train"
FEWEST = 20
# Beside the messages of people it is in no hurry.
NICENESS = 10
ASKED, CALENDAR, ERASURE = "asked", "calendar", "erasure"

log = structlog.get_logger()


class TrainingFailed(Exception):
    """The process that learns ended badly. The message has no word of anybody in it."""


class Trainer:
    """Gathers a lesson, lets another process learn it, and promotes what is not worse."""

    def __init__(self, database: Database, tools: Tools) -> None:
        self._database = database
        self._tools = tools
        self._folder = tools.settings.folder / "models"

    async def run(self, job: Job) -> "Outcome":
        erasing = job.arguments["reason"] == ERASURE
        base, live = self._tools.live.base.id, self._tools.live.classifier.id
        async with self._database.reading() as session:
            lesson = await _read_lesson(session)
            admins = [p.telegram_id for p in await people.list_with_role(session, RoleName.ADMIN)]
        given = len(lesson["corrections"])
        if given < FEWEST:
            return Outcome(self._tools, job, admins, base=base, report=None, given=given)
        # What was learned with the words of somebody who has gone is no measure any more.
        judge = base if erasing else live
        report = await self._learn(lesson | {"folder": str(self._folder), "live": judge})
        return Outcome(self._tools, job, admins, base=base, report=report, given=given)

    async def _learn(self, lesson: dict[str, Any]) -> dict[str, Any]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "classifier.learning"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            preexec_fn=lambda: os.nice(NICENESS),
        )
        try:
            said, _ = await process.communicate(json.dumps(lesson).encode())
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            raise TrainingFailed(f"ended with {process.returncode}")
        report: dict[str, Any] = json.loads(said)
        return report


class Outcome:
    """What a training has shown; called with the session of the job's end, it takes effect."""

    def __init__(
        self,
        tools: Tools,
        job: Job,
        admins: list[int],
        *,
        base: str,
        report: dict[str, Any] | None,
        given: int,
    ) -> None:
        self._tools = tools
        self._job = job
        self._admins = admins
        self._base = base
        self._report = report
        self._given = given

    def __call__(self, session: Session) -> None:
        erasing = self._job.arguments["reason"] == ERASURE
        if erasing:
            # Their vocabulary holds words of somebody who has gone.
            learning.forget_models(session)
        if self._report:
            self._note(session, self._report)
        if self._report and self._report["against"] is None:
            self._promote(session, self._report["model"], "erasure" if erasing else "better")
            self._announce(session, self._report)
        elif erasing:
            self._promote(session, self._base, "erasure")
        else:
            self._tell(session, self._why_not())

    def _note(self, session: Session, report: dict[str, Any]) -> None:
        learning.add_model(
            session,
            report["model"],
            base=self._base,
            corrections=report["corrections"],
            report=report,
            at=self._tools.now(),
        )

    def _promote(self, session: Session, model_id: str, reason: str) -> None:
        now, by = self._tools.now(), self._job.person_id
        learning.promote(session, model_id, by=by, reason=reason, at=now)
        audit.add(session, "promote", by=by, at=now, detail={"model": model_id, "reason": reason})

    def _announce(self, session: Session, report: dict[str, Any]) -> None:
        """Admins get the picture; it shows each dimension before and after."""
        caption = announcement(self._tools.texts, report)
        self._edit(session, self._tools.texts("train-done"))
        photo = {"path": str(Path(report["picture"]).resolve()), "name": "model.png"}
        for admin in self._admins:
            payload = {"chat_id": admin, "photo": photo, "caption": caption}
            outbox.add(session, "sendPhoto", payload, at=self._tools.now())

    def _why_not(self) -> str:
        t = self._tools.texts
        if self._report is None:
            return t("train-too-few", given=self._given, fewest=FEWEST)
        sample = self._report["sample"]
        return t(
            f"train-against-{self._report['against']}",
            old=t.percent(sample["old"]),
            new=t.percent(sample["new"]),
        )

    def _tell(self, session: Session, text: str) -> None:
        """Whoever asked hears it; what the calendar started and came to nothing is not told."""
        if self._job.progress_row is not None:
            self._edit(session, text)

    def _edit(self, session: Session, text: str) -> None:
        if self._job.progress_row is not None and self._job.chat_id is not None:
            payload = {"chat_id": self._job.chat_id, "text": text}
            outbox.add(
                session,
                "editMessageText",
                payload,
                at=self._tools.now(),
                edits=self._job.progress_row,
            )


def announcement(t: Texts, report: dict[str, Any]) -> str:
    """Say what the new model learned from and what it brings, with its uncertainty."""
    sample = report["sample"]
    return t(
        "train-promoted",
        corrections=report["corrections"],
        people=report["people"],
        old=t.percent(sample["old"]),
        new=t.percent(sample["new"]),
        low=f"{100 * sample['low']:+.0f}",
        high=f"{100 * sample['high']:+.0f}",
        n=sample["n"],
    )


async def _read_lesson(session: Session) -> dict[str, Any]:
    """Gather what there is to learn, masked: no model needs to know a telephone number."""
    corrections = await learning.list_corrections(session)
    return {
        "corrections": [asdict(_correction(each)) for each in corrections],
        "unlabelled": [mask(each.text) for each in await learning.list_unlabelled(session)],
        "blind": [
            {"text": mask(each.text), "topic": each.topic}
            for each in await learning.list_blind(session)
        ],
    }


def _correction(judged: Judged) -> Correction:
    return Correction(
        text=mask(judged.text),
        topic=judged.topic,
        # People who have gone share one number, and so one bound.
        person=judged.person_id or 0,
        trusted=judged.decided_by is DecidedBy.MODERATOR,
    )
