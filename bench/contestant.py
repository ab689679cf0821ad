"""One classifier of ``bench.classification``: it learns in one process, and is asked in the next.

python -m bench.contestant NAME learn|ask < order.json > figures.json

Nothing of ours is imported for fastText, which has an environment of its own.
"""

import json
import os
import pickle
import re
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

ROUNDS = 5
WORD = re.compile(r"\w+")

# Any: JSON as it comes.
Json = dict[str, Any]
Predict = Callable[[Sequence[str]], list[str]]


class Contestant(NamedTuple):
    """``learn`` leaves a file, ``load`` makes of it what answers; ``needs`` is imported before."""

    learn: Callable[[Json], Path]
    load: Callable[[Path], Predict]
    needs: tuple[str, ...]


def learn_ours(order: Json) -> Path:
    from classifier import load_or_train

    folder = Path(order["models"])
    return folder / f"{load_or_train(folder).id}.skops"


def load_ours(path: Path) -> Predict:
    from classifier import Classifier

    classifier = Classifier.load(path)
    return lambda texts: [tag.topic for tag in classifier.tag(texts)]


def learn_plain(order: Json) -> Path:
    """Words, pairs of words and logistic regression, as scikit-learn's own examples have it."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    vectorizer = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=2)
    pipeline = make_pipeline(vectorizer, LogisticRegression(C=30, max_iter=300))
    pipeline.fit(order["texts"], order["topics"])
    path = Path(order["folder"]) / "plain.pickle"
    path.write_bytes(pickle.dumps(pipeline))
    return path


def load_plain(path: Path) -> Predict:
    pipeline = pickle.loads(path.read_bytes())
    return lambda texts: [str(topic) for topic in pipeline.predict(list(texts))]


def learn_fasttext(order: Json) -> Path:
    """Supervised, with what its tutorial arrives at: pairs of words, pieces, 25 rounds."""
    import fasttext

    folder = Path(order["folder"])
    pairs = zip(order["topics"], order["texts"], strict=True)
    lines = [f"__label__{topic} {_words(text)}\n" for topic, text in pairs]
    (folder / "corpus.txt").write_text("".join(lines), "utf-8")
    settings = {"lr": 0.5, "epoch": 25, "wordNgrams": 2, "minn": 3, "maxn": 5, "dim": 100}
    model = fasttext.train_supervised(str(folder / "corpus.txt"), thread=1, verbose=0, **settings)
    path = folder / "fasttext.bin"
    model.save_model(str(path))
    return path


def load_fasttext(path: Path) -> Predict:
    import fasttext

    model = fasttext.load_model(str(path))

    def predict(texts: Sequence[str]) -> list[str]:
        labels, _ = model.predict([_words(text) for text in texts])
        return [label[0].removeprefix("__label__") for label in labels]

    return predict


CONTESTANTS = {
    "palanta": Contestant(learn_ours, load_ours, ("classifier",)),
    "tfidf_logistic_regression": Contestant(
        learn_plain,
        load_plain,
        ("sklearn.feature_extraction.text", "sklearn.linear_model", "sklearn.pipeline"),
    ),
    "fasttext": Contestant(learn_fasttext, load_fasttext, ("fasttext",)),
}


def measure(contestant: Contestant, path: Path, asked: Sequence[str]) -> Json:
    """Ask for all texts at once, and one by one, several times."""
    for module in contestant.needs:
        import_module(module)
    before, begun = _memory(), perf_counter()
    predict = contestant.load(path)
    loaded = perf_counter() - begun
    said, batches, ones = predict(asked), [], []
    for _ in range(ROUNDS):
        begun = perf_counter()
        predict(asked)
        batches.append(perf_counter() - begun)
        for text in asked:
            begun = perf_counter()
            predict([text])
            ones.append(perf_counter() - begun)
    return {
        "said": said,
        "texts_per_second": len(asked) / sorted(batches)[ROUNDS // 2],
        "one_ms_p50": 1000 * sorted(ones)[len(ones) // 2],
        "one_ms_p99": 1000 * sorted(ones)[int(len(ones) * 0.99)],
        "load_seconds": loaded,
        "file_mb": path.stat().st_size / 2**20,
        "memory_mb": _memory() - before,
    }


def _memory() -> float:
    """Give the memory that this process holds, in MB."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _words(text: str) -> str:
    return " ".join(WORD.findall(text.lower()))


def main() -> None:
    order = json.load(sys.stdin)
    name, step = sys.argv[1:]
    contestant = CONTESTANTS[name]
    if step == "learn":
        json.dump({"path": str(contestant.learn(order))}, sys.stdout)
    else:
        json.dump(measure(contestant, Path(order["path"]), order["asked"]), sys.stdout)


if __name__ == "__main__":
    main()
