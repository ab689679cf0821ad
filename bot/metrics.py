"""What the bot counts, for Prometheus: numbers and kinds, never words or people."""

from collections import Counter as CountOf
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    ProcessCollector,
)

from classifier import Tag
from storage.database import Database, Session
from storage.errors import DatabaseUnavailable

QUICK = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
SLOW = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
SIZES = (1, 2, 4, 8, 16, 32, 64, 100)
# What the pulse knows: these two, and each loop by its name behind LOOP.
WRITING, POLLING, LOOP = "writing", "polling", "loop "


class Pulse:
    """What fails right now, and for how long it has."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._since: dict[str, float] = {}

    def fails(self, what: str) -> None:
        self._since.setdefault(what, self._clock())

    def works(self, what: str) -> None:
        self._since.pop(what, None)

    def failing(self) -> dict[str, float]:
        """Give the seconds that each thing has failed without a break."""
        return {what: self._clock() - since for what, since in self._since.items()}


@dataclass(frozen=True, slots=True)
class Metrics:
    """One process's figures, made once and handed down."""

    registry: CollectorRegistry
    received: Counter
    processed: Counter
    batch: Histogram
    handler_seconds: Histogram
    write_seconds: Histogram
    sends: Counter
    send_seconds: Histogram
    pauses: Counter
    model: Info
    tags: Counter
    jobs: Counter
    folded: Counter
    depth: Gauge
    age: Gauge
    downtime: Gauge
    pulse: Pulse = field(default_factory=Pulse)

    @classmethod
    def make(cls) -> "Metrics":
        registry = CollectorRegistry()
        ProcessCollector(registry=registry)

        def counter(name: str, words: str, *labels: str) -> Counter:
            return Counter(f"palanta_{name}", words, labels, registry=registry)

        def gauge(name: str, words: str, *labels: str) -> Gauge:
            return Gauge(f"palanta_{name}", words, labels, registry=registry)

        def histogram(name: str, words: str, buckets: Iterable[float], *labels: str) -> Histogram:
            return Histogram(
                f"palanta_{name}", words, labels, buckets=tuple(buckets), registry=registry
            )

        return cls(
            registry=registry,
            received=counter("updates_received", "Updates kept, repeats included"),
            processed=counter("updates_processed", "Updates by what became of them", "result"),
            batch=histogram("batch_updates", "Updates that shared a transaction", SIZES),
            handler_seconds=histogram("handler_seconds", "Time of one update's handlers", QUICK),
            write_seconds=histogram(
                "database_write_seconds", "Time of a unit of work, its turn included", QUICK, "by"
            ),
            sends=counter("sends", "Calls to Telegram by outcome", "method", "outcome"),
            send_seconds=histogram("send_seconds", "Time until Telegram answered", SLOW),
            pauses=counter("sends_paused", "Calls that Telegram answered with 429"),
            model=Info("palanta_model", "The classifier in use", registry=registry),
            tags=counter("texts_tagged", "Texts by what the classifier did", "decision"),
            jobs=counter("jobs", "Long work by how it ended", "kind", "result"),
            folded=counter("replies_folded", "Replies left out for who writes very much", "kind"),
            depth=gauge("queue_depth", "Rows that wait", "queue", "state"),
            age=gauge("queue_oldest_seconds", "Age of the oldest row that waits", "queue"),
            downtime=gauge("downtime_seconds", "How long the bot was away before this start"),
        )

    @asynccontextmanager
    async def writing(
        self, database: Database, by: str, *, short: bool = False
    ) -> AsyncIterator[Session]:
        """Open a unit of work that writes, and note how long it took or that it could not."""
        begun = monotonic()
        try:
            async with database.writing(short=short) as session:
                yield session
        except DatabaseUnavailable:
            self.pulse.fails(WRITING)
            raise
        self.pulse.works(WRITING)
        self.write_seconds.labels(by).observe(monotonic() - begun)

    def count_batch(self, results: Sequence[str]) -> None:
        self.batch.observe(len(results))
        for result, number in CountOf(results).items():
            self.processed.labels(result).inc(number)

    def count_tags(self, tags: Iterable[Tag]) -> None:
        for tag in tags:
            self.tags.labels("abstained" if tag.abstained else "decided").inc()
