"""Withdrawing a report: what that means, its number and query code, a yes, and it is done."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BaseAction, Event, cleared
from actions.client import backend
from actions.field import Field, Slots, volunteered
from actions.form import TRIES, Form
from actions.pages import rating_anchor
from actions.said import Said
from store.context import current
from weijing.errors import BackendRefused

WRONG, MOST_WRONG = "withdraw_wrong_codes", 3
_YES = re.compile(r"(?:确认|确定|是的?|对|好的?|我要)?[,， ]*撤回[吧了]?")
_NO = re.compile(r"不撤回?了?|别撤回?|先不撤回?了?")
REFUSALS = {"already_decided": "utter_report_withdraw_decided", "too_many_attempts": "utter_progress_locked"}


def _number(said: Said, slots: Slots) -> str | None:
    return said.identifier("report_no")


def _code(said: Said, slots: Slots) -> str | None:
    return said.identifier("query_code")


def _confirmed(said: Said, slots: Slots) -> str | None:
    words = said.text.strip(" 。.!！")
    if _NO.fullmatch(words) or said.denies:
        return "否"
    return "是" if _YES.fullmatch(words) or said.agrees else None


FIELDS = (
    Field("withdraw_no", "编号", _number, _number),
    Field("withdraw_code", "查询码", _code, _code),
    Field("withdraw_confirmed", "确认", _confirmed),
)
SLOTS = (*(field.slot for field in FIELDS), WRONG, TRIES)


class ActionStartWithdrawal(BaseAction):
    """A withdrawal begins with what it means."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Nothing is withdrawn without a yes to this, whatever the first message gives."""
        dispatcher.utter_message(response="utter_report_withdraw_meaning")
        return [*cleared(SLOTS), *(SlotSet(slot, value) for slot, value in volunteered(FIELDS, Said.latest(tracker), {}).items())]


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
