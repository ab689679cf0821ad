"""Dimensions as a table over topics: a city that counts otherwise brings its own file."""

import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from classifier.errors import BadTaxonomy, TaxonomyNotFound
from classifier.topics import load_topics

TAXONOMIES = Path(__file__).with_name("taxonomies")
DEFAULT_TAXONOMY = "padang2018"


@dataclass(frozen=True)
class Dimension:
    """One dimension; `parts` names the subdimension of a topic where the taxonomy has them."""

    id: str
    title: str
    plain: str
    topics: tuple[str, ...]
    parts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Taxonomy:
    id: str
    title: str
    dimensions: tuple[Dimension, ...]

    @cached_property
    def by_topic(self) -> dict[str, Dimension]:
        return {topic: dimension for dimension in self.dimensions for topic in dimension.topics}

    @property
    def titles(self) -> list[str]:
        return [dimension.title for dimension in self.dimensions]

    def find(self, topic: str) -> Dimension | None:
        """The dimension of a topic; None for the special codes, which have none."""
        return self.by_topic.get(topic)

    def title_of(self, topic: str) -> str | None:
        dimension = self.find(topic)
        return dimension.title if dimension else None


def list_taxonomies() -> list[str]:
    return sorted(path.stem for path in TAXONOMIES.glob("*.toml"))


def load_taxonomy(name: str | Path = DEFAULT_TAXONOMY) -> Taxonomy:
    """By the name of one that comes with the project, or by the path of a city's own file."""
    path = TAXONOMIES / f"{name}.toml" if str(name) in list_taxonomies() else Path(name)
    if not path.is_file():
        raise TaxonomyNotFound(str(name), list_taxonomies())
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        taxonomy = _taxonomy(table)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadTaxonomy(path, f"cannot be read: {error}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise BadTaxonomy(path, f"a field is missing or of the wrong kind: {error}") from error
    _check(path, taxonomy)
    return taxonomy


def _taxonomy(table: dict[str, Any]) -> Taxonomy:
    return Taxonomy(table["id"], table["title"], tuple(_dimension(d) for d in table["dimension"]))


def _dimension(row: dict[str, Any]) -> Dimension:
    parts = {topic: part for part, topics in row.get("parts", {}).items() for topic in topics}
    topics = (*row.get("topics", ()), *parts)
    return Dimension(row["id"], row["title"], row.get("plain", row["title"]), topics, parts)


def _check(path: Path, taxonomy: Taxonomy) -> None:
    known = load_topics().ids
    seen = Counter(topic for dimension in taxonomy.dimensions for topic in dimension.topics)
    reasons = [
        ("in no dimension", [topic for topic in known if topic not in seen]),
        ("in more than one dimension", [topic for topic, n in seen.items() if n > 1]),
        ("not a topic", [topic for topic in seen if topic not in known]),
        ("a title used twice", _twice(taxonomy.titles)),
    ]
    if told := [f"{', '.join(names)}: {reason}" for reason, names in reasons if names]:
        raise BadTaxonomy(path, "; ".join(told))


def _twice(names: list[str]) -> list[str]:
    return [name for name, n in Counter(names).items() if n > 1]
