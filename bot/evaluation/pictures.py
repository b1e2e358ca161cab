"""Pictures of an evaluation as inline SVG that takes its colours and its font from the page around it, light or dark."""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from bot.evaluation.measures import pairs, reliability
from bot.evaluation.outcome import Outcome

_INK, _GRID, _GOOD, _BAD = "#010101", "#020202", "#030303", "#040404"
_VARIABLES = {_INK: "var(--ink)", _GRID: "var(--line)", _GOOD: "var(--good)", _BAD: "var(--bad)"}
"""Colours that stand in for the page's own while matplotlib draws."""
_SIZE = (4.8, 3.1)
_HEAD = re.compile(r'^.*?<svg [^>]*?viewBox="([^"]+)"[^>]*>', re.DOTALL)


def confidence_histogram(outcomes: Sequence[Outcome]) -> str:
    """How sure the model was of what it got right and of what it got wrong."""
    figure, axes = _new(*_SIZE)
    groups = [[one.confidence for one in outcomes if one.understood is right] for right in (True, False)]
    axes.hist(groups, bins=np.linspace(0, 1, 21), stacked=True, color=[_GOOD, _BAD], label=["认对", "认错"], rwidth=0.9)
    axes.set(xlabel="置信度", ylabel="消息数", xlim=(0, 1))
    _legend(axes)
    return _svg(figure, "置信度分布：认对与认错的消息各有多少")


def reliability_curve(outcomes: Sequence[Outcome]) -> str:
    """Confidence against the share that is right: on the diagonal the model means what it says."""
    figure, axes = _new(*_SIZE)
    points = reliability(outcomes)
    axes.plot([0, 1], [0, 1], color=_INK, linewidth=0.8, linestyle="--", label="说多少就准多少")
    axes.plot([sure for sure, _, _ in points], [right for _, right, _ in points], color=_GOOD, marker="o", markersize=4, label="实际")
    axes.set(xlabel="置信度", ylabel="认对的比例", xlim=(0, 1), ylim=(0, 1.03))
    _legend(axes)
    return _svg(figure, "可靠度曲线：置信度与实际准确率")


def confusion_matrix(outcomes: Sequence[Outcome]) -> str:
    """A row for the right intent, a column for the predicted one; the darker, the larger the share of the row."""
    from matplotlib.patches import Rectangle

    labels, truth, predicted = pairs(outcomes)
    counts = np.zeros((len(labels), len(labels)), int)
    np.add.at(counts, (truth, predicted), 1)
    figure, axes = _new(len(labels) * 0.24 + 1.6, len(labels) * 0.24 + 1.6)
    for row, column in zip(*np.nonzero(counts), strict=True):
        share, colour = counts[row, column] / counts[row].sum(), _GOOD if row == column else _BAD
        axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=colour, alpha=0.15 + 0.6 * share, linewidth=0))
        axes.text(column, row, str(counts[row, column]), ha="center", va="center", fontsize=6.5, color=_INK)
    axes.set(xlim=(-0.5, len(labels) - 0.5), ylim=(len(labels) - 0.5, -0.5), aspect="equal", xlabel="认成的意图", ylabel="正确的意图")
    axes.set_xticks(range(len(labels)), labels, rotation=90, fontsize=7)
    axes.set_yticks(range(len(labels)), labels, fontsize=7)
    axes.grid(linewidth=0.3, color=_GRID)
    return _svg(figure, "混淆矩阵")


def _new(width: float, height: float) -> tuple[Any, Any]:
    """An empty picture, its size in inches; without pyplot, so that nothing global is touched but the fonts' log."""
    from matplotlib.figure import Figure

    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    figure = Figure(figsize=(width, height))
    axes = figure.subplots()
    axes.set_axisbelow(True)
    axes.grid(axis="y", linewidth=0.5, color=_GRID)
    for edge in axes.spines.values():
        edge.set_visible(False)
    axes.tick_params(colors=_INK, length=0, labelsize=8)
    for label in (axes.xaxis.label, axes.yaxis.label):
        label.set(color=_INK, fontsize=9)
    return figure, axes


def _legend(axes: Any) -> None:
    axes.legend(frameon=False, labelcolor=_INK, fontsize=8, loc="upper left")


def _svg(figure: Any, title: str) -> str:
    from matplotlib import rc_context

    drawn = io.StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": title}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # the page's own font draws the text
        figure.savefig(drawn, format="svg", transparent=True, bbox_inches="tight", metadata={"Date": None})
    text = _HEAD.sub(rf'<svg role="img" aria-label="{title}" viewBox="\1">', drawn.getvalue(), count=1)
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"font: ([\d.]+)px [^;\"]+", r"font-size: \1px", text)
    for colour, variable in _VARIABLES.items():
        text = text.replace(colour, variable)
    return text
