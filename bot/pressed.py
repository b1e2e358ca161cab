"""A button of an open form's question is its answer, pressed or typed: what the model alone takes for a call for a person (「咨询」) is none there."""

from __future__ import annotations

from typing import Any

from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import TEXT

from bot.nlu.decider import OUT_OF_SCOPE
from bot.nlu.declared import wants_person
from bot.understanding import offered

HANDOFF = "request_handoff"


def as_answer(found: dict[str, Any], tracker: DialogueStateTracker) -> dict[str, Any]:
    """The parse data of a message to an open form, or the same as a form's other answers have it, where a button was pressed; a button that
    offers a person says so in words and stays one."""
    text = str(found.get(TEXT) or "").strip()
    if found["intent"]["name"] != HANDOFF or wants_person(text):
        return found
    if text not in {str(button.get("payload") or button["title"]) for button in offered(tracker)}:
        return found
    return {**found, "intent": {"name": OUT_OF_SCOPE, "confidence": found["intent"]["confidence"]}}
