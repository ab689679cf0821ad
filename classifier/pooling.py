"""One opinion out of two readings: the text as a whole, and its clauses one by one. Pure."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

CLAUSES = 0.6  # the say of the clauses; the rest is the whole text's
# Inverse temperature of the result. Cross-validation on the own corpus says 1.6; 362 real texts
# of other cities, which are harder, say 1.1 (74 of 100 five-fold cross-fits, the others 1.2).
SHARPNESS = 1.1
FLOOR = 1e-6  # a clause that knows nothing of a topic does not rule it out

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.integer[Any]]
Bools = npt.NDArray[np.bool_]


class Parts(NamedTuple):
    """The scores of clauses, the text that each belongs to, and how much each counts."""

    scores: Floats
    owner: Ints
    weight: Floats


def pool(whole: Floats, clauses: Parts, codes: Bools) -> Floats:
    """Probabilities of the labels of each text.

    Whether a text is about anything at all is for the whole text to say: a clause such as
    "thank you" is about nothing and still no reason to doubt the rest. It just counts little.
    """
    said = softmax(whole)
    mean = np.zeros_like(whole)
    np.add.at(mean, clauses.owner, softmax(clauses.scores) * clauses.weight[:, None])
    mean /= np.bincount(clauses.owner, clauses.weight, len(whole))[:, None]
    mixed = (1 - CLAUSES) * np.log(said + FLOOR) + CLAUSES * np.log(mean + FLOOR)
    proba = np.where(codes, said, 0.0)
    proba[:, ~codes] = softmax(SHARPNESS * mixed[:, ~codes])
    proba[:, ~codes] *= 1 - proba[:, codes].sum(axis=1, keepdims=True)
    return proba


def softmax(scores: Floats) -> Floats:
    """Without the checks of scikit-learn's, which take longer than one text."""
    grown = np.exp(scores - scores.max(axis=1, keepdims=True))
    proba: Floats = grown / grown.sum(axis=1, keepdims=True)
    return proba
