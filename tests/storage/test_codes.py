"""Codes that people read out, write down and type in again."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import codes
from storage.errors import CodeInvalid

numbers = st.integers(1, 10**9)
prefixes = st.sampled_from(["PDG", "BKT", "PKY", "MD", "ACEHM"])


@settings(deadline=None)
@given(numbers, prefixes)
def test_a_code_leads_back_to_its_idea(number, prefix):
    """Whoever holds a code finds the idea again, in every city."""
    assert codes.decode(codes.encode(number, prefix=prefix), prefix=prefix) == number


@settings(deadline=None)
@given(numbers)
def test_every_single_wrong_letter_is_refused(number):
    """Somebody who mistypes a letter hears so, and is not shown the idea of somebody else."""
    code = codes.encode(number, prefix="PDG")
    for place in range(len("PDG-"), len(code)):
        for letter in set(codes.ALPHABET) - {code[place]}:
            with pytest.raises(CodeInvalid):
                codes.decode(code[:place] + letter + code[place + 1 :], prefix="PDG")


@settings(deadline=None)
@given(numbers)
def test_every_swap_of_two_neighbours_is_refused(number):
    """Nor is somebody who types two letters in the wrong order."""
    code = codes.encode(number, prefix="PDG")
    for place in range(len("PDG-"), len(code) - 1):
        left, right = code[place : place + 2]
        if left != right:
            with pytest.raises(CodeInvalid):
                codes.decode(code[:place] + right + left + code[place + 2 :], prefix="PDG")


@settings(deadline=None)
@given(numbers)
def test_no_letter_can_be_taken_for_another(number):
    """A code can be read from a wall or heard on the telephone: of 0 and O there is neither."""
    body = codes.encode(number, prefix="PDG").removeprefix("PDG-")

    for lookalikes in ("0O", "1IL", "2Z", "5S", "6G", "8B", "UV"):
        assert sum(letter in codes.ALPHABET for letter in lookalikes) <= 1
    assert set(body) <= set(codes.ALPHABET)


@pytest.mark.parametrize(
    "typed",
    [
        "PDG-{}",
        "pdg-{}",
        "PDG{}",
        "{}",
        " PDG - {} ",
        "PDG\u00a0{}",
        "pdg {}\n",
    ],
)
@pytest.mark.parametrize("number", [1, 12_167, 12_168, 1_000_000])
def test_small_letters_blanks_and_a_missing_prefix_are_forgiven(typed, number):
    """People type codes as it comes on a telephone."""
    body = codes.encode(number, prefix="PDG").removeprefix("PDG-")
    spaced = " ".join(body.lower())

    assert codes.decode(typed.format(body), prefix="PDG") == number
    assert codes.decode(typed.format(spaced), prefix="PDG") == number


@pytest.mark.parametrize(
    "typed",
    ["", "PDG", "PDG-", "PDG-777", "PDG-7K3O", "PDG-0000", "🙂🙂🙂🙂", "halo", "7" * 4096, "ß" * 9],
)
def test_what_is_no_code_is_refused(typed):
    """Whatever somebody types instead of a code gets a sentence, not a crash."""
    with pytest.raises(CodeInvalid):
        codes.decode(typed, prefix="PDG")


@settings(deadline=None)
@given(st.text(max_size=20))
def test_any_text_is_a_code_or_is_refused(text):
    """And what is accepted is a number that the database can count to."""
    with contextlib.suppress(CodeInvalid):
        assert 1 <= codes.decode(text, prefix="PDG") < 2**63


def test_the_codes_of_twenty_thousand_ideas_are_different_and_short():
    """A city's first ideas have codes of four or five letters, none given twice."""
    given_out = {codes.encode(number, prefix="PDG") for number in range(1, 20_001)}

    assert len(given_out) == 20_000
    assert {len(code) for code in given_out} == {len("PDG-7K3M"), len("PDG-7K3M4")}


def test_codes_grow_by_a_letter_when_the_shorter_ones_are_used_up():
    """No number is ever too large for a code, and no early code changes."""
    lengths = [len(codes.encode(number, prefix="PDG")) for number in (1, 12_167, 12_168, 10**9)]

    assert lengths == [8, 8, 9, 12]


def test_the_next_code_cannot_be_read_off_the_last():
    """Nobody finds the idea of a neighbour by counting on."""
    first, second = codes.encode(1, prefix="PDG"), codes.encode(2, prefix="PDG")

    assert sum(a != b for a, b in zip(first, second, strict=True)) >= 3


def test_there_is_no_idea_before_the_first():
    """Numbers begin at 1; anything else is a bug of ours and says so."""
    with pytest.raises(ValueError, match="from 1"):
        codes.encode(0, prefix="PDG")
