"""Delivers the outbox: in order per lane, within Telegram's limits, again after a failure."""

import asyncio
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic

import aiohttp
import structlog

from bot.limits import Limits
from bot.logs import describe, known_words
from bot.metrics import Metrics
from bot.transport import AiohttpRequest, Answer
from storage import outbox, people
from storage.database import Database, Session
from storage.errors import DatabaseUnavailable
from storage.models import Message
from storage.outbox import Outcome

LONGEST_WAIT = 60.0
PAUSE_SECONDS = 5.0
REPEAT_SECONDS = 5.0
# Refusals after which the world is as we wanted it, or the chance has passed.
ALREADY_SO = ("message is not modified", "query is too old")
GONE = ("bot was blocked by the user", "user is deactivated", "chat not found")

log = structlog.get_logger()


class Sender:
    """The delivery loop. At most ``at_once`` calls are in flight: so many may repeat after a crash.

    A call counts as in flight until its outcome is committed.
    """

    def __init__(
        self,
        database: Database,
        transport: AiohttpRequest,
        *,
        now: Callable[[], datetime],
        owed: asyncio.Event,
        limits: Limits,
        at_once: int,
        metrics: Metrics | None = None,
    ) -> None:
        self._metrics = metrics or Metrics.make()
        self._database = database
        self._transport = transport
        self._now = now
        self._owed = owed
        self._limits = limits
        self._at_once = at_once
        self._in_flight: dict[asyncio.Task[None], Message] = {}
        self._outcomes: list[Outcome] = []
        self._stopping = False
        self._begun = False

    async def run(self) -> None:
        """Deliver until ``stop`` was called and what was in flight has landed."""
        if not self._begun:
            # Once only: after an error of ours, what is in flight is still in flight.
            await self._repeat_interrupted()
            self._begun = True
        while not (self._stopping and not self._in_flight and not self._outcomes):
            try:
                await self._step()
            except DatabaseUnavailable as error:
                log.warning("cannot write; messages wait in the outbox", error=str(error))
                await asyncio.sleep(PAUSE_SECONDS)

    async def repeat_for_ever(self) -> None:
        """Take up, until cancelled, what other processes left in flight when they died.

        What is in flight here is held, so that no other process takes us for dead.
        """
        while True:
            await asyncio.sleep(REPEAT_SECONDS)
            try:
                await self._hold_in_flight()
                await self._repeat_interrupted()
            except DatabaseUnavailable as error:
                log.warning("cannot write; repeated later", error=str(error))

    async def _repeat_interrupted(self) -> None:
        """Alone on the database, all that is in flight is ours of an earlier run."""
        now = self._now() if self._database.shared else None
        async with self._database.writing() as session:
            repeated = await outbox.repeat_interrupted(session, now=now)
        if repeated:
            log.warning("sending again what was in flight when a process ended", calls=repeated)
            self._owed.set()

    async def _hold_in_flight(self) -> None:
        if self._in_flight:
            async with self._database.writing() as session:
                outbox.hold(session, list(self._in_flight.values()), now=self._now())

    def stop(self) -> None:
        """Start nothing new."""
        self._stopping = True
        self._owed.set()

    async def _step(self) -> None:
        """Write down what has landed, start what is next, and wait for either."""
        self._owed.clear()
        ready = await self._write()
        for message in ready:
            task = asyncio.create_task(self._deliver(message))
            self._in_flight[task] = message
            task.add_done_callback(self._landed)
        if self._stopping and not self._in_flight:
            return
        if ready or self._outcomes:
            # Let the loop turn, so that several landings share the next commit.
            await asyncio.sleep(0)
            return
        pause = self._limits.seconds_until_free() if not self._stopping else 1.0
        try:
            await asyncio.wait_for(self._owed.wait(), timeout=min(max(pause, 0.01), 1.0))
        except TimeoutError:
            return

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._in_flight.pop(task, None)
        self._owed.set()
        if not task.cancelled() and (broken := task.exception()):
            log.error("delivery broke", error=describe(broken))

    async def _write(self) -> list[Message]:
        """Commit outcomes and claim the next calls, in one transaction."""
        outcomes = self._outcomes[:]
        # What has landed is committed with the claims, so its places are free again.
        free = 0 if self._stopping else self._at_once - len(self._in_flight)
        async with self._metrics.writing(self._database, "send") as session:
            outbox.record(session, outcomes)
            ready = await self._claim(session, limit=free) if free > 0 else []
        self._outcomes = self._outcomes[len(outcomes) :]
        return ready

    async def _claim(self, session: Session, *, limit: int) -> list[Message]:
        room = min(limit, self._limits.room())
        if room <= 0:
            return []
        ready = await outbox.list_ready(
            session, now=self._now(), limit=room, resting=self._limits.resting()
        )
        outbox.mark_sending(session, [message.id for message in ready], now=self._now())
        for message in ready:
            self._limits.take(message.lane, message.chat_id, urgent=_is_free(message.method))
        return ready

    async def _deliver(self, message: Message) -> None:
        outcome, begun = self._later(message, "interrupted"), monotonic()
        try:
            payload = await self._payload(message)
            if payload is None:
                outcome = Outcome(message.id, "failed", self._now(), error="nothing to edit")
                return
            answer = await self._transport.call(message.method, payload)
            self._metrics.send_seconds.observe(monotonic() - begun)
            outcome = self._judge(message, answer)
            if outcome.state == "blocked" and message.chat_id is not None:
                await self._note_blocked(message.chat_id)
        except FileNotFoundError:
            # An export that waited for longer than its file is kept: nothing brings it back.
            log.error("a file to be sent is gone", row=message.id)
            outcome = Outcome(message.id, "failed", self._now(), error="the file is gone")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            outcome = self._later(message, type(error).__name__)
        finally:
            # Whoever slept past the lease has nothing to say about a call that another took over.
            self._outcomes.append(outcome._replace(attempts=message.attempts + 1))
            said = "again" if outcome.state == "new" else outcome.state
            self._metrics.sends.labels(message.method, said).inc()

    async def _payload(self, message: Message) -> dict[str, object] | None:
        """Fill in which message to edit, if that was not known yet when the row was written."""
        if message.edits is None:
            return message.payload
        async with self._database.reading() as session:
            message_id = await outbox.find_message_id(session, message.edits)
        return None if message_id is None else {**message.payload, "message_id": message_id}

    def _judge(self, message: Message, answer: Answer) -> Outcome:
        # Telegram's sentence may quote the call: it decides here, and is kept and logged shortened.
        now, said, known = self._now(), answer.description, known_words(answer.description)
        match answer.status:
            case 200:
                result = answer.body.get("result")
                message_id = result.get("message_id") if isinstance(result, dict) else None
                numbered = message_id if isinstance(message_id, int) else None
                return Outcome(message.id, "sent", now, numbered)
            case 429:
                asked = answer.retry_after
                seconds = float(asked) if isinstance(asked, int | float) else 1.0
                log.warning("Telegram asks for a pause", seconds=seconds)
                self._metrics.pauses.inc()
                self._limits.pause(seconds)
                return Outcome(message.id, "new", now + timedelta(seconds=seconds), None, known)
            case 400 if any(words in said for words in ALREADY_SO):
                return Outcome(message.id, "sent", now, None, known)
            case 400 | 403 if any(words in said for words in GONE):
                return Outcome(message.id, "blocked", now, None, known)
            case status if status >= 500 or status in (401, 404) or not answer.body:
                # Not about this call: the server, the token or a proxy will come right again.
                return self._later(message, f"status {status}")
            case status:
                log.error("Telegram refused a call", row=message.id, status=status, said=known)
                return Outcome(message.id, "failed", now, None, known)

    def _later(self, message: Message, reason: str) -> Outcome:
        """Try again after 1, 2, 4 … 60 seconds, with jitter, for as long as it takes."""
        wait = min(2.0**message.attempts, LONGEST_WAIT) * random.uniform(0.75, 1.25)  # noqa: S311
        return Outcome(message.id, "new", self._now() + timedelta(seconds=wait), None, reason)

    async def _note_blocked(self, chat_id: int) -> None:
        """What else is owed to them is tried once, too: they may be back by then."""
        async with self._database.writing() as session:
            people.set_blocked(session, chat_id, at=self._now())


def _is_free(method: str) -> bool:
    """Telegram's limits count messages, not answers to presses."""
    return method == "answerCallbackQuery"
