"""What belongs to talking itself: the welcome, leaving a form, saying it again."""

from __future__ import annotations

import re

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import appointment, feedback, feedback_letter, feedback_survey, filings, progress, report, report_supplement, report_withdrawal, rides
from actions.base import BaseAction, Event, cleared
from actions.help import say_help
from actions.menu import has_menu, menu_buttons
from actions.phrases import INTENTS, PERSON, Button
from actions.report_files import let_go
from actions.said import Said
from weijing.easy_mode import SLOT, rest_of

FORMS = {
    "appointment_form": appointment.SLOTS, "progress_form": progress.SLOTS, "report_form": report.SLOTS, "withdraw_form": report_withdrawal.SLOTS,
    "filing_form": filings.SLOTS,
    "rating_form": feedback.SLOTS, "letter_form": feedback_letter.SLOTS, "survey_form": feedback_survey.SLOTS,
    "supplement_form": report_supplement.SLOTS, "ride_form": rides.SLOTS,
}  # fmt: skip
"""Form -> the slots that are emptied when it is left."""

WELCOMES = {"hall": "utter_greet_hall", "station": "utter_greet_station"}
"""Scene of a QR code -> its welcome. A scene behind a colon was welcomed a moment ago."""
GREETED_WITH = 4
"""Buttons of the user's own menu in a greeting."""
GO_ON = frozenset({"继续", "下一页", "往下说"})
_LATIN = re.compile("^[a-zA-Z ,.!?]{2,}$")


class ActionGreet(BaseAction):
    """Welcome: the usual one, that of the QR code's scene, or a short one before the topic that the scene names."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """One bubble."""
        scene = next(tracker.get_latest_entity_values("scene"), "")
        if scene.startswith(":"):
            dispatcher.utter_message(response="utter_greet_again")
        elif scene:
            dispatcher.utter_message(response="utter_greet_topic" if scene in INTENTS else WELCOMES.get(scene, "utter_greet"))
        elif _LATIN.search(Said.latest(tracker).text):
            dispatcher.utter_message(response="utter_greet_english")
        elif has_menu(tracker) and (buttons := await menu_buttons(tracker, GREETED_WITH)):
            dispatcher.utter_message(response="utter_greet_menu", buttons=[*buttons, PERSON])
        else:
            dispatcher.utter_message(response="utter_greet")
        return []


class ActionCancelForm(BaseAction):
    """Leave the open form; nothing of it is kept but the answers to a survey, which can be gone on with."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """One sentence, no question back."""
        form = tracker.active_loop.get("name")
        if form not in FORMS:
            dispatcher.utter_message(response="utter_smalltalk_nothing_to_cancel")
            return []
        if form != "survey_form":
            let_go([tracker.get_slot(slot) for slot in FORMS[form]])
        dispatcher.utter_message(response="utter_survey_stopped" if form == "survey_form" else "utter_smalltalk_cancelled")
        return [ActiveLoop(None), SlotSet("requested_slot", None), *cleared(FORMS[form])]


class ActionRepeatReply(BaseAction):
    """Say the last reply again; in a form Rasa asks the open question again by itself."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Only the last bubble, with its buttons; 「继续」 says what easy mode cut off."""
        if tracker.get_slot(SLOT) and Said.latest(tracker).text.strip(" 。.") in GO_ON and (rest := _rest(tracker)):
            dispatcher.utter_message(text=rest[0], buttons=rest[1])
            return []
        if tracker.active_loop.get("name"):
            dispatcher.utter_message(response="utter_smalltalk_again")
            return []
        last = next((event for event in reversed(tracker.events) if event["event"] == "bot" and event.get("text")), None)
        if last:
            dispatcher.utter_message(text=last["text"], buttons=(last.get("data") or {}).get("buttons"))
        else:
            await say_help(dispatcher)
        return []


def _rest(tracker: Tracker) -> tuple[str, list[Button]] | None:
    """What the last reply did not show in easy mode, and its buttons."""
    buttons: list[Button] = []
    for event in reversed(tracker.events):
        if event["event"] == "user" and not _is_latest(event, tracker):
            return None
        if event["event"] == "bot":
            buttons = (event.get("data") or {}).get("buttons") or buttons
            if rest := rest_of(event.get("text") or ""):
                return rest, buttons
    return None


def _is_latest(event: Event, tracker: Tracker) -> bool:
    return bool(event.get("message_id") == tracker.latest_message.get("message_id"))
