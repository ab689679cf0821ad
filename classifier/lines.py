"""The contract of `palanta classify`: JSON lines in, JSON lines out, in order, whatever comes."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import islice
from typing import Any

from classifier.model import Classifier

BATCH = 256


def classify_lines(classifier: Classifier, lines: Iterable[str]) -> Iterator[str]:
    """One line out for each line in; a bad one becomes a line with an `error` and its id."""
    remaining = iter(lines)
    while batch := list(islice(remaining, BATCH)):
        rows = [_read(line) for line in batch if line.strip()]
        tags = iter(classifier.tag([row["text"] for row in rows if "error" not in row]))
        for row in rows:
            if "error" in row:
                yield _line(row)
            else:
                yield _line({"id": row["id"], **asdict(next(tags))})


def _read(line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        return {"id": None, "error": f"not a line of JSON: {error}"}
    if not isinstance(row, dict):
        return {"id": None, "error": "not a JSON object"}
    if not isinstance(row.get("text"), str):
        return {"id": row.get("id"), "error": "no text"}
    return {"id": row.get("id"), "text": row["text"]}


def _line(row: dict[str, Any]) -> str:
    """Plain ASCII, so that lone surrogates cannot break whoever prints it."""
    return json.dumps(row)
