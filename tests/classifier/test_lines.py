"""The contract of `palanta classify`: JSON lines in, JSON lines out."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classifier import classify_lines

FIELDS = [
    "id",
    "topic",
    "dimension",
    "confidence",
    "abstained",
    "intent",
    "topics",
    "dimensions",
    "words",
]


def classify(classifier, lines):
    return [json.loads(line) for line in classify_lines(classifier, lines)]


def test_a_thousand_lines_come_out_in_their_order(classifier):
    """Whoever pipes a file in can paste the answer beside it."""
    lines = [json.dumps({"id": i, "text": f"jalan rusak nomor {i}"}) for i in range(1000)]

    answers = classify(classifier, lines)

    assert [answer["id"] for answer in answers] == list(range(1000))
    assert list(answers[0]) == FIELDS


def test_a_bad_line_is_answered_with_its_error_and_the_rest_goes_on(classifier):
    """One broken line in a file of ten thousand stops nothing."""
    lines = [
        '{"id": "a", "text": "lampu jalan mati"}',
        "not json",
        '{"id": "b"}',
        '{"id": "c", "text": 7}',
        "[1]",
        '{"id": {"deep": 1}, "text": "sampah menumpuk"}',
        '{"text": "tanpa nomor"}',
    ]

    answers = classify(classifier, lines)

    assert [answer["id"] for answer in answers] == ["a", None, "b", "c", None, {"deep": 1}, None]
    assert ["error" in answer for answer in answers] == [
        False,
        True,
        True,
        True,
        True,
        False,
        False,
    ]


def test_blank_lines_are_no_lines(classifier):
    assert classify(classifier, ["", "\n", '{"id": 1, "text": "macet"}\n', "  "])[0]["id"] == 1


def test_half_a_character_breaks_nothing(classifier):
    """A lone surrogate cannot be printed as UTF-8; the answer can."""
    [line] = classify_lines(
        classifier, ['{"id": "\\ud83d", "text": "\\ud83d jalan \\ud83d rusak"}']
    )

    assert line.encode("utf-8")
    assert json.loads(line)["topic"] == "roads_sidewalks"


def test_lines_are_answered_before_the_last_one_has_come(classifier):
    """A stream without end is answered batch by batch."""

    def endless():
        while True:
            yield '{"id": 1, "text": "parkir liar"}'

    answers = classify_lines(classifier, endless())

    assert json.loads(next(answers))["topic"] == "parking"


@given(
    st.lists(
        st.text(max_size=60)
        | st.builds(
            json.dumps,
            st.dictionaries(
                st.sampled_from(["id", "text", "x"]),
                st.none() | st.integers() | st.text(max_size=80),
            ),
        ),
        max_size=6,
    )
)
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_line_gets_one_answer(classifier, lines):
    answers = classify(classifier, lines)

    assert len(answers) == sum(bool(line.strip()) for line in lines)
    assert all("error" in answer or list(answer) == FIELDS for answer in answers)
