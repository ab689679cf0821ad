"""A picture of two models side by side. Drawn where nothing waits: the library is a large one."""

from pathlib import Path

from matplotlib.figure import Figure

from classifier.comparison import Comparison

OLD, NEW, INK = "#D9CBB8", "#8C3B2A", "#2B2B2B"
SIZE, DOTS_PER_INCH = (8.0, 4.5), 120


def draw(comparison: Comparison, path: Path) -> Path:
    """Draw the F1 of each dimension, before and after, into a PNG file."""
    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.subplots()
    places = range(len(comparison.dimensions))
    for offset, color, name, which in ((-0.2, OLD, "sebelum", 0), (0.2, NEW, "sesudah", 1)):
        shares = [100 * pair[which] for pair in comparison.dimensions.values()]
        bars = axes.barh([p + offset for p in places], shares, 0.36, color=color, label=name)
        axes.bar_label(bars, fmt="%.0f", padding=3, color=INK, fontsize=9)
    axes.set_yticks(list(places), list(comparison.dimensions))
    axes.set_xlim(0, 108)
    axes.set_xlabel(f"F1 per dimensi dalam persen, {comparison.n} teks uji tetap")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(left=False)
    axes.invert_yaxis()
    figure.legend(loc="outside upper right", ncols=2, frameon=False)
    figure.savefig(path, dpi=DOTS_PER_INCH)
    return path
