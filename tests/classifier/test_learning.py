"""A model learns from people, and nobody can turn it by saying the same thing very often."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier import Classifier, Correction
from classifier.comparison import Comparison, compare, reason_against
from classifier.corpus import read_sample
from classifier.learning import MOST_OF_AUTHOR, MOST_OF_MODERATOR, learn, learned_id, weigh
from classifier.lesson import Lesson

MODERATOR, TROLL = 1, 2
# A word that only people here use; the corpus has never heard it.
LOCAL = [
    "Bilang ke dinas, galodung di simpang itu tidak jalan lagi",
    "Galodung dekat pasar rusak, anak-anak pulang sekolah kelamaan menunggu",
    "Kapan galodung ditambah, yang ada cuma satu untuk seluruh kampung",
    "Mohon galodung sore diperbanyak, pegawai toko pulang jam sembilan",
    "Sopir galodung kurang sopan kepada orang tua",
    "Galodung jurusan pantai tidak pernah tepat waktu",
    "Sediakan galodung untuk lansia yang mau berobat",
    "Tempat naik galodung di depan kampus kehujanan terus",
]


@pytest.fixture(scope="module")
def learned(classifier: Classifier) -> Classifier:
    """What eight people with a local word have taught, while one person lied five hundred times."""
    honest = [Correction(text, "public_transport", MODERATOR, trusted=True) for text in LOCAL]
    lies = [
        Correction(f"Sampah menumpuk di lorong {number}, bau sekali", "parking", TROLL)
        for number in range(500)
    ]
    model, echoes = learn(Lesson(honest + lies), classifier)
    assert echoes == 0
    return model


@given(
    st.lists(
        st.builds(
            Correction,
            text=st.just("x"),
            topic=st.just("parking"),
            person=st.integers(0, 3),
            trusted=st.booleans(),
        )
    )
)
def test_nobodys_word_weighs_more_than_its_bound(corrections):
    """However often somebody says it."""
    together: Counter[tuple[int, bool]] = Counter()
    weights = weigh(corrections)
    for correction, weight in zip(corrections, weights, strict=True):
        assert 0 < weight <= 1
        together[correction.person, correction.trusted] += weight

    for (_, trusted), weight in together.items():
        assert weight <= (MOST_OF_MODERATOR if trusted else MOST_OF_AUTHOR) + 1e-9


def test_a_word_of_the_place_is_learned(classifier, learned):
    """Moderators teach what the corpus could not know."""
    text = "Galodung ke arah bukit belum ada, warga jalan kaki"

    [before] = classifier.tag([text])
    [after] = learned.tag([text])

    assert after.topic == "public_transport"
    assert after.topics["public_transport"] > before.topics["public_transport"]
    assert "Galodung" in after.words


def test_one_persons_lies_move_the_model_no_further_than_the_bound(classifier, learned):
    """Five hundred wrong answers by one author change next to nothing for everybody else."""
    texts = [example.text for example in read_sample()]
    before, after = classifier.tag(texts, words=False), learned.tag(texts, words=False)

    moved = sum(old.dimension != new.dimension for old, new in zip(before, after, strict=True))

    assert moved <= 0.02 * len(texts)
    assert compare(classifier, learned, read_sample()).gain >= -0.01
    [waste] = learned.tag(["Sampah menumpuk di pasar, bau sekali"])
    assert waste.topic == "waste_management"


def test_the_name_of_a_model_is_what_it_learned(classifier):
    """The same lesson makes the same model anywhere; another word makes another."""
    one = Lesson([Correction("a", "parking", 1)])
    other = Lesson([Correction("b", "parking", 1)])

    assert learned_id(one, classifier.id) == learned_id(one, classifier.id)
    assert len({learned_id(one, classifier.id), learned_id(other, classifier.id)}) == 2
    assert learned_id(one, "m-0") != learned_id(one, classifier.id)


def comparison(gain: float, *, low: float = -0.01, n: int = 468, drop: float = 0.0) -> Comparison:
    return Comparison(n, 0.9, 0.9 + gain, low, 0.02, {"A": (0.9, 0.9 - drop), "B": (0.9, 0.9)})


@pytest.mark.parametrize(
    ("sample", "blind", "against"),
    [
        (comparison(0.01), None, None),
        (comparison(0.0), None, None),
        (comparison(-0.02), None, "sample"),
        (comparison(0.0, low=-0.05), None, "sample"),
        (comparison(0.01, drop=0.05), None, "dimension"),
        (comparison(0.01), comparison(-0.1, n=100), "blind"),
        (comparison(0.01), comparison(-0.1, n=5), None),
    ],
)
def test_what_is_worse_anywhere_that_matters_does_not_take_over(sample, blind, against):
    """And what is only a little worse by the chance of few texts may."""
    assert reason_against(sample, blind) == against


def test_a_model_is_no_better_than_itself(classifier):
    """The comparison finds nothing where there is nothing."""
    same = compare(classifier, classifier, read_sample())

    assert same.gain == same.low == same.high == 0.0
    assert same.n == len(read_sample())
