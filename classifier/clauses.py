"""A text clause by clause, and how much each counts for what the text is about. Pure.

People tell a story before they ask, and the story speaks of other things. A model that reads
the text as one bag of words is misled by them; one that also reads each clause by itself, and
listens most to long ones, late ones and those that ask, is misled less (docs/classifier.md).
"""

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

from classifier.tokens import NOTHING, clean, split

LONG = 28  # words; a longer clause has lost its punctuation and is cut
CUT = 16  # words of a cut piece, at most
LATE = 1.0  # the last clause counts twice the first
ASKING = 2.0  # a clause that asks for something counts twice

_BREAK = re.compile(r"(?<=[.!?;,])\s+|\s+(?=\d+[.)]\s)")
_ASKS = frozenset(
    """
    mohon tolong tlg tolonglah minta mintak usul usulan usulkan mengusulkan harap harapan
    harapkan berharap diharapkan agar supaya sebaiknya ingin perlu kapan bagaimana apakah
    bisakah segera
    """.split()
)


class Clauses(NamedTuple):
    """The words of a text, and for each word the number of its clause."""

    words: list[str]
    lengths: list[int]
    weights: list[float]


def read(text: str) -> Clauses:
    """Never empty: a text without words is one clause that says nothing."""
    found = [words for part in _BREAK.split(clean(text)) if (words := split(part)) != [NOTHING]]
    pieces = [piece for words in found for piece in _cut(words)] or [[NOTHING]]
    return Clauses(
        words=[word for piece in pieces for word in piece],
        lengths=[len(piece) for piece in pieces],
        weights=[_weight(piece, i, len(pieces)) for i, piece in enumerate(pieces)],
    )


def _cut(words: Sequence[str]) -> list[Sequence[str]]:
    if len(words) <= LONG:
        return [words]
    size = math.ceil(len(words) / math.ceil(len(words) / CUT))
    return [words[i : i + size] for i in range(0, len(words), size)]


def _weight(words: Sequence[str], place: int, of: int) -> float:
    late = 1 + LATE * (place / (of - 1) if of > 1 else 1)
    asks = not _ASKS.isdisjoint(map(str.lower, words))
    return len(words) * late * (ASKING if asks else 1.0)
