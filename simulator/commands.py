"""The bot's command lists and descriptions, by scope and language."""

import re
from typing import Any

from simulator.errors import bad_request
from simulator.shapes import Json

NAME = re.compile(r"[a-z0-9_]{1,32}")
SCOPES = frozenset(
    {
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    }
)
Key = tuple[str, str, str]


class Commands:
    """Lists of commands; the nearest scope that has one is what a person sees."""

    def __init__(self) -> None:
        self._lists: dict[Key, list[Json]] = {}
        self.texts: dict[tuple[str, str], str] = {}

    def save(self, scope: Json, language: str, commands: list[Any]) -> None:
        if len(commands) > 100:
            raise bad_request("can't set more than 100 bot commands")
        self._lists[_key(scope, language)] = [_checked(command) for command in commands]

    def get(self, scope: Json, language: str) -> list[Json]:
        return self._lists.get(_key(scope, language), [])

    def delete(self, scope: Json, language: str) -> None:
        self._lists.pop(_key(scope, language), None)

    def seen_in(self, chat: Json, language: str = "") -> list[Json]:
        """What the menu offers in this chat to a person of this language."""
        kind = "all_private_chats" if chat["type"] == "private" else "all_group_chats"
        scopes = ({"type": "chat", "chat_id": chat["id"]}, {"type": kind}, {"type": "default"})
        for scope in scopes:
            for tongue in (language, ""):
                found = self._lists.get(_key(scope, tongue))
                if found:
                    return found
        return []


def _key(scope: Json, language: str) -> Key:
    kind = str(scope.get("type", "default"))
    if kind not in SCOPES:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    return kind, str(scope.get("chat_id", "")), language


def _checked(command: Any) -> Json:
    if not isinstance(command, dict):
        raise bad_request("expected an Object describing BotCommand")
    name = str(command.get("command", "")).removeprefix("/")
    description = str(command.get("description", "")).strip()
    if not NAME.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}
