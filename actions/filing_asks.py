"""What the filing form asks: its kind, one field, or the yes under the numbered summary."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BaseAction, Event
from actions.field import Slots
from actions.filing_answers import shown_answer
from actions.filing_fields import ANSWERS, ASKED, ASKS, CONFIRMED, KIND, OFFERED, UNCLEAR, entries, filing_of
from actions.pages import page_anchor
from actions.phrases import LONGEST, Button
from actions.said import Said, last_reply
from weijing.filing import FilingField, load_filings

UNCONFIRMED = "还没有提交"
"""Stands in the summary."""
NONE: Button = {"title": "没有", "payload": "没有"}


class ActionAskFilingFormFilingConfirmed(BaseAction):
    """Rasa's one question of this form; `filing_asked` names what it is about."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """One question a turn."""
        asked, values = tracker.get_slot(ASKED), values_of(tracker)
        if asked == KIND:
            names = [load_filings()[one].name for one in values[OFFERED]["ids"]]
            dispatcher.utter_message(response="utter_filing_which", buttons=[{"title": name, "payload": name} for name in names])
        elif asked == CONFIRMED:
            _summarise(dispatcher, tracker, values)
        else:
            self._ask(dispatcher, next(one for one in entries(values) if one.id == asked), values[UNCLEAR])
        return []

    @staticmethod
    def _ask(dispatcher: CollectingDispatcher, one: FilingField, unclear: dict[str, Any] | None) -> None:
        """The field's question; of an unclear answer only what is missing."""
        if unclear and unclear["field"] == one.id:
            dispatcher.utter_message(text=unclear["say"], buttons=[_button(option) for option in unclear["options"]])
            return
        link = page_anchor("upload", "一次传几张", personal=True) if one.type == "pictures" else ""
        buttons = [*(_button(option.value) for option in one.options), *([NONE] if one.optional and not one.options else [])]
        dispatcher.utter_message(text=f"{one.ask}也可以{link}。" if link else one.ask, buttons=buttons)


def values_of(tracker: Tracker) -> dict[str, Any]:
    """The answers by field, and the slots that say what is being filled."""
    return {**(tracker.get_slot(ANSWERS) or {}), **{slot: tracker.get_slot(slot) for slot in (KIND, OFFERED, ASKS, UNCLEAR)}}


def summary_lines(values: Slots) -> str:
    """One numbered line for each field."""
    return "\n".join(f"{number} {one.label}：{shown_answer(one, values.get(one.id))}" for number, one in enumerate(entries(values), start=1))


def _summarise(dispatcher: CollectingDispatcher, tracker: Tracker, values: Slots) -> None:
    """A picture sent under the summary does not bring it again."""
    if Said.latest(tracker).evidence and UNCONFIRMED in last_reply(tracker):
        dispatcher.utter_message(response="utter_report_summary_again")
        return
    filing = filing_of(values)
    name = filing.name if filing else f"{values[ASKS]['item_name']}（{values[ASKS]['number']}）补正"
    dispatcher.utter_message(response="utter_filing_summary", name=name, lines=summary_lines(values))


def _button(words: str) -> Button:
    return {"title": words, "payload": words[:LONGEST]}
