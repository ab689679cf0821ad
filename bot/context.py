"""What a handler works with: the open unit of work, the classifier, the clock, and a voice."""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from telegram import Update
from telegram.ext import Application, CallbackContext, ExtBot

from bot.conversation import clean
from bot.keyboards import Keyboard, markup
from bot.model import LiveModel
from bot.pace import Pace
from bot.settings import Settings
from bot.texts import Texts
from classifier import Classifier, Tag
from storage import codes, outbox
from storage.database import Session
from storage.models import Person


@dataclass(frozen=True, slots=True)
class Tools:
    """What lives as long as the process and every handler may use."""

    settings: Settings
    live: LiveModel
    texts: Texts
    username: str
    now: Callable[[], datetime]
    pace: Pace = field(default_factory=Pace)

    @property
    def classifier(self) -> Classifier:
        """The model of this moment."""
        return self.live.classifier


@dataclass(slots=True)
class Work:
    """One update's unit of work: its session, and what the batch has worked out before it.

    ``classifier`` is the batch's: another may become live meanwhile, and a tag has its own's name.
    """

    tools: Tools
    session: Session
    classifier: Classifier
    tags: Mapping[str, Tag] = field(default_factory=dict)
    person: Person | None = None
    held: bool = False
    released: bool = False
    quiet: bool = False
    error: Exception | None = None


current_work: ContextVar[Work] = ContextVar("current_work")


class Context(CallbackContext[ExtBot[None], dict[Any, Any], dict[Any, Any], dict[Any, Any]]):
    """Handlers load, decide, save and say with this. Nothing here touches the network."""

    work: Work

    @classmethod
    def from_update(
        cls, update: object, application: Application[Any, Any, Any, Any, Any, Any]
    ) -> "Context":
        context = super().from_update(update, application)
        context.work = current_work.get()
        return context

    @property
    def db(self) -> Session:
        return self.work.session

    @property
    def tools(self) -> Tools:
        return self.work.tools

    @property
    def classifier(self) -> Classifier:
        return self.work.classifier

    @property
    def t(self) -> Texts:
        return self.work.tools.texts

    @property
    def person(self) -> Person:
        """Who wrote; the gate has made sure that they agreed to the notice."""
        assert self.work.person, "the gate runs before every handler"
        return self.work.person

    @property
    def words(self) -> list[str]:
        """What was typed after a command."""
        return [word for word in map(clean, self.args or []) if word]

    def code(self, idea_id: int) -> str:
        return codes.encode(idea_id, prefix=self.tools.settings.code_prefix)

    def now(self) -> datetime:
        return self.work.tools.now()

    def tag(self, text: str) -> Tag:
        """Classify a text; those of a batch were classified together beforehand."""
        return self.work.tags.get(text) or self.classifier.tag([text])[0]

    def say(
        self,
        chat_id: int,
        text: str,
        keyboard: Keyboard | None = None,
        *,
        reply_to: int | None = None,
    ) -> None:
        """Owe a message to a chat. It is delivered after the commit.

        Who writes very much has been told that answers are fewer; others are told all the same.
        """
        if self.work.quiet and self.work.person and chat_id == self.work.person.telegram_id:
            return
        outbox.add(
            self.db, "sendMessage", message(chat_id, text, keyboard, reply_to), at=self.now()
        )

    def edit(
        self, update: Update, text: str | None = None, keyboard: Keyboard | None = None
    ) -> None:
        """Change the message of the pressed button: text and buttons, or the buttons alone."""
        pressed = update.effective_message
        assert pressed, "only presses are answered by an edit"
        payload: dict[str, Any] = {
            "chat_id": pressed.chat.id,
            "message_id": pressed.message_id,
            "reply_markup": markup(keyboard or []),
        }
        method = "editMessageReplyMarkup"
        if text is not None:
            method = "editMessageText"
            payload |= {"text": text, "link_preview_options": {"is_disabled": True}}
        outbox.add(self.db, method, payload, at=self.now())

    def take_buttons(self, chat_id: int, message_id: int) -> None:
        """Take the buttons of an earlier message away: they have been answered by words."""
        payload = {"chat_id": chat_id, "message_id": message_id, "reply_markup": markup([])}
        outbox.add(self.db, "editMessageReplyMarkup", payload, at=self.now())

    def answer(self, update: Update, text: str | None = None, *, alert: bool = False) -> None:
        """Answer a press, so that the button stops spinning; this goes before all messages."""
        query = update.callback_query
        assert query, "only presses are answered"
        payload: dict[str, Any] = {"callback_query_id": query.id}
        if text:
            payload |= {"text": text, "show_alert": alert}
        lane = outbox.lane_of_press(query.id)
        outbox.add(self.db, "answerCallbackQuery", payload, at=self.now(), lane=lane)


def message(
    chat_id: int, text: str, keyboard: Keyboard | None = None, reply_to: int | None = None
) -> dict[str, Any]:
    """Put the parameters of a sendMessage together. Plain text: nobody's words can be markup."""
    payload: dict[str, Any] = {
        "chat_id": chat_id,
        "text": text,
        "link_preview_options": {"is_disabled": True},
    }
    if keyboard:
        payload["reply_markup"] = markup(keyboard)
    if reply_to is not None:
        payload["reply_parameters"] = {
            "message_id": reply_to,
            "allow_sending_without_reply": True,
        }
    return payload
