"""What a turn tells the projector: what was heard, understood, decided and said, in masked words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rasa.shared.core.events import ConversationPaused, ConversationResumed, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.follow_up import recalled
from bot.staff_notes import KIND
from store.context import TurnContext
from store.held import Held
from store.message import Bubble, Message
from store.turns import dumps, now_ms
from weijing.divisions import find_divisions
from weijing.privacy import mask_for_log
from weijing.slot_names import slot_names
from weijing.urgency import URGENT

SLOT_LENGTH = 80


@dataclass(frozen=True)
class Happened:
    """A turn that is done.

    Args:
        new: the tracker's new events.
        shown: what the user reads, masked.
        held: replies that waited and that this answer carries.
        ms: how long the turn took.
        answer: the answer that a person looks at first (`store.events.HeldAnswer`), if any.
    """

    message: Message
    tracker: DialogueStateTracker
    new: list[Event]
    shown: list[Bubble]
    held: Held
    ms: float
    context: TurnContext
    answer: dict[str, Any] | None = None

    def event(self, model: str, data: str) -> str:
        """The event as JSON.

        Args:
            model: the model's id.
            data: the commit of the data it was trained from.
        """
        return self._staff() if self.message.kind == KIND else self._turn(model, data)

    def _staff(self) -> str:
        message = self.message
        noted = {"type": "staff", "key": message.key, "openid": message.openid, "deed": message.data.get("deed", ""), "bubbles": self.shown}
        return dumps({**noted, "at": now_ms()})

    def _turn(self, model: str, data: str) -> str:
        message = self.message
        heard = [event for event in self.new if isinstance(event, UserUttered)]
        parse: dict[str, Any] = heard[0].parse_data if heard else {}
        entities = {entity.get("entity"): entity.get("value") for entity in parse.get("entities", [])}
        intent = parse.get("intent") or {}
        paused = any(isinstance(event, ConversationPaused) for event in self.new)
        return dumps({
            "type": "turn", "key": message.key, "openid": message.openid, "channel": message.channel, "kind": message.kind,
            "text": "，".join(dict.fromkeys(event.text for event in heard)) or mask_for_log(message.text),
            "bubbles": self.shown, "intent": intent.get("name"), "confidence": intent.get("confidence"),
            "decision": "held" if self.answer else parse.get("decision"), "candidates": parse.get("candidates", []),
            "service_item": entities.get("service_item"), "aspect": entities.get("aspect"), "slots": slots_told(self.new), "model": model, "data": data,
            "ms": self.ms, "at": message.at or now_ms(), "paused": self.tracker.is_paused(),
            "handoff": self._handoff(intent) if paused else None, "resumed": any(isinstance(event, ConversationResumed) for event in self.new), "error": None,
            "held": [key for key, waiting in self.held if waiting and self.shown], "evidence": self.context.evidence,
            "released": self.context.released, "answer": self.answer,
        })  # fmt: skip

    def _handoff(self, intent: dict[str, Any]) -> dict[str, Any]:
        """Why it goes to staff, and what it is about."""
        report = self.tracker.get_slot("report_urgency") or {}
        place = str(self.tracker.get_slot("report_place") or self.tracker.get_slot("guide_place") or "")
        districts = find_divisions(place)
        return {
            "reason": self.tracker.get_slot("handoff_reason") or "request",
            "urgency": "urgent" if intent.get("name") == "emergency" or report.get("level") in URGENT else "normal",
            "topic": report.get("topic") or self.tracker.get_slot("report_topic"), "intent": intent.get("name"), "confidence": intent.get("confidence"),
            "item": recalled(self.tracker) or None, "area": place[districts[-1].start : districts[-1].end] if districts else None,
        }  # fmt: skip


def slots_told(events: list[Event]) -> dict[str, str]:
    """What a turn left in the slots that have a name for staff, in masked words of at most 80 characters; what it emptied is left out."""
    taken = {event.key: event.value for event in events if isinstance(event, SlotSet) and event.key in slot_names()}
    return {name: _words(value)[:SLOT_LENGTH] for name, value in taken.items() if value not in (None, "", [], {})}


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return mask_for_log("、".join(map(str, value)) if isinstance(value, list) else str(value))
