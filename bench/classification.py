"""How right, fast and large the classifier is, beside fastText and a plain linear model.

python -m bench.classification FILE [--json]

All learn from the same corpus and are asked about the texts of FILE, on one core. Ours also says
which words carried each decision; the peers do not. Memory is what a process that has its
libraries holds more once it has answered.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from bench.bot import MODELS
from bench.contestant import CONTESTANTS, Json
from classifier import load_taxonomy, load_topics, metrics, read_examples
from classifier.corpus import read_corpus

CORE = 1
# Its own environment: it was built for an older numpy.
FASTTEXT = Path(".palanta/fasttext")
FASTTEXT_PACKAGES = ("fasttext-wheel==0.9.2", "numpy<2")


def compare(file: Path, *, models: Path) -> dict[str, Json]:
    """Let all contestants learn and answer, one after the other."""
    topics = load_topics()
    asked = [e for e in read_examples(file) if not topics.is_code(e.topic)]
    corpus = read_corpus()
    found = {}
    with tempfile.TemporaryDirectory(prefix="palanta-classification-") as folder:
        order = {
            "texts": [e.text for e in corpus],
            "topics": [e.topic for e in corpus],
            "folder": folder,
            "models": str(models.resolve()),
        }
        for name in CONTESTANTS:
            kept = _run(name, "learn", order)
            figures = _run(name, "ask", kept | {"asked": [e.text for e in asked]})
            found[name] = _scores([e.topic for e in asked], figures.pop("said")) | figures
    return found


def _scores(gold: list[str], said: list[str]) -> Json:
    taxonomy = load_taxonomy()
    dimensions = [
        np.array([taxonomy.title_of(topic) or "-" for topic in topics], dtype=object)
        for topics in (gold, said)
    ]
    return {
        "n": len(gold),
        "macro_f1": metrics.macro_f1(*dimensions),
        "macro_f1_interval_95": metrics.interval(*dimensions),
        "accuracy": metrics.accuracy(*dimensions),
        "topic_accuracy": sum(a == b for a, b in zip(gold, said, strict=True)) / len(gold),
    }


def _run(name: str, step: str, order: Json) -> Json:
    python = _python_with_fasttext() if name == "fasttext" else sys.executable
    done = subprocess.run(
        [python, "-m", "bench.contestant", name, step],
        input=json.dumps(order).encode(),
        stdout=subprocess.PIPE,
        check=True,
        preexec_fn=(lambda: os.sched_setaffinity(0, {CORE})) if step == "ask" else None,
        env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    read: Json = json.loads(done.stdout)
    return read


def _python_with_fasttext() -> str:
    """Make the environment with fastText in it, once."""
    python = FASTTEXT / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", FASTTEXT], check=True)
        pip: list[str | Path] = [
            python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]
        subprocess.run([*pip, *FASTTEXT_PACKAGES], check=True)
    return str(python)


def table(found: dict[str, dict[str, Any]]) -> str:
    """Show the figures to people."""
    head = "| | dim macro-F1 | dim acc | texts/s | one, p50 | p99 | load | file | memory |"
    lines = [head, "|---" * 9 + "|"]
    for name, of in found.items():
        low, high = of["macro_f1_interval_95"]
        lines.append(
            f"| {name} | {of['macro_f1']:.3f} ({low:.3f}–{high:.3f}) | {of['accuracy']:.3f} "
            f"| {of['texts_per_second']:,.0f} | {of['one_ms_p50']:.2f} ms "
            f"| {of['one_ms_p99']:.2f} ms | {of['load_seconds']:.2f} s | {of['file_mb']:.1f} MB "
            f"| {of['memory_mb']:.0f} MB |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="labelled texts, one JSON object a line")
    parser.add_argument("--models", type=Path, default=MODELS, help="where models are kept")
    parser.add_argument("--json", action="store_true", help="print figures, not a table")
    given = parser.parse_args()
    found = compare(given.file, models=given.models)
    print(json.dumps(found, indent=2) if given.json else table(found))


if __name__ == "__main__":
    main()
