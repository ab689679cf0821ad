"""The corpus, read once; the classifier itself is the whole suite's (tests/conftest.py)."""

import pytest

from classifier import Example
from classifier.corpus import read_corpus


@pytest.fixture(scope="session")
def corpus() -> list[Example]:
    return read_corpus()
