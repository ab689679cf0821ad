"""Inline keyboards and what their buttons carry. Pure.

Callback data names an act and an idea, such as ``idea:12:topic:parking``. It gives no rights: who
may press is checked against the database each time.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from bot.texts import Texts
from classifier import Dimension, Taxonomy


class Button(NamedTuple):
    """What a button says and what pressing it sends."""

    label: str
    data: str


Keyboard = list[list[Button]]


class Press(NamedTuple):
    """What a pressed button asks for: ``desk`` is where, ``act`` what, ``value`` with what."""

    desk: str
    idea_id: int
    act: str
    value: str = ""

    @property
    def data(self) -> str:
        return f"{self.desk}:{self.idea_id}:{self.act}" + (f":{self.value}" if self.value else "")


def read_press(data: str) -> Press | None:
    """Read callback data; None if it is not ours."""
    parts = data.split(":")
    if len(parts) not in (3, 4) or not parts[1].isdecimal() or len(parts[1]) > 18:
        return None
    return Press(parts[0], int(parts[1]), parts[2], *parts[3:])


def markup(keyboard: Keyboard) -> dict[str, Any]:
    return {
        "inline_keyboard": [
            [{"text": button.label, "callback_data": button.data} for button in row]
            for row in keyboard
        ]
    }


def receipt(t: Texts, idea_id: int) -> Keyboard:
    """Under a receipt: it is right, or it is not, and which words made it so."""
    return [
        [
            Button(t("button-right"), Press("idea", idea_id, "right").data),
            Button(t("button-change"), Press("idea", idea_id, "dimensions").data),
        ],
        [Button(t("button-why"), Press("idea", idea_id, "why").data)],
    ]


def guesses(t: Texts, idea_id: int, likely: Iterable[str]) -> Keyboard:
    """Under an unsure receipt: the best guesses, one a row, and the way to all others."""
    return [[_topic(t, "idea", idea_id, topic)] for topic in likely] + [
        [Button(t("button-other"), Press("idea", idea_id, "dimensions").data)]
    ]


def dimensions(t: Texts, taxonomy: Taxonomy, desk: str, idea_id: int) -> Keyboard:
    """Show the six dimensions, two a row, and the way back."""
    buttons = [
        Button(dimension.plain, Press(desk, idea_id, "dimension", dimension.id).data)
        for dimension in taxonomy.dimensions
    ]
    return [*_pairs(buttons), [Button(t("button-back"), Press(desk, idea_id, "back").data)]]


def topics_of(t: Texts, dimension: Dimension, desk: str, idea_id: int) -> Keyboard:
    """Show the topics of one dimension, and the way back to the dimensions."""
    rows = _pairs([_topic(t, desk, idea_id, topic) for topic in dimension.topics])
    return [*rows, [Button(t("button-back"), Press(desk, idea_id, "dimensions").data)]]


def review(t: Texts, idea_id: int) -> Keyboard:
    """Show a moderator what can be done with the idea in front of them."""
    return [
        [
            Button(t("button-right"), Press("review", idea_id, "right").data),
            Button(t("button-change"), Press("review", idea_id, "dimensions").data),
        ],
        [
            Button(t("button-reject"), Press("review", idea_id, "reject").data),
            Button(t("button-skip"), Press("review", idea_id, "skip").data),
        ],
    ]


def review_blind(t: Texts, taxonomy: Taxonomy, idea_id: int) -> Keyboard:
    """Let a moderator decide without sight of the tag: there is nothing to confirm."""
    *rows, _ = dimensions(t, taxonomy, "review", idea_id)
    return [
        *rows,
        [
            Button(t("button-reject"), Press("review", idea_id, "reject").data),
            Button(t("button-skip"), Press("review", idea_id, "skip").data),
        ],
    ]


REASONS = ("scope", "unclear", "double", "abuse")


def reasons(t: Texts, idea_id: int) -> Keyboard:
    """Show why an idea may be rejected; the last is to be typed."""
    buttons = [
        Button(t(f"button-reason-{reason}"), Press("review", idea_id, "because", reason).data)
        for reason in (*REASONS, "typed")
    ]
    return [*_pairs(buttons), [Button(t("button-back"), Press("review", idea_id, "back").data)]]


def older(t: Texts, before: int) -> Keyboard:
    return [[Button(t("button-older"), Press("mine", before, "older").data)]]


def _topic(t: Texts, desk: str, idea_id: int, topic: str) -> Button:
    return Button(t(f"topic-{topic}"), Press(desk, idea_id, "topic", topic).data)


def _pairs(buttons: list[Button]) -> Keyboard:
    return [buttons[start : start + 2] for start in range(0, len(buttons), 2)]
