"""What belongs to talking itself: the welcome, leaving a form, saying it again."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import appointment, progress, report, report_supplement, report_withdrawal
from actions.base import BaseAction, Event, cleared
from actions.phrases import INTENTS
from actions.report_files import let_go

FORMS = {
    "appointment_form": appointment.SLOTS, "progress_form": progress.SLOTS, "report_form": report.SLOTS, "withdraw_form": report_withdrawal.SLOTS,
    "supplement_form": report_supplement.SLOTS,
}  # fmt: skip
"""Form -> the slots that are emptied when it is left."""


WELCOMES = {"hall": "utter_greet_hall", "station": "utter_greet_station"}
"""Scene of a QR code -> its welcome. A scene behind a colon was welcomed a moment ago."""


class ActionGreet(BaseAction):
    """Welcome: the usual one, that of the QR code's scene, or a short one before the topic that the scene names."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """One bubble."""
        scene = next(tracker.get_latest_entity_values("scene"), "")
        if scene.startswith(":"):
            dispatcher.utter_message(response="utter_greet_again")
        else:
            dispatcher.utter_message(response="utter_greet_topic" if scene in INTENTS else WELCOMES.get(scene, "utter_greet"))
        return []


class ActionCancelForm(BaseAction):
    """Leave the open form; nothing of it is kept."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """One sentence, no question back."""
        form = tracker.active_loop.get("name")
        if form not in FORMS:
            dispatcher.utter_message(response="utter_smalltalk_nothing_to_cancel")
            return []
        if form == "report_form":
            let_go(tracker.slots)
        if form == "supplement_form":
            report_supplement.let_go(tracker.slots)
        dispatcher.utter_message(response="utter_smalltalk_cancelled")
        return [ActiveLoop(None), SlotSet("requested_slot", None), *cleared(FORMS[form])]


class ActionRepeatReply(BaseAction):
    """Say the last reply again; in a form Rasa asks the open question again by itself."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Only the last bubble, with its buttons."""
        if tracker.active_loop.get("name"):
            dispatcher.utter_message(response="utter_smalltalk_again")
            return []
        last = next((event for event in reversed(tracker.events) if event["event"] == "bot" and event.get("text")), None)
        if last:
            dispatcher.utter_message(text=last["text"], buttons=(last.get("data") or {}).get("buttons"))
        else:
            dispatcher.utter_message(response="utter_help")
        return []
