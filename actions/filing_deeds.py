"""Sends what the filing form was filled with, and says how it went; kept for later when the backend is away."""

from __future__ import annotations

import logging
import re

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BaseAction, Event, cleared, paused
from actions.client import Json, backend, revealed
from actions.filing_asks import values_of
from actions.filing_fields import ANSWERS, CONFIRMED, KIND, LAST, SUPPLEMENT, entries, filing_of, given, kept_days
from actions.filing_supplements import send_supplement
from actions.filings import SLOTS
from actions.phrases import Button
from actions.report_files import files_in
from actions.ride_contacts import after_receipt
from actions.rides import RIDE
from store.context import current
from weijing.errors import BackendRefused, BackendUnavailable
from weijing.filing import Filing

log = logging.getLogger(__name__)

ERASE: Button = {"title": "撤销备案", "payload": "撤销备案"}


class ActionSubmitFiling(BaseAction):
    """File it, or hand in what was asked for."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """One number for one filing: the key stays the same when the turn is repeated."""
        if not tracker.get_slot(CONFIRMED):
            return cleared(SLOTS)
        values, key = values_of(tracker), current().idempotency_key(self.name())
        if values[KIND] == SUPPLEMENT:
            await send_supplement(dispatcher, values, tracker.sender_id, key)
            return cleared(SLOTS)
        filing = filing_of(values)
        if filing is None:
            raise LookupError(f"the filing {values[KIND]} is not defined any more")
        body = {"kind": filing.id, "openid": tracker.sender_id, "fields": given(values)}
        try:
            receipt = await backend().submit_filing(body, key)
        except BackendUnavailable as error:
            return self._keep(dispatcher, body, key, error)
        except BackendRefused as error:
            return self._refused(dispatcher, tracker, filing, error)
        current().claim(files_in(body), report_no=receipt["filing_no"], days=kept_days(body))
        _say(dispatcher, filing, receipt)
        ride = await after_receipt(dispatcher, receipt, given(values).get("contact") == "要", tracker.sender_id) if filing.id == RIDE else []
        return [*cleared(SLOTS), SlotSet(LAST, receipt["filing_no"]), *ride]

    @staticmethod
    def _keep(dispatcher: CollectingDispatcher, body: Json, key: str, error: BackendUnavailable) -> list[Event]:
        log.warning("a filing is kept for later: %s", error)
        local_no = f"L-{key[:8].upper()}"
        current().defer("POST", "/v1/filings", revealed(body), key, "filing")
        current().claim(files_in(body), report_no=local_no, days=kept_days(body))
        dispatcher.utter_message(response="utter_filing_kept", local_no=local_no)
        return cleared(SLOTS)

    @staticmethod
    def _refused(dispatcher: CollectingDispatcher, tracker: Tracker, filing: Filing, error: BackendRefused) -> list[Event]:
        """A field that the backend does not take is asked again, everything else stays."""
        name = error.detail.partition(":")[0]
        entry = next((one for one in entries(values_of(tracker)) if one.id == name), None)
        if error.problem != "invalid_filing" or entry is None:
            log.error("the backend refused the filing %s: %s %s", filing.id, error, error.detail)
            dispatcher.utter_message(response="utter_filing_refused")
            return paused("filing")
        log.warning("the backend does not take a field of %s: %s", filing.id, error.detail)
        dispatcher.utter_message(text=entry.invalid or entry.ask)
        answers = {one: value for one, value in tracker.get_slot(ANSWERS).items() if one != name}
        return [SlotSet(ANSWERS, answers), SlotSet(CONFIRMED, None), ActiveLoop("filing_form")]


def _say(dispatcher: CollectingDispatcher, filing: Filing, receipt: Json) -> None:
    """The receipt: number, code (once), time, what comes next and by when."""
    if receipt.get("duplicate_of"):
        dispatcher.utter_message(response="utter_filing_duplicate", name=filing.name, filing_no=receipt["filing_no"])
        return
    texts = {name: str(receipt.get(name) or "") for name in ("filing_no", "query_code", "next_step")}
    received = re.sub(r"T(\d\d:\d\d).*", r" \1", str(receipt.get("received_at") or ""))
    limit = f"最晚 {receipt['promised_on']} 给您结果。" if receipt.get("promised_on") else ""
    buttons = [ERASE] if filing.erasable else []
    dispatcher.utter_message(response="utter_filing_received", name=filing.name, received_at=received, limit=limit, **texts, buttons=buttons)
