"""Who may do what: roles are looked up in the database at every act."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

from telegram import Update

from bot.context import Context
from bot.keyboards import Press
from storage.models import RoleName

Command = Callable[[Update, Context], Coroutine[Any, Any, None]]
PressHandler = Callable[[Update, Context, Press], Coroutine[Any, Any, None]]


def for_roles(*allowed: RoleName) -> Callable[[Command], Command]:
    """Refuse a command, in a plain sentence, to anybody without one of these roles."""

    def guard(command: Command) -> Command:
        @wraps(command)
        async def guarded(update: Update, context: Context) -> None:
            if may(context, *allowed):
                await command(update, context)
                return
            roles = ", ".join(context.t(f"role-{role}") for role in allowed)
            context.say(context.person.telegram_id, context.t("refused", roles=roles))

        return guarded

    return guard


def for_roles_pressing(*allowed: RoleName) -> Callable[[PressHandler], PressHandler]:
    """Refuse a press: the role may have been taken back, or the press is forged."""

    def guard(handler: PressHandler) -> PressHandler:
        @wraps(handler)
        async def guarded(update: Update, context: Context, press: Press) -> None:
            if may(context, *allowed):
                await handler(update, context, press)
            else:
                context.answer(update, context.t("pressed-not-yours"), alert=True)

        return guarded

    return guard


def may(context: Context, *allowed: RoleName) -> bool:
    return any(role.role in allowed for role in context.person.roles)
