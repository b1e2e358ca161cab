"""What a report calls for while it is told: how urgent it is, 110 first, the topic's own advice, and the number of who else is competent."""

from __future__ import annotations

from typing import Any

from actions.field import Slots
from actions.report_details import details, topic
from actions.report_files import received
from actions.report_words import KINDS
from weijing.report_topics import elsewhere
from weijing.urgency import URGENT, judge

URGENCY = "report_urgency"
"""Slot: `{level, reasons, topic}`; staff see it when the conversation is handed over."""
MONEY = "诈骗"


def with_urgency(taken: dict[str, Any], slots: Slots) -> dict[str, Any]:
    """What was taken, with the urgency that now follows, where that has changed, and what the advice needs to know of the topic."""
    told = {**slots, **taken}
    if not told.get("report_kind"):
        return taken
    report = {
        "kind": KINDS[told["report_kind"]], "topic": told.get("report_topic"), "content": told.get("report_content"), "place": told.get("report_place"),
        "happening_now": told.get("report_happening_now") == "是", "details": details(told),
    }  # fmt: skip
    urgency = judge(report)
    now = {"level": urgency.level, "reasons": list(urgency.reasons), "topic": topic(told).name}
    return taken if now == slots.get(URGENCY) else {**taken, URGENCY: now}


def advice(taken: Slots) -> list[dict[str, Any]]:
    """Responses, the most pressing first."""
    return [*_urgent(taken), *_guidance(taken), *_elsewhere(taken), *received(taken)]


def _urgent(taken: Slots) -> list[dict[str, Any]]:
    urgency = taken.get(URGENCY) or {}
    if urgency.get("topic") == MONEY and urgency["level"] in URGENT:
        return [{"response": "utter_report_stop_payment"}]
    return [{"response": "utter_report_call_110"}] if taken.get("report_happening_now") == "是" else []


def _guidance(taken: Slots) -> list[dict[str, Any]]:
    """Said once, when the topic becomes known."""
    guidance = topic(taken).guidance if taken.get("report_topic") else ""
    return [{"response": "utter_report_guidance", "guidance": guidance}] if guidance else []


def _elsewhere(taken: Slots) -> list[dict[str, Any]]:
    other = elsewhere(str(taken.get("report_content") or ""))
    return [{"response": "utter_report_elsewhere", "matter": other.matter, "office": other.office, "number": other.number}] if other else []
