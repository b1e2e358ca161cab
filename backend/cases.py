"""Cases 案件: their progress, for a party who can prove to be one. How a case is investigated is never told, neither here nor to the bot."""

from __future__ import annotations

from typing import Any

import asyncpg
from aiohttp import web

from backend.contract import BODY
from backend.database import POOL, connected
from backend.problems import not_found
from backend.proofs import prove
from backend.vault import VAULT

STATUS = {
    "registered": "已受案，正在审查", "investigating": "正在办理", "not_filed": "已决定不立案", "transferred": "已移送其他机关", "closed": "已结案",
}  # fmt: skip
"""How a status reads."""


async def query_case(request: web.Request) -> web.StreamResponse:
    """The progress of a case; an unknown number and a wrong proof look the same."""
    pool, case_no, proof = request.app[POOL], request.match_info["case_no"], request[BODY]["proof"]
    await prove(pool, request.app[VAULT], case_no, proof["kind"], proof["value"])
    async with connected(pool) as connection:
        row = await connection.fetchrow("SELECT * FROM backend.cases WHERE case_no = $1", case_no)
    if row is None:
        raise not_found()
    return web.json_response(case_progress(row))


def case_progress(row: asyncpg.Record) -> dict[str, Any]:
    """What a party is told."""
    progress = {name: row[name] for name in ("case_no", "item_name", "status", "steps", "next_step", "office", "phone")}
    promised = row["promised_on"].isoformat() if row["promised_on"] else None
    return progress | {"status_text": STATUS[row["status"]], "opened_on": row["opened_on"].isoformat(), "promised_on": promised}
