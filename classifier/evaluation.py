"""How good the classifier is on texts with known labels, beside simple baselines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from classifier import metrics, report
from classifier.baselines import BASELINES
from classifier.corpus import Example
from classifier.metrics import Floats, Labels
from classifier.model import Classifier, Tag
from classifier.taxonomy import Taxonomy
from classifier.topics import load_topics

NONE = "-"  # stands for "no dimension": always wrong for a text that has one


@dataclass(frozen=True)
class Evaluation:
    """Examples with their tags and what the baselines said.

    The headline counts texts whose gold label is one of the 36 topics, strictly: the dimension
    of `topic`. A special code given to such a text counts as wrong. `also_ok` figures stand
    beside it, and special codes are reported apart.
    """

    taxonomy: Taxonomy
    examples: Sequence[Example]
    tags: Sequence[Tag]
    guesses: dict[str, list[str]]

    def figures(self) -> dict[str, Any]:
        """All figures, ready for JSON."""
        return {
            "n": len(self.examples),
            "n_with_topic": len(self.with_topic),
            "taxonomy": self.taxonomy.id,
            "gold": "strict: `topic` and its dimension; *_also_ok accepts `also_ok` too",
            "dimensions": self._dimension_figures(),
            "topics": self._topic_figures(),
            "special_codes": self._code_figures(),
            "intents": self._intent_figures(),
            "baselines": {name: self._scores(said) for name, said in self.guesses.items()},
            "confusions": metrics.confusions(self._gold_topics, self._said_topics),
        }

    def table(self) -> str:
        """The same as a plain text."""
        return report.table(self.figures())

    @cached_property
    def with_topic(self) -> list[int]:
        topics = load_topics()
        return [i for i, e in enumerate(self.examples) if not topics.is_code(e.topic)]

    @property
    def _gold_topics(self) -> Labels:
        return _labels(self.examples[i].topic for i in self.with_topic)

    @property
    def _said_topics(self) -> Labels:
        return _labels(self.tags[i].topic for i in self.with_topic)

    def _dimensions_of(self, topics: Iterable[str]) -> Labels:
        return _labels(self.taxonomy.title_of(topic) or NONE for topic in topics)

    @property
    def _confidence(self) -> Floats:
        """Of the dimension; a text that was given none has no confidence in one."""
        tags = [self.tags[i] for i in self.with_topic]
        return np.array([tag.confidence if tag.dimension else 0.0 for tag in tags])

    def _dimension_figures(self) -> dict[str, Any]:
        gold = self._dimensions_of(self._gold_topics)
        said = _labels(self.tags[i].dimension or NONE for i in self.with_topic)
        right, confidence = gold == said, self._confidence
        return {
            "macro_f1": metrics.macro_f1(gold, said),
            "macro_f1_interval_95": metrics.interval(gold, said),
            "accuracy": metrics.accuracy(gold, said),
            "accuracy_also_ok": self._also_ok_dimension(said),
            "top_2": self._top_2_dimension(gold),
            "ece": metrics.calibration_error(confidence, right),
            "accuracy_at_70_percent": metrics.at_coverage(confidence, right, 0.7),
            "coverage": metrics.coverage_curve(confidence, right),
            "abstained": _mean(self.tags[i].abstained for i in self.with_topic),
            "accuracy_unless_abstained": _mean(
                bool(ok)
                for ok, i in zip(right, self.with_topic, strict=True)
                if not self.tags[i].abstained
            ),
            "per_dimension": metrics.per_class(gold, said, self.taxonomy.titles),
        }

    def _topic_figures(self) -> dict[str, Any]:
        gold, said = self._gold_topics, self._said_topics
        return {
            "macro_f1": metrics.macro_f1(gold, said),
            "accuracy": metrics.accuracy(gold, said),
            "accuracy_also_ok": _mean(
                tag in {self.examples[i].topic, *self.examples[i].also_ok}
                for tag, i in zip(said, self.with_topic, strict=True)
            ),
            "top_2": _mean(
                self.examples[i].topic in _best(self.tags[i].topics, 2) for i in self.with_topic
            ),
        }

    def _code_figures(self) -> dict[str, Any]:
        """Is a text that is about no topic noticed, by its code or by an abstention?"""
        topics = load_topics()
        gold = np.array([topics.is_code(e.topic) for e in self.examples], dtype=bool)
        said = np.array([tag.dimension is None for tag in self.tags], dtype=bool)
        unsure = np.array([tag.abstained for tag in self.tags], dtype=bool)
        return {
            "n": int(gold.sum()),
            "precision": float((gold & said).sum() / max(said.sum(), 1)),
            "recall": float((gold & said).sum() / max(gold.sum(), 1)),
            "abstained": float((gold & unsure).sum() / max(gold.sum(), 1)),
        }

    def _intent_figures(self) -> dict[str, Any]:
        known = [i for i, e in enumerate(self.examples) if e.intent]
        gold = _labels(str(self.examples[i].intent) for i in known)
        said = _labels(self.tags[i].intent for i in known)
        return {
            "n": len(known),
            "macro_f1": metrics.macro_f1(gold, said),
            "accuracy": metrics.accuracy(gold, said),
        }

    def _scores(self, guesses: list[str]) -> dict[str, float]:
        said = [guesses[i] for i in self.with_topic]
        gold_dimensions = self._dimensions_of(self._gold_topics)
        return {
            "dimension_macro_f1": metrics.macro_f1(gold_dimensions, self._dimensions_of(said)),
            "dimension_accuracy": metrics.accuracy(gold_dimensions, self._dimensions_of(said)),
            "topic_macro_f1": metrics.macro_f1(self._gold_topics, _labels(said)),
            "topic_accuracy": metrics.accuracy(self._gold_topics, _labels(said)),
        }

    def _also_ok_dimension(self, said: Labels) -> float:
        accepted = [
            {self.taxonomy.title_of(t) for t in (e.topic, *e.also_ok)}
            for e in (self.examples[i] for i in self.with_topic)
        ]
        return _mean(dimension in ok for dimension, ok in zip(said, accepted, strict=True))

    def _top_2_dimension(self, gold: Labels) -> float:
        best = [_best(self.tags[i].dimensions, 2) for i in self.with_topic]
        return _mean(dimension in two for dimension, two in zip(gold, best, strict=True))


def evaluate(classifier: Classifier, examples: Sequence[Example]) -> Evaluation:
    return Evaluation(
        taxonomy=classifier.taxonomy,
        examples=examples,
        tags=classifier.tag([example.text for example in examples], words=False),
        guesses={name: guess(examples) if examples else [] for name, guess in BASELINES.items()},
    )


def _labels(names: Iterable[str]) -> Labels:
    return np.array(list(names), dtype=object)


def _mean(values: Iterable[bool]) -> float:
    counted = list(values)
    return sum(counted) / len(counted) if counted else 0.0


def _best(scores: dict[str, float], most: int) -> list[str]:
    return sorted(scores, key=lambda name: -scores[name])[:most]
