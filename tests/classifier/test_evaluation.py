"""Figures that people may rely on."""

import json

import numpy as np
import pytest
from sklearn.metrics import f1_score

from classifier import Example, evaluate, metrics

GOLD = np.array(["a", "a", "b", "b", "c"], dtype=object)
SAID = np.array(["a", "b", "b", "b", "a"], dtype=object)


@pytest.fixture(scope="module")
def evaluation(classifier, corpus):
    """On texts that the model has learned: the figures are not its quality, only their form."""
    return evaluate(classifier, corpus[::40])


def test_the_figures_can_be_printed_as_json(evaluation):
    figures = json.loads(json.dumps(evaluation.figures()))

    assert figures["n"] == len(evaluation.examples)
    assert figures["n_with_topic"] + figures["special_codes"]["n"] == figures["n"]
    assert len(figures["dimensions"]["coverage"]) == 10


def test_baselines_stand_beside_the_score(evaluation):
    """Nobody is shown a score without what a simple guess would reach."""
    printed = evaluation.table()

    for name in ("this classifier", "most_frequent", "keyword_count", "plain_tfidf_linear"):
        assert name in printed
    assert set(evaluation.figures()["baselines"]) == {
        "most_frequent",
        "keyword_count",
        "plain_tfidf_linear",
    }


def test_the_classifier_beats_counting_keywords(evaluation):
    figures = evaluation.figures()

    ours = figures["dimensions"]["macro_f1"]
    assert ours > figures["baselines"]["keyword_count"]["dimension_macro_f1"]


def test_a_second_right_topic_counts_where_it_is_allowed(classifier):
    """Two careful readers may differ; the strict figure and the mild one stand side by side."""
    strict = Example("lampu jalan mati gelap gulita", topic="parking")
    mild = Example(strict.text, topic="parking", also_ok=("street_lighting",))

    figures = evaluate(classifier, [strict, mild]).figures()

    assert figures["topics"]["accuracy"] == 0
    assert figures["topics"]["accuracy_also_ok"] == 0.5
    assert figures["dimensions"]["accuracy"] == 1


def test_special_codes_are_counted_apart(classifier):
    examples = [Example("🙏", topic="unclear"), Example("lampu jalan mati", "street_lighting")]

    figures = evaluate(classifier, examples).figures()

    assert figures["n_with_topic"] == 1
    assert figures["special_codes"] == {"n": 1, "precision": 1, "recall": 1, "abstained": 1}


def test_no_examples_give_zeros_and_no_crash(classifier):
    assert evaluate(classifier, []).figures()["dimensions"]["macro_f1"] == 0
    assert evaluate(classifier, []).table()


def test_macro_f1_is_scikit_learns():
    assert metrics.macro_f1(GOLD, SAID) == pytest.approx(
        f1_score(GOLD.tolist(), SAID.tolist(), average="macro")
    )


def test_the_interval_holds_the_score():
    low, high = metrics.interval(GOLD, SAID)

    assert low <= metrics.macro_f1(GOLD, SAID) <= high


def test_perfect_confidence_has_no_calibration_error():
    right = np.array([True] * 9 + [False])

    assert metrics.calibration_error(np.full(10, 0.9), right) == pytest.approx(0)
    assert metrics.calibration_error(np.full(10, 0.4), right) == pytest.approx(0.5)


def test_coverage_keeps_the_most_confident_first():
    confidence, right = np.array([0.9, 0.2, 0.8]), np.array([True, False, True])

    assert metrics.at_coverage(confidence, right, 0.67) == 1
    assert metrics.at_coverage(confidence, right, 1.0) == pytest.approx(2 / 3)


def test_confusions_name_the_pair():
    assert metrics.confusions(GOLD, SAID)[0] == {"gold": "a", "said": "b", "n": 1}
