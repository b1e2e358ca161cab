"""Withdrawing a report 撤回, by whoever holds its query code, as long as it is not decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import asyncpg
from aiohttp import web

from backend.contract import BODY
from backend.database import POOL
from backend.idempotency import create_once
from backend.problems import Problem, not_found
from backend.proofs import prove
from backend.reports import DONE, report_progress
from backend.vault import VAULT
from backend.work import follow
from weijing.workdays import SHANGHAI

NEXT = "已按您的要求撤回，不再答复。已经掌握的违法犯罪线索，公安机关仍会依法核查。"
READ = "SELECT * FROM backend.reports WHERE report_no = $1 FOR UPDATE"
WRITE = "UPDATE backend.reports SET status = 'withdrawn', steps = $2, next_step = $3, promised_on = NULL, question = NULL WHERE report_no = $1 RETURNING *"


async def withdraw_report(request: web.Request) -> web.StreamResponse:
    """Withdraw it; doing it again changes nothing.

    Raises:
        Problem: 404 for an unknown number or a wrong code, 409 `already_decided` when it is done, 429 after five wrong codes.
    """
    report_no = request.match_info["report_no"]
    await prove(request.app[POOL], request.app[VAULT], report_no, "query_code", request[BODY]["query_code"])

    async def withdraw(connection: asyncpg.Connection) -> tuple[int, dict[str, Any]]:
        row = await connection.fetchrow(READ, report_no)
        if row is None:
            raise not_found()
        if row["status"] == DONE:
            raise Problem(409, "already_decided", "The report is decided; it cannot be withdrawn any more.")
        if row["status"] != "withdrawn":
            step = {"at": datetime.now(SHANGHAI).isoformat(timespec="seconds"), "name": "撤回", "note": "投诉举报人撤回"}
            row = await connection.fetchrow(WRITE, report_no, [*row["steps"], step], NEXT)
            await follow(connection, report_no, "withdrawn")
        return 200, report_progress(row)

    return await create_once(request, withdraw)
