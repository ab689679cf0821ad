"""Everything this Telegram knows: the bot, people, chats, files, updates and presses."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from simulator import shapes
from simulator.chats import Chat, Message
from simulator.commands import Commands
from simulator.errors import bad_request, forbidden
from simulator.events import Events
from simulator.faults import Faults
from simulator.files import Files, StoredFile
from simulator.limits import Limits
from simulator.record import Record
from simulator.shapes import Json
from simulator.updates import UpdateQueue
from simulator.views import view

FIRST_PERSON = 700_000_001
FIRST_GROUP = -1_001_000_000_001


@dataclass(slots=True)
class Press:
    """A press of a button; `answer` is None until the bot answered it."""

    query_id: str
    chat: Chat
    person: Json
    at: float
    answer: Json | None = None


class World:
    """The state behind the API. One event loop owns it; nothing here waits."""

    def __init__(  # noqa: PLR0913 - what a Simulator can be told
        self,
        *,
        token: str,
        username: str,
        clock: Callable[[], float],
        limits: bool,
        press_lifetime: float,
        record_limit: int | None,
        keep_messages: int | None,
        seed: int,
    ) -> None:
        self.token = token
        self.clock = clock
        self.press_lifetime = press_lifetime
        self.bot = shapes.bot_user(_bot_id(token), name="Palanta", username=username)
        self.faults = Faults(seed)
        self.record = Record(record_limit)
        self.updates = UpdateQueue(clock, self.faults, self.record)
        self.limits = Limits(clock, enabled=limits)
        self.files = Files()
        self.commands = Commands()
        self.commands.texts["name", ""] = self.bot["first_name"]
        self.events = Events()
        self.users: dict[int, Json] = {self.bot["id"]: self.bot}
        self.chats: dict[int, Chat] = {}
        self.presses: dict[str, Press] = {}
        self._keep_messages = keep_messages
        self._message_ids = count(1)
        self._query_ids = count(4_000_000_000_000_000_001)
        self._seqs = count(1)
        self._albums = count(13_000_000_000_000_001)

    def add_person(self, name: str, *, user_id: int | None, language: str | None) -> Chat:
        """A person and their private chat, in which nobody has spoken yet."""
        number = user_id if user_id is not None else self._free_id()
        if number in self.users or number <= 0:
            raise ValueError(f"the id {number} is taken or not an id of a person")
        self.users[number] = shapes.user(number, name, language_code=language)
        return self.add_chat(shapes.private_chat(self.users[number]))

    def add_chat(self, raw: Json) -> Chat:
        chat = self.chats[raw["id"]] = Chat(raw, keep=self._keep_messages)
        return chat

    def next_group_id(self) -> int:
        return min([FIRST_GROUP + 1, *self.chats]) - 1

    def next_album_id(self) -> str:
        return str(next(self._albums))

    def get_chat(self, chat_id: int | None) -> Chat:
        """The chat, if the bot may know it: a bot cannot be the first to write."""
        chat = self.chats.get(chat_id) if chat_id is not None else None
        if chat is None or not chat.started:
            raise bad_request("chat not found")
        return chat

    def get_writable_chat(self, chat_id: int | None) -> Chat:
        chat = self.get_chat(chat_id)
        if chat.blocked and chat.private:
            raise forbidden("bot was blocked by the user")
        if chat.blocked:
            raise forbidden("bot was kicked from the supergroup chat")
        return chat

    def compose(self, chat: Chat, sender: Json, content: Json) -> Json:
        """A new message as the Bot API writes it."""
        return {
            "message_id": next(self._message_ids),
            "from": sender,
            "chat": chat.raw,
            "date": int(self.clock()),
            **content,
        }

    def put(
        self, chat: Chat, raw: Json, *, from_bot: bool, file: StoredFile | None = None
    ) -> Message:
        """Add a new message to its chat."""
        return self.replace(chat, Message(raw, from_bot, 0, file))

    def replace(self, chat: Chat, message: Message) -> Message:
        """Show a message as it is from now on."""
        stamped = message._replace(seq=next(self._seqs))
        chat.put(stamped)
        if self.events.heard:
            self.events.publish({"type": "message", "message": view(stamped)})
        return stamped

    def add_press(self, chat: Chat, person: Json) -> Press:
        self._forget_old_presses()
        press = Press(str(next(self._query_ids)), chat, person, self.clock())
        self.presses[press.query_id] = press
        return press

    def get_press(self, query_id: str) -> Press:
        """The press, while Telegram still takes an answer to it."""
        press = self.presses.get(query_id)
        if press is None or self.clock() - press.at > self.press_lifetime:
            raise bad_request(
                "query is too old and response timeout expired or query ID is invalid"
            )
        return press

    def change_membership(self, chat: Chat, by: Json, *, before: str, after: str) -> None:
        """Tell the bot that it was let in, blocked or let in again."""
        change = {
            "chat": chat.raw,
            "from": by,
            "date": int(self.clock()),
            "old_chat_member": shapes.member(self.bot, before),
            "new_chat_member": shapes.member(self.bot, after),
        }
        self.updates.add("my_chat_member", change, chat_id=chat.id, user_id=by["id"], text=after)
        self.publish("membership", chat_id=chat.id, blocked=chat.blocked)

    def publish(self, kind: str, **facts: object) -> None:
        if self.events.heard:
            self.events.publish({"type": kind, **facts})

    def _forget_old_presses(self) -> None:
        """Answers stay readable for a while after Telegram stopped taking them."""
        oldest = self.clock() - 10 * self.press_lifetime
        while self.presses and next(iter(self.presses.values())).at < oldest:
            del self.presses[next(iter(self.presses))]

    def _free_id(self) -> int:
        return next(number for number in count(FIRST_PERSON) if number not in self.users)


def _bot_id(token: str) -> int:
    number = token.partition(":")[0]
    return int(number) if number.isdigit() else 123456
