"""Payments 缴费: whether an application's fee is paid. Money moves elsewhere; the bureau's system tells us the state and the page where to pay."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import asyncpg
from aiohttp import web

from backend.changes import note_change
from backend.contract import BODY
from backend.idempotency import create_once
from backend.problems import Problem, not_found
from weijing.service_item_card import bases_in_short, bases_of
from weijing.workdays import SHANGHAI

STATE = {"unpaid": "待缴费", "paid": "已缴费", "refunded": "已退费", "free": "不收费"}
"""How a state reads; `free` is what the service item says, no payment."""
NEXT = {"unpaid": "说“怎么缴费”，我告诉您怎么缴。", "paid": "继续办理，不用再缴。", "refunded": "到账时间以银行为准。"}
WRITE = """
    INSERT INTO backend.payments (application_no, state, amount, due_on, link) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (application_no) DO UPDATE SET state = excluded.state, amount = excluded.amount, due_on = excluded.due_on, link = excluded.link
"""


async def set_payment(request: web.Request) -> web.StreamResponse:
    """Write how the fee stands; the application's subscribers get a change.

    Raises:
        Problem: 404 no such application, 422 a day that the calendar does not have.
    """
    body, application = request[BODY], request.match_info["application_no"]
    due, amount = _day(body.get("due_on")), Decimal(str(body["amount"]))

    async def create(connection: asyncpg.Connection) -> tuple[int, dict[str, Any]]:
        name = await connection.fetchval("SELECT item_name FROM backend.applications WHERE application_no = $1 FOR UPDATE", application)
        if name is None:
            raise not_found()
        await connection.execute(WRITE, application, body["state"], amount, due, body.get("link"))
        moved = {"number": application, "status": body["state"], "status_text": STATE[body["state"]]}
        note = f"{yuan(amount)} 元" + (f"，请在 {due} 前缴" if due and body["state"] == "unpaid" else "")
        step = {"at": datetime.now(SHANGHAI).isoformat(timespec="seconds"), "name": moved["status_text"], "note": note}
        told = await note_change(connection, {**moved, "item_name": name, "step": step, "next_step": NEXT[body["state"]]})
        return 201, {**moved, "told": told}

    return await create_once(request, create)


def payment_told(payment: Mapping[str, Any] | None, item: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """How the fee stands, with its legal basis from the service item; None where nobody knows of a fee.

    Args:
        payment: the row as JSON.
        item: the service item's record.
    """
    basis = bases_in_short(bases_of(item["legal_basis"], "fee")) if item else ""
    if payment:
        told = {"state": payment["state"], "amount": float(payment["amount"]), "due_on": payment["due_on"], "link": payment["link"]}
    elif item and free(item):
        told = {"state": "free", "amount": 0, "due_on": None, "link": None}
    else:
        return None
    return {**told, "state_text": STATE[told["state"]], "basis": basis}


def free(item: Mapping[str, Any]) -> bool:
    """Whether the catalogue says that the item costs nothing; silence says nothing."""
    charges = (item.get("fee") or {}).get("charges") or []
    return bool(charges) and not any(charge["yuan"] for charge in charges)


def yuan(amount: Decimal) -> str:
    """「40」, 「12.50」."""
    return f"{amount:.0f}" if amount == amount.to_integral_value() else f"{amount:.2f}"


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Problem(422, "invalid_body", "due_on: the calendar has no such day") from None
