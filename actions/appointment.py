"""Appointments: book, move, cancel, list. One form serves all; `appointment_deed` says which.

A slot cannot be promised while the backend is away, so nothing is kept for later here: it is said, and the form waits.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.appointment_fields import FIELDS, SERVICES, wish_of
from actions.appointment_own import OWN, for_somebody_else, own_contact
from actions.base import BaseAction, Event, cleared
from actions.client import Json, backend
from actions.field import Field, Slots, volunteered
from actions.form import LEAVING, TRIES, Form
from actions.guide import remembered
from actions.guide_case import find_item
from actions.said import Said
from weijing.errors import BackendRefused, BackendUnavailable

log = logging.getLogger(__name__)

_MOVE = re.compile("改约|改(?:一下|个|到|成)?(?:我的)?(?:预约|时间|日期)|换(?:一?个)?(?:时间|日子|日期)|推迟|提前|改期")
_LIST = re.compile("我的预约|(?:查|看).{0,4}预约|预约(?:记录|成功)|约的是|预约的是|约了(?:吗|没|哪|几)|在哪看")
_EXAM = re.compile("科目[一二三四]|约考|考试|考驾照")
ATTEMPT = "appointment_attempt"
"""Slot: set when the backend did not answer; what is then confirmed once more is the same call."""
SLOTS = (ATTEMPT, "appointment_deed", "appointment_mine", "appointment_item", "appointment_wish", OWN, *(field.slot for field in FIELDS), TRIES)
BEFORE = ("appointment_service", "appointment_office", "appointment_start")
CONTACT = ("appointment_name", "appointment_phone")


class ActionStartAppointment(BaseAction):
    """What is to be done, and everything that the first message already says."""

    degraded: ClassVar[str] = "utter_appointment_unavailable"

    def degrade(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Nothing is begun."""
        super().degrade(dispatcher, tracker)
        return cleared(SLOTS)

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Moving and cancelling begin with the user's open appointments; without any they end in saying so."""
        said = Said.latest(tracker)
        if _EXAM.search(said.text):
            dispatcher.utter_message(response="utter_appointment_exam")
            return cleared(SLOTS)
        slots: dict[str, Any] = {"appointment_deed": _deed(said)}
        if slots["appointment_deed"] in {"move", "cancel"}:
            slots["appointment_mine"] = await backend().appointments(tracker.sender_id)
            number = said.identifier("appointment_no")
            if number and number not in {one["appointment_no"] for one in slots["appointment_mine"]}:
                dispatcher.utter_message(response="utter_appointment_not_yours", number=number)
                return cleared(SLOTS)
            slots["appointment_deed"] = slots["appointment_deed"] if slots["appointment_mine"] else "list"
            if len(slots["appointment_mine"]) == 1:
                slots["appointment_no"] = slots["appointment_mine"][0]["appointment_no"]
                slots.update(_chosen(slots["appointment_no"], slots))
        else:
            slots["appointment_item"] = said.entity("service_item") or remembered(tracker)
            slots[OWN] = await own_contact(tracker.sender_id, said) if slots["appointment_deed"] == "book" else None
        hints = await find_hints(said, slots)
        taken = _settled(volunteered(_fields(slots), said, {**slots, **hints}), slots)
        known = {**slots, **taken}
        wish = wish_of(said)
        if wish and known.get("appointment_start") is None:
            known["appointment_wish"] = asdict(wish)
        return [*cleared(SLOTS), *(SlotSet(slot, value) for slot, value in known.items() if value is not None)]


class ValidateAppointmentForm(Form):
    """Takes the answers."""

    degraded: ClassVar[str] = "utter_appointment_unavailable"
    fields: tuple[Field, ...] = FIELDS
    own: ClassVar[frozenset[str]] = frozenset({"book_appointment", "cancel_appointment"})

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Fetch what the readers need of the backend, then take the answer."""
        said = Said.latest(tracker)
        tracker.slots.update(await find_hints(said, tracker.slots))
        events = await super().answer(dispatcher, tracker)
        wish = wish_of(said)
        chosen = any(event.get("name") == "appointment_start" and event.get("value") for event in events)
        return [*events, SlotSet("appointment_wish", asdict(wish))] if events and wish and not chosen else events

    def settle(self, taken: dict[str, Any], slots: Slots) -> dict[str, Any]:
        """Another service has other offices, another office other slots; who gives name and phone under the summary has confirmed it."""
        return _settled(taken, slots)

    def _take(self, dispatcher: CollectingDispatcher, said: Said, asked: Field | None, slots: Slots) -> dict[str, Any]:
        """「取消预约」 leaves the booking. A time that is named before the office, or that is not free, is no wrong answer: it is remembered."""
        wish = wish_of(said)
        if said.intent == "cancel_appointment" and slots.get("appointment_deed") != "cancel":
            dispatcher.utter_message(response="utter_smalltalk_cancelled")
            return {"appointment_deed": None}
        if slots.get(OWN) and for_somebody_else(said):
            return {**volunteered(self.fields, said, slots), OWN: None}
        if wish and asked and asked.slot in BEFORE and asked.read(said, slots) is None:
            return {**volunteered(self.fields, said, slots, asked), "appointment_wish": asdict(wish)}
        if not wish and _MOVE.search(said.text) and slots.get("appointment_start") and FIELDS[-1].read(said, slots) is None:
            return {"appointment_start": None}
        return super()._take(dispatcher, said, asked, slots)


async def find_hints(said: Said, slots: Mapping[str, Any]) -> dict[str, Any]:
    """What the backend knows about a message: the service of its item, counters, free slots. Without the backend there are none."""
    hints: dict[str, Any] = {}
    if said.intent in LEAVING or "emergency" in (said.intent, said.decision) or slots.get("appointment_deed") not in {"book", "move"}:
        return hints
    try:
        await _fill(hints, said, slots)
    except (BackendUnavailable, BackendRefused) as error:
        log.warning("an appointment's message is read without the backend: %s", error)
    return hints


async def _fill(hints: dict[str, Any], said: Said, slots: Mapping[str, Any]) -> None:
    item = await find_item(slots["appointment_item"]) if slots.get("appointment_item") and not slots.get("appointment_service") else None
    if item and item["category"] in SERVICES:
        hints["hint_service"] = item["category"]
    service = slots.get("appointment_service") or FIELDS[1].read(said, {**slots, **hints})
    if service and slots["appointment_deed"] == "book":
        hints["hint_counters"] = await backend().counters(service, said.entity("lat"), said.entity("lng"))
    office = FIELDS[2].read(said, {**slots, **hints}) or slots.get("appointment_office")
    if office and (wish_of(said) or slots.get("appointment_wish")):
        hints["hint_free"] = await free_slots(office)


async def free_slots(office: Json) -> list[str]:
    """When the counter is free, earliest first."""
    return [slot["starts_at"] for slot in await backend().slots(office["office_id"], office["service"])]


def _deed(said: Said) -> str:
    if said.intent == "cancel_appointment":
        return "cancel"
    return "move" if _MOVE.search(said.text) else "list" if _LIST.search(said.text) else "book"


def _fields(slots: Slots) -> tuple[Field, ...]:
    return tuple(field for field in FIELDS if field.needed(slots))


def _chosen(number: str, slots: Slots) -> dict[str, Any]:
    """Service and office of an appointment that is to be moved or cancelled."""
    mine = next(one for one in slots["appointment_mine"] if one["appointment_no"] == number)
    return {"appointment_service": mine["service"], "appointment_office": {name: mine[name] for name in ("office_id", "office", "address", "phone", "service")}}


def _settled(taken: dict[str, Any], slots: Slots) -> dict[str, Any]:
    if taken.get("appointment_no"):
        taken = {**_chosen(taken["appointment_no"], slots), **taken}
    known = slots.get("appointment_service")
    if slots.get("appointment_deed") == "book" and taken.get("appointment_service") and known not in (None, taken["appointment_service"]):
        taken = {"appointment_office": None, **taken}
    if "appointment_office" in taken and slots.get("appointment_start") and slots.get("appointment_deed") == "book":
        taken = {"appointment_start": None, **taken}
    if taken.get("appointment_start"):
        taken = {**taken, "appointment_wish": None}
    return {**taken, "appointment_confirmed": True} if _gave_contact(taken, slots) else taken


def _gave_contact(taken: Slots, slots: Slots) -> bool:
    """Name or phone as the last answer; of who is bound both, for one alone may be a slip."""
    given = [bool(taken.get(slot)) for slot in CONTACT]
    asked = all(given) if slots.get(OWN) else slots.get("requested_slot") in CONTACT and any(given)
    return asked and all({**slots, **taken}.get(field.slot) for field in FIELDS[1:6])
