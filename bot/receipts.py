"""Puts receipts together: what was understood, and what one tap can correct. Pure."""

from collections.abc import Mapping

from bot import keyboards
from bot.keyboards import Keyboard
from bot.texts import Texts
from classifier import Tag, Taxonomy, load_topics
from storage.models import DecidedBy, Idea, Label

GUESSES = 3
# What a sender of such a text should hear before they are asked whether the tag is right.
NOTES = {"darurat": "emergency", "keluhan": "complaint"}
KEPT_TOPICS = 6


def compose(
    t: Texts, taxonomy: Taxonomy, *, code: str, idea_id: int, tag: Tag
) -> tuple[str, Keyboard]:
    """Return the receipt of a new idea and its buttons."""
    if tag.abstained or tag.dimension is None:
        note = t(f"receipt-unsure-{_unsure_note(tag)}")
        text = t("receipt-unsure", code=code, note=note)
        return text, keyboards.guesses(t, idea_id, _likely(tag.topics))
    note = t(f"receipt-{_note(tag)}")
    text = t("receipt", code=code, note=note, **names(t, taxonomy, tag.topic))
    return text, keyboards.receipt(t, idea_id)


def settled(t: Texts, taxonomy: Taxonomy, *, code: str, topic: str, note: str) -> str:
    """Return the receipt as it stands once somebody has decided."""
    return t("receipt-settled", code=code, note=t(note), **names(t, taxonomy, topic))


def names(t: Texts, taxonomy: Taxonomy, topic: str) -> dict[str, str]:
    """Name a topic and its dimension in plain words."""
    dimension = taxonomy.find(topic)
    return {
        "dimension": f"{dimension.title} ({dimension.plain})" if dimension else t("no-dimension"),
        "topic": load_topics().get(topic).title_id,
    }


def label_of(tag: Tag, *, model_id: str) -> Label:
    """Turn the model's tag into a label, with all that is needed to judge it later."""
    likely = sorted(tag.topics.items(), key=lambda item: -item[1])[:KEPT_TOPICS]
    return Label(
        topic=tag.topic,
        decided_by=DecidedBy.MODEL,
        model_id=model_id,
        confidence=tag.confidence,
        abstained=tag.abstained,
        dimensions={name: round(share, 4) for name, share in tag.dimensions.items()},
        topics={topic: round(share, 4) for topic, share in likely},
        words=tag.words,
        intent=tag.intent,
    )


def _note(tag: Tag) -> str:
    if tag.topic == "transparency_integrity" and tag.intent == "keluhan":
        return "integrity"
    return NOTES.get(tag.intent, "ask")


def _unsure_note(tag: Tag) -> str:
    special = {"unclear": "unclear", "spam_abuse": "unclear", "out_of_scope": "scope"}
    return special.get(tag.topic) or NOTES.get(tag.intent, "ask")


def keyboard_of(t: Texts, idea: Idea) -> Keyboard:
    """Return the buttons that the receipt of an idea had: as sure as the model was."""
    if idea.abstained:
        return keyboards.guesses(t, idea.id, _likely(idea.topics))
    return keyboards.receipt(t, idea.id)


def _likely(shares: Mapping[str, float]) -> list[str]:
    """List the likeliest topics proper; special codes are no answer to offer."""
    topics = load_topics()
    ranked = sorted(shares, key=lambda topic: -shares[topic])
    return [topic for topic in ranked if not topics.is_code(topic)][:GUESSES]
