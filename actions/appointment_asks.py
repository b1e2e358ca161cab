"""The questions of the appointment form that need the backend or what was said before."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.appointment import SLOTS, free_slots
from actions.appointment_fields import SERVICES, office_payload
from actions.appointment_own import OWN
from actions.appointment_time import Wish, said_start, spread, typed_start
from actions.base import BaseAction, Event, cleared
from actions.client import Json, backend
from actions.masks import shown
from actions.office import distance
from actions.phrases import PERSON
from weijing.workdays import SHANGHAI

MOST = 6
"""Buttons of a question."""
SOON = timedelta(hours=2)
"""Before the start: cancelling is told to be late, for hardly anybody can take the place any more."""


class ActionAskAppointmentFormAppointmentNo(BaseAction):
    """Which of the user's appointments."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """One button each."""
        mine = tracker.get_slot("appointment_mine") or []
        buttons = [{"title": f"{one['service_name']} {said_start(one['starts_at'])}", "payload": one["appointment_no"]} for one in mine]
        dispatcher.utter_message(response="utter_appointment_ask_no", buttons=buttons)
        return []


class ActionAskAppointmentFormAppointmentOffice(BaseAction):
    """Where: buttons, or a location."""

    degraded: ClassVar[str] = "utter_appointment_unavailable"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """A service that no counter takes appointments for ends the form."""
        service = tracker.get_slot("appointment_service")
        counters = await backend().counters(service)
        if not counters:
            dispatcher.utter_message(response="utter_appointment_no_office", service=SERVICES[service][0], buttons=[PERSON])
            return [ActiveLoop(None), SlotSet("requested_slot", None), *cleared(SLOTS)]
        buttons = [{"title": f"{one['office']}，{one['address'][:2]}", "payload": office_payload(one)} for one in counters[:MOST]]
        dispatcher.utter_message(response="utter_appointment_ask_office", service=SERVICES[service][0], buttons=buttons)
        return []


class ActionAskAppointmentFormAppointmentStart(BaseAction):
    """When: the next free slots, those of the day that was wished before all others."""

    degraded: ClassVar[str] = "utter_appointment_unavailable"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Any other time can be said in words."""
        office, wish = tracker.get_slot("appointment_office"), Wish(**(tracker.get_slot("appointment_wish") or {"day": "", "first": "", "last": "24"}))
        free, day = await free_slots(office), wish.day
        of_day = [start for start in free if day and start.startswith(day)]
        offered = of_day[:MOST] or spread([start for start in free if start >= day], MOST) or spread(free, MOST)
        if not offered:
            dispatcher.utter_message(response="utter_appointment_full", office=office["office"], buttons=[PERSON])
            return []
        buttons = [{"title": said_start(start), "payload": typed_start(start)} for start in offered]
        response = "utter_appointment_ask_start" if any(map(wish.fits, free)) else "utter_appointment_ask_another_start"
        dispatcher.utter_message(response=response, place=place(office), buttons=buttons)
        return []


class ActionAskAppointmentFormAppointmentName(BaseAction):
    """The summary, and name and phone, which confirm it: one question less."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Only the name when the phone is known."""
        response = "utter_appointment_ask_name_only" if tracker.get_slot("appointment_phone") else "utter_appointment_ask_contact"
        dispatcher.utter_message(response=response, **summary(tracker.slots))
        return []


class ActionAskAppointmentFormAppointmentConfirmed(BaseAction):
    """The summary of what is to be done."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Name and phone half hidden; what was not typed is the bound person's."""
        deed = tracker.get_slot("appointment_deed") or "book"
        if deed == "cancel" and _soon(tracker.slots):
            dispatcher.utter_message(response="utter_appointment_late")
        typed = tracker.get_slot("appointment_name") or tracker.get_slot("appointment_phone")
        response = "utter_appointment_confirm_own" if deed == "book" and not typed else RESPONSES[deed]
        dispatcher.utter_message(response=response, **summary(tracker.slots))
        return []


RESPONSES = {"book": "utter_appointment_confirm_book", "move": "utter_appointment_confirm_move", "cancel": "utter_appointment_confirm_cancel"}


def _soon(slots: dict[str, Any]) -> bool:
    return bool(mine := _mine(slots)) and datetime.fromisoformat(mine["starts_at"]) - datetime.now(SHANGHAI) < SOON


def _mine(slots: dict[str, Any]) -> Json:
    return next((one for one in slots.get("appointment_mine") or [] if one["appointment_no"] == slots.get("appointment_no")), {})


def place(office: Json) -> str:
    """「示例户政大厅（演示），约 1.2 公里」: the distance where the office was found by location."""
    return office["office"] if office.get("metres") is None else f"{office['office']}，约 {distance(office['metres'])}"


def summary(slots: dict[str, Any]) -> dict[str, str]:
    """The values of the form as text."""
    mine, office, own = _mine(slots), slots.get("appointment_office") or {}, slots.get(OWN) or {}
    return {
        "service": SERVICES[slots["appointment_service"]][0],
        "office": str(office.get("office", "")),
        "address": str(office.get("address", "")),
        "start": said_start(slots["appointment_start"]) if slots.get("appointment_start") else "",
        "before": said_start(mine["starts_at"]) if mine else "",
        "number": str(slots.get("appointment_no") or ""),
        "name": shown(str(slots.get("appointment_name") or own.get("name"))),
        "phone": shown(str(slots.get("appointment_phone") or own.get("phone"))),
    }
