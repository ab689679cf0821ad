"""The handlers: each loads, decides, saves and says. The table below is the whole of the bot."""

from typing import Any

from telegram import Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.context import Context
from bot.handlers import export, gate, quality, resident, review, rights, roles
from bot.handlers.access import Command, for_roles
from bot.handlers.presses import receive_press
from storage.models import RoleName

COMMANDS: dict[str, Command] = {
    "start": resident.start,
    "bantuan": resident.show_help,
    "help": resident.show_help,
    "ideku": resident.list_mine,
    "dataku": rights.send_data,
    "hapus": rights.ask_to_erase,
    "antrean": for_roles(*review.ROLES)(review.show_queue),
    "statistik": for_roles(*review.ROLES, RoleName.PLANNER)(quality.show_statistics),
    "latih": for_roles(RoleName.ADMIN)(quality.order_training),
    "export": for_roles(RoleName.PLANNER, RoleName.ADMIN)(export.order),
    "undang": for_roles(RoleName.ADMIN)(roles.invite),
    "peran": for_roles(RoleName.ADMIN)(roles.list_holders),
}
# What everybody sees in the menu of the chat; duties are told by /bantuan to those who have them.
MENU = ["bantuan", "ideku", "dataku", "hapus"]

_WITH_FILE = filters.PHOTO | filters.Document.ALL | filters.VIDEO | filters.CAPTION


def add_handlers(application: Application[Any, Context, Any, Any, Any, Any]) -> None:
    """Register the gate before, and everything else after it."""
    application.add_handler(TypeHandler(Update, gate.check), group=-1)
    new = filters.UpdateType.MESSAGE
    for name, command in COMMANDS.items():
        application.add_handler(CommandHandler(name, command, filters=new))
    application.add_handler(MessageHandler(new & filters.COMMAND, resident.refuse_command))
    application.add_handler(MessageHandler(new & filters.TEXT, resident.receive_text))
    application.add_handler(MessageHandler(new & _WITH_FILE, resident.receive_media))
    application.add_handler(
        MessageHandler(new & ~filters.StatusUpdate.ALL, resident.receive_wordless)
    )
    application.add_handler(
        MessageHandler(filters.UpdateType.EDITED_MESSAGE, resident.receive_edit)
    )
    application.add_handler(CallbackQueryHandler(receive_press))
    application.add_handler(ChatMemberHandler(gate.note_membership))
    application.add_error_handler(_keep_error)


async def _keep_error(update: object, context: Context) -> None:
    """Hand the error to the processor, which undoes the update and tries again."""
    context.work.error = context.error
