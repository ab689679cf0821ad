"""Codes of ideas, such as PDG-7K3M: short, sayable, with a check letter. Pure.

A code is the idea's number in other clothes: it can be worked out both ways and is stored nowhere.
Letters that look alike in print or handwriting (0 O, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V) appear at most
once of each group. The alphabet has 23 letters, a prime, so that the weighted check letter finds
every single wrong letter and every swap of two neighbours.
"""

from storage.errors import CodeInvalid

ALPHABET = "34679ACDEFHJKMNPQRTVWXY"
BASE = len(ALPHABET)
SHORTEST = 3
# Longer ones hold no number that a database can count to.
LONGEST = 12
# Steps through the numbers of one length in an order that nobody reads off: coprime to 23.
STRIDE = 5_347


def encode(number: int, *, prefix: str) -> str:
    """Give the code of idea ``number`` (from 1), e.g. ``PDG-7K3M``."""
    if number < 1:
        raise ValueError("ideas are numbered from 1")
    length, first = SHORTEST, 1
    while number >= first + BASE**length:
        first += BASE**length
        length += 1
    shuffled = (number - first) * STRIDE % BASE**length
    body = _digits(shuffled, length)
    return f"{prefix}-{''.join(ALPHABET[digit] for digit in [*body, _check(body)])}"


def decode(code: str, *, prefix: str) -> int:
    """Give the idea's number; lower case, spaces and a missing prefix are forgiven.

    Raises CodeInvalid if the letters or the check letter are wrong.
    """
    letters = "".join(code.upper().split()).replace("-", "").removeprefix(prefix.upper())
    digits = [ALPHABET.find(letter) for letter in letters]
    length = len(digits) - 1
    if not SHORTEST <= length <= LONGEST or min(digits) < 0 or _check(digits[:-1]) != digits[-1]:
        raise CodeInvalid(code)
    shuffled = 0
    for digit in digits[:-1]:
        shuffled = shuffled * BASE + digit
    first = 1 + sum(int(BASE**shorter) for shorter in range(SHORTEST, length))
    size = int(BASE**length)
    return first + shuffled * pow(STRIDE, -1, size) % size


def _digits(number: int, length: int) -> list[int]:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, BASE)
        digits.append(digit)
    return digits[::-1]


def _check(body: list[int]) -> int:
    return sum(weight * digit for weight, digit in enumerate(body, start=2)) % BASE
