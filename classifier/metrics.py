"""Figures about right and wrong. Pure."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Labels = npt.NDArray[np.object_]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

BINS = 15
RESAMPLES = 1000


def accuracy(gold: Labels, said: Labels) -> float:
    return float(np.mean(gold == said)) if gold.size else 0.0


def macro_f1(gold: Labels, said: Labels) -> float:
    """The mean over the classes that occur in the gold labels, each counting the same."""
    return float(np.mean([_f1(gold == c, said == c) for c in sorted(set(gold))] or [0.0]))


def per_class(gold: Labels, said: Labels, classes: Sequence[str]) -> dict[str, dict[str, float]]:
    return {name: _precision_recall(gold == name, said == name) for name in classes}


def interval(gold: Labels, said: Labels, *, seed: int = 1) -> tuple[float, float]:
    """The middle 95 % of the macro-F1 over samples drawn again from the same texts."""
    if not gold.size:
        return 0.0, 0.0
    classes, numbers = np.unique(np.concatenate([gold, said]).astype(str), return_inverse=True)
    n, k = gold.size, classes.size
    pairs = numbers[:n] * k + numbers[n:]
    draws = np.random.default_rng(seed).integers(0, n, (RESAMPLES, n))
    tables = [np.bincount(pairs[draw], minlength=k * k).reshape(k, k) for draw in draws]
    low, high = np.percentile([_f1_of_table(table) for table in tables], [2.5, 97.5])
    return float(low), float(high)


def calibration_error(confidence: Floats, right: Bools) -> float:
    """Expected calibration error over 15 bins of equal width."""
    if not confidence.size:
        return 0.0
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = [
        abs(float(right[bins == b].mean() - confidence[bins == b].mean()))
        * float((bins == b).sum())
        for b in set(bins.tolist())
    ]
    return sum(gaps) / confidence.size


def coverage_curve(confidence: Floats, right: Bools) -> list[dict[str, float]]:
    """How often the most confident share of the texts is right."""
    return [
        {"coverage": share / 10, "accuracy": at_coverage(confidence, right, share / 10)}
        for share in range(1, 11)
    ]


def at_coverage(confidence: Floats, right: Bools, share: float) -> float:
    if not confidence.size:
        return 0.0
    kept = max(round(confidence.size * share), 1)
    return float(right[np.argsort(-confidence, kind="stable")[:kept]].mean())


def confusions(gold: Labels, said: Labels, most: int = 15) -> list[dict[str, object]]:
    """The pairs that are mistaken for each other most often."""
    wrong = Counter((g, s) for g, s in zip(gold, said, strict=True) if g != s)
    ranked = sorted(wrong.items(), key=lambda item: (-item[1], item[0]))[:most]
    return [{"gold": g, "said": s, "n": n} for (g, s), n in ranked]


def _f1(gold: Bools, said: Bools) -> float:
    both = gold.sum() + said.sum()
    return float(2 * (gold & said).sum() / both) if both else 0.0


def _precision_recall(gold: Bools, said: Bools) -> dict[str, float]:
    hits = float((gold & said).sum())
    return {
        "precision": hits / max(float(said.sum()), 1.0),
        "recall": hits / max(float(gold.sum()), 1.0),
        "f1": _f1(gold, said),
        "n": int(gold.sum()),
    }


def _f1_of_table(table: npt.NDArray[np.intp]) -> float:
    gold, said, hits = table.sum(axis=1), table.sum(axis=0), table.diagonal()
    present = gold > 0
    return float((2 * hits[present] / (gold[present] + said[present])).mean())
