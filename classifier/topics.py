"""The 36 topics that a text can be about, and the three codes for texts about none of them."""

import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from classifier.errors import UnknownTopic

TOPICS_FILE = Path(__file__).with_name("topics.toml")


@dataclass(frozen=True)
class Topic:
    """One topic of the codebook; a special code has a title and a definition only."""

    id: str
    title_id: str
    title_en: str
    definition: str
    belongs: tuple[str, ...] = ()
    not_belongs: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    opd: tuple[str, ...] = ()
    progul: str = ""


@dataclass(frozen=True)
class Topics:
    topics: tuple[Topic, ...]
    codes: tuple[Topic, ...]

    @cached_property
    def by_id(self) -> dict[str, Topic]:
        return {topic.id: topic for topic in (*self.topics, *self.codes)}

    @property
    def ids(self) -> list[str]:
        """The topics proper, without the special codes."""
        return [topic.id for topic in self.topics]

    @property
    def code_ids(self) -> list[str]:
        return [code.id for code in self.codes]

    def get(self, topic: str) -> Topic:
        """Raise UnknownTopic for an id that is neither a topic nor a special code."""
        try:
            return self.by_id[topic]
        except KeyError:
            raise UnknownTopic(topic) from None

    def is_code(self, topic: str) -> bool:
        return topic in self.code_ids


@cache
def load_topics() -> Topics:
    table = tomllib.loads(TOPICS_FILE.read_text(encoding="utf-8"))
    return Topics(
        topics=tuple(_topic(row) for row in table["topic"]),
        codes=tuple(_topic(row) for row in table["code"]),
    )


def _topic(row: dict[str, Any]) -> Topic:
    fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in row.items()}
    return Topic(**fields)
