"""Updates that nobody should ever get, made by chance from a seed: malformed, huge, forged.

They have the shape of updates, so that they come far into the bot before they break something.
"""

import random
from collections.abc import Sequence
from typing import Any

# Any: an update from hell may be anything at all.
Json = dict[str, Any]

NUMBERED_SHARE = 0.93
BIGGEST = 2**63 - 1
DESKS = ("notice", "idea", "mine", "review", "role", "erase", "Idea", "", "idea ")
ACTS = ("right", "topic", "dimensions", "dimension", "back", "because", "skip", "older", "yes", "")
VALUES = ("parking", "mobility", "admin", "typed", "'; DROP TABLE idea; --", "\x00", "9" * 60)
KINDS = (
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
    "channel_post",
    "edited_channel_post",
    "business_message",
    "message_reaction",
    "inline_query",
    "chosen_inline_result",
    "shipping_query",
    "pre_checkout_query",
    "poll",
    "poll_answer",
    "chat_member",
    "chat_join_request",
    "chat_boost",
    "purchased_paid_media",
    "hologram_from_2031",
)
WEIGHTS = (40, 10, 20, 4) + (1,) * (len(KINDS) - 4)
CONTENTS = (
    "photo sticker voice location contact document poll dice venue game invoice forward_origin"
    " reply_to_message entities new_chat_members pinned_message via_bot sender_chat quote"
    " media_group_id successful_payment web_app_data story giveaway checklist paid_media"
).split()


class Hostile:
    """Makes one hostile update after the other. ``people`` are known to the bot, and do behave."""

    def __init__(self, chance: random.Random, people: Sequence[int]) -> None:
        self._chance = chance
        self._people = people
        self._next_id = 1
        self._used = [0]

    def make(self) -> Any:
        """Return an update, or something that is none."""
        if self._chance.random() < 0.01:
            return self._junk()
        kind = self._chance.choices(KINDS, WEIGHTS)[0]
        update: Json = {kind: self._payload(kind)}
        if self._chance.random() < 0.1:
            update[self._chance.choice(KINDS)] = self._junk()
        for _ in range(self._chance.choice((0, 0, 1, 1, 2, 5))):
            self._spoil(update)
        return self._numbered(update)

    def _numbered(self, update: Json) -> Json:
        """Give most a number of their own, some one that was used, and some none at all."""
        dice = self._chance.random()
        if dice < NUMBERED_SHARE - 0.05:
            self._next_id += 1
            number: Any = self._next_id
        elif dice < NUMBERED_SHARE - 0.02:
            number = self._chance.choice(self._used)
        elif dice < NUMBERED_SHARE:
            number = self._chance.choice((-1, 1)) * self._chance.randrange(2**62, BIGGEST)
        else:
            strange: tuple[Any, ...] = (
                True,
                False,
                None,
                "17",
                1.5,
                [],
                2**63,
                -(2**63),
                10**300,
                float("nan"),
            )
            number = self._chance.choice(strange)
        if type(number) is int and abs(number) <= BIGGEST:
            self._used.append(number)
        return {"update_id": number} | update

    def _payload(self, kind: str) -> Any:
        if kind == "callback_query":
            return self._press()
        if kind == "my_chat_member":
            return self._membership()
        if kind in ("inline_query", "shipping_query", "pre_checkout_query"):
            return {"id": "1", "from": self._user(self._anybody()), "query": self._text()}
        return self._message()

    def _message(self) -> Json:
        sender = self._anybody()
        message: Json = {
            "message_id": self._chance.randrange(10**6, 10**9),
            "from": self._user(sender),
            "chat": self._chat(sender),
            "date": self._chance.choice((1_795_600_000, 0, -1, 2**31)),
        }
        message[self._chance.choice(("text", "text", "text", "caption"))] = self._text()
        if self._chance.random() < 0.3:
            message[self._chance.choice(CONTENTS)] = self._junk()
        if self._chance.random() < 0.05:
            message["reply_to_message"] = self._message()
        if self._chance.random() < 0.3:
            length = self._chance.choice((1, 6, 10**6))
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        return message

    def _press(self) -> Json:
        sender = self._anybody()
        return {
            "id": str(self._chance.randrange(10**18)),
            "from": self._user(sender),
            "message": self._message() | {"chat": self._chat(sender)},
            "chat_instance": "7",
            "data": self._press_data(),
        }

    def _press_data(self) -> Any:
        if self._chance.random() < 0.2:
            return self._junk()
        number = self._chance.choice(("0", "1", "7", "-1", "", "9" * 18, "9" * 40, "١", "1e3"))
        parts = [self._chance.choice(DESKS), number, self._chance.choice(ACTS)]
        if parts[0] == "erase" and parts[2] == "yes":
            parts[2] = "no"
        if self._chance.random() < 0.5:
            parts.append(self._chance.choice(VALUES))
        return ":".join(parts)

    def _membership(self) -> Json:
        sender = self._anybody()
        member = {"user": self._user(123456), "status": self._chance.choice(("kicked", "member"))}
        return {
            "chat": self._chat(sender),
            "from": self._user(sender),
            "date": 1_795_600_000,
            "old_chat_member": member,
            "new_chat_member": member if self._chance.random() < 0.5 else self._junk(),
        }

    def _anybody(self) -> int:
        if self._chance.random() < 0.3:
            return self._chance.choice(self._people)
        return self._chance.choice((1, 2, 3, 777_000, 136_817_688, 2**52, BIGGEST))

    def _user(self, number: int) -> Json:
        bot = number not in self._people and self._chance.random() < 0.2
        return {"id": number, "is_bot": bot, "first_name": self._text()[:64]}

    def _chat(self, sender: int) -> Json:
        if sender in self._people or self._chance.random() < 0.7:
            return {"id": sender, "type": "private", "first_name": "Anon"}
        kind = self._chance.choice(("group", "supergroup", "channel", "private", "moon base"))
        return {"id": -(10**12) - self._chance.randrange(9), "type": kind, "title": "Kelompok"}

    def _text(self) -> str:
        dice = self._chance.random()
        if dice < 0.005:
            return "lampu jalan mati " * 3_800
        if dice < 0.01:
            return self._chance.choice(("A", "\ud800", "\u202e", "🙂", "\x00")) * 65_536
        if dice < 0.2:
            letters = [chr(self._chance.randrange(0x110000)) for _ in range(20)]
            return "".join(letters)
        return self._chance.choice(
            (
                "Usul taman bermain di tepi sungai",
                "/start " + "A" * self._chance.choice((1, 64, 4_000)),
                "/undang admin",
                "/export dari:9999-99-99 dimensi:\x00",
                "/antrean",
                "/hapus",
                "/ideku@" + "x" * 40,
                "/",
                "\x00\x01\x02",
                "\ud83d lampu \udfff jalan",
                "=cmd|' /C calc'!A0",
                "{ $code } { receipt }",
                "%s %(x)s {0} ${x}",
                "",
                " ",
            )
        )

    def _junk(self) -> Any:
        """Return a value of another kind than anybody expects."""
        dice = self._chance.random()
        if dice < 0.1:
            return nested(
                self._chance.choice((3, 50, 300, 900, 3_000)), self._chance.random() < 0.5
            )
        if dice < 0.2:
            return self._text()
        return self._chance.choice(
            (
                None,
                True,
                -1,
                0,
                2**31,
                2**63,
                -(2**64),
                10**300,
                1.5,
                float("inf"),
                float("nan"),
                "",
                "\ud800",
                [],
                {},
                [None],
                [[]],
                {"": None},
                {"id": "x"},
                {"id": True, "type": "private"},
                {"message": {"chat": {"id": 10**300}}},
            )
        )

    def _spoil(self, value: Any) -> None:
        """Take away, add or replace one thing somewhere inside."""
        while isinstance(value, dict) and value:
            key = self._chance.choice(list(value))
            inside = value[key]
            if isinstance(inside, dict) and inside and self._chance.random() < 0.7:
                value = inside
                continue
            match self._chance.randrange(3):
                case 0:
                    del value[key]
                case 1:
                    value[key] = self._junk()
                case _:
                    value["added_in_2031"] = self._junk()
            return


def nested(depth: int, lists: bool) -> Any:
    """Nest deeper than a parser may follow; built from the inside, without recursion."""
    value: Any = 1
    for _ in range(depth):
        value = [value] if lists else {"reply_to_message": value}
    return value
