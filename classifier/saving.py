"""Fitted models to bytes and back with skops; the same model gives the same bytes."""

import io
import json
import re
import zipfile
from typing import Any

import skops.io

OURS = ["classifier.grams.Grams", "classifier.blend.LinearBlend"]
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first moment a ZIP file can name
_NUMBERED = re.compile(r'"(?:__id__": |file": ")(\d+)')


def to_bytes(model: Any) -> bytes:
    """skops names the parts by their place in memory and stamps them with the time of day.

    Both differ from run to run, so the parts are numbered in the order in which they stand.
    """
    with zipfile.ZipFile(io.BytesIO(skops.io.dumps(model))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    schema = parts.pop("schema.json").decode()
    numbers = {old: str(new) for new, old in enumerate(dict.fromkeys(_NUMBERED.findall(schema)))}
    compact = json.dumps(json.loads(_NUMBERED.sub(lambda m: _renumber(m, numbers), schema)))
    renamed = {f"{numbers[name.removesuffix('.npy')]}.npy": parts[name] for name in parts}
    return _zip({"schema.json": compact.encode(), **dict(sorted(renamed.items()))})


def from_bytes(data: bytes) -> Any:
    """Only scikit-learn's types and the two of ours are ever built."""
    return skops.io.loads(data, trusted=OURS)


def _renumber(match: re.Match[str], numbers: dict[str, str]) -> str:
    return match.group().replace(match.group(1), numbers[match.group(1)])


def _zip(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, LONG_AGO), content, zipfile.ZIP_DEFLATED, 1)
    return buffer.getvalue()
