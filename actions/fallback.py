"""What was not understood: half sure → buttons; not ours → whose it is; unsure → say so; unsure twice in a row → a person."""

from __future__ import annotations

from datetime import datetime

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BaseAction, Event, paused
from actions.handoff import say_when
from actions.phrases import NONE_OF_THEM, candidate_buttons
from actions.said import Said
from weijing.report_topics import asked_elsewhere
from weijing.workdays import SHANGHAI


class ActionClarify(BaseAction):
    """Offer what the message may mean."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Up to three candidates and a way out."""
        buttons = candidate_buttons(tracker.latest_message.get("candidates") or [], Said.latest(tracker).entity("aspect"))
        if buttons:
            dispatcher.utter_message(response="utter_clarify", buttons=[*buttons, NONE_OF_THEM])
        else:
            dispatcher.utter_message(response="utter_fallback")
        return []


class ActionAnswerOutOfScope(BaseAction):
    """Say that it is not the police's matter, and whose it is."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """The office and its number where the words name the matter; else what can be done here."""
        if not _pointed_elsewhere(dispatcher, tracker):
            dispatcher.utter_message(response="utter_out_of_scope")
        return []


class ActionAnswerFallback(BaseAction):
    """Say honestly that it was not understood; at the second time in a row hand over."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """In a form the open question is asked again instead; whose matter it is, is said where the words tell it."""
        asking = tracker.active_loop.get("name")
        if not asking and _pointed_elsewhere(dispatcher, tracker):
            return []
        if asking or not _second_in_a_row(tracker):
            dispatcher.utter_message(response="utter_fallback")
            return []
        dispatcher.utter_message(response="utter_fallback_handoff")
        say_when(dispatcher, datetime.now(SHANGHAI))
        return paused("fallback")


def _pointed_elsewhere(dispatcher: CollectingDispatcher, tracker: Tracker) -> bool:
    """Whether the words name a matter of another office; then its number has been said."""
    other = asked_elsewhere(Said.latest(tracker).text)
    if other:
        dispatcher.utter_message(response="utter_elsewhere", matter=other.matter, office=other.office, number=other.number)
    return other is not None


def _second_in_a_row(tracker: Tracker) -> bool:
    """Whether the message before this one was not understood either, with no pause between."""
    said = 0
    for event in reversed(tracker.events):
        if event["event"] in {"pause", "resume", "session_started"}:
            return False
        if event["event"] == "user":
            said += 1
            intent = ((event.get("parse_data") or {}).get("intent") or {}).get("name")
            if intent != "nlu_fallback" or asked_elsewhere(event.get("text") or ""):
                return False
            if said == 2:
                return True
    return False
