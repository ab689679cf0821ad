"""Scores of texts, and of the words in them, from one look at each word."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from classifier import clauses
from classifier.blend import LinearBlend
from classifier.grams import Grams, Reading
from classifier.pooling import Bools, Floats, Ints, Parts, pool


@dataclass(frozen=True)
class Scored:
    """Some texts, their probabilities, and what is needed to say why.

    `grams` has one row per text, and after them one per clause.
    """

    words: list[list[str]]
    reading: Reading
    grams: Any
    proba: Floats


@dataclass(frozen=True)
class Reader:
    """Grams and a model over them, read as a whole and clause by clause."""

    grams: Grams
    model: LinearBlend
    codes: Bools

    def score(self, texts: Sequence[str]) -> Scored:
        read = [clauses.read(text) for text in texts]
        words = [one.words for one in read]
        n, reading = len(read), self.grams.read(words)
        clause_of = _spread([length for one in read for length in one.lengths])
        grams = self.grams.weigh(reading, reading.text_of, clause_of + n)
        scores = self.model.scores(grams).astype(np.float64)
        parts = Parts(
            scores=scores[n:],
            owner=_spread([len(one.lengths) for one in read]),
            weight=np.array([weight for one in read for weight in one.weights]),
        )
        return Scored(words, reading, grams, pool(scores[:n], parts, self.codes))

    def word_scores(self, scored: Scored, moved: Floats) -> list[Floats]:
        """Each word's part in the score of a decision about its text, summed over its grams.

        A row of `moved` says how the decision moves with the score of each label.
        """
        n, reading, matrix = len(scored.words), scored.reading, scored.grams
        ends = matrix.indptr[: n + 1]
        indices, weights = matrix.indices[: ends[-1]], self.model.coef_.T
        worth = [
            weights[indices[ends[i] : ends[i + 1]]] @ moved[i].astype(np.float32) for i in range(n)
        ]
        place = _place(reading, indices, ends, width=matrix.shape[1])
        times = np.bincount(place, minlength=indices.size)
        each = (np.concatenate(worth) * matrix.data[: ends[-1]] / times)[place] / 2
        total = reading.text_of.size
        sums = np.bincount(reading.first, each, total) + np.bincount(reading.second, each, total)
        return np.split(sums, np.cumsum([len(words) for words in scored.words])[:-1])


def _place(reading: Reading, indices: Ints, ends: Ints, *, width: int) -> Ints:
    """Where each occurrence is counted in the rows of the texts."""
    rows = np.repeat(np.arange(ends.size - 1), np.diff(ends))
    counted = rows * width + indices
    return np.searchsorted(counted, reading.text_of[reading.first] * width + reading.columns)


def _spread(sizes: Sequence[int]) -> Ints:
    """0 as often as the first size says, then 1, and so on."""
    return np.repeat(np.arange(len(sizes)), sizes)
