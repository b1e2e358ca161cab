"""Withdrawing a report: what that means, its number and query code, a yes, and it is done. A filing that may be deleted needs no code: only its sender can."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BaseAction, Event, cleared
from actions.client import backend
from actions.field import Field, Slots, volunteered
from actions.filing_fields import LAST, filing_meant
from actions.form import TRIES, Form
from actions.pages import rating_anchor
from actions.said import Said
from store.context import current
from weijing.errors import BackendRefused

WRONG, MOST_WRONG = "withdraw_wrong_codes", 3
_YES = re.compile(r"(?:确认|确定|是的?|对|好的?|我要)?[,， ]*(?:撤回|撤销|删除)[吧了]?")
_NO = re.compile(r"不撤回?了?|别撤回?|先不撤回?了?|不(?:撤销|删除?)了?")
_FILING = re.compile("备案|登记|声明|申报|核查")
REFUSALS = {"already_decided": "utter_report_withdraw_decided", "too_many_attempts": "utter_progress_locked"}


def _number(said: Said, slots: Slots) -> str | None:
    return said.identifier("report_no") or said.identifier("filing_no")


def _code(said: Said, slots: Slots) -> str | None:
    return said.identifier("query_code")


def _by_code(slots: Slots) -> bool:
    return not str(slots.get("withdraw_no")).startswith("B")


def _confirmed(said: Said, slots: Slots) -> str | None:
    words = said.text.strip(" 。.!！")
    if _NO.fullmatch(words) or said.denies:
        return "否"
    return "是" if _YES.fullmatch(words) or said.agrees else None


FIELDS = (
    Field("withdraw_no", "编号", _number, _number),
    Field("withdraw_code", "查询码", _code, _code, needed=_by_code),
    Field("withdraw_confirmed", "确认", _confirmed),
)
SLOTS = (*(field.slot for field in FIELDS), WRONG, TRIES)


class ActionStartWithdrawal(BaseAction):
    """A withdrawal begins with what it means."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Nothing is withdrawn without a yes to this, whatever the first message gives."""
        said = Said.latest(tracker)
        taken = volunteered(FIELDS, said, {})
        if _FILING.search(said.text) and "withdraw_no" not in taken and (number := await filing_meant(said.text, tracker)):
            taken["withdraw_no"] = number
        filing = _FILING.search(said.text) or str(taken.get("withdraw_no")).startswith("B")
        dispatcher.utter_message(response="utter_filing_erase_meaning" if filing else "utter_report_withdraw_meaning")
        return [*cleared(SLOTS), *(SlotSet(slot, value) for slot, value in taken.items())]


class ValidateWithdrawForm(Form):
    """Takes number, query code and the yes."""

    fields: tuple[Field, ...] = FIELDS
    own: ClassVar[frozenset[str]] = frozenset({"withdraw_report"})


class ActionWithdrawReport(BaseAction):
    """Withdraw it; a wrong query code may be tried three times."""

    degraded: ClassVar[str] = "utter_report_withdraw_unavailable"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """An unknown number and a wrong code are not told apart."""
        number, code, confirmed = (tracker.get_slot(field.slot) for field in FIELDS)
        if confirmed != "是":
            if confirmed:
                dispatcher.utter_message(response="utter_report_withdraw_not")
            return cleared(SLOTS)
        if number.startswith("B"):
            return await _erase(dispatcher, number, tracker.sender_id)
        try:
            await backend().withdraw_report(number, code, current().idempotency_key(self.name()))
        except BackendRefused as error:
            return self._refuse(dispatcher, tracker, error)
        link = rating_anchor(number, "评价这次办理")
        dispatcher.utter_message(response="utter_report_withdrawn_rate" if link else "utter_report_withdrawn", number=number, link=link)
        return cleared(SLOTS)

    def degrade(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """A withdrawal that could not be made is not made later behind the user's back."""
        super().degrade(dispatcher, tracker)
        return cleared(SLOTS)

    @staticmethod
    def _refuse(dispatcher: CollectingDispatcher, tracker: Tracker, error: BackendRefused) -> list[Event]:
        if error.problem not in {"not_found", *REFUSALS}:
            raise error
        wrong = int(tracker.get_slot(WRONG) or 0) + 1
        if error.problem in REFUSALS or wrong >= MOST_WRONG:
            dispatcher.utter_message(response=REFUSALS.get(error.problem, "utter_progress_locked"))
            return cleared(SLOTS)
        dispatcher.utter_message(response="utter_report_withdraw_wrong_code", left=str(MOST_WRONG - wrong))
        again: dict[str, Any] = {WRONG: wrong, "withdraw_code": None}
        return [*(SlotSet(slot, value) for slot, value in again.items()), ActiveLoop("withdraw_form")]


async def _erase(dispatcher: CollectingDispatcher, number: str, openid: str) -> list[Event]:
    """Delete a filing of this user, with everything in it."""
    try:
        await backend().erase_filing(number, openid)
        current().release(number)
        response = "utter_filing_erased"
    except BackendRefused as error:
        if error.problem not in {"not_found", "not_erasable"}:
            raise
        response = "utter_filing_not_erasable" if error.problem == "not_erasable" else "utter_filing_erase_unknown"
    dispatcher.utter_message(response=response, number=number)
    return [*cleared(SLOTS), SlotSet(LAST, None)]
