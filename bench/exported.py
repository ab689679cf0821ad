"""Reads an export back, as a planner would get it, and judges it by what was sent."""

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bot.conversation import clean
from classifier import Evaluation, Example, Tag, load_taxonomy, load_topics
from classifier.baselines import BASELINES
from planning.table import safe
from storage.codes import ALPHABET
from storage.privacy import mask

CODE = re.compile(rf"\b[A-Z]{{2,5}}-[{ALPHABET}]{{4,}}\b")
# What stands for a text that did not come out: no topic, no dimension.
NOTHING = Tag("-", None, 0.0, True, "", {}, {}, [])

Row = Mapping[str, str]


class Sent(NamedTuple):
    """One message: which text of the file it carries, and what the bot answered to it."""

    example: int
    text: str
    receipt: str | None

    @property
    def code(self) -> str | None:
        found = CODE.search(self.receipt or "")
        return found[0] if found else None


def read_rows(export: Path) -> list[Row]:
    """Read the rows of ``usulan.csv`` in the ZIP."""
    with zipfile.ZipFile(export) as archive:
        text = archive.read("usulan.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def count(rows: Sequence[Row], sent: Sequence[Sent]) -> dict[str, int]:
    """Count what of the sent messages is in the export, how often, and with what tag."""
    times = Counter(row["id_usulan"] for row in rows)
    by_code = {row["id_usulan"]: row for row in rows}
    codes = Counter(message.code for message in sent if message.code)
    found = [m for m in sent if m.code in by_code and _says(by_code[m.code], m.text)]
    return {
        "messages": len(sent),
        "with_receipt": sum(message.code is not None for message in sent),
        "exported": len(found),
        "missing": len(sent) - len(found),
        "twice": sum(n - 1 for n in times.values()) + sum(n - 1 for n in codes.values()),
        "unasked": sum(code not in codes for code in times),
        "with_dimension": sum(bool(row["dimensi_2018"]) for row in rows),
        "with_doubt": sum(row["mesin_ragu"] == "ya" for row in rows),
        "incomplete": sum(not _is_tagged(row) for row in rows),
    }


def score(rows: Sequence[Row], sent: Sequence[Sent], examples: Sequence[Example]) -> dict[str, Any]:
    """Judge the exported tags as ``palanta evaluate`` judges, beside the same baselines.

    Of a text that went out in several messages, the first one's tag counts.
    """
    by_code = {row["id_usulan"]: row for row in rows}
    tags = [NOTHING] * len(examples)
    for message in reversed(sent):
        if message.code in by_code:
            tags[message.example] = _tag(by_code[message.code])
    guesses = {name: guess(examples) for name, guess in BASELINES.items()}
    judged = Evaluation(load_taxonomy(), examples, tags, guesses)
    figures = judged.figures()
    ours = figures["dimensions"]
    return {
        "n": figures["n_with_topic"],
        "macro_f1": ours["macro_f1"],
        "macro_f1_interval_95": ours["macro_f1_interval_95"],
        "accuracy": ours["accuracy"],
        "ece": ours["ece"],
        "baselines": {
            name: {"macro_f1": of["dimension_macro_f1"], "accuracy": of["dimension_accuracy"]}
            for name, of in figures["baselines"].items()
        },
    }


def _says(row: Row, text: str) -> bool:
    return row["usulan"] == safe(mask(clean(text)))


def _is_tagged(row: Row) -> bool:
    """Whether there is a dimension, or a doubt or a special code, with probability and model."""
    decided = row["dimensi_2018"] or row["mesin_ragu"] == "ya"
    decided = decided or load_topics().is_code(row["topic_id"])
    return bool(
        decided and row["topic_id"] and row["model"] and 0 <= float(row["keyakinan"] or -1) <= 1
    )


def _tag(row: Row) -> Tag:
    return Tag(
        topic=row["topic_id"],
        dimension=row["dimensi_2018"] or None,
        confidence=float(row["keyakinan"]),
        abstained=row["mesin_ragu"] == "ya",
        intent=row["intent"],
        topics={row["topic_id"]: 1.0},
        dimensions={row["dimensi_2018"]: 1.0},
        words=[],
    )


def quantiles(values: Iterable[float]) -> dict[str, float]:
    """Give the median and the value that one in a hundred exceeds."""
    ordered = sorted(values) or [0.0]
    last = len(ordered) - 1
    return {"p50": ordered[round(0.5 * last)], "p99": ordered[round(0.99 * last)]}
