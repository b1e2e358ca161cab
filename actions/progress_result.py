"""How far a matter is, in words: its steps, what it waits for, its fee, and where the certificate is."""

from __future__ import annotations

from typing import Any

from rasa_sdk.executor import CollectingDispatcher

from actions.base import Event
from actions.client import Json
from actions.pages import rating_anchor
from actions.phrases import Button
from actions.progress_follow import FINAL, seen
from actions.report_reply import asked_and_done, next_buttons
from weijing.links import payment_link
from weijing.settings import load_settings

Line = tuple[str, dict[str, Any]]
"""A response and its values."""
LAST = 4
"""Steps of a parcel that are shown."""
PAYMENTS = {
    "unpaid": "utter_progress_payment_unpaid",
    "paid": "utter_progress_payment_paid",
    "refunded": "utter_progress_payment_refunded",
    "free": "utter_progress_payment_free",
}
MISSING = {"delivery": "utter_progress_not_posted", "payment": "utter_progress_no_payment"}
"""What was asked about -> that there is none of it."""


def say_progress(dispatcher: CollectingDispatcher, found: Json, number: str, about: str | None = None) -> list[Event]:
    """How far it is; what is still open may be followed, what is done may be rated. Whoever sees it has proved that it is theirs.

    Args:
        about: `delivery` or `payment` when that was the question.
    """
    final = found["status"] in FINAL
    lines = [(_response(found, number), _words(found, number)), *_payment(found), *_delivery(found)]
    lines += [(remark.pop("response"), remark) for remark in asked_and_done(found)]
    if about and not found.get(about):
        lines.append((MISSING[about], {}))
    if number.startswith("K"):
        lines.append(("utter_progress_case_secret", {}))
    if final:
        link = rating_anchor(number, "点这里")
        lines.append(("utter_progress_rate", {"link": f"，或者{link}" if link else ""}))
    _say(dispatcher, lines, next_buttons(found, number))
    return seen(number)


def say_delivery(dispatcher: CollectingDispatcher, found: Json) -> None:
    """Where one certificate is."""
    _say(dispatcher, [("utter_progress_delivery", {"item_name": found["item_name"], **_parcel(found)})], [])


def _say(dispatcher: CollectingDispatcher, lines: list[Line], buttons: list[Button]) -> None:
    """One bubble each, the buttons under the last: behind a menu begins another message, and messages are counted."""
    for place, (response, values) in enumerate(lines, start=1):
        dispatcher.utter_message(response=response, **values, buttons=buttons if place == len(lines) else [])


def _payment(found: Json) -> list[Line]:
    payment = found.get("payment")
    if not payment:
        return []
    link = payment_link(load_settings(), payment["link"] or "") if payment["state"] == "unpaid" else ""
    basis = f"（依据：{payment['basis']}）" if payment["basis"] else ""
    due = f"，请在 {payment['due_on']} 前缴" if payment["due_on"] else ""
    response = "utter_progress_payment_link" if link else PAYMENTS[payment["state"]]
    return [(response, {"amount": f"{payment['amount']:g}", "basis": basis, "due": due, "link": f'<a href="{link}">点这里缴费</a>'})]


def _delivery(found: Json) -> list[Line]:
    delivery = found.get("delivery")
    return [("utter_progress_delivery", {"item_name": "证件", **_parcel(delivery)})] if delivery else []


def _parcel(delivery: Json) -> dict[str, str]:
    steps = [f"· {step['at'][:16].replace('T', ' ')} {step['place']} {step['note']}".rstrip() for step in delivery["steps"][-LAST:]]
    return {**{name: str(delivery[name]) for name in ("delivery_no", "carrier", "status_text", "to")}, "steps": "\n".join(steps)}


def _response(found: Json, number: str) -> str:
    """The date of a report is when its reporter hears next, not when it is done (信访工作条例 art. 23); where no rule gives a date none is named."""
    if found["status"] == "supplement" and not found.get("question"):
        return "utter_progress_result_supplement"
    if not found.get("promised_on"):
        return "utter_progress_result_undated"
    return "utter_progress_result_report" if number.startswith(("J", "X")) else "utter_progress_result"


def _words(found: Json, number: str) -> dict[str, str]:
    """The answer's fields as text, one step a line."""
    steps = found.get("steps") or []
    lines = [f"· {str(step.get('at', ''))[:10]} {step.get('name', '')} {step.get('note') or ''}".rstrip() for step in steps]
    texts = {name: str(found.get(name) or "—") for name in ("item_name", "status_text", "promised_on", "next_step", "office", "phone")}
    wanted = (steps[-1].get("note") or steps[-1].get("name")) if steps else "—"
    return {**texts, "number": number, "steps": "\n".join(lines) or "· —", "wanted": str(wanted)}
