"""What a user uses: a few topics and service items counted in a slot, older ones fading. Called by every action (`actions/base.py`)."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from actions.phrases import INTENTS

SLOT = "menu_used"
COUNTED = 10
"""Things remembered; the least used goes first."""
NEVER = frozenset({"help", "show_menu", "easy_mode"})
"""Ways to a thing, not things."""
FADES = 0.9
"""What is left of every other count when something is used."""
ITEM = "item:"
"""Before the id of a service item; other keys are intents."""


def count_use(tracker: Tracker, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The slot as it is after this answer, if the answer began something that one may want again."""
    intent = ((tracker.latest_message or {}).get("intent") or {}).get("name") or ""
    key = _item(events) if intent == "ask_guide" else intent
    if tracker.active_loop.get("name") or not _first_answer(tracker) or (not key.startswith(ITEM) and key not in set(INTENTS) - NEVER):
        return []
    used = {name: round(weight * FADES, 3) for name, weight in (tracker.get_slot(SLOT) or {}).items()}
    used[key] = round(used.get(key, 0.0) + 1.0, 3)
    return [SlotSet(SLOT, dict(sorted(used.items(), key=lambda pair: -pair[1])[:COUNTED]))]


def _item(events: list[dict[str, Any]]) -> str:
    """The service item that was answered."""
    return next((f"{ITEM}{event['value']}" for event in events if event.get("name") == "service_item" and event.get("value")), "")


def _first_answer(tracker: Tracker) -> bool:
    """Whether no other action has run since the user spoke."""
    for event in reversed(tracker.events):
        if event["event"] in {"user", "action"}:
            return bool(event["event"] == "user")
    return False
