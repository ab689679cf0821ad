"""Which columns a word has, looked up once per word and not once per occurrence."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from classifier.tokens import normal, pieces

REMEMBERED = 50_000  # words kept at hand; beyond that the memory starts anew

Strings = npt.NDArray[np.str_]
Ints = npt.NDArray[np.integer[Any]]


class Entry(NamedTuple):
    """What is known of one word as people write it; `unknown` counts it and its pieces."""

    form: str
    columns: Ints
    unknown: tuple[int, int]


class Lexicon:
    """The grams that were seen in training, words and pairs first, then pieces."""

    def __init__(self, words: Strings, parts: Strings, *, shortest: int, longest: int) -> None:
        self._words: dict[str, int] = {gram: i for i, gram in enumerate(words.tolist())}
        self._parts: dict[str, int] = {g: i for i, g in enumerate(parts.tolist(), len(words))}
        self._sizes = shortest, longest
        self._entries: dict[str, Entry] = {}

    def entries(self, words: Sequence[str]) -> list[Entry]:
        if len(self._entries) > REMEMBERED:
            self._entries.clear()
        known = self._entries.get
        return [known(word) or self._look_up(word) for word in words]

    def pairs(self, forms: Sequence[str]) -> Ints:
        """The column of each word with the one after it, or -1."""
        find = self._words.get
        return np.array([find(f"{a} {b}", -1) for a, b in pairwise(forms)], dtype=np.int32)

    def _look_up(self, word: str) -> Entry:
        form = normal(word)
        column = self._words.get(form)
        parts = pieces(form, *self._sizes)
        known = [i for part in parts if (i := self._parts.get(part)) is not None]
        columns = known if column is None else [column, *known]
        entry = Entry(
            form, np.array(columns, dtype=np.int32), (int(column is None), len(parts) - len(known))
        )
        self._entries[word] = entry
        return entry
