"""What more texts bring: corrections of people, and more of the corpus.

python -m bench.learning FILE [--splits 10] [--json]     # FILE's texts as corrections, rest as test
python -m bench.learning FILE --corpus [--json]          # shares of the corpus, FILE as test
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np

from bench.bot import MODELS
from classifier import (
    Classifier,
    Correction,
    Example,
    load_or_train,
    load_taxonomy,
    load_topics,
    read_examples,
)
from classifier.comparison import compare
from classifier.corpus import read_corpus
from classifier.learning import learn
from classifier.lesson import Lesson
from classifier.training import fit

GIVEN = (50, 100, 200)
SHARES = (0.125, 0.25, 0.5, 1.0)


def corrections_curve(
    base: Classifier, examples: Sequence[Example], *, splits: int
) -> dict[int, list[float]]:
    """Gains in macro-F1 on texts left over, by how many were given as one moderator's word.

    All sizes of a split are judged on the same texts, those after the largest size.
    """
    gains: dict[int, list[float]] = {given: [] for given in GIVEN}
    for split in range(splits):
        order = np.random.default_rng(split).permutation(len(examples))
        test = [examples[i] for i in order[max(GIVEN) :]]
        for given in GIVEN:
            told = [examples[i] for i in order[:given]]
            corrections = [Correction(e.text, e.topic, 1, trusted=True) for e in told]
            learned, _ = learn(Lesson(corrections), base)
            gains[given].append(compare(base, learned, test).gain)
    return gains


def corpus_curve(base: Classifier, examples: Sequence[Example]) -> dict[int, float]:
    """Macro-F1 by how many texts of the corpus were learned, the codebook always among them."""
    corpus = read_corpus()
    order = np.random.default_rng(1).permutation(len(corpus))
    scores = {}
    for share in SHARES:
        chosen = [corpus[i] for i in sorted(order[: round(share * len(corpus))])]
        pipeline, intents = fit(chosen)
        part = Classifier(
            model_id="m-part", taxonomy=load_taxonomy(), pipeline=pipeline, intents=intents
        )
        scores[len(chosen)] = compare(base, part, examples).new
    return scores


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="labelled texts, one JSON object a line")
    parser.add_argument("--splits", type=int, default=10)
    parser.add_argument("--corpus", action="store_true", help="the curve over the corpus instead")
    parser.add_argument("--models", type=Path, default=MODELS, help="where models are kept")
    parser.add_argument("--json", action="store_true", help="print figures, not a table")
    given = parser.parse_args()
    topics = load_topics()
    base = load_or_train(given.models)
    examples = [e for e in read_examples(given.file) if not topics.is_code(e.topic)]
    found: dict[Any, Any] = (
        corpus_curve(base, examples)
        if given.corpus
        else corrections_curve(base, examples, splits=given.splits)
    )
    if given.json:
        print(json.dumps(found, indent=2))
    elif given.corpus:
        print("\n".join(f"{n:6} texts  {score:.3f}" for n, score in found.items()))
    else:
        for n, gains in found.items():
            print(f"{n:4} corrections  {mean(gains):+.3f} ({min(gains):+.3f} to {max(gains):+.3f})")


if __name__ == "__main__":
    main()
