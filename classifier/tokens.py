"""Words of a text and the pieces of a word. Pure."""

import re
import unicodedata

NOTHING = "∅"  # stands for a text without a single word, so that this too can be learned
_INVISIBLE = re.compile("[\u00ad\u034f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0f\ufeff]")
_TOKEN = re.compile(r"(?:https?://|www\.)\S+|\?+|[^\W_]+")
_DIGITS = re.compile(r"\d+")
_STRETCHED = re.compile(r"(\D)\1{2,}")


def clean(text: str) -> str:
    """Without the marks that nobody sees and that would tear words apart."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", text))


def split(text: str) -> list[str]:
    """The words of a cleaned text as written; never empty."""
    return _TOKEN.findall(text) or [NOTHING]


def locate(text: str) -> list[tuple[int, int]]:
    """Where the same words begin and end."""
    return [match.span() for match in _TOKEN.finditer(text)] or [(0, 0)]


def normal(word: str) -> str:
    """One form for what people write in many: case, digits, stretched letters, addresses."""
    if word.startswith(("http", "www.")) and "." in word:
        return "url"
    if word[0] == "?":
        return "?"
    lowered = (word if word.isascii() else unicodedata.normalize("NFKC", word)).lower()
    return _STRETCHED.sub(r"\1", _DIGITS.sub("0", lowered))


def pieces(word: str, shortest: int, longest: int) -> list[str]:
    """The runs of letters of a word, its edges marked by a blank, as in `char_wb`."""
    padded = f" {word} "
    sizes = range(shortest, min(longest, len(padded)) + 1)
    return [padded[i : i + n] for n in sizes for i in range(len(padded) - n + 1)]
