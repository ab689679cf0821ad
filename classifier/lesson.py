"""What a city's people can teach a model."""

from collections.abc import Sequence
from dataclasses import dataclass

from classifier.corpus import Example

# The folder of the models that learned from people, in the folder of the base.
LEARNED = "learned"


@dataclass(frozen=True)
class Correction:
    """A text that somebody gave its topic. `person` is any number that tells people apart."""

    text: str
    topic: str
    person: int
    trusted: bool = False


@dataclass(frozen=True)
class Lesson:
    """Everything that a model can learn from, and be judged by, besides the corpus.

    `unlabelled` are texts of the city that nobody looked at; `blind` are texts that a moderator
    labelled without seeing the tag, and no model ever learns from.
    """

    corrections: Sequence[Correction] = ()
    unlabelled: Sequence[str] = ()
    blind: Sequence[Example] = ()
