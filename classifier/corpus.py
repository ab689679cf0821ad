"""Texts with their labels: the corpus that comes with the project, and files of examples."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifier.errors import BadExample
from classifier.topics import load_topics

CORPUS = Path(__file__).with_name("corpus")
SAMPLE = Path(__file__).with_name("sample.jsonl")
INTENTS = ("usulan", "keluhan", "pertanyaan", "apresiasi", "darurat")
REGISTERS = (
    "chat",
    "minang",
    "formal",
    "musrenbang",
    "story",
    "question",
    "thanks",
    "emergency",
    "tech",
    "border",
    "codebook",
)


@dataclass(frozen=True)
class Example:
    """A text, what it is about, and which other topics a careful reader would also accept."""

    text: str
    topic: str
    intent: str | None = None
    also_ok: tuple[str, ...] = ()
    register: str | None = None
    note: str = ""


def read_examples(path: Path) -> list[Example]:
    """JSON lines; blank lines are skipped, anything else that is wrong names its line."""
    lines = path.read_bytes().splitlines()
    return [_example(path, n, line) for n, line in enumerate(lines, 1) if line.strip()]


def read_corpus(folder: Path = CORPUS) -> list[Example]:
    """One file per topic, in the order of the topics: the order is part of the model's bytes."""
    topics = load_topics()
    paths = [folder / f"{topic}.jsonl" for topic in (*topics.ids, *topics.code_ids)]
    return [example for path in paths for example in read_examples(path)]


def read_sample() -> list[Example]:
    """Read the fixed sample: by other writers than the corpus, and never learned from."""
    return read_examples(SAMPLE)


def _example(path: Path, number: int, line: bytes) -> Example:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise BadExample(path, number, f"not a line of JSON ({error})") from error
    if not isinstance(row, dict):
        raise BadExample(path, number, "not a JSON object")
    if reason := _what_is_wrong(row):
        raise BadExample(path, number, reason)
    return Example(
        text=row["text"],
        topic=row["topic"],
        intent=row.get("intent"),
        also_ok=tuple(row.get("also_ok") or ()),
        register=row.get("register"),
        note=row.get("note") or "",
    )


def _what_is_wrong(row: dict[str, Any]) -> str | None:
    if not isinstance(row.get("text"), str):
        return "no text"
    if not isinstance(also_ok := row.get("also_ok") or [], list):
        return "also_ok is not a list"
    known = load_topics().by_id
    unknown = [topic for topic in (row.get("topic"), *also_ok) if topic not in known]
    return f"unknown topic {unknown[0]!r}" if unknown else None
