"""Two models on the same texts: how much better one is, and whether that is more than chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from classifier import metrics
from classifier.corpus import Example
from classifier.model import Classifier

RESAMPLES = 1000
NONE = "-"  # a special code or a wrong one: no dimension
# A new model may be this much worse by chance of the texts, and no dimension by more than that.
WORST, WORST_BY_CHANCE, WORST_DIMENSION = -0.005, -0.02, -0.03
FEWEST_BLIND = 30
WORST_BLIND = -0.02


@dataclass(frozen=True)
class Comparison:
    """Macro-F1 over dimensions of the old and the new model, on `n` texts.

    `low` and `high` bound the difference in 95 % of the samples drawn again from the same texts;
    `dimensions` has the F1 of both for each.
    """

    n: int
    old: float
    new: float
    low: float
    high: float
    dimensions: dict[str, tuple[float, float]]

    @property
    def gain(self) -> float:
        return self.new - self.old


def compare(old: Classifier, new: Classifier, examples: Sequence[Example]) -> Comparison:
    """Ask both models about the same texts."""
    return compare_said(old, _dimensions(new, examples), examples)


def compare_said(
    old: Classifier, said: Sequence[str | None], examples: Sequence[Example]
) -> Comparison:
    """Compare a model with dimensions that others, perhaps several, have given the texts."""
    titles = old.taxonomy.titles
    gold = _labels([old.taxonomy.title_of(example.topic) for example in examples])
    before, after = _labels(_dimensions(old, examples)), _labels(said)
    differences = _resampled(gold, before, after)
    of_old, of_new = (metrics.per_class(gold, labels, titles) for labels in (before, after))
    return Comparison(
        n=len(examples),
        old=metrics.macro_f1(gold, before),
        new=metrics.macro_f1(gold, after),
        low=float(np.percentile(differences, 2.5)),
        high=float(np.percentile(differences, 97.5)),
        dimensions={title: (of_old[title]["f1"], of_new[title]["f1"]) for title in titles},
    )


def reason_against(sample: Comparison, blind: Comparison | None) -> str | None:
    """Say what is worse than chance allows, as one word for the texts of the bot; None if nothing.

    Blind-reviewed ideas count once there are enough of them to tell anything.
    """
    if sample.gain < WORST or sample.low < WORST_BY_CHANCE:
        return "sample"
    if min(new - old for old, new in sample.dimensions.values()) < WORST_DIMENSION:
        return "dimension"
    if blind and blind.n >= FEWEST_BLIND and blind.gain < WORST_BLIND:
        return "blind"
    return None


def _resampled(gold: Any, before: Any, after: Any) -> list[float]:
    random = np.random.default_rng(1)
    draws = random.integers(0, gold.size, (RESAMPLES, gold.size))
    return [
        metrics.macro_f1(gold[d], after[d]) - metrics.macro_f1(gold[d], before[d]) for d in draws
    ]


def _dimensions(model: Classifier, examples: Sequence[Example]) -> list[str | None]:
    tags = model.tag([example.text for example in examples], words=False)
    return [tag.dimension for tag in tags]


def _labels(names: Sequence[str | None]) -> metrics.Labels:
    return np.array([name or NONE for name in names], dtype=object)
