"""Which words of a text carried a decision, read off the model's own weights."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from classifier.tokens import NOTHING, locate

MOST = 5
SMALLEST_SHARE = 0.12  # of the strongest word: what adds less did not carry the decision

Floats = npt.NDArray[np.floating[Any]]


def pick(text: str, words: Sequence[str], scores: Floats) -> list[str]:
    """At most five words or phrases, strongest first; neighbours that both count are one phrase.

    `scores` holds for each word of the text how much it spoke for the decision.
    """
    lowered = [word.lower() for word in words]
    strong = _strong(lowered, scores)
    places = locate(text)
    phrases: dict[str, float] = {}
    for run in _runs([word in strong for word in lowered]):
        phrase = text[places[run[0]][0] : places[run[-1]][1]]
        phrases.setdefault(phrase, max(strong[lowered[i]] for i in run))
    ranked = sorted(phrases, key=lambda phrase: -phrases[phrase])
    return ranked[:MOST]


def _strong(words: Sequence[str], scores: Floats) -> dict[str, float]:
    """The few words that spoke loudest, all their occurrences together."""
    totals: dict[str, float] = {}
    for word, score in zip(words, scores.tolist(), strict=True):
        if word != NOTHING:
            totals[word] = totals.get(word, 0.0) + score
    ranked = sorted(totals.items(), key=lambda item: -item[1])[: MOST + 1]
    least = ranked[0][1] * SMALLEST_SHARE if ranked else 0.0
    return {word: score for word, score in ranked if score > max(least, 0.0)}


def _runs(marked: Sequence[bool], longest: int = 3) -> list[list[int]]:
    """Neighbouring marked places, at most three together."""
    runs: list[list[int]] = []
    for i, is_marked in enumerate(marked):
        if not is_marked:
            continue
        if runs and runs[-1][-1] == i - 1 and len(runs[-1]) < longest:
            runs[-1].append(i)
        else:
            runs.append([i])
    return runs
