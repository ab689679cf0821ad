"""The classifier: a text goes in, a tag with its probabilities and its reasons comes out."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.pipeline import Pipeline

from classifier import words as carrying
from classifier.blend import LinearBlend
from classifier.decision import Decision, Table, decide, gradient
from classifier.errors import DamagedModel
from classifier.reader import Reader, Scored
from classifier.saving import from_bytes, to_bytes
from classifier.taxonomy import Dimension, Taxonomy
from classifier.tokens import clean
from classifier.topics import load_topics

Floats = npt.NDArray[np.float64]

BATCH = 512
LONGEST = 20_000  # characters of a text that are looked at; Telegram's messages have 4,096


@dataclass(frozen=True, slots=True)
class Tag:
    """What the classifier says about one text; a suggestion, never a decision."""

    topic: str
    dimension: str | None
    confidence: float
    abstained: bool
    intent: str
    topics: dict[str, float]
    dimensions: dict[str, float]
    words: list[str]


class Classifier:
    """A fitted model for topics and one for intents, over the same grams, and a taxonomy."""

    def __init__(
        self, *, model_id: str, taxonomy: Taxonomy, pipeline: Pipeline, intents: LinearBlend
    ) -> None:
        self.id = model_id
        self.taxonomy = taxonomy
        self.pipeline = pipeline
        self.intents = intents

    @property
    def model(self) -> LinearBlend:
        model: LinearBlend = self.pipeline["model"]
        return model

    @cached_property
    def reader(self) -> Reader:
        return Reader(self.pipeline["grams"], self.model, self.table.codes)

    @cached_property
    def table(self) -> Table:
        labels = tuple(str(label) for label in self.model.classes_)
        return Table(labels, self.taxonomy, load_topics())

    def tag(self, texts: Sequence[str], *, words: bool = True) -> list[Tag]:
        """Tags in the order of the texts; without `words` a little faster."""
        tags: list[Tag] = []
        for start in range(0, len(texts), BATCH):
            tags += self._tag_batch([t[:LONGEST] for t in texts[start : start + BATCH]], words)
        return tags

    def save(self, path: Path) -> None:
        """Written beside and moved into place, so that nobody ever reads half a model."""
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.new")
        beside.write_bytes(to_bytes(self._state()))
        beside.replace(path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Raise DamagedModel if the file is not a whole model of ours."""
        try:
            state = from_bytes(path.read_bytes())
            classifier = cls(
                model_id=state["id"],
                taxonomy=_taxonomy(json.loads(state["taxonomy"])),
                pipeline=state["pipeline"],
                intents=state["intents"],
            )
            classifier.tag(["first"])  # builds what is looked up, so that nobody waits for it
        except FileNotFoundError:
            raise
        except Exception as error:  # a damaged file can break anywhere inside skops and numpy
            raise DamagedModel(path, f"{type(error).__name__}: {error}") from error
        return classifier

    def _state(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "taxonomy": json.dumps(asdict(self.taxonomy), ensure_ascii=False),
            "pipeline": self.pipeline,
            "intents": self.intents,
        }

    def _tag_batch(self, texts: list[str], with_words: bool) -> list[Tag]:
        scored = self.reader.score(texts)
        decision = decide(scored.proba, self.table)
        best = self.intents.scores(scored.grams)[: len(texts)].argmax(axis=1)
        intents = self.intents.classes_[best]
        words = self._words(texts, scored, decision) if with_words else [[] for _ in texts]
        return [
            self._tag_of(scored.proba[i], decision, i, str(intents[i]), words[i])
            for i in range(len(texts))
        ]

    def _words(self, texts: list[str], scored: Scored, decision: Decision) -> list[list[str]]:
        moved = gradient(scored.proba, decision, self.table)
        scores = self.reader.word_scores(scored, moved)
        return [
            carrying.pick(clean(text), words, score)
            for text, words, score in zip(texts, scored.words, scores, strict=True)
        ]

    def _tag_of(
        self,
        proba: npt.NDArray[np.float64],
        decision: Decision,
        i: int,
        intent: str,
        words: list[str],
    ) -> Tag:
        labels = self.table.labels
        topic = labels[decision.label[i]]
        return Tag(
            topic=topic,
            dimension=self.taxonomy.title_of(topic),
            confidence=float(decision.confidence[i]),
            abstained=bool(decision.abstained[i]),
            intent=intent,
            topics=dict(zip(labels, proba.tolist(), strict=True)),
            dimensions=dict(
                zip(self.taxonomy.titles, decision.dimensions[i].tolist(), strict=True)
            ),
            words=words,
        )


def _taxonomy(state: dict[str, Any]) -> Taxonomy:
    dimensions = [
        Dimension(d["id"], d["title"], d["plain"], tuple(d["topics"]), d["parts"])
        for d in state["dimensions"]
    ]
    return Taxonomy(state["id"], state["title"], tuple(dimensions))
