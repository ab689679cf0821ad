"""Faults on demand: each kind with a probability, a count and the methods it strikes."""

import random
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal, get_args

from simulator.shapes import Json

Kind = Literal[
    "latency",  # answer later
    "drop_before",  # cut the connection before the request is acted on
    "drop_after",  # act on it, then cut the connection
    "too_many",  # 429 with retry_after
    "error",  # 500 or 502
    "repeat",  # hand out a confirmed update once more
    "reorder",  # shuffle what one getUpdates hands out
]
KINDS: tuple[str, ...] = get_args(Kind)


@dataclass(slots=True)
class Fault:
    """`count` is how often it may still strike; None is without end."""

    kind: str
    probability: float = 1.0
    count: int | None = None
    methods: frozenset[str] | None = None
    ms: float = 0.0
    jitter_ms: float = 0.0
    retry_after: int = 1
    code: int = 500

    def covers(self, kind: str, method: str) -> bool:
        named = self.methods is None or method.lower() in self.methods
        return self.kind == kind and named and self.count != 0


class Faults:
    """The faults that are switched on. Seeded, so that a run can be repeated."""

    def __init__(self, seed: int = 0) -> None:
        self.active: list[Fault] = []
        self.random = random.Random(seed)  # noqa: S311 - chance, not secrets

    def add(  # noqa: PLR0913 - one switch each
        self,
        kind: str,
        *,
        probability: float = 1.0,
        count: int | None = None,
        methods: Iterable[str] | None = None,
        ms: float = 0.0,
        jitter_ms: float = 0.0,
        retry_after: int = 1,
        code: int = 500,
    ) -> Fault:
        """Switch a fault on; without `methods` it strikes every method."""
        if kind not in KINDS:
            raise ValueError(f"no fault is called {kind!r}; there are {', '.join(KINDS)}")
        chosen = None if methods is None else frozenset(name.lower() for name in methods)
        fault = Fault(kind, probability, count, chosen, ms, jitter_ms, retry_after, code)
        self.active.append(fault)
        return fault

    def clear(self) -> None:
        self.active.clear()

    def seed(self, seed: int) -> None:
        self.random.seed(seed)

    def strike(self, kind: str, method: str = "") -> Fault | None:
        """The fault that hits this time, if one does."""
        for fault in self.active:
            if fault.covers(kind, method) and self.random.random() < fault.probability:
                if fault.count is not None:
                    fault.count -= 1
                return fault
        return None

    def delay(self, method: str) -> float:
        """Seconds by which the answer is to be late."""
        fault = self.strike("latency", method) if self.active else None
        return (fault.ms + self.random.random() * fault.jitter_ms) / 1000 if fault else 0.0

    def list_active(self) -> list[Json]:
        return [asdict(fault) | {"methods": sorted(fault.methods or [])} for fault in self.active]
