"""``/export``: orders the files that planners use; a job makes them."""

from telegram import Update

from bot.context import Context, message
from bot.conversation import excerpt
from bot.texts import Texts
from planning.filters import FilterError, read_filter
from storage import audit, ideas, jobs, outbox

KIND = "export"


async def order(update: Update, context: Context) -> None:
    """Read the filters, say how it goes on, and write the job down."""
    asked = update.effective_message
    assert asked, "the filters let only commands through"
    words = context.words
    settings = context.tools.settings
    try:
        chosen = read_filter(
            words, taxonomy=context.classifier.taxonomy, timezone=settings.timezone
        )
    except FilterError as error:
        details = {name: excerpt(value) for name, value in error.details.items()}
        context.say(asked.chat.id, context.t(f"filter-{error.fact}", **details))
        return
    total = await ideas.count(context.db, chosen)
    if total == 0:
        context.say(asked.chat.id, context.t("export-empty"))
        return
    now = context.now()
    text = progress(context.t, done=0, total=total)
    row = await outbox.add_numbered(context.db, "sendMessage", message(asked.chat.id, text), at=now)
    jobs.add(
        context.db,
        KIND,
        arguments={"words": words},
        person_id=context.person.id,
        chat_id=asked.chat.id,
        progress_row=row,
        at=now,
    )
    audit.add(
        context.db, "export", by=context.person.id, at=now, detail={"filter": words, "ideas": total}
    )


def progress(t: Texts, *, done: int, total: int) -> str:
    """Draw the progress in ten steps."""
    full = 10 * done // total
    return t("export-progress", bar="▓" * full + "░" * (10 - full), done=done, total=total)
