"""Asking the citizen for more 补正: by the question of a report or the asks of a filing, so that they answer in the chat; the clock stands until then."""

from __future__ import annotations

from collections.abc import Mapping

import asyncpg
from aiohttp import web

from backend.contract import BODY
from backend.problems import Problem
from backend.report_supplements import put_question
from backend.steps import take_step
from backend.work import HISTORY, move
from backend.work_moves import do
from backend.work_states import ASKED, STATES, may_follow

TYPES = {"text": "text", "picture": "pictures"}
"""Kind of an ask -> type of a filing's field."""
MORE = "UPDATE backend.work SET version = version + 1 WHERE number = $1 RETURNING *"
ANSWER_DAYS = 10
"""Workdays that a filer has to answer, as the demo's definitions give them."""


async def ask_citizen(request: web.Request) -> web.StreamResponse:
    """Put the question, and wait for its answer; a further one of a filing is added, one of a report takes the place of the open one.

    Raises:
        Problem: 404 unknown number, 409 `cannot_ask`, `illegal_transition` or `version_conflict`.
    """
    body = request[BODY]

    async def deed(connection: asyncpg.Connection, row: asyncpg.Record, _: Mapping[str, asyncpg.Record]) -> asyncpg.Record:
        _refuse(row)
        if row["state"] == "supplement":
            await connection.execute(HISTORY, row["number"], body["staff"], "ask", "", "", body["question"])
            moved = await connection.fetchrow(MORE, row["number"])
        else:
            moved = await move(connection, row, "supplement", "ask", body["staff"], body["question"])
        await (_ask_reporter if row["kind"] == "report" else _ask_filer)(connection, row["number"], body)
        return moved

    return await do(request, deed)


def _refuse(row: asyncpg.Record) -> None:
    if row["kind"] not in ASKED:
        raise Problem(409, "cannot_ask", "Only reports and filings can be asked for more in the chat; tell others by a transition or by telephone.")
    if row["merged_into"]:
        raise Problem(409, "illegal_transition", f"It is merged into {row['merged_into']}: work on that one.")
    if row["state"] != "supplement" and "supplement" not in may_follow(row["kind"], row["state"]):
        raise Problem(409, "illegal_transition", f"From {STATES[row['state']]} nothing is asked any more.")


async def _ask_reporter(connection: asyncpg.Connection, number: str, body: Mapping[str, str]) -> None:
    await connection.execute("UPDATE backend.reports SET status = 'processing' WHERE report_no = $1 AND status IN ('received', 'accepted')", number)
    await put_question(connection, number, body["question"])


async def _ask_filer(connection: asyncpg.Connection, number: str, body: Mapping[str, str]) -> None:
    open_asks = await connection.fetchval("SELECT asks FROM backend.filings WHERE filing_no = $1", number)
    taken = {one["id"] for one in open_asks}
    new = next(name for name in (f"more_{count}" for count in range(1, len(taken) + 2)) if name not in taken)
    asks = [*open_asks, {"id": new, "text": body["question"], "type": TYPES[body["kind"]]}]
    await take_step(connection, "filing_no", number, {"status": "supplement", "name": STATES["supplement"], "asks": asks, "days": ANSWER_DAYS})
