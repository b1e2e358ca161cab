"""Complaints and tips: notice, form, numbered summary, receipt; kept for later when the backend is away."""

from __future__ import annotations

import logging
import re
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BaseAction, Event, cleared, paused
from actions.client import Json, backend, defer_report
from actions.field import Field, Slots, volunteered
from actions.form import TRIES, Form
from actions.report_advice import URGENCY, advice, with_urgency
from actions.report_details import ANSWERS, details
from actions.report_details import SLOTS as DETAILS
from actions.report_evidence import filed_now
from actions.report_fields import FIELDS
from actions.report_files import PENDING, VOICES, bare, file_evidence, files_of, held, pending
from actions.report_secrecy import sendable
from actions.report_summary import numbered, summary
from actions.report_words import KINDS, MODES
from actions.said import Said, last_reply
from store.context import current
from weijing.errors import BackendRefused, BackendUnavailable

log = logging.getLogger(__name__)

UNCONFIRMED = "还没有提交"
"""Stands in every form of the summary."""
SLOTS = (*(field.slot for field in FIELDS), VOICES, TRIES, URGENCY)


class ActionStartReport(BaseAction):
    """The notice, and everything that the first message already says."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """A new report begins empty, whatever was left behind."""
        dispatcher.utter_message(response="utter_report_notice")
        waiting = bare(pending(tracker.slots))
        taken = volunteered(FIELDS, Said.latest(tracker), {"report_evidence": waiting} if waiting else {})
        taken = _settled({"report_evidence": waiting, **taken} if waiting else taken, {})
        for remark in advice(taken):
            dispatcher.utter_message(**remark)
        return [*cleared((*SLOTS, PENDING)), *(SlotSet(slot, value) for slot, value in taken.items())]


class ValidateReportForm(Form):
    """Takes the answers of a report."""

    fields: tuple[Field, ...] = FIELDS
    own: ClassVar[frozenset[str]] = frozenset({"file_report"})
    harmless: ClassVar[frozenset[str]] = frozenset({"正在发生", "是，正在发生", "是的，正在发生", "还在发生", "现在还在发生", *ANSWERS})

    def numbered(self, slots: Slots) -> tuple[Field, ...]:
        """The lines of the summary."""
        return numbered(slots)

    def settle(self, taken: dict[str, Any], slots: Slots) -> dict[str, Any]:
        """A complaint is not happening now, what happens now needs no date, and another kind has other topics."""
        return _settled(taken, slots)

    def remarks(self, taken: Slots) -> list[dict[str, Any]]:
        """Happening now: 110 comes first, the form goes on; what the topic calls for; files are counted."""
        return advice(taken)

    def _take(self, dispatcher: CollectingDispatcher, said: Said, asked: Field | None, slots: Slots) -> dict[str, Any]:
        """A file that WeChat does not hand over is no wrong answer."""
        if said.sent == "文件" and not said.evidence:
            dispatcher.utter_message(response="utter_report_evidence_no_file")
            return {}
        return super()._take(dispatcher, said, asked, slots)


class ActionAskReportFormReportConfirmed(BaseAction):
    """All fields, numbered, before anything is sent."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Names and numbers are shown half hidden: the user sees enough to find a slip. A file sent under the summary does not bring it again."""
        if Said.latest(tracker).evidence and UNCONFIRMED in last_reply(tracker):
            dispatcher.utter_message(response="utter_report_summary_again")
            return []
        dispatcher.utter_message(response="utter_report_summary", lines=summary(tracker.slots))
        return []


class ActionSubmitReport(BaseAction):
    """File the confirmed report."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """One number for one report: the key stays the same when the turn is repeated."""
        if not tracker.get_slot("report_confirmed"):
            return []
        report = report_body(tracker.slots, tracker.sender_id)
        key = current().idempotency_key(self.name())
        try:
            receipt = await backend().submit_report(report, key)
        except BackendUnavailable as error:
            log.warning("a report is kept for later: %s", error)
            defer_report(report, key)
            current().claim(report["evidence"], report_no=f"L-{key[:8].upper()}")
            dispatcher.utter_message(response="utter_report_kept", local_no=f"L-{key[:8].upper()}")
            return cleared(SLOTS)
        except BackendRefused as error:
            log.error("the backend refused a report: %s", error)
            dispatcher.utter_message(response="utter_report_refused")
            return paused("report")
        await file_evidence(receipt, report)
        dispatcher.utter_message(response=_receipt_response(receipt), **_receipt(receipt))
        return [*cleared(SLOTS), *filed_now(receipt["report_no"])]


def report_body(slots: Slots, openid: str) -> Json:
    """The report as the API takes it; still masked, and without name and phone unless the reporter gave them to be used."""
    mode = slots["report_mode"]
    told = sendable(slots)
    named = mode != "匿名"
    return {
        "kind": KINDS[slots["report_kind"]],
        "topic": slots["report_topic"],
        "content": told(slots["report_content"]),
        "occurred_at": slots["report_occurred_at"],
        "place": told(slots["report_place"]),
        "happening_now": slots["report_happening_now"] == "是",
        "details": [{**one, "value": told(one["value"])} for one in details(slots)],
        "evidence": [{**one, "ref": told(one["ref"])} if one["kind"] == "text" else one for one in files_of(slots)],
        "mode": MODES[mode],
        "reporter": {"name": slots["reporter_name"], "phone": slots["reporter_phone"]} if named else None,
        "openid": openid,
    }


def _receipt_response(receipt: Json) -> str:
    """The same words again within ten minutes get the earlier number and no query code."""
    if receipt.get("duplicate_of"):
        return "utter_report_duplicate"
    return "utter_report_received_dated" if receipt.get("promised_on") else "utter_report_received"


def _receipt(receipt: Json) -> dict[str, str]:
    """The receipt's fields as text; a date without its time of day."""
    texts = {name: str(receipt.get(name) or "") for name in ("report_no", "query_code", "next_step", "promised_on")}
    return {**texts, "received_at": re.sub(r"T(\d\d:\d\d).*", r" \1", str(receipt.get("received_at") or ""))}


def _settled(taken: dict[str, Any], slots: Slots) -> dict[str, Any]:
    kind, topic = taken.get("report_kind"), taken.get("report_topic")
    if kind and slots.get("report_kind") not in (None, kind):
        taken = {"report_topic": None, **taken}
    if (kind or topic) and (slots.get("report_topic") or topic) != topic:
        taken = {**dict.fromkeys(DETAILS), **taken}
    if taken.keys() & {"report_content", "report_place"} and slots.get("report_hiding"):
        taken = {"report_hiding": None, **taken}
    if kind == "投诉" and slots.get("report_happening_now") is None:
        taken = {"report_happening_now": "否", **taken}
    if taken.get("report_happening_now") == "是" and slots.get("report_occurred_at") is None:
        taken = {"report_occurred_at": "现在", **taken}
    return with_urgency(held(taken, slots), slots)
