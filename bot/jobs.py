"""Long work outside the chat path: job rows, shown progress, and no harm in being killed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import structlog

from bot import learning
from bot.context import Tools, message
from bot.conversation import excerpt
from bot.handlers.export import KIND, progress
from bot.learning import Trainer
from bot.logs import describe
from bot.metrics import Metrics
from planning import export
from planning.filters import read_filter
from storage import jobs, outbox
from storage.database import Database, Session
from storage.errors import DatabaseUnavailable
from storage.models import Job

TRIES = 3
FAILED = {KIND: "export-failed", learning.KIND: "train-failed"}
PROGRESS_EVERY = timedelta(seconds=2)
PAUSE_SECONDS = 5.0
LOOK_SECONDS = 0.5
HOLD_SECONDS = 15.0

log = structlog.get_logger()

Finish = Callable[[Session], None]


class Worker:
    """Runs jobs one after the other. A job that a crash interrupted is run again from its start."""

    def __init__(
        self,
        database: Database,
        tools: Tools,
        *,
        owed: asyncio.Event,
        metrics: Metrics | None = None,
    ) -> None:
        self._metrics = metrics or Metrics.make()
        self._database = database
        self._tools = tools
        self._owed = owed
        self._kinds: dict[str, Callable[[Job], Awaitable[Finish]]] = {
            KIND: self._export,
            learning.KIND: Trainer(database, tools).run,
        }

    async def run(self) -> None:
        """Work until cancelled."""
        if not self._database.shared:
            async with self._database.writing() as session:
                jobs.let_go(session)
        while True:
            try:
                if await self.run_next():
                    continue
            except DatabaseUnavailable as error:
                log.warning("cannot write; jobs wait", error=str(error))
                await asyncio.sleep(PAUSE_SECONDS)
            await asyncio.sleep(LOOK_SECONDS)

    async def run_next(self) -> bool:
        """Run the oldest open job, if there is one; its end and its results are one transaction."""
        async with self._database.writing() as session:
            job = await jobs.take_next(session, now=self._tools.now())
        if job is None:
            return False
        try:
            async with self._holding(job):
                finish = await self._kinds[job.kind](job)
        except DatabaseUnavailable:
            raise
        except Exception as error:  # whatever long work may raise: tried again, then told
            await self._fail(job, error)
            return True
        async with self._database.writing() as session:
            if not await jobs.is_ours(session, job):
                log.warning("a job was taken over or cancelled meanwhile", job=job.id)
                return True
            finish(session)
            jobs.finish(session, job.id, at=self._tools.now())
        self._metrics.jobs.labels(job.kind, "done").inc()
        self._owed.set()
        return True

    @asynccontextmanager
    async def _holding(self, job: Job) -> AsyncIterator[None]:
        """Keep saying that we are at work, so that no other process takes the job up."""

        async def hold() -> None:
            while True:
                await asyncio.sleep(HOLD_SECONDS)
                async with self._database.writing() as session:
                    jobs.hold(session, job.id, now=self._tools.now())

        holding = asyncio.create_task(hold())
        try:
            yield
        finally:
            holding.cancel()

    async def _fail(self, job: Job, error: Exception) -> None:
        log.error("job failed", job=job.id, attempt=job.attempts, error=describe(error))
        again = job.attempts < TRIES
        self._metrics.jobs.labels(job.kind, "retried" if again else "failed").inc()
        if again:
            await asyncio.sleep(1.0)
            async with self._database.writing() as session:
                jobs.let_go(session, job_id=job.id)
            return
        async with self._database.writing() as session:
            jobs.finish(session, job.id, at=self._tools.now(), error=type(error).__name__)
            self._say(session, job, self._tools.texts(FAILED[job.kind], reference=str(job.id)))
        self._owed.set()

    async def _export(self, job: Job) -> Finish:
        settings, texts = self._tools.settings, self._tools.texts
        taxonomy = self._tools.classifier.taxonomy
        words = job.arguments["words"]
        order = export.Order(
            read_filter(words, taxonomy=taxonomy, timezone=settings.timezone), words
        )
        city = export.City(settings.code_prefix, settings.timezone, taxonomy)
        path = exports_folder(settings.folder) / f"usulan-{job.id}.zip"
        async with self._database.reading() as session:
            made = await export.make(
                session, path, order=order, city=city, progress=self._progress_of(job)
            )

        def finish(session: Session) -> None:
            self._edit_progress(session, job, texts("export-ready", total=made.total))
            said = texts("filter-none") if not words else excerpt(order.text)
            payload = {
                "chat_id": job.chat_id,
                "document": {"path": str(path.resolve()), "name": "usulan.zip"},
                "caption": texts("export-caption", total=made.total, filter=said),
            }
            outbox.add(session, "sendDocument", payload, at=self._tools.now())

        return finish

    def _progress_of(self, job: Job) -> export.Progress:
        """Edit the one progress message, not more often than a person can read."""
        shown_at = self._tools.now()

        async def show(done: int, total: int) -> None:
            nonlocal shown_at
            now = self._tools.now()
            if now - shown_at < PROGRESS_EVERY or done == total:
                return
            shown_at = now
            async with self._database.writing() as session:
                text = progress(self._tools.texts, done=done, total=total)
                self._edit_progress(session, job, text)
            self._owed.set()

        return show

    def _edit_progress(self, session: Session, job: Job, text: str) -> None:
        payload = {"chat_id": job.chat_id, "text": text}
        outbox.add(
            session, "editMessageText", payload, at=self._tools.now(), edits=job.progress_row
        )

    def _say(self, session: Session, job: Job, text: str) -> None:
        if job.chat_id is not None:
            outbox.add(session, "sendMessage", message(job.chat_id, text), at=self._tools.now())


def exports_folder(folder: Path) -> Path:
    return folder / "exports"
