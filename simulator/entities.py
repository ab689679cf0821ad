"""What Telegram finds in plain text by itself, and offsets as it counts them. Pure."""

import re

from simulator.shapes import Json

FOUND = re.compile(
    r"(?P<bot_command>(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/]))"
    r"|(?P<url>(?:https?://|tg://)[^\s<>\"]+|(?<![\w@.])(?:[a-z0-9-]+\.)+(?:me|id|com|org|net)\b(?:/[^\s<>\"]*)?)"
    r"|(?P<email>[\w.+-]+@[\w-]+\.[\w.]+)"
    r"|(?P<mention>(?<![\w@])@[A-Za-z0-9_]{4,32}\b)"
    r"|(?P<hashtag>(?<!\w)#\w{1,256})",
    re.IGNORECASE,
)
# Most texts hold none of these, and this is quicker than looking for all of the above.
HINTS = re.compile(r"[/@#]|\.(?:me|id|com|org|net)\b", re.IGNORECASE)


def units(text: str) -> int:
    """Length in UTF-16 code units, which is how the Bot API counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def find_entities(text: str) -> list[Json]:
    """Commands, links, mentions, addresses and hashtags."""
    if not HINTS.search(text):
        return []
    found = []
    for match in FOUND.finditer(text):
        part = match.group().rstrip(".,!?;:)") if match.lastgroup == "url" else match.group()
        offset = units(text[: match.start()])
        found.append({"type": str(match.lastgroup), "offset": offset, "length": units(part)})
    return found


def merge(given: list[Json], found: list[Json]) -> list[Json]:
    """Formatting first; what was found counts where it does not cut across a link or code."""
    solid = [e for e in given if e["type"] in {"code", "pre", "text_link", "text_mention", "url"}]
    extra = [e for e in found if not any(_overlap(e, other) for other in solid)]
    return sorted(given + extra, key=lambda entity: (entity["offset"], -entity["length"]))


def trim(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Telegram takes the white space around a message away."""
    stripped = text.strip()
    if stripped == text:
        return text, entities
    lead = units(text[: len(text) - len(text.lstrip())])
    end = units(stripped)
    moved = []
    for entity in entities:
        start = max(0, entity["offset"] - lead)
        stop = min(end, entity["offset"] + entity["length"] - lead)
        if stop > start:
            moved.append(entity | {"offset": start, "length": stop - start})
    return stripped, moved


def slice_units(text: str, entity: Json) -> str:
    """The part of the text that an entity covers."""
    raw = text.encode("utf-16-le", "surrogatepass")
    start = entity["offset"] * 2
    return raw[start : start + entity["length"] * 2].decode("utf-16-le", "replace")


def _overlap(one: Json, other: Json) -> bool:
    return bool(
        one["offset"] < other["offset"] + other["length"]
        and other["offset"] < one["offset"] + one["length"]
    )
