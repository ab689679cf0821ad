"""The figures of an evaluation as a plain text that can be read in a terminal. Pure."""

from collections.abc import Mapping
from typing import Any

WIDE = 28
HEADLINE = ("dimension_macro_f1", "dimension_accuracy", "topic_macro_f1", "topic_accuracy")


def table(figures: Mapping[str, Any]) -> str:
    parts = [_headline(figures), _beside(figures), _dimensions(figures), _rest(figures)]
    return "\n\n".join(parts)


def _headline(figures: Mapping[str, Any]) -> str:
    dimensions = figures["dimensions"]
    low, high = dimensions["macro_f1_interval_95"]
    return "\n".join(
        [
            f"{figures['n']} texts, {figures['n_with_topic']} of them about one of the topics; "
            f"taxonomy {figures['taxonomy']}",
            _row("macro-F1 over dimensions", dimensions["macro_f1"], f"95 %: {low:.3f}-{high:.3f}"),
            _row("  top-2", dimensions["top_2"]),
            _row("  calibration error (ECE)", dimensions["ece"]),
            _row("  accuracy at 70 % coverage", dimensions["accuracy_at_70_percent"]),
            _row("  accuracy with also_ok", dimensions["accuracy_also_ok"]),
            _row("  abstained", dimensions["abstained"]),
            _row("  accuracy unless abstained", dimensions["accuracy_unless_abstained"]),
        ]
    )


def _beside(figures: Mapping[str, Any]) -> str:
    """The classifier and the baselines, line by line in the same columns."""
    ours = {
        "dimension_macro_f1": figures["dimensions"]["macro_f1"],
        "dimension_accuracy": figures["dimensions"]["accuracy"],
        "topic_macro_f1": figures["topics"]["macro_f1"],
        "topic_accuracy": figures["topics"]["accuracy"],
    }
    rows = {"this classifier": ours, **figures["baselines"]}
    head = f"{'':{WIDE}}  dim F1  dim acc  topic F1  topic acc"
    lines = [
        f"{name:{WIDE}}  {s[HEADLINE[0]]:6.3f}  {s[HEADLINE[1]]:7.3f}"
        f"  {s[HEADLINE[2]]:8.3f}  {s[HEADLINE[3]]:9.3f}"
        for name, s in rows.items()
    ]
    return "\n".join([head, *lines])


def _dimensions(figures: Mapping[str, Any]) -> str:
    head = f"{'dimension':{WIDE}}       P       R      F1     n"
    lines = [
        f"{name:{WIDE}}  {s['precision']:6.3f}  {s['recall']:6.3f}  {s['f1']:6.3f}  {s['n']:4d}"
        for name, s in figures["dimensions"]["per_dimension"].items()
    ]
    return "\n".join([head, *lines])


def _rest(figures: Mapping[str, Any]) -> str:
    codes, intents = figures["special_codes"], figures["intents"]
    covered = "  ".join(
        f"{point['coverage']:.0%} {point['accuracy']:.3f}"
        for point in figures["dimensions"]["coverage"]
    )
    mistaken = [f"  {c['gold']} -> {c['said']}: {c['n']}" for c in figures["confusions"][:8]]
    return "\n".join(
        [
            f"coverage and accuracy: {covered}",
            f"topics: top-2 {figures['topics']['top_2']:.3f}, "
            f"accuracy with also_ok {figures['topics']['accuracy_also_ok']:.3f}",
            f"special codes (n={codes['n']}): precision {codes['precision']:.3f}, "
            f"recall {codes['recall']:.3f}, abstained {codes['abstained']:.3f}",
            f"intents (n={intents['n']}): accuracy {intents['accuracy']:.3f}, "
            f"macro-F1 {intents['macro_f1']:.3f}",
            "most frequent confusions (gold -> said):",
            *mistaken,
        ]
    )


def _row(name: str, value: float, note: str = "") -> str:
    return f"{name:{WIDE}}  {value:6.3f}  {note}".rstrip()
