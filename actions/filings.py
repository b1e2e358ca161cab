"""Filings 申报: one form for everything that `data/filings` defines, and for what the bureau asks for afterwards."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BaseAction, Event, cleared
from actions.correction import Correction
from actions.field import Field, Slots, volunteered
from actions.filing_fields import (
    ANSWERS,
    ASKED,
    ASKS,
    CONFIRMED,
    KIND,
    OFFERED,
    UNCLEAR,
    entries,
    filing_of,
    filings_of,
    form_fields,
    meant_in,
)  # fmt: skip
from actions.filing_unclear import Unclear, part
from actions.form import TRIES, Form
from actions.guide import show, tell_instead
from actions.guide_case import find_item
from actions.report_files import DRAFT_DAYS, PENDING, bare, counted_in, files_in, pending
from actions.said import Said
from store.context import current
from weijing.filing import Filing

SLOTS = (KIND, OFFERED, ANSWERS, ASKED, ASKS, UNCLEAR, CONFIRMED, TRIES)
_OWN = (KIND, OFFERED, ASKS, UNCLEAR, CONFIRMED, TRIES)
"""Slots beside the answers."""
_WISHES = re.compile("我(?:要|想|来)|帮我|给我|替我|申请|现在")
"""In a question these words wish the thing itself."""


class ActionStartFiling(BaseAction):
    """Which filing is meant, its notice, and everything that the first message already says."""

    degraded: ClassVar[str] = "utter_guide_unavailable"

    def degrade(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Nothing is begun."""
        super().degrade(dispatcher, tracker)
        return cleared(SLOTS)

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """A new filing begins empty. A mere question is answered, and so is what nobody defined yet."""
        said = Said.latest(tracker)
        meant = meant_in(said.text, filings_of(said.intent))
        if not meant:
            return [*cleared(SLOTS), *await tell_instead(dispatcher, said, "utter_filings_later")]
        if said.asks and not _WISHES.search(said.text) and (item := said.entity("service_item") or meant[0].item):
            return [*cleared(SLOTS), *await _tell(dispatcher, said, item, meant[0])]
        values: dict[str, Any] = {KIND: meant[0].id} if len(meant) == 1 else {OFFERED: {"ids": [one.id for one in meant], "told": said.text}}
        waiting = bare(pending(tracker.slots))
        taken = begun(dispatcher, said, {**values, **_waiting(values, waiting)})
        return [*cleared(SLOTS), *([SlotSet(PENDING, None)] if waiting else []), *_events({**values, **taken}, {})]


async def _tell(dispatcher: CollectingDispatcher, said: Said, item_id: str, filing: Filing) -> list[Event]:
    item = await find_item(item_id)
    events = show(dispatcher, item, said.entity("aspect") or "overview") if item else []
    dispatcher.utter_message(response="utter_filing_offer", name=filing.name, buttons=[{"title": "现在就填", "payload": filing.name}])
    return events


def begun(dispatcher: CollectingDispatcher, said: Said, values: Slots) -> dict[str, Any]:
    """What a first message says of a filing, with the notice before the first question (个人信息保护法 art. 17)."""
    filing = filing_of(values)
    if filing is None:
        return dict(values)
    notice = "utter_filing_notice_duty" if filing.consent == "duty" else "utter_filing_notice_voluntary"
    basis = "、".join(f"《{one.law}》{one.article}" for one in filing.basis)
    dispatcher.utter_message(response=notice, name=filing.name, notice=filing.notice, basis=f"（{basis}）" if basis else "")
    taken = {**values, **volunteered(form_fields(values), said, values)}
    if files := files_in(taken):
        current().claim(files, days=DRAFT_DAYS)
    return taken


def _waiting(values: Slots, files: list[dict[str, Any]]) -> dict[str, Any]:
    """Files that were sent before anybody knew what for belong to the first field that takes some."""
    wanted = next((one.id for one in entries(values) if one.type == "pictures"), None)
    return {wanted: files} if wanted and files else {}


class ValidateFilingForm(Form):
    """Takes the answers; one slot holds them all, for the fields are data."""

    fields: tuple[Field, ...] = ()

    def values(self, tracker: Tracker) -> dict[str, Any]:
        """Answers by field, and the form's own slots."""
        own = {slot: tracker.get_slot(slot) for slot in _OWN}
        return {**(tracker.get_slot(ANSWERS) or {}), **own, "requested_slot": tracker.get_slot(ASKED)}

    def fields_for(self, slots: Slots) -> tuple[Field, ...]:
        """What the answers so far call for."""
        return form_fields(slots)

    def kept(self, taken: Slots, missing: str | None, tracker: Tracker) -> list[Event]:
        """Rasa asks for one slot of the form until there is nothing left to ask."""
        return [*_events(taken, tracker.get_slot(ANSWERS) or {}), SlotSet(ASKED, missing), SlotSet("requested_slot", CONFIRMED if missing else None)]

    def own_for(self, asked: Field, slots: Slots) -> frozenset[str]:
        """The intent that began it, and where a place is asked for also those that places are taken for."""
        filing = filing_of(slots)
        return frozenset({filing.intent if filing else "add_evidence", *({"find_office"} if "位置" in asked.sent else ())})

    def refusal(self, field: Field, slots: Slots) -> dict[str, Any]:
        """The definition's own words."""
        entry = next((one for one in entries(slots) if one.id == field.slot), None)
        if entry:
            return {"text": entry.invalid or entry.ask}
        return {"response": "utter_filing_form_invalid_filing_confirmed" if field.slot == CONFIRMED else "utter_filing_invalid_kind"}

    def settle(self, taken: dict[str, Any], slots: Slots) -> dict[str, Any]:
        """Of an unclear answer only the part is kept; new files are kept while the form is filled."""
        unclear = (slots.get(UNCLEAR) or {}).get("field")
        settled: dict[str, Any] = {UNCLEAR: None, part(unclear): None} if unclear in taken else {}
        for name, value in taken.items():
            if isinstance(value, Unclear):
                settled |= {name: None, part(name): value.kept, UNCLEAR: {"field": name, "say": value.say, "options": list(value.options)}}
            else:
                settled |= {name: value}
        current().claim(files_in(settled), days=DRAFT_DAYS)
        return settled

    def remarks(self, taken: Slots) -> list[dict[str, Any]]:
        """Files are counted."""
        return counted_in(files_in(dict(taken)))

    def _take(self, dispatcher: CollectingDispatcher, said: Said, asked: Field | None, slots: Slots) -> dict[str, Any]:
        """Who begins again what is half filled goes on with it; once the kind is chosen, the notice is said."""
        filing = filing_of(slots)
        if filing and asked and said.intent == filing.intent and _begins(said, filing):
            dispatcher.utter_message(response="utter_form_resumed", field=asked.label)
            return volunteered(self.fields_for(slots), said, slots)
        taken = super()._take(dispatcher, said, asked, slots)
        unclear = taken.get(asked.slot) if asked else None
        if isinstance(unclear, Unclear) and unclear.say == (slots.get(UNCLEAR) or {}).get("say"):  # nothing was gained: what was told before stays
            return {name: value for name, value in taken.items() if value is not unclear} | {TRIES: self.tried(dispatcher, slots)}
        told = Said(f"{slots[OFFERED]['told']}，{said.text}") if taken.get(KIND) else said
        return {**taken, **begun(dispatcher, told, {KIND: taken[KIND]})} if taken.get(KIND) else taken

    def _correct(self, dispatcher: CollectingDispatcher, said: Said, field: Field, correction: Correction, slots: Slots) -> dict[str, Any]:
        """What was kept of an unclear answer does not speak for a new one."""
        return super()._correct(dispatcher, said, field, correction, {**slots, part(field.slot): None})


def _begins(said: Said, filing: Filing) -> bool:
    return said.event or said.text.strip("。！! ") in {filing.name, *filing.examples}


def _events(values: Slots, answers: dict[str, Any]) -> list[Event]:
    """The slots that keep these values: the form's own, and one for all answers."""
    own = [SlotSet(slot, value) for slot, value in values.items() if slot in _OWN]
    given = {**answers, **{name: value for name, value in values.items() if name not in _OWN}}
    return [*own, SlotSet(ANSWERS, {name: value for name, value in given.items() if value is not None})]
