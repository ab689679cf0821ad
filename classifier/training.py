"""From the corpus to a classifier; the same input gives the same bytes."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import sklearn
from sklearn.pipeline import Pipeline

from classifier.blend import LinearBlend
from classifier.corpus import CORPUS, Example, read_corpus, read_examples
from classifier.errors import DamagedModel
from classifier.model import Classifier
from classifier.pipeline import build_intent_model, build_pipeline
from classifier.taxonomy import Taxonomy, load_taxonomy
from classifier.topics import TOPICS_FILE, load_topics

Progress = Callable[[str], None]


def train(
    extra: Path | None = None,
    taxonomy: Taxonomy | None = None,
    progress: Progress | None = None,
) -> Classifier:
    """`extra` is a file of examples, such as a city's own corrections."""
    tell = progress or _say_nothing
    taxonomy = taxonomy or load_taxonomy()
    examples = read_corpus() + (read_examples(extra) if extra else [])
    tell(f"learning from {len(examples)} texts")
    pipeline, intents = fit(examples)
    return Classifier(
        model_id=model_id(extra, taxonomy), taxonomy=taxonomy, pipeline=pipeline, intents=intents
    )


def load_or_train(
    folder: Path,
    progress: Progress | None = None,
    *,
    extra: Path | None = None,
    taxonomy: Taxonomy | None = None,
) -> Classifier:
    """The model kept in the folder if it was made from this data, code and taxonomy."""
    tell = progress or _say_nothing
    taxonomy = taxonomy or load_taxonomy()
    wanted = model_id(extra, taxonomy)
    path = folder / f"{wanted}.skops"
    try:
        classifier = Classifier.load(path)
        if classifier.id == wanted:
            return classifier
        tell(f"{path.name} holds another model, learning again")
    except FileNotFoundError:
        tell("first start: the classifier learns, this takes less than a minute")
    except DamagedModel as error:
        tell(f"{error}; learning again")
    classifier = train(extra, taxonomy, progress)
    classifier.save(path)
    return classifier


def fit(
    examples: Sequence[Example],
    weights: Sequence[float] | None = None,
    *,
    unlabelled: Sequence[str] = (),
) -> tuple[Pipeline, LinearBlend]:
    """Grams learn from real sentences; keywords and definitions only teach the topics.

    Without `weights` every example counts as one text. `unlabelled` texts add their words.
    """
    texts = [example.text for example in examples]
    cards, card_labels = _cards()
    pipeline = build_pipeline()
    grams, model = pipeline["grams"], pipeline["model"]
    matrix = grams.fit([*texts, *unlabelled]).transform(texts + cards)
    labels = [example.topic for example in examples] + card_labels
    model.fit(matrix, labels, [*weights, *[1.0] * len(cards)] if weights is not None else None)
    return pipeline, _fit_intents(matrix, examples)


def model_id(extra: Path | None, taxonomy: Taxonomy) -> str:
    """Short name of everything that the model is made of: data, code, library, taxonomy."""
    digest = hashlib.sha256(f"{sklearn.__version__} {taxonomy}".encode())
    here = Path(__file__).parent
    for path in [*sorted(here.glob("*.py")), TOPICS_FILE, *sorted(CORPUS.glob("*.jsonl"))]:
        digest.update(path.name.encode() + path.read_bytes())
    digest.update(extra.read_bytes() if extra else b"")
    return f"m-{digest.hexdigest()[:8]}"


def _fit_intents(matrix: Any, examples: Sequence[Example]) -> LinearBlend:
    rows = [i for i, example in enumerate(examples) if example.intent]
    return build_intent_model().fit(matrix[rows], [examples[i].intent for i in rows])


def _cards() -> tuple[list[str], list[str]]:
    """The codebook's cards as texts: definition, what belongs, and each keyword by itself."""
    pairs = [
        (text, topic.id)
        for topic in load_topics().topics
        for text in (topic.definition, *topic.belongs, *topic.keywords)
    ]
    return [text for text, _ in pairs], [topic for _, topic in pairs]


def _say_nothing(_: str) -> None:
    """Nobody asked for progress."""
