"""Does what the appointment form was filled for, and says how it went."""

from __future__ import annotations

import json
import logging
from hashlib import sha256
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.appointment import ATTEMPT, SLOTS
from actions.appointment_own import OWN
from actions.appointment_time import said_start
from actions.base import BaseAction, Event, cleared, paused
from actions.client import Json, backend
from actions.guide_case import find_item
from actions.pages import page_anchor
from actions.phrases import Button, aspect_payload
from store.context import current
from weijing.errors import BackendRefused, BackendUnavailable

log = logging.getLogger(__name__)

MOVE: Button = {"title": "改时间", "payload": "改约"}
CANCEL: Button = {"title": "取消预约", "payload": "取消预约"}
LINE = "{appointment_no}：{service_name}，{start}\n{office}，{address}"
DONE = {"book": "utter_appointment_booked", "move": "utter_appointment_moved", "cancel": "utter_appointment_cancelled"}

TOLD = {"already_booked": "utter_appointment_already", "too_many_appointments": "utter_appointment_too_many"}
"""Refusals after which the user's appointments are shown."""


class ActionSubmitAppointment(BaseAction):
    """Book, move, cancel or list."""

    degraded: ClassVar[str] = "utter_appointment_not_done"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """A slot that was taken meanwhile opens the form again with the next ones."""
        deed = tracker.get_slot("appointment_deed")
        if deed == "list":
            await say_mine(dispatcher, tracker.sender_id)
        elif deed and tracker.get_slot("appointment_confirmed"):
            attempt = tracker.get_slot(ATTEMPT) or current().idempotency_key(self.name())
            try:
                await self._done(dispatcher, deed, await _do(deed, tracker, attempt))
            except BackendUnavailable as error:
                log.warning("whether an appointment was made is not known: %s", error)
                return [*self.degrade(dispatcher, tracker), SlotSet(ATTEMPT, attempt)]
            except BackendRefused as error:
                return await self._refused(dispatcher, tracker, error)
        elif deed:
            dispatcher.utter_message(response="utter_appointment_left")
        return cleared(SLOTS)

    def degrade(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """The form stays as it was filled; its summary is asked again."""
        if tracker.get_slot("appointment_deed") == "list":
            dispatcher.utter_message(response="utter_appointment_unavailable")
            return cleared(SLOTS)
        super().degrade(dispatcher, tracker)
        return [SlotSet("appointment_confirmed", None), ActiveLoop("appointment_form")]

    @staticmethod
    async def _done(dispatcher: CollectingDispatcher, deed: str, appointment: Json) -> None:
        materials, buttons = await bring(appointment["service_item_id"]) if deed == "book" else ("", [])
        buttons = [*buttons, *({"book": [MOVE, CANCEL], "move": [CANCEL]}.get(deed) or [])]
        dispatcher.utter_message(response=DONE[deed], materials=materials, buttons=buttons, **words(appointment))

    @staticmethod
    async def _refused(dispatcher: CollectingDispatcher, tracker: Tracker, error: BackendRefused) -> list[Event]:
        if error.problem == "slot_taken":
            dispatcher.utter_message(response="utter_appointment_taken")
            return [SlotSet("appointment_start", None), SlotSet("appointment_confirmed", None), ActiveLoop("appointment_form")]
        if error.problem == "not_bound":  # unbound meanwhile: name and phone are asked for
            return [SlotSet(OWN, None), SlotSet("appointment_confirmed", None), ActiveLoop("appointment_form")]
        if error.problem in TOLD:
            dispatcher.utter_message(response=TOLD[error.problem])
        if error.problem in {*TOLD, "appointment_closed"}:
            await say_mine(dispatcher, tracker.sender_id)
            return cleared(SLOTS)
        log.error("the backend refused to %s an appointment: %s", tracker.get_slot("appointment_deed"), error)
        dispatcher.utter_message(response="utter_appointment_refused")
        return paused("appointment")


async def _do(deed: str, tracker: Tracker, attempt: str) -> Json:
    """Do it once for an attempt: a backend that heard us but could not answer in time gives the first answer again."""
    number, start, office = (tracker.get_slot(f"appointment_{name}") for name in ("no", "start", "office"))
    if deed == "cancel":
        return await backend().cancel_appointment(number, tracker.sender_id)
    if deed == "move":
        move = {"openid": tracker.sender_id, "starts_at": start}
        return await backend().move_appointment(number, move, _key(attempt, {**move, "number": number}))
    item = tracker.get_slot("appointment_item")
    contact = {"name": tracker.get_slot("appointment_name"), "phone": tracker.get_slot("appointment_phone")}
    slot = {"office_id": office["office_id"], "service": office["service"], "starts_at": start, "service_item_id": item}
    booking = {"openid": tracker.sender_id, **slot, **contact}
    return await backend().book(booking, _key(attempt, booking))


def _key(attempt: str, body: Json) -> str:
    """The idempotency key of what is asked for in an attempt; another time or place is another call."""
    return sha256(f"{attempt}|{json.dumps(body, sort_keys=True)}".encode()).hexdigest()[:40]


async def say_mine(dispatcher: CollectingDispatcher, openid: str, number: str | None = None) -> None:
    """The open appointments, or the one of a number, or that there are none."""
    mine = [one for one in await backend().appointments(openid) if number in (None, one["appointment_no"])]
    if number and not mine:
        dispatcher.utter_message(response="utter_appointment_not_yours", number=number)
    elif mine:
        lines = "\n\n".join(LINE.format(**words(one)) for one in mine)
        dispatcher.utter_message(response="utter_appointment_mine", appointments=lines, buttons=[MOVE, CANCEL])
    else:
        dispatcher.utter_message(response="utter_appointment_none")


async def bring(item_id: str | None) -> tuple[str, list[Button]]:
    """What to bring: the item's page and a button; booked is booked, so a backend that leaves now does not matter."""
    try:
        item = await find_item(item_id) if item_id else None
    except BackendUnavailable:
        item = None
    if item is None or not item["active"]:
        return "要带什么材料，可以直接问我。", []
    link = page_anchor(f"items/{item['id']}", "查看要带的材料")
    return f"【{item['name']}】请带材料原件。{link}".rstrip(), [{"title": "要带什么材料", "payload": aspect_payload(item, "materials")}]


def words(appointment: Json) -> dict[str, Any]:
    """An appointment's values as text."""
    names = ("appointment_no", "service_name", "office", "address", "phone")
    return {**{name: appointment[name] for name in names}, "start": said_start(appointment["starts_at"])}
