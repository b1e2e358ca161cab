"""What staff do with a work item: bring it to another state, give it to somebody, write a note. The public reads `public_note`, never `reason`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import asyncpg
from aiohttp import web

from backend.contract import BODY
from backend.idempotency import create_once
from backend.problems import Problem
from backend.steps import take_step
from backend.units import refuse_unit
from backend.work import HISTORY, move
from backend.work_states import ASKED, OWED, STATES, STATUS, may_follow
from backend.work_told import fresh, locked, work_told

NEXT = {
    "accepted": "已受理，有进展会告诉您。", "processing": "正在办理，有进展会告诉您。", "completed": "已经办结。", "delivered": "已经送达。",
    "refused": "不予受理的理由写在办理进度里。", "followed_up": "谢谢您的回复。", "supplement": "请按办理进度里写的补齐，补齐后继续办理。",
}  # fmt: skip
"""What the public is told of what comes next."""
ASSIGN = "UPDATE backend.work SET unit = $2, assignee = $3, version = version + 1 WHERE number = $1 RETURNING *"

Deed = Callable[[asyncpg.Connection, asyncpg.Record, Mapping[str, asyncpg.Record]], Awaitable[asyncpg.Record]]
"""Does it to the locked row, knowing those that are merged into it; returns the new row."""


async def do(request: web.Request, deed: Deed, *others: str) -> web.StreamResponse:
    """Lock the item (and others), see that its version is the one that staff saw, and do it, once for each Idempotency-Key."""
    number, body = request.match_info["number"], request[BODY]

    async def create(connection: asyncpg.Connection) -> tuple[int, dict[str, Any]]:
        rows = await locked(connection, (number, *others))
        if "version" in body:
            fresh(rows[number], body["version"])
        return 201, work_told(await deed(connection, rows[number], rows))

    return await create_once(request, create)


async def transition(request: web.Request) -> web.StreamResponse:
    """Bring it to another state; what is merged into it goes with it, wherever it stood.

    Raises:
        Problem: 404 unknown number, 409 `illegal_transition` or `version_conflict`, 422 when the public is owed words and gets none.
    """
    body = request[BODY]
    if body["to"] in OWED and not (body.get("public_note") or "").strip():
        raise Problem(422, "invalid_body", f"public_note: say to the public why, for {body['to']} is told with its reason")

    async def deed(connection: asyncpg.Connection, row: asyncpg.Record, rows: Mapping[str, asyncpg.Record]) -> asyncpg.Record:
        _refuse_illegal(row, body["to"])
        for other in rows.values():
            if other["merged_into"] == row["number"] and other["state"] != "withdrawn":
                await _bring(connection, other, body)
        return await _bring(connection, row, body)

    return await do(request, deed)


def _refuse_illegal(row: asyncpg.Record, to: str) -> None:
    if row["merged_into"]:
        raise Problem(409, "illegal_transition", f"It is merged into {row['merged_into']}: work on that one, this one goes with it.")
    possible = may_follow(row["kind"], row["state"])
    if to not in possible:
        rest = "、".join(STATES[one] for one in STATES if one in possible) or "没有下一步"
        raise Problem(409, "illegal_transition", f"From {STATES[row['state']]} this kind cannot go to {STATES[to]}; possible: {rest}.")
    if to == "supplement" and row["kind"] in ASKED:
        raise Problem(409, "illegal_transition", "Ask the citizen with `asks`: then they can answer in the chat, and the item comes back by itself.")


async def _bring(connection: asyncpg.Connection, row: asyncpg.Record, body: Mapping[str, Any]) -> asyncpg.Record:
    to, kind = body["to"], row["kind"]
    moved = await move(connection, row, to, "transition", body["staff"], body["reason"])
    name = "答复" if to == "completed" and kind in {"letter", "follow_up"} else STATES[to]
    step = {"status": STATUS[kind][to], "name": name, "note": body.get("public_note") or "", "next_step": NEXT[to]}
    await take_step(connection, f"{kind}_no", row["number"], step)
    return moved


async def assign(request: web.Request) -> web.StreamResponse:
    """Give it to a unit and, if one is named, to a person of it; what is said of a unit never goes to that unit.

    Raises:
        Problem: 404 unknown number, 409 `version_conflict` or `unit_complained_of`, 422 for a unit that there is not.
    """
    body = request[BODY]

    async def deed(connection: asyncpg.Connection, row: asyncpg.Record, _: Mapping[str, asyncpg.Record]) -> asyncpg.Record:
        await refuse_unit(connection, row, body["unit"])
        assigned = await connection.fetchrow(ASSIGN, row["number"], body["unit"], body.get("assignee"))
        await connection.execute(HISTORY, row["number"], body["staff"], "assign", _holder(row), _holder(assigned), body["reason"])
        return assigned

    return await do(request, deed)


def _holder(row: asyncpg.Record) -> str:
    return f"{row['unit']}/{row['assignee']}" if row["assignee"] else str(row["unit"])


async def add_note(request: web.Request) -> web.StreamResponse:
    """Write an internal note into the history; the public never sees it.

    Raises:
        Problem: 404 unknown number.
    """
    body = request[BODY]

    async def deed(connection: asyncpg.Connection, row: asyncpg.Record, _: Mapping[str, asyncpg.Record]) -> asyncpg.Record:
        await connection.execute(HISTORY, row["number"], body["staff"], "note", "", "", body["text"])
        return row

    return await do(request, deed)
