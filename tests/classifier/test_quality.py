"""What the classifier can do on texts that it has not learned: floors, not targets."""

import pytest

from classifier import Classifier, evaluate, load_taxonomy
from classifier.training import fit


@pytest.fixture(scope="module")
def figures(corpus):
    """The codebook's examples, judged by a model that has not seen them."""
    unseen = [example for example in corpus if example.register == "codebook"]
    pipeline, intents = fit([example for example in corpus if example.register != "codebook"])
    classifier = Classifier(
        model_id="m-test", taxonomy=load_taxonomy(), pipeline=pipeline, intents=intents
    )
    return evaluate(classifier, unseen).figures()


def test_the_codebooks_examples_are_mostly_right(figures):
    """What the book for people says, the model has learned from other texts."""
    assert figures["n"] == 144
    assert figures["topics"]["accuracy"] >= 0.90
    assert figures["dimensions"]["macro_f1"] >= 0.92


def test_the_model_is_far_better_than_simple_guesses(figures):
    """If counting keywords did as well, nobody would need a model.

    The linear baseline is left out: it learns from the whole corpus, these examples included.
    """
    ours = figures["dimensions"]["macro_f1"]

    for name in ("most_frequent", "keyword_count"):
        assert ours > figures["baselines"][name]["dimension_macro_f1"], name


def test_confidence_means_something(figures):
    """The surer half is right more often than the whole."""
    halves = {point["coverage"]: point["accuracy"] for point in figures["dimensions"]["coverage"]}

    assert halves[0.5] >= halves[1.0]
