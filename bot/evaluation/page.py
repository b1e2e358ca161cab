"""The evaluation as one page that needs nothing else: light and dark, on a desk and on a phone."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from bot.evaluation import pictures
from bot.evaluation.evaluation import Evaluation
from bot.evaluation.measures import CRITICAL, ERRORS, calibration_error, milliseconds

NAMES = {
    "accuracy": "意图认对", "routed": "回应得当", "false_accept": "范围外误答", "emergency_recall": "紧急认出", "emergency_screen": "其中入口筛查认出",
    "emergency_alarms": "紧急误报", "near_alarms": "像紧急的话误报", "report_recall": "举报认出", "report_alarms": "举报误认",
    "handoff_recall": "转人工认出", "handoff_alarms": "转人工误认", "item_top1": "事项第一个就对", "item_top3": "事项前三有对的", "aspect": "问的方面认对",
}  # fmt: skip
"""Measure -> what a reader calls it, in the order of the page."""
DEVELOPMENT = {
    "routed right (in domain)": "范围内走对路", "answered, of those right": "直接答的里面答对", "clarified": "反问", "out-of-scope false accept": "范围外误答",
    "emergency recall": "紧急认出", "false alarms": "紧急误报",
}  # fmt: skip
"""Figure of `score.py` -> what a reader calls it."""
DECISIONS = {"answer": "直接答", "clarify": "反问", "fallback": "说不会", "handoff": "转人工", "emergency": "紧急卡"}
_TOP = 20


def render(found: Evaluation) -> str:
    """The whole page."""
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["percent"] = lambda share: f"{share * 100:.1f}%"
    drawn = {
        "histogram": pictures.confidence_histogram(found.outcomes), "reliability": pictures.reliability_curve(found.outcomes),
        "matrix": pictures.confusion_matrix(found.outcomes),
    }  # fmt: skip
    return environment.get_template("page.html").render(
        found=found, names=NAMES, errors=ERRORS, critical=CRITICAL, decisions=DECISIONS, development=DEVELOPMENT, top=_TOP,
        times=milliseconds(found.outcomes), calibration=calibration_error(found.outcomes),
        pictures={name: Markup(picture) for name, picture in drawn.items()},  # noqa: S704  # drawn by us from labels of the domain
        wrong=[one for one in found.outcomes if not one.understood],
    )  # fmt: skip
