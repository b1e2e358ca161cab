"""Rides under way 搭乘车: 「平安到达」 ends them, 「晚点到」 puts off the time from which the passenger would be asked.

Nobody watches a ride, and nothing here sends anybody out; what happens to one that is overdue stands in `actions/ride_watch.py`.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BaseAction, Event, cleared
from actions.client import Json, backend
from actions.field import Field, Slots
from actions.form import TRIES, Form
from actions.ride_calls import check_in_body, check_in_path
from actions.ride_words import comes_later, has_arrived, new_arrival, said_moment
from actions.said import Said
from store.context import current
from weijing.errors import BackendRefused, BackendUnavailable

log = logging.getLogger(__name__)

RIDE = "ride"
"""The filing that is a ride, as `backend/openapi.yaml` knows it."""
LAST_RIDE = "ride_last"
"""Slot: the ride filed last; an arrival told while the backend is away is kept for it."""
EXPECTED = "ride_expected"
"""Slot: when the ride that is put off was expected; what 「晚半小时」 counts from."""
UNTIL = "ride_until"


def _until(said: Said, slots: Slots) -> str | None:
    expected = slots.get(EXPECTED)
    found = new_arrival(said.text, datetime.fromisoformat(expected) if expected else None)
    return found.isoformat() if found else None


FIELDS = (Field(UNTIL, "时间|到达", _until),)
SLOTS = (UNTIL, EXPECTED, TRIES)
_CLOSED: list[Event] = [ActiveLoop(None), SlotSet("requested_slot", None), *cleared(SLOTS)]


class ActionCheckIn(BaseAction):
    """All rides under way have arrived; or the latest takes longer."""

    degraded: ClassVar[str] = "utter_ride_unavailable"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Only what surely says so ends a ride; what it does not say surely is asked."""
        text, closed = Said.latest(tracker).text, _CLOSED if tracker.active_loop.get("name") == "ride_form" else []
        try:
            rides = await backend().own_rides(tracker.sender_id)
        except BackendUnavailable as error:
            return [*closed, *self._keep(dispatcher, tracker, error)]
        if not rides:
            dispatcher.utter_message(response="utter_ride_none")
            return closed
        if has_arrived(text):
            await self._arrive(dispatcher, rides, tracker.sender_id)
            return [*closed, SlotSet(LAST_RIDE, None)]
        if comes_later(text):
            return await self._later(dispatcher, tracker, rides[0])
        dispatcher.utter_message(response="utter_ride_which")
        return closed

    async def _arrive(self, dispatcher: CollectingDispatcher, rides: list[Json], openid: str) -> None:
        for ride in rides:
            await backend().check_in(ride["number"], openid, current().idempotency_key(self.name()))
        told = any(ride["stage"] == "contact_told" for ride in rides)
        dispatcher.utter_message(response="utter_ride_arrived_told" if told else "utter_ride_arrived", numbers="、".join(ride["number"] for ride in rides))

    async def _later(self, dispatcher: CollectingDispatcher, tracker: Tracker, ride: Json) -> list[Event]:
        """The latest ride is the one they sit in; others of theirs were forgotten long ago and stay as they are."""
        found = new_arrival(Said.latest(tracker).text, datetime.fromisoformat(ride["expected_at"]))
        form = tracker.active_loop.get("name")
        if found:
            await extend(dispatcher, ride, tracker.sender_id, found, current().idempotency_key(self.name()))
            return _CLOSED if form == "ride_form" else []
        if form and form != "ride_form":  # one question at a time: the other form's comes next
            dispatcher.utter_message(response="utter_ride_say_when")
            return []
        return [*cleared(SLOTS), SlotSet(EXPECTED, ride["expected_at"]), ActiveLoop("ride_form")]

    def _keep(self, dispatcher: CollectingDispatcher, tracker: Tracker, error: BackendUnavailable) -> list[Event]:
        """An arrival is kept for the ride filed last, so that nobody is alarmed for nothing."""
        number = tracker.get_slot(LAST_RIDE)
        if not number or not has_arrived(Said.latest(tracker).text):
            raise error
        log.warning("an arrival is kept for later: %s", error)
        current().defer("POST", check_in_path(number), check_in_body(tracker.sender_id), current().idempotency_key(self.name()), "check_in")
        dispatcher.utter_message(response="utter_ride_kept")
        return [SlotSet(LAST_RIDE, None)]


class ValidateRideForm(Form):
    """Until when: one question."""

    fields: tuple[Field, ...] = FIELDS


class ActionExtendRide(BaseAction):
    """The answer to that question."""

    degraded: ClassVar[str] = "utter_ride_unavailable"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """A ride that ended meanwhile is none any more."""
        until: Any = tracker.get_slot(UNTIL)
        rides = await backend().own_rides(tracker.sender_id) if until else []
        if rides:
            await extend(dispatcher, rides[0], tracker.sender_id, datetime.fromisoformat(until), current().idempotency_key(self.name()))
        elif until:
            dispatcher.utter_message(response="utter_ride_none")
        return cleared(SLOTS)

    def degrade(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """The time was not put off, and that is said."""
        super().degrade(dispatcher, tracker)
        return cleared(SLOTS)


async def extend(dispatcher: CollectingDispatcher, ride: Json, openid: str, until: datetime, key: str) -> None:
    """Put off the time of a ride.

    Raises:
        BackendUnavailable: it is not put off.
    """
    try:
        await backend().check_in(ride["number"], openid, key, until.isoformat())
    except BackendRefused as error:
        if error.problem not in {"ride_over", "not_found", "invalid_filing"}:
            raise
        dispatcher.utter_message(response="utter_ride_say_when" if error.problem == "invalid_filing" else "utter_ride_none")
        return
    dispatcher.utter_message(response="utter_ride_extended", until=said_moment(until))
