"""The files of a report: kept while it is filled, counted, filed with it, let go with it.

The table of evidence follows what is claimed here, with the commit of the turn (`store.context.TurnContext.claim`).
"""

from __future__ import annotations

import logging
import time
from typing import Any

from actions.client import Json, backend, revealed
from actions.field import Slots
from actions.form import TRIES
from store.context import current
from weijing.errors import BackendRefused, BackendUnavailable

log = logging.getLogger(__name__)

VOICES = "report_voices"
"""Slot: voice messages whose recognised words filled a field."""
PENDING = "evidence_pending"
"""Slot: files that nobody has said the purpose of."""
DAY_S = 86_400
"""How long a file waits for its purpose, and a filed report for more files."""
DRAFT_DAYS = 30
"""How long a report that is being filled keeps its files."""
MOST = 20
"""Files that one call of the API takes."""

Items = list[dict[str, Any]]


def held(taken: dict[str, Any], slots: Slots) -> dict[str, Any]:
    """Spoken words that filled a field bring their voice along; files are kept while the report is being filled."""
    spoken = current().spoken
    if spoken and any(value is not None for slot, value in taken.items() if slot != TRIES):
        taken = {**taken, VOICES: [*(slots.get(VOICES) or []), {"kind": "voice", "ref": spoken}]}
    current().claim([*(taken.get("report_evidence") or []), *(taken.get(VOICES) or [])], days=DRAFT_DAYS)
    return taken


def received(taken: Slots) -> list[dict[str, Any]]:
    """One line that counts the files, if one has just come."""
    return counted_in(taken.get("report_evidence"))


def counted_in(evidence: Items | None) -> list[dict[str, Any]]:
    """The same for any list of files."""
    if not evidence:
        return []
    full, spoken = len(evidence) >= MOST, evidence[-1]["kind"] == "voice"
    response = "utter_report_evidence_full" if full else "utter_report_evidence_voice" if spoken else "utter_report_evidence_received"
    return [{"response": response, "count": str(len(evidence))}]


def files_of(slots: Slots) -> Items:
    """What the report is filed with."""
    return [*(slots.get("report_evidence") or []), *(slots.get(VOICES) or [])][:MOST]


def counted(slots: Slots) -> str:
    """The line of the summary."""
    voices = len(slots.get(VOICES) or [])
    return f"{len(slots.get('report_evidence') or [])} 份" + (f"，另有语音 {voices} 条" if voices else "")


def files_in(value: Any) -> Items:
    """Every file that a body of the API names, however deep."""
    if isinstance(value, dict) and value.keys() == {"kind", "ref"}:
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [item for part in parts for item in files_in(part)]


def let_go(values: Any) -> None:
    """What was being filled is not filed: its files may go."""
    current().claim(files_in(values))


async def file_evidence(receipt: Json, report: Json) -> None:
    """The files belong to the report; those of words sent twice to the one that was filed first."""
    if not receipt.get("duplicate_of"):
        current().claim(report["evidence"], report_no=receipt["report_no"])
        return
    try:
        if report["evidence"]:
            await add_to_report(receipt["report_no"], report["evidence"], report["openid"])
    except (BackendUnavailable, BackendRefused) as error:
        log.warning("files of a repeated report are not with the first one yet: %s", error)


async def add_to_report(report_no: str, items: Items, openid: str) -> int:
    """Add files to a filed report; returns how many it has now.

    Raises:
        BackendUnavailable: the call is kept and made when the backend is back.
        BackendRefused: the report does not take them.
    """
    key, body = current().idempotency_key("add_evidence"), {"openid": openid, "evidence": bare(items)}
    try:
        answer = await backend().add_evidence(report_no, body, key)
    except BackendUnavailable:
        current().defer("POST", f"/v1/reports/{report_no}/evidence", revealed(body), key, "evidence")
        current().claim(items, report_no=report_no)
        raise
    current().claim(items, report_no=report_no)
    return int(answer["evidence"])


def bare(items: Items) -> Items:
    """The items as the API takes them."""
    return [{"kind": item["kind"], "ref": item["ref"]} for item in items]


def pending(slots: Slots) -> Items:
    """The files of the last 24 hours that nobody has said the purpose of."""
    return [item for item in slots.get(PENDING) or [] if item["at"] > time.time() - DAY_S]
