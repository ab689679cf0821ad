"""Our own steps keep scikit-learn's contract."""

import warnings

import numpy as np
import pytest
from sklearn.model_selection import cross_val_score
from sklearn.utils.estimator_checks import check_estimator

from classifier.blend import LinearBlend
from classifier.grams import Grams
from classifier.pipeline import build_pipeline
from classifier.tokens import clean, locate, normal, pieces, split

# LinearSVC does not promise it either: its class weights count texts, not their weights.
UNPROMISED = {
    f"check_sample_weight_equivalence_on_{kind}_data": "LinearSVC does not promise it"
    for kind in ("dense", "sparse")
}


@pytest.mark.parametrize("estimator", [Grams(), LinearBlend()])
def test_each_step_passes_scikit_learns_checks(estimator):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the checks warn about what they skip
        results = check_estimator(estimator, expected_failed_checks=UNPROMISED, on_fail=None)

    assert [r["check_name"] for r in results if r["status"] == "failed"] == []


def test_the_pipeline_works_with_scikit_learns_tools():
    texts = ["lampu jalan mati", "lampu gang padam", "sampah bau", "sampah menumpuk"] * 3
    topics = ["street_lighting", "street_lighting", "waste_management", "waste_management"] * 3

    assert cross_val_score(build_pipeline(), texts, topics, cv=3).mean() == 1.0


def test_each_kind_of_gram_has_the_length_of_one():
    """A long text is not louder than a short one."""
    grams = Grams().fit(["jalan rusak parah", "lampu jalan mati"])

    row = grams.transform(["lampu jalan mati"]).toarray()[0]

    n = len(grams.words_)
    assert np.linalg.norm(row[:n]) == pytest.approx(1)
    assert np.linalg.norm(row[n:]) == pytest.approx(1)


def test_unknown_words_make_the_known_ones_quieter():
    """Two known letters in a foreign sentence are no evidence."""
    grams = Grams().fit(["jalan rusak parah", "lampu jalan mati"] * 2)

    alone, among_strangers = grams.transform(["jalan", "jalan xyz qwerty zzz uvw"]).toarray()

    assert np.linalg.norm(among_strangers) < np.linalg.norm(alone)


def test_grams_have_names():
    grams = Grams().fit(["ab cd", "ab cd"])

    assert grams.get_feature_names_out().tolist() == [
        "ab",
        "ab cd",
        "cd",
        " ab",
        " ab ",
        " cd",
        " cd ",
        "ab ",
        "cd ",
    ]


def test_a_forgotten_memory_changes_nothing(monkeypatch):
    """A million different words must not fill the memory of the bot."""
    monkeypatch.setattr("classifier.lexicon.REMEMBERED", 2)
    grams = Grams().fit(["jalan rusak parah", "lampu jalan mati"])
    before = grams.transform(["lampu jalan rusak parah"]).toarray()

    grams.transform([f"kata{chr(97 + i)}" for i in range(20)])

    assert (grams.transform(["lampu jalan rusak parah"]).toarray() == before).all()


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("JALAN", "jalan"),
        ("tolooong", "tolong"),
        ("kedip2", "kedip0"),
        ("2026", "0"),
        ("𝗝𝗮𝗹𝗮𝗻", "jalan"),
        ("https://bit.ly/x?y=1", "url"),
        ("???", "?"),
    ],
)
def test_many_spellings_have_one_form(written, form):
    assert normal(written) == form


def test_marks_that_nobody_sees_do_not_tear_words_apart():
    assert split(clean("ja\u200blan \u202erusak\u00ad")) == ["jalan", "rusak"]


def test_words_are_found_where_they_stand():
    text = "Lampu-lampu mati, kenapa?"

    assert [text[start:end] for start, end in locate(text)] == split(text)


def test_pieces_of_a_word_mark_its_edges():
    assert pieces("aia", 3, 4) == [" ai", "aia", "ia ", " aia", "aia "]
    assert pieces("di", 3, 5) == [" di", "di ", " di "]
