"""Evidence added to a report after it was filed, by whoever filed it; it answers what staff asked, if they did."""

from __future__ import annotations

from typing import Any

import asyncpg
from aiohttp import web

from backend.contract import BODY
from backend.idempotency import create_once
from backend.problems import Problem, not_found
from backend.report_supplements import MOST, answer
from backend.reports import DONE, fingerprint
from backend.vault import VAULT

REPORT = "SELECT * FROM backend.reports WHERE report_no = $1 FOR UPDATE"
ADD = "UPDATE backend.reports SET evidence = $2 WHERE report_no = $1"


async def add_evidence(request: web.Request) -> web.StreamResponse:
    """Add what the report does not have yet.

    Raises:
        Problem: 404 for a number that does not exist and for anybody but the sender of the report; 422 when it would have too many.
    """
    vault, report_no, body = request.app[VAULT], request.match_info["report_no"], request[BODY]

    async def add(connection: asyncpg.Connection) -> tuple[int, dict[str, Any]]:
        row = await connection.fetchrow(REPORT, report_no)
        if row is None or row["fingerprint"] is None or fingerprint(vault, {**row, "openid": body["openid"]}) != row["fingerprint"]:
            raise not_found()
        known = {item["ref"] for item in row["evidence"]}
        new = list({item["ref"]: item for item in body["evidence"] if item["ref"] not in known}.values())
        if len(known) + len(new) > MOST:
            raise Problem(422, "too_much_evidence", f"A report takes {MOST} pieces of evidence.")
        if row["question"] and row["status"] not in (DONE, "withdrawn"):
            await answer(connection, row, new)
        else:
            await connection.execute(ADD, report_no, [*row["evidence"], *new])
        return 200, {"report_no": report_no, "added": len(new), "evidence": len(row["evidence"]) + len(new)}

    return await create_once(request, add)
