"""Where the presses of buttons go. Data that is not ours, old or forged, gets a kind refusal."""

from telegram import Update

from bot.context import Context
from bot.handlers import gate, receipt, resident, review, rights, roles
from bot.handlers.access import PressHandler, for_roles_pressing
from bot.keyboards import read_press
from storage import outbox
from storage.models import RoleName

DESKS: dict[str, PressHandler] = {
    "notice": gate.press,
    "idea": receipt.press,
    "mine": resident.press_older,
    "review": for_roles_pressing(*review.ROLES)(review.press),
    "role": for_roles_pressing(RoleName.ADMIN)(roles.press),
    "erase": rights.press,
}


async def receive_press(update: Update, context: Context) -> None:
    query = update.callback_query
    assert query, "the handler lets only presses through"
    if await outbox.was_answered(context.db, query.id):
        # An app that heard nothing asks again, under another update_id.
        context.answer(update)
        return
    press = read_press(query.data or "")
    desk = DESKS.get(press.desk) if press else None
    agreed = context.person.consented_at is not None
    if press is None or desk is None or not (agreed or press == gate.CONSENT) or not query.message:
        context.answer(update, context.t("pressed-not-yours"), alert=True)
        return
    await desk(update, context, press)
