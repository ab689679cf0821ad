"""Processes the inbox: many updates in one transaction, each in its own savepoint."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from time import monotonic
from typing import Any

import structlog
from telegram import Update
from telegram.ext import Application

from bot.context import Context, Tools, Work, current_work, message
from bot.conversation import clean
from bot.logs import describe
from bot.metrics import Metrics
from classifier import Classifier, Tag
from storage import inbox, moments, outbox, people
from storage.database import Database, Session
from storage.errors import DatabaseUnavailable
from storage.models import Received, RoleName

# Small enough that nobody waits long for the one writer, large enough to share a commit.
BATCH = 32
TRIES = 3
PAUSE_SECONDS = 5.0
ALERT_EVERY = timedelta(hours=1)

log = structlog.get_logger()


class Processor:
    """Runs stored updates through the application's handlers."""

    def __init__(
        self,
        database: Database,
        application: Application[Any, Context, Any, Any, Any, Any],
        tools: Tools,
        *,
        arrived: asyncio.Event,
        owed: asyncio.Event,
        metrics: Metrics | None = None,
    ) -> None:
        self._metrics = metrics or Metrics.make()
        self._database = database
        self._application = application
        self._tools = tools
        self._arrived = arrived
        self._owed = owed

    async def run(self) -> None:
        """Process until cancelled: at once when something arrived, and every second for retries."""
        while True:
            try:
                if await self.process_batch():
                    continue
            except DatabaseUnavailable as error:
                log.warning("cannot write; updates wait in the inbox", error=str(error))
                await asyncio.sleep(PAUSE_SECONDS)
            try:
                await asyncio.wait_for(self._arrived.wait(), timeout=1.0)
            except TimeoutError:
                continue

    async def process_batch(self) -> int:
        """Process the oldest updates and return how many there were."""
        self._arrived.clear()
        results = []
        async with self._metrics.writing(self._database, "process", short=True) as session:
            received = await inbox.claim(session, now=self._tools.now(), limit=BATCH)
            bodies = [_read(update.body) for update in received]
            classifier = self._tools.classifier
            tags = await self._classify(bodies, classifier)
            behind = set()
            for update, body in zip(received, bodies, strict=True):
                # A chat whose update must be tried again waits with all that follows.
                if update.chat_id in behind:
                    continue
                work = Work(self._tools, session, classifier, tags)
                await self._apply(work, update, body)
                # Short statements run on the loop; in between, others have their turn.
                await asyncio.sleep(0)
                # So does one whose held messages were released: they come first.
                waits = work.released
                result = "held" if work.held else "done"
                if work.error:
                    waits = await self._postpone(session, update, work.error)
                    result = "retried" if waits else "aside"
                results.append(result)
                if waits and update.chat_id:
                    behind.add(update.chat_id)
        if received:
            self._owed.set()
            self._metrics.count_batch(results)
        return len(received)

    async def _apply(self, work: Work, received: Received, body: Any) -> None:
        """Let one update take effect, or undo all of it and keep what went wrong."""
        session = work.session
        begun = monotonic()
        token = current_work.set(work)
        try:
            async with session.savepoint():
                if isinstance(body, Exception):
                    raise body
                update = Update.de_json(body, self._application.bot)
                await self._application.process_update(update)
                if work.error:
                    raise work.error
                if work.held:
                    inbox.hold(session, [received.seq])
                else:
                    inbox.mark_done(session, [received.seq])
        except DatabaseUnavailable:
            raise
        except Exception as error:  # whatever a handler or a malformed update raises
            work.error = error
        finally:
            current_work.reset(token)
        self._metrics.handler_seconds.observe(monotonic() - begun)

    async def _postpone(self, session: Session, received: Received, error: Exception) -> bool:
        """Try again later, or after the last try set the update aside. True if it will be tried."""
        reason = describe(error)
        log.error("update failed", seq=received.seq, attempt=received.attempts + 1, error=reason)
        if received.attempts + 1 < TRIES:
            pause = timedelta(seconds=2**received.attempts)
            inbox.try_again(
                session, received.seq, error=reason, not_before=self._tools.now() + pause
            )
            return True
        inbox.set_aside(session, received.seq, error=reason)
        await self._tell_of_failure(session, received, reason)
        return False

    async def _tell_of_failure(self, session: Session, received: Received, reason: str) -> None:
        """Tell the sender each time, and the admins once an hour for one kind of error."""
        now, t = self._tools.now(), self._tools.texts
        if received.chat_id is not None:
            text = t("update-set-aside", reference=str(received.seq))
            outbox.add(session, "sendMessage", message(received.chat_id, text), at=now)
        if not await moments.is_due(session, f"alert {reason}", at=now, every=ALERT_EVERY):
            return
        for admin in await people.list_with_role(session, RoleName.ADMIN):
            text = t("admin-update-set-aside", reference=str(received.seq))
            outbox.add(session, "sendMessage", message(admin.telegram_id, text), at=now)

    async def _classify(self, batch: Sequence[Any], classifier: Classifier) -> dict[str, Tag]:
        """Classify the texts of a batch together, off the loop.

        If that breaks, each is classified on its own, so that only the one at fault fails.
        """
        texts = list(dict.fromkeys(_texts(batch)))
        if not texts:
            return {}
        try:
            tags = await asyncio.to_thread(classifier.tag, texts)
        except Exception as error:  # whatever a text may do to the classifier
            log.error("a batch could not be classified together", error=describe(error))
            return {}
        self._metrics.count_tags(tags)
        return dict(zip(texts, tags, strict=True))


# Any: an update as Telegram wrote it, whatever is in it.
def _read(body: str) -> Any:
    """Read an update; what cannot be read is an error that is raised when its turn comes."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        return error


def _texts(batch: Iterable[Any]) -> Iterable[str]:
    for update in batch:
        if not isinstance(update, dict):
            continue
        for kind in ("message", "edited_message"):
            content = update.get(kind)
            if isinstance(content, dict):
                text = content.get("text") or content.get("caption")
                if isinstance(text, str) and not text.startswith("/"):
                    yield clean(text)
