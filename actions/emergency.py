"""Danger now: the 110 / 12110 card first, whatever else is open."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BaseAction, Event, paused
from actions.said import Said
from weijing.emergency import CARD_TEXT, screen
from weijing.emergency_english import CARD_TEXT as ENGLISH_CARD
from weijing.language import ENGLISH, language_of


class ActionShowEmergency(BaseAction):
    """The card and an urgent handoff; an open form stays open and goes on when the bot is called back."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """The card for this danger, or the general one where only the classifier saw it."""
        text = Said.latest(tracker).text
        card, english = screen(text), language_of(text) == ENGLISH
        dispatcher.utter_message(text=card.text if card else ENGLISH_CARD if english else CARD_TEXT)
        dispatcher.utter_message(response="utter_emergency_staff_told_english" if english else "utter_emergency_staff_told")
        form = tracker.active_loop.get("name")
        reopened = [ActiveLoop(form)] if form else []  # Rasa would still hold the form as rejected after the pause
        return [*reopened, *paused("emergency")]
