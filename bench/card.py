"""The tables of the model card that everybody can check: those on the fixed sample.

python -m bench.card      # writes them into docs/classifier.md
"""

import re
from pathlib import Path

from bench.bot import MODELS
from classifier import Classifier, evaluate, load_or_train
from classifier.corpus import read_sample

PAGE = Path(__file__).parents[1] / "docs" / "classifier.md"
BEGIN, END = "<!-- sample -->", "<!-- end of sample -->"
REGISTERS = ("chat", "minang", "formal", "story")


def tables(classifier: Classifier) -> str:
    """Write the tables by register and by dimension, and beside the baselines."""
    sample = read_sample()
    parts = {"all": sample} | {r: [e for e in sample if e.register == r] for r in REGISTERS}
    lines = [
        "| register | n | macro-F1 (95 %) | accuracy | top-2 | topics right | abstained |",
        "|---" * 7 + "|",
    ]
    whole = evaluate(classifier, sample).figures()
    for name, examples in parts.items():
        figures = whole if name == "all" else evaluate(classifier, examples).figures()
        of, (low, high) = figures["dimensions"], figures["dimensions"]["macro_f1_interval_95"]
        lines.append(
            f"| {name} | {figures['n_with_topic']} | {of['macro_f1']:.3f} ({low:.3f}–{high:.3f}) "
            f"| {of['accuracy']:.3f} | {of['top_2']:.3f} | {figures['topics']['accuracy']:.3f} "
            f"| {of['abstained']:.3f} |"
        )
    for name, scores in whole["baselines"].items():
        lines.append(
            f"| *{name.replace('_', ' ')}* | {whole['n_with_topic']} "
            f"| {scores['dimension_macro_f1']:.3f} | {scores['dimension_accuracy']:.3f} "
            f"| – | {scores['topic_accuracy']:.3f} | – |"
        )
    lines += ["", "| dimension | n | precision | recall | F1 |", "|---" * 5 + "|"]
    lines += [
        f"| {name} | {of['n']} | {of['precision']:.3f} | {of['recall']:.3f} | {of['f1']:.3f} |"
        for name, of in whole["dimensions"]["per_dimension"].items()
    ]
    codes, intents = whole["special_codes"], whole["intents"]
    lines += [
        "",
        f"Of {codes['n']} texts about nothing of the city {codes['recall']:.0%} got a code, "
        f"{codes['abstained']:.0%} no confident tag. Intents: accuracy {intents['accuracy']:.3f}, "
        f"macro-F1 {intents['macro_f1']:.3f} (n {intents['n']}).",
    ]
    return "\n".join(lines)


def main() -> None:
    said = f"{BEGIN}\n{tables(load_or_train(MODELS))}\n{END}"
    page = PAGE.read_text("utf-8")
    written = re.sub(rf"{BEGIN}.*?{END}", lambda _: said, page, flags=re.DOTALL)
    PAGE.write_text(written, "utf-8")


if __name__ == "__main__":
    main()
