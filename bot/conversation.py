"""Reads what people typed and decides what it is. Pure."""

import re
import unicodedata

# Marks that turn or hide text: they let a message look other than it is.
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffc]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_TWO_LETTERS = re.compile(r"[^\W\d_](?s:.*?)[^\W\d_]")
LONGEST_EXCERPT = 100


def clean(text: str) -> str:
    """Return the words as typed, without what no database, spreadsheet or screen can show.

    Lone surrogates, control characters and direction marks go; line breaks and emoji stay.
    """
    text = text.encode("utf-8", "replace").decode("utf-8")
    text = _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).strip()


def has_words(text: str) -> bool:
    """Whether there is anything to read: two letters in a row in any script."""
    return _TWO_LETTERS.search(text) is not None


def excerpt(text: str) -> str:
    """Return what is said back of what somebody typed: enough to recognise it."""
    return text if len(text) <= LONGEST_EXCERPT else text[:LONGEST_EXCERPT] + "…"
