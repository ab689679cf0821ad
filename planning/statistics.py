"""How the classifier fares in use: right how often, in doubt how often, and what has changed."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import log, sqrt

from scipy.stats import binomtest

from storage.statistics import Blind, Tagged

WEEK, WEEKS_BEFORE = timedelta(days=7), 8
# Fewer say nothing about a share.
FEWEST_BLIND, FEWEST_TAGGED = 30, 50
# Above 0.25 a population stability index is a shift (Siddiqi, Credit Risk Scorecards, 2006, 18).
SHIFT = 0.25
# Doubt matters when it has grown by so much, and by more than three standard errors.
GROWN, ERRORS = 0.10, 3.0


@dataclass(frozen=True)
class Accuracy:
    """Blind reviews and how many of them agree with the tag's dimension, with a 95 % interval."""

    n: int
    right: int
    low: float
    high: float

    @property
    def known(self) -> bool:
        return self.n >= FEWEST_BLIND


@dataclass(frozen=True)
class Drift:
    """The last seven days beside the eight weeks before: shares of doubt, and of topics."""

    n: int
    n_before: int
    doubt: float
    doubt_before: float
    shift: float
    riser: str | None
    riser_share: float
    riser_before: float

    @property
    def comparable(self) -> bool:
        return min(self.n, self.n_before) >= FEWEST_TAGGED

    @property
    def doubts_more(self) -> bool:
        """Whether the model has become unsure in a way that chance does not explain."""
        grown = self.doubt - self.doubt_before
        spread = sqrt(self.doubt_before * (1 - self.doubt_before) / max(self.n, 1))
        return self.comparable and grown > max(GROWN, ERRORS * spread)

    @property
    def has_shifted(self) -> bool:
        """Whether people write about other things than they did."""
        return self.comparable and self.shift > SHIFT


def judge_blind(pairs: Iterable[Blind], title_of: Callable[[str], str | None]) -> Accuracy:
    """Count how often the tag's dimension is the one that the reviewer chose."""
    agree = [title_of(pair.said) == title_of(pair.tagged) for pair in pairs]
    if not agree:
        return Accuracy(0, 0, 0.0, 1.0)
    interval = binomtest(sum(agree), len(agree)).proportion_ci(method="wilson")
    return Accuracy(len(agree), sum(agree), float(interval.low), float(interval.high))


def measure_drift(tagged: Sequence[Tagged], *, today: date) -> Drift:
    """Compare the last week with those before it; what lies further back is left out."""
    begin = today - WEEK + timedelta(days=1)
    earliest = begin - WEEKS_BEFORE * WEEK
    now = [each for each in tagged if begin <= each.day <= today]
    before = [each for each in tagged if earliest <= each.day < begin]
    topics, topics_before = _by_topic(now), _by_topic(before)
    n, n_before = topics.total(), topics_before.total()
    shares, shares_before = _smoothed(topics, topics_before), _smoothed(topics_before, topics)
    riser = max(topics, key=lambda t: shares[t] - shares_before[t], default=None)
    return Drift(
        n=n,
        n_before=n_before,
        doubt=_doubt(now),
        doubt_before=_doubt(before),
        shift=sum(
            (shares[t] - shares_before[t]) * log(shares[t] / shares_before[t]) for t in shares
        ),
        riser=riser,
        riser_share=topics[riser] / n if riser else 0.0,
        riser_before=topics_before[riser] / n_before if riser and n_before else 0.0,
    )


def _by_topic(tagged: Iterable[Tagged]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for each in tagged:
        counted[each.topic] += each.n
    return counted


def _doubt(tagged: Sequence[Tagged]) -> float:
    total = sum(each.n for each in tagged)
    return sum(each.n for each in tagged if each.abstained) / total if total else 0.0


def _smoothed(counted: Counter[str], others: Counter[str]) -> dict[str, float]:
    """Shares of all topics of both times, none of them nought, so that a logarithm is one."""
    names = sorted({*counted, *others})
    total = counted.total() + 0.5 * len(names)
    return {name: (counted[name] + 0.5) / total for name in names}
