"""parse_mode MarkdownV2 and the older Markdown: text and entities, or a refusal. Pure."""

import re
from typing import NamedTuple

from simulator.entities import units
from simulator.errors import Refusal, bad_request
from simulator.shapes import Json

RESERVED = frozenset("_*[]()~`>#+-=|{}.!")
LINK_END = re.compile(r"\]\(((?:\\.|[^\\)])*)\)")
FENCE = re.compile(r"```(?:([\w+-]+)\n|\n)?((?:\\.|[^\\])*?)```", re.DOTALL)
CODE = re.compile(r"`((?:\\.|[^`\\])*)`", re.DOTALL)
MARKS = {
    "__": "underline",
    "||": "spoiler",
    "_": "italic",
    "*": "bold",
    "~": "strikethrough",
}
OLD_MARKS = {"_": "italic", "*": "bold"}


class Open(NamedTuple):
    mark: str
    offset: int
    at: int


class _Reader:
    """Walks through the source once; what is open is on the stack."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.position = 0
        self.text = ""
        self.entities: list[Json] = []
        self.stack: list[Open] = []

    def run(self) -> tuple[str, list[Json]]:
        while self.position < len(self.source):
            self._step(self.source[self.position])
        if self.stack:
            left = self.stack[-1]
            name = "Link" if left.mark == "[" else MARKS[left.mark].capitalize()
            raise _unparsable(f"Can't find end of {name} entity at byte offset {left.at}")
        self.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return self.text, self.entities

    def _step(self, char: str) -> None:
        following = self.source[self.position + 1 : self.position + 2]
        if char == "\\" and following and ord(following) < 127:
            self._say(following, width=2)
        elif char == "`":
            self._code()
        elif char in "_*~|" and self._mark() in MARKS:
            self._toggle(self._mark())
        elif char == "[":
            self._open("[")
        elif char == "]" and self.stack and self.stack[-1].mark == "[":
            self._link()
        elif char == ">" and (not self.text or self.text.endswith("\n")):
            self._quote()
        elif char in RESERVED:
            raise _unparsable(
                f"Character '{char}' is reserved and must be escaped with the preceding '\\'"
            )
        else:
            self._say(char, width=1)

    def _mark(self) -> str:
        """The longest mark that begins here; `___` closes an italic before an underline."""
        double = self.source[self.position : self.position + 2]
        return double if double in {"__", "||"} else self.source[self.position]

    def _say(self, text: str, *, width: int) -> None:
        self.text += text
        self.position += width

    def _open(self, mark: str) -> None:
        self.stack.append(Open(mark, units(self.text), self._byte()))
        self.position += len(mark)

    def _toggle(self, mark: str) -> None:
        if self.stack and self.stack[-1].mark == mark:
            self._close(MARKS[mark])
            self.position += len(mark)
        else:
            self._open(mark)

    def _close(self, kind: str, **facts: str) -> None:
        start = self.stack.pop().offset
        self._add(kind, start, **facts)

    def _add(self, kind: str, start: int, **facts: str) -> None:
        length = units(self.text) - start
        if length:
            self.entities.append({"type": kind, "offset": start, "length": length, **facts})

    def _link(self) -> None:
        match = LINK_END.match(self.source, self.position)
        if match is None:
            raise _unparsable(f"Can't find end of Link entity at byte offset {self._byte()}")
        self._close("text_link", url=_unescape(match[1]))
        self.position = match.end()

    def _code(self) -> None:
        fenced = self.source.startswith("```", self.position)
        match = (FENCE if fenced else CODE).match(self.source, self.position)
        if match is None:
            name = "Pre" if fenced else "Code"
            raise _unparsable(f"Can't find end of {name} entity at byte offset {self._byte()}")
        start = units(self.text)
        self.text += _unescape(match[match.lastindex or 1])
        language = {"language": match[1]} if fenced and match[1] else {}
        self._add("pre" if fenced else "code", start, **language)
        self.position = match.end()

    def _quote(self) -> None:
        """A quoted line runs to the end of its line."""
        self.position += 1
        line, start = "", units(self.text)
        while self.position < len(self.source) and not line.endswith("\n"):
            before = len(self.text)
            self._step(self.source[self.position])
            line += self.text[before:]
        self._add("blockquote", start)

    def _byte(self) -> int:
        return len(self.source[: self.position].encode())


def parse(source: str) -> tuple[str, list[Json]]:
    return _Reader(source).run()


def parse_old(source: str) -> tuple[str, list[Json]]:
    """The older Markdown: no nesting, and only four marks."""
    text, entities, position = "", list[Json](), 0
    while position < len(source):
        char = source[position]
        if char == "\\" and source[position + 1 : position + 2] in {"_", "*", "`", "["}:
            text, position = text + source[position + 1], position + 2
        elif char in "_*`":
            end = source.find(char, position + 1)
            if end < 0:
                at = len(source[:position].encode())
                raise _unparsable(f"Can't find end of the entity starting at byte offset {at}")
            part = source[position + 1 : end]
            if part:
                kind = OLD_MARKS.get(char, "code")
                entities.append({"type": kind, "offset": units(text), "length": units(part)})
            text, position = text + part, end + 1
        else:
            text, position = text + char, position + 1
    return text, entities


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def _unparsable(reason: str) -> Refusal:
    return bad_request(f"can't parse entities: {reason}")
