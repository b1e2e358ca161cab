"""What people ask or do next after an answer: buttons, and the sentence that says what can be done in the chat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from actions.phrases import INTENTS, PERSON, Button, aspect_buttons
from weijing.filing import load_filings

COUNTERS = frozenset({"hukou", "id_card", "residence_permit", "exit_entry", "traffic"})
"""Categories that a counter takes appointments for."""
BOOK: Button = {"title": "预约窗口", "payload": INTENTS["book_appointment"]}
NEAREST: Button = {"title": "离我最近的办理点", "payload": INTENTS["find_office"]}
_OFFICE = ("窗口", "派出所", "车管所", "车辆管理所", "出入境")
SHOWN = 3


def next_buttons(item: Mapping[str, Any], aspect: str, question: Mapping[str, Any] | None) -> list[Button]:
    """The choices of an open question; else filing here, the place and a booking where there are such, and other aspects."""
    if question:
        return [{"title": choice["name"], "payload": choice["name"]} for choice in question["choices"]]
    deeds = [NEAREST] if aspect == "where" and has_office(item) else []
    deeds += [BOOK] if has_counter(item) else []
    filing = [{"title": f"填报：{one.name}", "payload": one.name} for one in load_filings().values() if one.item == item["id"]][:1]
    buttons = [*filing, *aspect_buttons(item, aspect, SHOWN - len(deeds[:1]) - len(filing)), *deeds]
    return [*buttons[:2], PERSON] if item["expired"] else buttons


def booking_hint(item: Mapping[str, Any], aspect: str) -> str:
    """Beside where it is done: that a counter can be booked here."""
    return "去之前可以在这里预约窗口，回复“预约办事”就行。" if aspect == "where" and has_counter(item) else ""


def has_office(item: Mapping[str, Any]) -> bool:
    """Whether it is done in an office at all."""
    return any(word in item["where"] for word in _OFFICE)


def has_counter(item: Mapping[str, Any]) -> bool:
    """Whether a counter takes appointments for it: something is applied for, nobody is in danger."""
    applied = bool(item["materials"] or item["fee"]["charges"] or "materials" in item["unconfirmed"])
    return item["category"] in COUNTERS and item["risk"] == "low" and has_office(item) and applied and "后果" not in item["name"]
