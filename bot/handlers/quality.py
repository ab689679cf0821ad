"""``/statistik``: how the machine fares. ``/latih``: let it learn from people's corrections."""

from telegram import Update

from bot import learning as training
from bot.context import Context, message
from bot.weekly import read_drift
from classifier import load_topics
from planning import statistics
from planning.statistics import Accuracy
from storage import audit, jobs, learning, outbox
from storage import statistics as counts


async def show_statistics(update: Update, context: Context) -> None:
    asked = update.effective_message
    assert asked, "the filters let only commands through"
    t, classifier = context.t, context.classifier
    blind = await counts.list_blind(context.db)
    accuracy = statistics.judge_blind(blind, classifier.taxonomy.title_of)
    drift = await read_drift(context.db, context.now())
    model = await learning.get_model(context.db, classifier.id)
    lines = [
        t(
            "statistics-pool",
            total=await counts.count_ideas(context.db),
            week=drift.n,
            reviewed=await counts.count_ideas(context.db, reviewed=True),
        ),
        _accuracy(context, accuracy),
    ]
    if drift.comparable and drift.riser:
        lines += [
            t(
                "statistics-doubt",
                now=t.percent(drift.doubt),
                before=t.percent(drift.doubt_before),
            ),
            t(
                "statistics-riser",
                topic=load_topics().get(drift.riser).title_id,
                now=t.percent(drift.riser_share),
                before=t.percent(drift.riser_before),
            ),
        ]
    lines.append(
        t("statistics-model", model=classifier.id, corrections=model.corrections if model else 0)
    )
    context.say(asked.chat.id, "\n".join(lines))


def _accuracy(context: Context, accuracy: Accuracy) -> str:
    t = context.t
    if not accuracy.known:
        fewest = statistics.FEWEST_BLIND
        return t("statistics-accuracy-unknown", n=accuracy.n, fewest=fewest)
    return t(
        "statistics-accuracy",
        n=accuracy.n,
        share=t.percent(accuracy.right / accuracy.n),
        low=t.percent(accuracy.low),
        high=t.percent(accuracy.high),
    )


async def order_training(update: Update, context: Context) -> None:
    """Say how it goes on, and write the job down; the job does the rest."""
    asked = update.effective_message
    assert asked, "the filters let only commands through"
    given = await learning.count_corrections(context.db)
    if given < training.FEWEST:
        said = context.t("train-too-few", given=given, fewest=training.FEWEST)
        context.say(asked.chat.id, said)
        return
    if await jobs.is_open(context.db, training.KIND):
        context.say(asked.chat.id, context.t("train-under-way"))
        return
    now = context.now()
    text = context.t("train-progress", corrections=given)
    row = await outbox.add_numbered(context.db, "sendMessage", message(asked.chat.id, text), at=now)
    jobs.add(
        context.db,
        training.KIND,
        arguments={"reason": training.ASKED},
        person_id=context.person.id,
        chat_id=asked.chat.id,
        progress_row=row,
        at=now,
    )
    audit.add(context.db, "train", by=context.person.id, at=now, detail={"corrections": given})
