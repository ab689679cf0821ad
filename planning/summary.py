"""Counts for the summary sheet, gathered while the rows go by. Pure."""

from collections import Counter
from dataclasses import dataclass, field

from planning.rows import ROLES, SOURCES, STATUSES, Frame
from storage.models import DecidedBy, Idea

WITHOUT = "Tanpa dimensi"


@dataclass
class Summary:
    """How many ideas there are, by dimension, topic, status, role and source of the label."""

    dimensions: Counter[str] = field(default_factory=Counter)
    settled: Counter[str] = field(default_factory=Counter)
    topics: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    roles: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    models: Counter[str] = field(default_factory=Counter)
    first: str = ""
    last: str = ""

    @property
    def total(self) -> int:
        return self.dimensions.total()

    def add(self, idea: Idea, frame: Frame) -> None:
        dimension = frame.taxonomy.title_of(idea.topic) or WITHOUT
        self.dimensions[dimension] += 1
        self.settled[dimension] += idea.decided_by is not DecidedBy.MODEL
        self.topics[idea.topic] += 1
        self.statuses[STATUSES[idea.status]] += 1
        self.roles[ROLES[idea.role]] += 1
        self.sources[SOURCES[idea.decided_by]] += 1
        self.models[idea.model_id] += 1
        day = idea.sent_at.astimezone(frame.zone).date().isoformat()
        self.first = min(self.first or day, day)
        self.last = max(self.last, day)
