"""parse_mode HTML: text and entities, or Telegram's refusal. Pure."""

import html
import re
from typing import NamedTuple

from simulator.entities import units
from simulator.errors import Refusal, bad_request
from simulator.shapes import Json

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)?([^<>]*)(>?)")
ATTRIBUTE = re.compile(r"""([\w-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
ESCAPE = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#[xX][0-9a-fA-F]+);")


class Open(NamedTuple):
    name: str
    offset: int
    facts: Json


def parse(source: str) -> tuple[str, list[Json]]:
    text = ""
    entities: list[Json] = []
    stack: list[Open] = []
    position = 0
    for match in TAG.finditer(source):
        text += _unescape(source[position : match.start()])
        position = match.end()
        at = len(source[: match.start()].encode())
        closing, name, rest, end = match.groups()
        name = (name or "").lower()
        if closing:
            entities += _close(stack, name, at=at, length=units(text))
        else:
            stack.append(_open(name, rest, at=at, complete=bool(end), offset=units(text)))
    if stack:
        raise _unparsable(f'Can\'t find end tag corresponding to start tag "{stack[-1].name}"')
    text += _unescape(source[position:])
    return text, sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _open(name: str, rest: str, *, at: int, complete: bool, offset: int) -> Open:
    if not complete:
        raise _unparsable(f"Unclosed start tag at byte offset {at}")
    facts = {m[1].lower(): m[2] or m[3] or m[4] or "" for m in ATTRIBUTE.finditer(rest)}
    spoiler = name != "span" or facts.get("class") == "tg-spoiler"
    if name not in TAGS or not spoiler:
        raise _unparsable(f'Unsupported start tag "{name}" at byte offset {at}')
    return Open(name, offset, facts)


def _close(stack: list[Open], name: str, *, at: int, length: int) -> list[Json]:
    if not stack:
        raise _unparsable(f"Unexpected end tag at byte offset {at}")
    opened = stack.pop()
    if name not in {opened.name, ""}:
        raise _unparsable(
            f'Unmatched end tag at byte offset {at}, expected "</{opened.name}>", found "</{name}>"'
        )
    if length == opened.offset:
        return []
    entity: Json = {
        "type": TAGS[opened.name],
        "offset": opened.offset,
        "length": length - opened.offset,
    }
    return _with_facts(entity, opened)


def _with_facts(entity: Json, opened: Open) -> list[Json]:
    match opened.name:
        case "a" if not opened.facts.get("href"):
            return []
        case "a":
            return [entity | {"url": html.unescape(opened.facts["href"])}]
        case "code" if "class" in opened.facts:
            language = opened.facts["class"].removeprefix("language-")
            return [entity | {"type": "pre", "language": language}]
        case "blockquote" if "expandable" in opened.facts:
            return [entity | {"type": "expandable_blockquote"}]
        case "tg-emoji":
            return [entity | {"custom_emoji_id": opened.facts.get("emoji-id", "0")}]
        case _:
            return [entity]


def _unescape(part: str) -> str:
    return ESCAPE.sub(lambda match: html.unescape(match.group()), part)


def _unparsable(reason: str) -> Refusal:
    return bad_request(f"can't parse entities: {reason}")
