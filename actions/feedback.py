"""Ratings: three marks and a few words about a finished matter, in the chat or sent by the H5 page; a 差 brings a follow-up."""

from __future__ import annotations

import logging
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BaseAction, Event, cleared
from actions.client import Json, backend, revealed
from actions.feedback_marks import ASPECTS, FIELDS, MARKS, number_of
from actions.field import Field, volunteered
from actions.form import TRIES, Form
from actions.progress_follow import last_seen
from actions.said import Said
from store.context import current
from weijing.errors import BackendRefused, BackendUnavailable

log = logging.getLogger(__name__)

SLOTS = ("rating_choices", *(field.slot for field in FIELDS), TRIES)


class ActionRateService(BaseAction):
    """Hand in the rating that the page sent, or begin one here."""

    degraded: ClassVar[str] = "utter_feedback_unavailable"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """What is finished and the user's, and everything that the first message already says."""
        said = Said.latest(tracker)
        if said.form:
            await hand_in(dispatcher, _of_the_page(said, tracker.sender_id), self.name())
            return []
        if tracker.active_loop.get("name"):
            dispatcher.utter_message(response="utter_feedback_finish_first")
            return []
        found = await backend().ratable(tracker.sender_id, last_seen(tracker) or "")
        named = [one for one in found if one["number"] == number_of(said)]
        choices = named or [one for one in found if not one["rated"]] or found
        if not choices:
            dispatcher.utter_message(response="utter_feedback_how")
            return []
        slots: dict[str, Any] = {"rating_choices": choices, "rating_matter": choices[0]["number"] if len(choices) == 1 else None}
        slots |= volunteered(FIELDS, said, slots)
        return [*cleared(SLOTS), *(SlotSet(slot, value) for slot, value in slots.items()), ActiveLoop("rating_form")]


class ValidateRatingForm(Form):
    """Takes the answers of a rating."""

    fields: tuple[Field, ...] = FIELDS
    own: ClassVar[frozenset[str]] = frozenset({"rate_service"})


class ActionAskRatingFormRatingMatter(BaseAction):
    """Which matter."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """One button each."""
        choices = tracker.get_slot("rating_choices") or []
        buttons = [{"title": f"{one['item_name']}（{one['number']}）", "payload": f"评价{one['number']}"} for one in choices]
        dispatcher.utter_message(response="utter_feedback_ask_matter", buttons=buttons)
        return []


class ActionAskRatingFormRatingQuality(BaseAction):
    """All three marks at once."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """A matter that was rated is named as such."""
        matter = next(one for one in tracker.get_slot("rating_choices") if one["number"] == tracker.get_slot("rating_matter"))
        response = "utter_feedback_ask_again" if matter["rated"] else "utter_feedback_ask_marks"
        dispatcher.utter_message(response=response, item=matter["item_name"], number=matter["number"])
        return []


class ActionSubmitRating(BaseAction):
    """Hand in what the form holds."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """While the backend is away it is kept and handed in later, once."""
        if not all(tracker.get_slot(slot) for slot in ("rating_matter", *ASPECTS)):
            return cleared(SLOTS)
        marks = {name: MARKS[tracker.get_slot(slot)] for slot, name in ASPECTS.items()}
        rating = {"matter": tracker.get_slot("rating_matter"), **marks, "openid": tracker.sender_id, "words": tracker.get_slot("rating_words") or ""}
        await hand_in(dispatcher, rating, self.name(), keeps=True)
        return cleared(SLOTS)


async def hand_in(dispatcher: CollectingDispatcher, rating: Json, action: str, *, keeps: bool = False) -> None:
    """Hand in a rating and say what came of it.

    Raises:
        BackendUnavailable: and it is not to be kept: who sits before the page sends it again.
    """
    key = current().idempotency_key(action)
    try:
        answer = await backend().rate(rating, key)
    except BackendUnavailable as error:
        if not keeps:
            raise
        log.warning("a rating is kept for later: %s", error)
        current().defer("POST", "/v1/ratings", revealed(rating), key, "rating")
        dispatcher.utter_message(response="utter_feedback_kept")
        return
    except BackendRefused as error:
        log.warning("a rating was refused: %s", error)
        dispatcher.utter_message(response="utter_feedback_closed" if error.problem == "rating_closed" else "utter_feedback_refused")
        return
    dispatcher.utter_message(response="utter_feedback_changed" if answer["changed"] else "utter_feedback_thanks", matter=rating["matter"])
    if answer["follow_up"]:
        dispatcher.utter_message(response="utter_feedback_follow_up", **answer["follow_up"])


def _of_the_page(said: Said, openid: str) -> Json:
    """The page has made sure that the matter is this user's."""
    fields = ("matter", *ASPECTS.values(), "words")
    return {**{field: said.entity(field) or "" for field in fields}, "openid": openid}
