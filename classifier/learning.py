"""A model that has also learned from a city's people. Run as a process of its own by the bot.

python -m classifier.learning < lesson.json > report.json
"""

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from classifier.comparison import Comparison, compare, compare_said, reason_against
from classifier.corpus import Example, read_corpus, read_sample
from classifier.lesson import LEARNED, Correction, Lesson
from classifier.model import Classifier
from classifier.picture import draw
from classifier.taxonomy import load_taxonomy
from classifier.training import fit, model_id

# In texts of the corpus, which has about 200 a topic: more than this nobody's word weighs,
# however often they say it.
MOST_OF_AUTHOR, MOST_OF_MODERATOR = 5.0, 150.0
# Of the city's own texts, those that the new model is this sure of teach it once more.
SURE, ECHO_WEIGHT, MOST_ECHOES = 0.7, 0.5, 100
FEWEST_UNLABELLED = 250
FOLDS, FEWEST_FOR_FOLDS = 3, 30


@dataclass(frozen=True)
class Report:
    """What came of it. `against` says why the model should not take over, if anything does."""

    model: str
    corrections: int
    people: int
    echoes: int
    sample: Comparison
    blind: Comparison | None
    unseen: Comparison | None
    against: str | None


def weigh(corrections: Sequence[Correction]) -> list[float]:
    """One each, but together no more for one person than their bound."""
    said = Counter((correction.person, correction.trusted) for correction in corrections)
    return [
        min(1.0, (MOST_OF_MODERATOR if c.trusted else MOST_OF_AUTHOR) / said[c.person, c.trusted])
        for c in corrections
    ]


def learn(lesson: Lesson, base: Classifier) -> tuple[Classifier, int]:
    """Learn the corpus and the lesson; return the model and how many texts it taught itself."""
    examples = read_corpus() + [Example(c.text, c.topic) for c in lesson.corrections]
    weights = [1.0] * (len(examples) - len(lesson.corrections)) + weigh(lesson.corrections)
    learned = _classifier(lesson, base, *fit(examples, weights, unlabelled=lesson.unlabelled))
    if len(lesson.unlabelled) < FEWEST_UNLABELLED:
        return learned, 0
    echoes = _echoes(learned, lesson.unlabelled)
    examples += echoes
    weights += [ECHO_WEIGHT] * len(echoes)
    again = fit(examples, weights, unlabelled=lesson.unlabelled)
    return _classifier(lesson, base, *again), len(echoes)


def examine(lesson: Lesson, base: Classifier, live: Classifier) -> tuple[Classifier, Report]:
    """Learn, and compare with the live model on texts that neither has learned from."""
    learned, echoes = learn(lesson, base)
    sample = compare(live, learned, read_sample())
    blind = compare(live, learned, lesson.blind) if lesson.blind else None
    return learned, Report(
        model=learned.id,
        corrections=len(lesson.corrections),
        people=len({correction.person for correction in lesson.corrections}),
        echoes=echoes,
        sample=sample,
        blind=blind,
        unseen=_cross_validate(lesson, base),
        against=reason_against(sample, blind),
    )


def learned_id(lesson: Lesson, base_id: str) -> str:
    """Name a model by all that it is made of, like the base."""
    made_of = json.dumps([base_id, *map(asdict, lesson.corrections), *lesson.unlabelled])
    return f"m-{hashlib.sha256(made_of.encode()).hexdigest()[:8]}"


def _classifier(lesson: Lesson, base: Classifier, pipeline: Any, intents: Any) -> Classifier:
    return Classifier(
        model_id=learned_id(lesson, base.id),
        taxonomy=base.taxonomy,
        pipeline=pipeline,
        intents=intents,
    )


def _echoes(learned: Classifier, texts: Sequence[str]) -> list[Example]:
    """Texts that the model is sure of, the surest first, so many a topic at most."""
    tags = learned.tag(texts, words=False)
    sure = [
        (tag.topics[tag.topic], text, tag.topic)
        for text, tag in zip(texts, tags, strict=True)
        if tag.dimension and tag.topics[tag.topic] >= SURE
    ]
    taken: Counter[str] = Counter()
    echoes = []
    for _, text, topic in sorted(sure, key=lambda each: (-each[0], each[1])):
        taken[topic] += 1
        if taken[topic] <= MOST_ECHOES:
            echoes.append(Example(text, topic))
    return echoes


def _cross_validate(lesson: Lesson, base: Classifier) -> Comparison | None:
    """What corrections bring on corrections that were left out of the lesson."""
    given = list(lesson.corrections)
    if len(given) < FEWEST_FOR_FOLDS:
        return None
    order = np.random.default_rng(0).permutation(len(given))
    left_out: list[Example] = []
    said: list[str | None] = []
    for fold in range(FOLDS):
        out = set(order[fold::FOLDS].tolist())
        kept = [c for i, c in enumerate(given) if i not in out]
        examples = read_corpus() + [Example(c.text, c.topic) for c in kept]
        weights = [1.0] * (len(examples) - len(kept)) + weigh(kept)
        learned = _classifier(lesson, base, *fit(examples, weights))
        asked = [Example(c.text, c.topic) for i, c in enumerate(given) if i in out]
        left_out += asked
        tags = learned.tag([example.text for example in asked], words=False)
        said += [tag.dimension for tag in tags]
    return compare_said(base, said, left_out)


def main() -> None:
    """Read a lesson, write the model beside the others and the report to standard output."""
    order = json.load(sys.stdin)
    folder, taxonomy = Path(order["folder"]), load_taxonomy()
    learned_here = folder / LEARNED
    base = Classifier.load(folder / f"{model_id(None, taxonomy)}.skops")
    other = order["live"] != base.id
    live = Classifier.load(learned_here / f"{order['live']}.skops") if other else base
    lesson = Lesson(
        corrections=[Correction(**each) for each in order["corrections"]],
        unlabelled=order["unlabelled"],
        blind=[Example(**each) for each in order["blind"]],
    )
    learned, report = examine(lesson, base, live)
    learned.save(learned_here / f"{learned.id}.skops")
    picture = draw(report.sample, learned_here / f"{learned.id}.png")
    json.dump(asdict(report) | {"picture": str(picture)}, sys.stdout)


if __name__ == "__main__":
    main()
