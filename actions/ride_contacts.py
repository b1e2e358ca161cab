"""A ride's contact 联系人: a friend who gets a code from the passenger, hears what it means, and agrees or not.

Agreeing is theirs alone (个人信息保护法 arts 13, 14), for this ride alone, and may be taken back at any time (art. 15).
"""

from __future__ import annotations

import logging
import re
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BaseAction, Event
from actions.client import Json, backend
from actions.ride_words import said_moment
from actions.rides import LAST_RIDE
from actions.said import Said, last_reply
from store.context import current
from weijing.errors import BackendRefused, BackendUnavailable

log = logging.getLogger(__name__)

INVITED = "ride_invited"
"""Slot: number and (masked) code of the invitation that this friend is thinking about."""
QUESTION = "愿意当这次的联系人吗"
"""Stands in the question, and so tells whether a bare yes answers it."""
_STOP = re.compile("(?:不|别|退出|取消|停止)[^同]{0,6}联系人|联系人.{0,4}(?:不当|不做|退出|取消)|不同意|不愿意|拒绝")
_AGREE = re.compile("^(?:我|好的?|行|可以)?[,， ]?(?:同意|愿意)")
_NEW = re.compile("邀请码|换.{0,3}联系人|(?:加|添加|要|设).{0,3}联系人")
_ANOTHER = re.compile("换|重新|新|再")
REFUSALS = {
    "not_found": "utter_ride_contact_unknown", "too_many_attempts": "utter_ride_contact_locked", "ride_over": "utter_ride_contact_over",
    "own_ride": "utter_ride_contact_own", "contact_taken": "utter_ride_contact_taken",
}  # fmt: skip


class ActionAnswerContact(BaseAction):
    """The friend's code, yes, no or no more; and a new code for the passenger."""

    degraded: ClassVar[str] = "utter_ride_contact_unavailable"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """A no is heard before a yes, and nothing is agreed by sending the code."""
        said, invited = Said.latest(tracker), tracker.get_slot(INVITED)
        number, code = said.identifier("filing_no"), said.identifier("query_code")
        if _STOP.search(said.text):
            return await _stop(dispatcher, tracker.sender_id, invited)
        if number and code:
            return await _ask(dispatcher, number, code)
        if _AGREE.search(said.text) and invited:
            return await agree(dispatcher, tracker.sender_id, invited)
        if _NEW.search(said.text):
            return await self._invite_again(dispatcher, said, tracker.sender_id)
        dispatcher.utter_message(response="utter_ride_contact_how")
        return []

    async def _invite_again(self, dispatcher: CollectingDispatcher, said: Said, openid: str) -> list[Event]:
        """A new code ends the one before and who agreed by it: not unless that is wished."""
        rides = await backend().own_rides(openid)
        if not rides:
            dispatcher.utter_message(response="utter_ride_none")
        elif rides[0]["contact"] and not _ANOTHER.search(said.text):
            dispatcher.utter_message(response="utter_ride_contact_there")
        else:
            await invite(dispatcher, rides[0]["number"], openid, current().idempotency_key(self.name()))
        return []


async def invite(dispatcher: CollectingDispatcher, number: str, openid: str, key: str) -> None:
    """The code, and one sentence to forward."""
    try:
        code = await backend().invite_contact(number, openid, key)
    except (BackendUnavailable, BackendRefused) as error:
        log.warning("no invitation for a ride: %s", error)
        dispatcher.utter_message(response="utter_ride_invitation_later")
        return
    dispatcher.utter_message(response="utter_ride_invitation")
    dispatcher.utter_message(response="utter_ride_invitation_forward", number=number, code=code)


async def after_receipt(dispatcher: CollectingDispatcher, receipt: Json, wished: bool, openid: str) -> list[Event]:
    """What is said behind the receipt of a ride: how to check in, what nobody does, and the friend's code if one was wished."""
    number = receipt["filing_no"]
    dispatcher.utter_message(response="utter_ride_begun")
    if wished and not receipt.get("duplicate_of"):
        await invite(dispatcher, number, openid, current().idempotency_key("invite_contact"))
    return [SlotSet(LAST_RIDE, number)]


async def _ask(dispatcher: CollectingDispatcher, number: str, code: str) -> list[Event]:
    """Who asks, and what a yes means."""
    try:
        invitation = await backend().read_invitation(number, code)
    except BackendRefused as error:
        return _refuse(dispatcher, error)
    until = said_moment(invitation["expected_at"])
    dispatcher.utter_message(response="utter_ride_contact_question", name=invitation["name"], until=until)
    return [SlotSet(INVITED, {"number": number, "code": code})]


def is_asked(tracker: Tracker) -> bool:
    """Whether a bare yes agrees: the question was what the bot said last."""
    return bool(tracker.get_slot(INVITED)) and QUESTION in last_reply(tracker)


async def agree(dispatcher: CollectingDispatcher, openid: str, invited: dict[str, Any]) -> list[Event]:
    """Bind the friend to this ride."""
    key = current().idempotency_key("agree_as_contact")
    try:
        await backend().agree_as_contact(invited["number"], openid, invited["code"], key)
    except BackendRefused as error:
        return _refuse(dispatcher, error)
    dispatcher.utter_message(response="utter_ride_contact_agreed")
    return [SlotSet(INVITED, None)]


async def _stop(dispatcher: CollectingDispatcher, openid: str, invited: dict[str, Any] | None) -> list[Event]:
    """A no to what was asked, and to all that was agreed before."""
    ended = await backend().end_as_contact(openid)
    response = "utter_ride_contact_ended" if ended else "utter_ride_contact_declined" if invited else "utter_ride_contact_none"
    dispatcher.utter_message(response=response)
    return [SlotSet(INVITED, None)]


def _refuse(dispatcher: CollectingDispatcher, error: BackendRefused) -> list[Event]:
    if error.problem not in REFUSALS:
        raise error
    dispatcher.utter_message(response=REFUSALS[error.problem])
    return [SlotSet(INVITED, None)]
