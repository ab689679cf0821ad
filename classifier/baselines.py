"""What a score is worth: simple ways to guess the topic, judged on the same texts."""

import re
from collections import Counter
from collections.abc import Callable, Sequence

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from classifier.corpus import Example, read_corpus
from classifier.topics import load_topics

Guess = Callable[[Sequence[Example]], list[str]]


def most_frequent(examples: Sequence[Example]) -> list[str]:
    """Always the topic that is most frequent among the very texts that are judged."""
    [(topic, _)] = Counter(example.topic for example in examples).most_common(1)
    return [topic] * len(examples)


def keyword_count(examples: Sequence[Example]) -> list[str]:
    """The topic of which most keywords occur; without any, the most frequent one."""
    patterns = {
        topic.id: re.compile(rf"\b(?:{'|'.join(map(re.escape, topic.keywords))})\b", re.IGNORECASE)
        for topic in load_topics().topics
    }
    fallback = most_frequent(examples)
    return [
        _most_hits(example.text, patterns) or default
        for example, default in zip(examples, fallback, strict=True)
    ]


def plain_tfidf_linear(examples: Sequence[Example]) -> list[str]:
    """Words, TF-IDF and a linear model as they come, learned from the same corpus."""
    corpus = read_corpus()
    plain = make_pipeline(TfidfVectorizer(), LinearSVC(random_state=0))
    plain.fit([e.text for e in corpus], [e.topic for e in corpus])
    return [str(topic) for topic in plain.predict([e.text for e in examples])]


BASELINES: dict[str, Guess] = {
    "most_frequent": most_frequent,
    "keyword_count": keyword_count,
    "plain_tfidf_linear": plain_tfidf_linear,
}


def _most_hits(text: str, patterns: dict[str, re.Pattern[str]]) -> str | None:
    hits = {topic: len(pattern.findall(text)) for topic, pattern in patterns.items()}
    best = max(hits, key=lambda topic: hits[topic])
    return best if hits[best] else None
