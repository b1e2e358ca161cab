"""Ratings: the H5 page sends one as a message; in the chat we say how one gets to rate."""

from __future__ import annotations

import logging
from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BaseAction, Event
from actions.client import backend
from actions.said import Said
from store.context import current
from weijing.errors import BackendRefused

log = logging.getLogger(__name__)

MARKS = ("quality", "procedure", "attitude")


class ActionRateService(BaseAction):
    """Hand in the rating that the page sent."""

    degraded: ClassVar[str] = "utter_feedback_unavailable"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """The page has made sure that the matter is this user's."""
        said = Said.latest(tracker)
        rating = {field: said.entity(field) or "" for field in ("matter", *MARKS)}
        if not said.form or not all(rating.values()):
            dispatcher.utter_message(response="utter_feedback_how")
            return []
        rating |= {"openid": tracker.sender_id, "words": said.entity("words") or ""}
        try:
            answer = await backend().rate(rating, current().idempotency_key(self.name()))
        except BackendRefused as error:
            log.warning("a rating was refused: %s", error)
            dispatcher.utter_message(response="utter_feedback_closed" if error.problem == "rating_closed" else "utter_feedback_refused")
            return []
        dispatcher.utter_message(response="utter_feedback_changed" if answer["changed"] else "utter_feedback_thanks", matter=rating["matter"])
        return []
