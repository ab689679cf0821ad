"""The real python-telegram-bot, unpatched, cannot tell the simulator from Telegram."""

import asyncio
from contextlib import asynccontextmanager

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.ext import (
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    MessageHandler,
    filters,
)

BETUL = InlineKeyboardMarkup([[InlineKeyboardButton("Betul", callback_data="ya")]])


async def start(update, context):
    await update.message.reply_text(f"Selamat datang, kode {context.args[0]}")


async def receive(update, context):
    await update.message.reply_text(f"Tercatat: {update.message.text}", reply_markup=BETUL)


async def press(update, context):
    await update.callback_query.answer("Terima kasih")
    await update.callback_query.edit_message_text("Sudah betul")


@asynccontextmanager
async def stock_bot(telegram):
    """Updater and Application as every tutorial has them."""
    application = (
        ApplicationBuilder()
        .token(telegram.token)
        .base_url(f"{telegram.url}/bot")
        .base_file_url(f"{telegram.url}/file/bot")
        .build()
    )
    application.add_handler(CommandHandler("start", start))
    application.add_handler(CallbackQueryHandler(press))
    application.add_handler(MessageHandler(filters.TEXT, receive))
    async with application:
        await application.start()
        await application.updater.start_polling(timeout=5)
        yield application
        await application.updater.stop()
        await application.stop()


async def test_a_stock_bot_holds_a_conversation(telegram, rina):
    """Deep link, text, button, answer and edit: all with default settings."""
    async with stock_bot(telegram):
        await rina.opens_link("abc")
        assert [m.text for m in await rina.hears()] == ["Selamat datang, kode abc"]

        await rina.says("Lampu mati")
        [receipt] = await rina.hears()
        assert (receipt.text, receipt.buttons) == ("Tercatat: Lampu mati", [["Betul"]])

        await rina.presses("Betul", receipt)
        assert await rina.alert() == "Terima kasih"
        assert (await rina.sees("Sudah betul")).edited


async def test_answers_keep_the_order_of_each_chat(telegram):
    """Twenty people, five messages each: everyone reads their answers in order."""
    people = [telegram.person(f"Warga {number}") for number in range(20)]
    async with stock_bot(telegram):
        for round_ in range(5):
            for person in people:
                await person.says(f"ide {round_}")
        for person in people:
            heard = [message.text for message in await person.hears(5)]
            assert heard == [f"Tercatat: ide {round_}" for round_ in range(5)]


async def test_a_stock_bot_confirms_before_it_has_worked(telegram, rina):
    """A test bed that cannot fail proves nothing: stock polling confirms what it only queued."""
    entered = []

    async def never_ends(update, context):
        entered.append(update.update_id)
        await context.application.bot_data["over"].wait()

    async with stock_bot(telegram) as application:
        over = application.bot_data["over"] = asyncio.Event()
        application.handlers[0].insert(0, MessageHandler(filters.ALL, never_ends))
        await rina.says("satu")
        await rina.says("dua")
        async with asyncio.timeout(5):
            while any(update.confirmed_at is None for update in telegram.record.updates):
                await asyncio.sleep(0.01)
        assert len(entered) == 1
        over.set()
