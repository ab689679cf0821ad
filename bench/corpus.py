"""Looks through the corpus: texts nearly twice there, leaks, registers, labels that are disputed.

python -m bench.corpus [--leaks FILE …] [--disputed]
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from classifier.corpus import REGISTERS, SAMPLE, Example, read_corpus, read_examples
from classifier.model import Classifier
from classifier.taxonomy import load_taxonomy
from classifier.training import fit

# Cosines of runs of five letters: above these two texts share most of their words in order.
NEARLY, LEAKED = 0.8, 0.7
FOLDS = 5
# So sure must a model that has not learned a text be to dispute its label.
DISPUTED = 0.9
ROWS = 1_000


class Pair(NamedTuple):
    """Two texts that are alike."""

    cosine: float
    one: str
    other: str


class Dispute(NamedTuple):
    """A text whose label a second reading, by a model that has not learned it, does not share."""

    example: Example
    said: str
    confidence: float


def find_nearly_twice(examples: Sequence[Example]) -> list[Pair]:
    """Find pairs of a topic that say nearly the same."""
    pairs: list[Pair] = []
    for topic in dict.fromkeys(example.topic for example in examples):
        texts = [example.text for example in examples if example.topic == topic]
        pairs += (pair for i, j, pair in _alike(texts, texts, NEARLY) if i < j)
    return pairs


def find_leaks(examples: Sequence[Example], others: Sequence[str]) -> list[Pair]:
    """Find texts that are nearly one of those that a model is judged by."""
    texts = [example.text for example in examples]
    return [pair for _, _, pair in _alike(texts, others, LEAKED)]


def find_disputes(examples: Sequence[Example]) -> list[Dispute]:
    """Read everything a second time, each fifth by a model of the other four."""
    order = np.random.default_rng(0).permutation(len(examples))
    disputes: list[Dispute] = []
    for fold in range(FOLDS):
        asked = [examples[i] for i in order[fold::FOLDS]]
        out = {id(example) for example in asked}
        reader = _learn([example for example in examples if id(example) not in out])
        tags = reader.tag([example.text for example in asked], words=False)
        disputes += (
            Dispute(example, tag.topic, tag.topics[tag.topic])
            for example, tag in zip(asked, tags, strict=True)
            if tag.topic != example.topic and tag.topics[tag.topic] >= DISPUTED
        )
    return sorted(disputes, key=lambda dispute: -dispute.confidence)


def count_registers(examples: Iterable[Example]) -> dict[str, Counter[str]]:
    """Count the texts of each topic by register."""
    counts: dict[str, Counter[str]] = {}
    for example in examples:
        counts.setdefault(example.topic, Counter())[example.register or ""] += 1
    return counts


def _learn(examples: Sequence[Example]) -> Classifier:
    pipeline, intents = fit(examples)
    return Classifier(
        model_id="m-second", taxonomy=load_taxonomy(), pipeline=pipeline, intents=intents
    )


def _alike(
    texts: Sequence[str], others: Sequence[str], least: float
) -> Iterator[tuple[int, int, Pair]]:
    grams = TfidfVectorizer(analyzer="char", ngram_range=(5, 5), use_idf=False)
    theirs = grams.fit([*texts, *others]).transform(others)
    for start in range(0, len(texts), ROWS):
        page = texts[start : start + ROWS]
        found = (grams.transform(page) @ theirs.T).tocoo()
        for i, j, cosine in zip(found.row + start, found.col, found.data, strict=True):
            if cosine > least:
                yield int(i), int(j), Pair(float(cosine), texts[i], others[j])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leaks", nargs="*", type=Path, default=[], help="files to keep apart")
    parser.add_argument("--disputed", action="store_true", help="read twice; takes minutes")
    given = parser.parse_args()
    corpus = read_corpus()
    kept_apart = [e.text for file in [SAMPLE, *given.leaks] for e in read_examples(file)]
    _show("nearly twice", find_nearly_twice(corpus))
    _show("nearly a text that models are judged by", find_leaks(corpus, kept_apart))
    for topic, counts in count_registers(corpus).items():
        missing = [name for name in REGISTERS if not counts[name]]
        print(f"{topic:28} {counts.total():4}  without {', '.join(missing) or 'nothing'}")
    if given.disputed:
        for each in find_disputes(corpus):
            label = f"{each.example.topic} or {each.said} ({each.confidence:.2f})"
            print(f"{label}: {each.example.text}")


def _show(title: str, pairs: Sequence[Pair]) -> None:
    print(f"{len(pairs)} {title}")
    for pair in pairs:
        print(f"  {pair.cosine:.2f}\n    {pair.one}\n    {pair.other}")


if __name__ == "__main__":
    main()
