"""From texts to numbers: words, pairs of words and pieces of words, weighted as in TF-IDF.

Does what `FeatureUnion([word TfidfVectorizer, char_wb TfidfVectorizer])` does, several times
faster: the pieces of a word are looked up once per word and not once per occurrence.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from classifier.lexicon import Ints, Lexicon
from classifier.tokens import clean, normal, pieces, split


class Reading(NamedTuple):
    """Texts as columns, one per occurrence; all their words are numbered through.

    The column of a pair belongs to two words, `first` and `second`; any other to one.
    """

    columns: Ints
    first: Ints
    second: Ints
    unknown: Ints
    text_of: Ints


class Grams(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """TF-IDF over words, pairs of words and pieces of words, each kind with its own length.

    What was not seen in training still counts in the length of a text, so that a text in an
    unknown language ends near zero and not as a loud version of its few known pieces.
    """

    def __init__(
        self,
        *,
        shortest: int = 3,
        longest: int = 4,
        pieces_weight: float = 1.0,
        unknown_weight: float = 0.5,
    ) -> None:
        self.shortest = shortest
        self.longest = longest
        self.pieces_weight = pieces_weight
        self.unknown_weight = unknown_weight

    def fit(self, texts: Iterable[str], y: object = None) -> Self:
        words, parts, n = self._count(_checked(texts))
        self.words_ = np.array(sorted(words), dtype=np.str_)
        self.pieces_ = np.array(sorted(parts), dtype=np.str_)
        frequencies = [words[g] for g in sorted(words)] + [parts[g] for g in sorted(parts)]
        self.idf_ = (np.log((1 + n) / (1 + np.array(frequencies))) + 1).astype(np.float32)
        if hasattr(self, "_lexicon"):
            del self._lexicon
        return self

    def transform(self, texts: Iterable[str]) -> sparse.csr_matrix:
        check_is_fitted(self)
        words = [split(clean(text)) for text in _checked(texts)]
        if not words:
            return sparse.csr_matrix((0, self.idf_.size), dtype=np.float32)
        reading = self.read(words)
        return self.weigh(reading, reading.text_of)

    def read(self, texts: Sequence[Sequence[str]]) -> Reading:
        """Look up the words of each text; of none may there be no word at all."""
        entries = self.lexicon.entries([word for words in texts for word in words])
        text_of = np.repeat(np.arange(len(texts)), [len(words) for words in texts])
        word_of = np.repeat(np.arange(len(entries)), [entry.columns.size for entry in entries])
        pairs = self.lexicon.pairs([entry.form for entry in entries])
        places = np.flatnonzero((pairs >= 0) & (text_of[1:] == text_of[:-1]))
        return Reading(
            columns=np.concatenate([*(entry.columns for entry in entries), pairs[places]]),
            first=np.concatenate([word_of, places]),
            second=np.concatenate([word_of, places + 1]),
            unknown=np.array([entry.unknown for entry in entries]).T,
            text_of=text_of,
        )

    def weigh(self, reading: Reading, *groupings: Ints) -> sparse.csr_matrix:
        """One row per group of words: repetition damped, rare grams up, each kind one long.

        A grouping says of each word to which row it belongs; pairs that cross a border of
        groups do not count. All groupings go in one matrix: it is the steps that take time.
        """
        rows = [group_of[reading.first] for group_of in groupings]
        inside = [
            row == group_of[reading.second] for row, group_of in zip(rows, groupings, strict=True)
        ]
        n = int(groupings[-1][-1]) + 1
        matrix = _count(
            np.concatenate([row[kept] for row, kept in zip(rows, inside, strict=True)]),
            np.concatenate([reading.columns[kept] for kept in inside]),
            (n, self.idf_.size),
        )
        weighted = (np.log(matrix.data) + 1) * self.idf_[matrix.indices]
        kind = (matrix.indices >= self.words_.size).view(np.int8)
        place = np.repeat(np.arange(0, 2 * n, 2), np.diff(matrix.indptr)) + kind
        square = np.bincount(place, weighted * weighted, 2 * n)
        unknown = _count_unknown(reading, groupings, n) * float(self.idf_.max()) ** 2
        length = np.sqrt(square + unknown * self.unknown_weight)
        length[length == 0] = 1
        scale = np.tile([1.0, self.pieces_weight], n) / length
        matrix.data = weighted * scale.astype(np.float32)[place]
        return matrix

    @property
    def lexicon(self) -> Lexicon:
        """Built at first use."""
        if not hasattr(self, "_lexicon"):
            self._lexicon = Lexicon(
                self.words_, self.pieces_, shortest=self.shortest, longest=self.longest
            )
        return self._lexicon

    def get_feature_names_out(self, input_features: object = None) -> npt.NDArray[Any]:
        check_is_fitted(self)
        return np.concatenate([self.words_, self.pieces_]).astype(object)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags

    def __getstate__(self) -> dict[str, Any]:
        """What is remembered for speed is not part of the model."""
        state: dict[str, Any] = super().__getstate__()
        return {name: value for name, value in state.items() if name != "_lexicon"}

    def _count(self, texts: Iterable[str]) -> tuple[Counter[str], Counter[str], int]:
        """In how many texts each word, pair and piece stands."""
        in_words: Counter[str] = Counter()
        in_pieces: Counter[str] = Counter()
        n = 0
        for text in texts:
            words = [normal(word) for word in split(clean(text))]
            n += 1
            in_words.update({*words, *(f"{a} {b}" for a, b in pairwise(words))})
            in_pieces.update({p for w in set(words) for p in self._pieces(w)})
        return in_words, in_pieces, n

    def _pieces(self, word: str) -> list[str]:
        return pieces(word, self.shortest, self.longest)


def _checked(texts: Iterable[str]) -> Iterable[str]:
    """A single string is a mistake: it would be read as a list of letters."""
    if isinstance(texts, str):
        raise ValueError("Iterable over raw text documents expected, string object received.")
    return texts


def _count(rows: Ints, columns: Ints, shape: tuple[int, int]) -> sparse.csr_matrix:
    ones = np.ones(columns.size, dtype=np.float32)
    matrix = sparse.coo_matrix((ones, (rows, columns)), shape=shape).tocsr()
    matrix.sum_duplicates()
    return matrix


def _count_unknown(reading: Reading, groupings: Sequence[Ints], n: int) -> Ints:
    """Unknown words and unknown pieces of each row, in turn."""
    rows = np.concatenate(groupings)
    times = len(groupings)
    counts = [np.bincount(rows, np.tile(kind, times), n) for kind in reading.unknown]
    return np.array(counts).T.ravel()
