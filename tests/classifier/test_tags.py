"""What the classifier says about a text."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classifier import load_taxonomy, load_topics
from classifier.model import Classifier

CLEAR = [
    ("Lampu jalan di depan rumah saya sudah mati dua minggu, gelap sekali.", "street_lighting"),
    (
        "Sampah di TPS pasar menumpuk tidak diangkut seminggu, baunya minta ampun",
        "waste_management",
    ),
    ("min cara urus KTP hilang gmn ya? syaratnya apa aja", "population_documents"),
    ("Banda di muko rumah ambo tasumbek, tiok hujan aia naiak ka rumah", "drainage_flood"),
    ("Parkir di Pasar Raya ditagih 10 ribu tanpa karcis oleh juru parkir", "parking"),
    ("Mohon beasiswa untuk siswa SMP yang yatim di sekolah kami", "education_schools"),
]
STRANGE = ["", " ", "🙏🙏🙏", "....", "\x00\x07\x1b", "\u202etxet", "a" * 4096, "?", "ﷺ", "१२३"]


@pytest.mark.parametrize(("text", "topic"), CLEAR)
def test_a_clear_text_gets_its_topic(classifier, text, topic):
    """What any reader would know at once, the classifier knows with confidence."""
    [tag] = classifier.tag([text])

    assert tag.topic == topic
    assert tag.dimension == classifier.taxonomy.title_of(topic)
    assert not tag.abstained


def test_intents_are_told_apart(classifier):
    """A question is not filed as a complaint."""
    texts = [
        "Bagaimana cara mengurus akta kelahiran? Apa saja syaratnya?",
        "Pengadaan alat olahraga untuk karang taruna kelurahan",
        "Sudah tiga hari air PDAM mati, tidak ada pemberitahuan sama sekali, kecewa.",
        "Terima kasih petugas damkar, cepat sekali datangnya. Salut!",
    ]

    said = [tag.intent for tag in classifier.tag(texts)]

    assert said == ["pertanyaan", "usulan", "keluhan", "apresiasi"]


@pytest.mark.parametrize("text", STRANGE)
def test_a_text_without_words_ends_in_an_abstention(classifier, text):
    """Nobody is told that three emoji are about roads."""
    [tag] = classifier.tag([text])

    assert tag.abstained
    assert_whole(tag)


@pytest.mark.parametrize(
    "text",
    [
        "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor",
        "The committee shall convene annually to review the bylaws of the association",
        "Das Wetter ist heute schön und wir gehen im Wald spazieren",
    ],
)
def test_a_text_in_an_unknown_language_ends_in_an_abstention(classifier, text):
    [tag] = classifier.tag([text])

    assert tag.abstained


@given(st.lists(st.text(max_size=300), max_size=5))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_text_gets_a_whole_tag(classifier, texts):
    """Whatever people send, the bot has an answer."""
    tags = classifier.tag(texts)

    assert len(tags) == len(texts)
    for tag in tags:
        assert_whole(tag)


def test_a_text_of_4096_characters_is_tagged(classifier):
    """Telegram's longest message is an ordinary one for us."""
    text = ("Jalan di kampung kami berlubang dan tergenang. " * 100)[:4096]

    [tag] = classifier.tag([text])

    assert tag.topic == "roads_sidewalks"


def test_a_text_is_tagged_alike_alone_and_in_company(classifier):
    """An idea's tag must not depend on who else wrote at that moment."""
    texts = [text for text, _ in CLEAR]

    together = classifier.tag(texts)

    for text, tag in zip(texts, together, strict=True):
        [alone] = classifier.tag([text])
        assert alone.topic == tag.topic
        assert alone.words == tag.words
        assert alone.topics == pytest.approx(tag.topics, abs=1e-5)


def test_carrying_words_stand_in_the_text(classifier):
    for text, tag in zip(CLEAR, classifier.tag([text for text, _ in CLEAR]), strict=True):
        assert 1 <= len(tag.words) <= 5
        assert all(word in text[0] for word in tag.words)


def test_removing_the_carrying_words_lowers_the_score(classifier, corpus):
    """A reason that is shown must be the reason: without it, the tag gets weaker."""
    texts = [e.text for e in corpus[:: len(corpus) // 300] if len(e.text.split()) >= 8]
    tags = [tag for tag in classifier.tag(texts) if tag.dimension]
    kept = [t for t, tag in zip(texts, classifier.tag(texts), strict=True) if tag.dimension]

    without = classifier.tag([_without(t, tag.words) for t, tag in zip(kept, tags, strict=True)])

    lower = [b.topics[a.topic] < a.topics[a.topic] for a, b in zip(tags, without, strict=True)]
    assert sum(lower) / len(lower) >= 0.98


def test_words_can_be_left_out_for_speed(classifier):
    [with_words] = classifier.tag([CLEAR[0][0]])
    [without] = classifier.tag([CLEAR[0][0]], words=False)

    assert without.words == []
    assert (without.topic, without.topics) == (with_words.topic, with_words.topics)


def test_another_taxonomy_needs_no_new_learning(classifier):
    """The ministry's pillars are another sum over the same topics."""
    other = Classifier(
        model_id="m-test",
        taxonomy=load_taxonomy("kominfo"),
        pipeline=classifier.pipeline,
        intents=classifier.intents,
    )

    [tag] = other.tag(["Bantuan sembako untuk janda miskin di RT kami tidak pernah sampai"])

    assert tag.dimension == "Smart Economy"
    assert sum(tag.dimensions.values()) == pytest.approx(1)


def assert_whole(tag):
    assert sum(tag.topics.values()) == pytest.approx(1)
    assert sum(tag.dimensions.values()) == pytest.approx(1)
    assert 0 <= tag.confidence <= 1
    assert set(tag.topics) == set(load_topics().by_id)
    assert (tag.dimension is None) == load_topics().is_code(tag.topic)


def _without(text, words):
    for word in words:
        text = text.replace(word, " ")
    return text
