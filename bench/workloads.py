"""The updates of the throughput bench: what people send, as Telegram writes it down."""

import random
from itertools import count
from typing import NamedTuple

from bench.telegram import Json
from classifier.corpus import read_corpus

CHATS = 50
FIRST_CHAT = 700_000_001
COMMANDS = ("/bantuan", "/ideku", "/start")


class Workload(NamedTuple):
    """Updates, and how many calls of which method say that all of them are answered."""

    updates: list[Json]
    answers: dict[str, int]


class Writer:
    """Writes updates whose messages have numbers of their own."""

    def __init__(self, *, seed: int = 1) -> None:
        self._messages = count(1)
        self._queries = count(1)
        texts = [example.text for example in read_corpus()]
        random.Random(seed).shuffle(texts)
        self._texts = texts

    def ideas(self, number: int) -> Workload:
        """Sentences of the corpus, so long and so mixed as people write them."""
        updates = [self._message(n, self._texts[n % len(self._texts)]) for n in range(number)]
        return Workload(updates, {"sendMessage": number})

    def commands(self, number: int) -> Workload:
        updates = [self._message(n, COMMANDS[n % len(COMMANDS)]) for n in range(number)]
        return Workload(updates, {"sendMessage": number})

    def presses(self, number: int) -> Workload:
        """Somebody looks at the dimensions of their idea: a press is answered and edits.

        The ideas of the round before are there: one of each chat, in the order of the chats.
        """
        updates = [self._press(n, f"idea:{n % CHATS + 1}:dimensions") for n in range(number)]
        return Workload(updates, {"answerCallbackQuery": number, "editMessageReplyMarkup": number})

    def greetings(self) -> Workload:
        return Workload([self._message(n, "/start") for n in range(CHATS)], {"sendMessage": CHATS})

    def consents(self) -> Workload:
        """Everybody agrees to the notice; then what they had sent is answered."""
        updates = [self._press(n, "notice:0:agree") for n in range(CHATS)]
        return Workload(updates, {"answerCallbackQuery": CHATS, "sendMessage": CHATS})

    def _message(self, n: int, text: str) -> Json:
        message: Json = {
            "message_id": next(self._messages),
            "from": _person(n),
            "chat": _chat(n),
            "date": 1_760_000_000,
            "text": text,
        }
        if text.startswith("/"):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text)}]
        return {"message": message}

    def _press(self, n: int, data: str) -> Json:
        return {
            "callback_query": {
                "id": str(4_000_000_000_000_000_000 + next(self._queries)),
                "from": _person(n),
                "chat_instance": str(7_000_000_000 + n % CHATS),
                "data": data,
                "message": {
                    "message_id": 900_000_000 + n % CHATS,
                    "from": {"id": 123456, "is_bot": True, "first_name": "Bench"},
                    "chat": _chat(n),
                    "date": 1_760_000_000,
                    "text": "Tersimpan, terima kasih!",
                },
            }
        }


def _person(n: int) -> Json:
    return {
        "id": FIRST_CHAT + n % CHATS,
        "is_bot": False,
        "first_name": f"Warga {n % CHATS + 1}",
        "language_code": "id",
    }


def _chat(n: int) -> Json:
    return {
        "id": FIRST_CHAT + n % CHATS,
        "type": "private",
        "first_name": f"Warga {n % CHATS + 1}",
    }


def count_left(workload: Workload, calls: dict[str, int]) -> int:
    return sum(max(0, n - calls.get(method, 0)) for method, n in workload.answers.items())
