"""Steps: a bureau's own system says that a matter has moved on; whoever asked to hear of it gets a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
from aiohttp import web

from backend import applications, cases, filings, follow_ups, letters, reports
from backend.changes import note_change
from backend.contract import BODY
from backend.filing_supplements import ask
from backend.idempotency import create_once
from backend.problems import Problem, not_found
from backend.work import follow
from weijing.workdays import SHANGHAI


@dataclass(frozen=True)
class Kind:
    """Where matters of a kind stand.

    Args:
        read, write: what reads (and locks) the row of a number, and what writes status, steps and next step into it.
        statuses: status -> how it reads.
    """

    read: str
    write: str
    statuses: Mapping[str, str]


KINDS = {
    "application_no": Kind(
        "SELECT item_name, steps, next_step FROM backend.applications WHERE application_no = $1 FOR UPDATE",
        "UPDATE backend.applications SET status = $2, steps = $3, next_step = $4 WHERE application_no = $1",
        applications.STATUS,
    ),
    "report_no": Kind(
        "SELECT '投诉举报' AS item_name, steps, next_step FROM backend.reports WHERE report_no = $1 AND status <> 'withdrawn' FOR UPDATE",
        "UPDATE backend.reports SET status = $2, steps = $3, next_step = $4 WHERE report_no = $1",
        reports.STATUS,
    ),
    "case_no": Kind(
        "SELECT item_name, steps, next_step FROM backend.cases WHERE case_no = $1 FOR UPDATE",
        "UPDATE backend.cases SET status = $2, steps = $3, next_step = $4 WHERE case_no = $1",
        cases.STATUS,
    ),
    "filing_no": Kind(
        "SELECT item_name, steps, next_step FROM backend.filings WHERE filing_no = $1 FOR UPDATE",
        "UPDATE backend.filings SET status = $2, steps = $3, next_step = $4 WHERE filing_no = $1",
        filings.STATUS,
    ),
    "letter_no": Kind(
        "SELECT '局长信箱来信' AS item_name, steps, next_step FROM backend.letters WHERE letter_no = $1 FOR UPDATE",
        "UPDATE backend.letters SET status = $2, steps = $3, next_step = $4 WHERE letter_no = $1",
        letters.STATUS,
    ),
    "follow_up_no": Kind(
        "SELECT '差评回访 ' || matter AS item_name, steps, next_step FROM backend.follow_ups WHERE follow_up_no = $1 FOR UPDATE",
        "UPDATE backend.follow_ups SET status = $2, steps = $3, next_step = $4 WHERE follow_up_no = $1",
        follow_ups.STATUS,
    ),
}
"""Path parameter -> kind."""


async def add_step(request: web.Request) -> web.StreamResponse:
    """Write the step, and a change for each subscriber, in one transaction; the work item goes with it.

    Raises:
        Problem: 404 for an unknown number or a withdrawn report, 422 for a status that this kind of matter does not have.
    """
    ((parameter, number),) = request.match_info.items()
    step = request[BODY]
    if step["status"] not in KINDS[parameter].statuses:
        raise Problem(422, "invalid_body", f"status: one of {', '.join(KINDS[parameter].statuses)}")

    async def create(connection: asyncpg.Connection) -> tuple[int, dict[str, Any]]:
        return 201, await take_step(connection, parameter, number, step)

    return await create_once(request, create)


async def take_step(connection: asyncpg.Connection, parameter: str, number: str, step: Mapping[str, Any]) -> dict[str, Any]:
    """Write a step `{status, name, note, next_step, asks, days}`, the changes and the state of the work item; returns what `Stepped` of the contract holds.

    Raises:
        Problem: 404 for an unknown number or a withdrawn report, 422 for two asks of one id.
    """
    kind = KINDS[parameter]
    row = await connection.fetchrow(kind.read, number)
    if row is None:
        raise not_found()
    taken = {"at": datetime.now(SHANGHAI).isoformat(timespec="seconds"), "name": step["name"], "note": step.get("note") or ""}
    asked = await ask(connection, number, step) if parameter == "filing_no" else ""
    next_step = asked or step.get("next_step") or row["next_step"]
    await connection.execute(kind.write, number, step["status"], [*row["steps"], taken], next_step)
    await follow(connection, number, step["status"])
    moved = {"number": number, "status": step["status"], "status_text": kind.statuses[step["status"]]}
    told = await note_change(connection, {**moved, "item_name": row["item_name"], "step": taken, "next_step": next_step})
    return {**moved, "told": told}
