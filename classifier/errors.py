"""What can be wrong with the classifier's files; each error carries the facts."""

from collections.abc import Iterable
from pathlib import Path


class ClassifierError(Exception):
    """Base of the errors that are about topics, taxonomies, texts and models."""


class UnknownTopic(ClassifierError):
    """No topic and no special code has this id."""

    def __init__(self, topic: str) -> None:
        super().__init__(f"no topic is called {topic!r}")
        self.topic = topic


class TaxonomyNotFound(ClassifierError):
    """Neither a file nor one of the taxonomies that come with the project."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"no taxonomy {name!r}; known: {', '.join(known)}, or the path of a file")
        self.name = name


class BadTaxonomy(ClassifierError):
    """A taxonomy does not give every topic exactly one dimension."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"taxonomy {path}: {reason}")
        self.path = path
        self.reason = reason


class BadExample(ClassifierError):
    """A line of a file of examples cannot be used."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        super().__init__(f"{path}, line {line}: {reason}")
        self.path = path
        self.line = line
        self.reason = reason


class DamagedModel(ClassifierError):
    """A model file cannot be read back as a classifier."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"model file {path}: {reason}")
        self.path = path
        self.reason = reason
