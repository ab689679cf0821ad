"""The texts that the classifier learns from."""

import json
from collections import Counter

import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from classifier import read_examples
from classifier.corpus import CORPUS, INTENTS, REGISTERS
from classifier.errors import BadExample
from classifier.topics import load_topics


def test_every_topic_and_code_has_enough_texts(corpus):
    """No topic may be learned from a handful of sentences."""
    counted = Counter(example.topic for example in corpus)

    assert all(counted[topic] >= 25 for topic in load_topics().by_id)


def test_every_text_is_labelled_with_what_we_know(corpus):
    """A text about nothing has no intent; any other has one of the five."""
    topics = load_topics()
    for example in corpus:
        assert example.register in REGISTERS
        assert example.intent in INTENTS or topics.is_code(example.topic)


def test_no_text_stands_twice(corpus):
    """Twice the same text would count its words double, and leak between folds."""
    words = Counter(" ".join(example.text.lower().split()) for example in corpus)

    assert [text for text, n in words.items() if n > 1] == []


@pytest.mark.parametrize("topic", load_topics().by_id)
def test_no_two_texts_of_a_topic_are_nearly_the_same(corpus, topic):
    """Variations of one sentence would teach the model that sentence and nothing else."""
    texts = [example.text for example in corpus if example.topic == topic]
    grams = TfidfVectorizer(analyzer="char", ngram_range=(5, 5), use_idf=False).fit_transform(texts)

    alike = (grams @ grams.T).tocoo()

    pairs = zip(alike.row, alike.col, alike.data, strict=True)
    assert [(texts[i], texts[j]) for i, j, cosine in pairs if i < j and cosine > 0.8] == []


def test_every_line_has_the_same_fields():
    for path in CORPUS.glob("*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            assert list(row) == ["text", "topic", "intent", "register", "note"]
            assert row["topic"] == path.stem
            assert row["text"] == row["text"].strip() != ""


def test_people_write_long_and_in_many_ways(corpus):
    """A model that has only seen short sentences fails on real stories."""
    lengths = [len(example.text.split()) for example in corpus]
    registers = Counter(example.register for example in corpus)

    assert sum(lengths) / len(lengths) >= 25
    assert all(registers[register] >= 30 for register in REGISTERS)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "line 2: not a line of JSON"),
        ("[]", "line 2: not a JSON object"),
        ('{"topic": "parking"}', "line 2: no text"),
        ('{"text": "a", "topic": "tol"}', "line 2: unknown topic 'tol'"),
        ('{"text": "a", "topic": "parking", "also_ok": ["tol"]}', "line 2: unknown topic 'tol'"),
        ('{"text": "a", "topic": "parking", "also_ok": "x"}', "line 2: also_ok is not a list"),
    ],
)
def test_a_bad_line_in_a_file_of_examples_is_named(tmp_path, line, reason):
    """Whoever wrote 500 examples by hand must learn which one is wrong."""
    path = tmp_path / "contoh.jsonl"
    path.write_text('{"text": "parkir liar", "topic": "parking"}\n' + line + "\n")

    with pytest.raises(BadExample, match=reason):
        read_examples(path)


def test_examples_may_say_what_else_is_right(tmp_path):
    path = tmp_path / "contoh.jsonl"
    path.write_text(
        '{"text": "PKL parkir", "topic": "parking", "also_ok": ["markets_street_vendors"]}\n\n'
    )

    [example] = read_examples(path)

    assert example.also_ok == ("markets_street_vendors",)
    assert example.intent is None
