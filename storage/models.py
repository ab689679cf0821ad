"""The nouns, as values that never change; a change makes a new one. Pure."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Json

# Which ideas are reviewed blind.
BLIND_EVERY, BLIND_REST = 10, 7


class Noun(BaseModel):
    """A value that never changes. Its validation errors do not repeat what people wrote."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class RoleName(StrEnum):
    """Who somebody is for the bot; a resident needs no role to send ideas."""

    RESIDENT = "resident"
    LURAH = "lurah"
    CAMAT = "camat"
    OFFICIAL = "official"
    EXPERT = "expert"
    VOLUNTEER = "volunteer"
    MODERATOR = "moderator"
    PLANNER = "planner"
    ADMIN = "admin"


class Status(StrEnum):
    """What became of an idea."""

    RECEIVED = "received"
    REVIEWED = "reviewed"
    REJECTED = "rejected"
    ERASED = "erased"


class DecidedBy(StrEnum):
    """Who or what gave a label. People outrank the model."""

    MODEL = "model"
    AUTHOR = "author"
    MODERATOR = "moderator"


class Stage(StrEnum):
    """What the bot waits for from one person."""

    RESTING = "resting"
    EXPLAINING = "explaining"


class Role(Noun):
    """A role of one person, perhaps bound to an area."""

    person_id: int
    role: RoleName
    area: str | None = None


class Person(Noun):
    """Somebody who wrote to the bot."""

    id: int
    telegram_id: int
    created_at: datetime
    consented_at: datetime | None = None
    consent_version: str | None = None
    blocked_at: datetime | None = None
    roles: tuple[Role, ...] = ()


class GrantedRole(Role):
    """A role in force, with its row and since when."""

    id: int
    granted_at: datetime


class Invitation(Noun):
    """A link that gives one person one role, once, until it expires."""

    id: int
    role: RoleName
    area: str | None
    created_by: int | None
    expires_at: datetime
    used_at: datetime | None
    used_by: int | None


class Conversation(Noun):
    """Where the bot and one person are in their talk."""

    person_id: int
    stage: Stage = Stage.RESTING
    data: Json[dict[str, Any]] | dict[str, Any] = {}


class Idea(Noun):
    """What somebody proposed, with the label, text and status in force."""

    id: int
    person_id: int | None
    role: RoleName
    area: str | None
    chat_id: int | None
    message_id: int | None
    sent_at: datetime
    status: Status
    doubt: float | None
    text: str
    revisions: int
    label_id: int
    topic: str
    intent: str | None
    confidence: float
    abstained: bool
    decided_by: DecidedBy
    model_id: str
    dimensions: Json[dict[str, float]]
    topics: Json[dict[str, float]]
    words: Json[list[str]]

    @property
    def blind(self) -> bool:
        """Whether whoever reviews it must not see its tag; every tenth, by its number."""
        return self.id % BLIND_EVERY == BLIND_REST


class Label(Noun):
    """One decision on the topic of an idea; never changed, only followed by another."""

    topic: str
    decided_by: DecidedBy
    model_id: str
    confidence: float = 1.0
    abstained: bool = False
    dimensions: dict[str, float] = {}
    topics: dict[str, float] = {}
    words: list[str] = []
    intent: str | None = None
    person_id: int | None = None
    reason: str | None = None
    blind: bool = False


class LearnedModel(Noun):
    """A model that learned from people, and how it compared when it was trained."""

    id: str
    base: str
    trained_at: datetime
    corrections: int
    report: Json[dict[str, Any]]


class Received(Noun):
    """An update as it lies in the inbox."""

    seq: int
    update_id: int
    chat_id: int | None
    body: str
    attempts: int
    received_at: datetime


class Message(Noun):
    """Something that the bot owes to Telegram."""

    id: int
    lane: str
    chat_id: int | None
    method: str
    payload: Json[dict[str, Any]]
    edits: int | None
    attempts: int


class Job(Noun):
    """Long work, done outside the chat path."""

    id: int
    kind: str
    arguments: Json[dict[str, Any]]
    person_id: int | None
    chat_id: int | None
    progress_row: int | None
    attempts: int
