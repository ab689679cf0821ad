"""The updates of the throughput benches: what people send, as Telegram writes it down."""

import random
from itertools import count
from typing import NamedTuple

from bench.telegram import Json
from bot.conversation import clean, has_words
from classifier.corpus import read_corpus

CHATS = 100
FIRST_CHAT = 700_000_001
COMMANDS = ("/bantuan", "/ideku", "/start")


class Workload(NamedTuple):
    """Updates, and how many calls of which kind say that all of them are answered."""

    updates: list[Json]
    answers: dict[str, int]


class Writer:
    """Writes updates whose messages have numbers of their own."""

    def __init__(self, *, seed: int = 1) -> None:
        self._messages = count(1)
        self._queries = count(1)
        # Without words there is no receipt, only a question; and a command is no idea.
        written = (example.text for example in read_corpus())
        texts = [text for text in written if has_words(clean(text)) and text[0] != "/"]
        random.Random(seed).shuffle(texts)
        self._texts = texts

    def ideas(self, number: int, *, chats: int = CHATS, skip: int = 0) -> Workload:
        """Write sentences of the corpus, so long and so mixed as people write them."""
        texts = [self._texts[(skip + n) % len(self._texts)] for n in range(number)]
        updates = [self._message(n % chats, text) for n, text in enumerate(texts)]
        return Workload(updates, {"sendMessage": number})

    def commands(self, number: int, *, chats: int = CHATS, skip: int = 0) -> Workload:
        texts = [COMMANDS[(skip + n) % len(COMMANDS)] for n in range(number)]
        updates = [self._message(n % chats, text) for n, text in enumerate(texts)]
        return Workload(updates, {"sendMessage": number})

    def presses(self, number: int, *, chats: int = CHATS, skip: int = 0) -> Workload:
        """Somebody looks at the dimensions of their idea: a press is answered and edits.

        The first ideas are there: one of each chat, in the order of the chats.
        """
        updates = [self._press(n % chats) for n in range(number)]
        return Workload(updates, {"answerCallbackQuery": number, "editMessageReplyMarkup": number})

    def _message(self, chat: int, text: str) -> Json:
        message: Json = {
            "message_id": next(self._messages),
            "from": _person(chat),
            "chat": _chat(chat),
            "date": 1_760_000_000,
            "text": text,
        }
        if text.startswith("/"):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text)}]
        return {"message": message}

    def _press(self, chat: int) -> Json:
        return {
            "callback_query": {
                "id": str(4_000_000_000_000_000_000 + next(self._queries)),
                "from": _person(chat),
                "chat_instance": str(7_000_000_000 + chat),
                "data": f"idea:{chat + 1}:dimensions",
                "message": {
                    "message_id": 900_000_000 + chat,
                    "from": {"id": 123456, "is_bot": True, "first_name": "Bench"},
                    "chat": _chat(chat),
                    "date": 1_760_000_000,
                    "text": "Tersimpan, terima kasih!",
                },
            }
        }


def _person(chat: int) -> Json:
    return {
        "id": FIRST_CHAT + chat,
        "is_bot": False,
        "first_name": f"Warga {chat + 1}",
        "language_code": "id",
    }


def _chat(chat: int) -> Json:
    return {"id": FIRST_CHAT + chat, "type": "private", "first_name": f"Warga {chat + 1}"}


def count_left(workload: Workload, calls: dict[str, int]) -> int:
    return sum(max(0, n - calls.get(method, 0)) for method, n in workload.answers.items())
