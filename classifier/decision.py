"""From the probabilities of the topics to a decision about the dimension. Pure."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from classifier.taxonomy import Taxonomy
from classifier.topics import Topics

DOUBT = 0.5  # below this probability the tag says that it is unsure
# Special codes are as frequent in the corpus as topics, in life they are rare: a text is given
# one only from this probability on. Below it, the doubt still leads to an abstention.
CODE_WINS = 0.88

Probabilities = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Decision:
    """For each text: the place of its label, its confidence, and whether it is unsure."""

    label: npt.NDArray[np.intp]
    dimensions: Probabilities
    confidence: Probabilities
    is_code: npt.NDArray[np.bool_]
    abstained: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Table:
    """Which label belongs to which dimension, as arrays."""

    labels: tuple[str, ...]
    taxonomy: Taxonomy
    topics: Topics

    @cached_property
    def member(self) -> Probabilities:
        """Labels by dimensions: one where the topic belongs to the dimension."""
        rows = [
            [float(label in dimension.topics) for dimension in self.taxonomy.dimensions]
            for label in self.labels
        ]
        return np.array(rows)

    @cached_property
    def codes(self) -> npt.NDArray[np.bool_]:
        return np.array([self.topics.is_code(label) for label in self.labels])


def decide(proba: Probabilities, table: Table) -> Decision:
    """The dimension is the sum of its topics; the topic is the best one within the dimension."""
    mass = proba @ table.member
    dimensions = mass / np.maximum(mass.sum(axis=1, keepdims=True), 1e-12)
    best = dimensions.argmax(axis=1)
    topic = np.where(table.member[:, best].T > 0, proba, -1.0).argmax(axis=1)
    code_mass = proba[:, table.codes].sum(axis=1)
    code = np.where(table.codes, proba, -1.0).argmax(axis=1)
    is_code = code_mass > CODE_WINS
    confidence = np.where(is_code, code_mass, dimensions.max(axis=1))
    sure = confidence * np.where(is_code, 1.0, 1.0 - code_mass)
    return Decision(
        label=np.where(is_code, code, topic),
        dimensions=dimensions,
        confidence=confidence,
        is_code=is_code,
        abstained=is_code | (sure < DOUBT),
    )


def gradient(proba: Probabilities, decision: Decision, table: Table) -> Probabilities:
    """How each decision's log-probability moves with the score of each label.

    The decision is the topic and its dimension, half and half; a special code stands alone.
    """
    labels = decision.label
    topic = np.zeros_like(proba)
    topic[np.arange(len(proba)), labels] = 1.0
    siblings = np.where(decision.is_code[:, None], topic, _siblings(labels, table))
    dimension = proba * siblings
    dimension /= np.maximum(dimension.sum(axis=1, keepdims=True), 1e-12)
    moved: Probabilities = (topic + dimension) / 2 - proba
    return moved


def _siblings(labels: npt.NDArray[np.intp], table: Table) -> Probabilities:
    """One for each label in the same dimension."""
    siblings: Probabilities = table.member[:, table.member[labels].argmax(axis=1)].T
    return siblings
