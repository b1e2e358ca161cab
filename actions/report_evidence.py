"""Files that come outside an open report: what they are for is asked once, and a report of the last 24 hours takes them.

The store keeps a file a day unless a report claims it (`store.context.TurnContext.claim`).
"""

from __future__ import annotations

import logging
import re
import time

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BaseAction, Event
from actions.field import Slots
from actions.filing_supplements import begin_supplement, open_supplement
from actions.pages import page_anchor
from actions.report_files import DAY_S, MOST, PENDING, Items, add_to_report, bare, pending
from actions.report_supplement import begin, numbered
from actions.ride_contacts import INVITED, agree, is_asked
from actions.said import Said
from weijing.errors import BackendRefused, BackendUnavailable

log = logging.getLogger(__name__)

FILED = "report_filed"
_ASKED_FOR = re.compile(r"补(?:材料|正)|登记|备案|[Bb]\d{4}-")
"""Words for what the bureau asks for after a filing, rather than for a report."""


class ActionAskReportFormReportEvidence(BaseAction):
    """The form's question for files; several pictures at once go by an H5 page, where there is one."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """The page is for users of WeChat's: the web chat takes pictures itself."""
        link = page_anchor("upload", "一次传几张图片", personal=True)
        dispatcher.utter_message(response="utter_report_ask_evidence_page" if link else "utter_report_ask_evidence", link=link)
        return []


class ActionReceiveEvidence(BaseAction):
    """A file, a link or words about evidence, with no report open."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """The first file asks what it is for; those that follow are counted in one line each. Words begin a supplement where the bureau asks for one."""
        said, waiting, report_no = Said.latest(tracker), pending(tracker.slots), recently_filed(tracker.slots)
        if not said.sent:
            number = numbered(said, tracker) or report_no
            supplement = await open_supplement(said, tracker.sender_id) if _ASKED_FOR.search(said.text) or not number else None
            if supplement:
                return [*begin_supplement(dispatcher, supplement, bare(waiting)), SlotSet(PENDING, None)]
            return begin(said, number) if number and not waiting else await _spoken_of(dispatcher, tracker.sender_id, waiting, number)
        if not said.evidence:
            dispatcher.utter_message(response="utter_report_evidence_no_file")
            return []
        count = min(len(waiting) + len(said.evidence), MOST)
        dispatcher.utter_message(response=_question(said, waiting, report_no), count=str(count), report_no=report_no)
        return [SlotSet(PENDING, [*waiting, *({**item, "at": time.time()} for item in said.evidence)][:MOST])]


class ActionAffirm(BaseAction):
    """A bare yes: to the offer to add files to the report just filed, where one stands."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Else there is nothing that it could be the answer to."""
        waiting, report_no = pending(tracker.slots), recently_filed(tracker.slots)
        if is_asked(tracker):
            return await agree(dispatcher, tracker.sender_id, tracker.get_slot(INVITED))
        if waiting and report_no:
            return await _spoken_of(dispatcher, tracker.sender_id, waiting, report_no)
        dispatcher.utter_message(response="utter_affirm")
        return []


def _question(said: Said, waiting: Items, report_no: str) -> str:
    if said.sent == "语音":
        return "utter_report_evidence_voice_outside"
    if waiting:
        return "utter_report_evidence_counted"
    return "utter_report_evidence_offer" if report_no else "utter_report_evidence_outside"


async def _spoken_of(dispatcher: CollectingDispatcher, openid: str, waiting: Items, report_no: str) -> list[Event]:
    """What was said about evidence: add what waits, or say how to send it."""
    if not (waiting and report_no):
        dispatcher.utter_message(response="utter_report_evidence_how")
        return []
    try:
        count = await add_to_report(report_no, waiting, openid)
        dispatcher.utter_message(response="utter_report_evidence_added", report_no=report_no, added=str(len(waiting)), count=str(count))
    except BackendUnavailable:
        dispatcher.utter_message(response="utter_report_evidence_kept", report_no=report_no, added=str(len(waiting)))
    except BackendRefused as error:
        log.error("the backend refused evidence for %s: %s", report_no, error)
        dispatcher.utter_message(response="utter_report_evidence_refused", report_no=report_no)
        return []
    return [SlotSet(PENDING, None)]


def recently_filed(slots: Slots) -> str:
    """The number of the report filed here in the last 24 hours, or nothing."""
    filed = slots.get(FILED) or {}
    return str(filed["no"]) if filed and filed["at"] > time.time() - DAY_S else ""


def filed_now(report_no: str) -> list[Event]:
    """Remember the report for files that follow."""
    return [SlotSet(FILED, {"no": report_no, "at": time.time()})]
