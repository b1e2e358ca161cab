"""Applications 办件: their progress, for somebody who can prove that it is theirs."""

from __future__ import annotations

from typing import Any

import asyncpg
from aiohttp import web

from backend.contract import BODY
from backend.database import POOL, connected
from backend.deliveries import delivery_told
from backend.payments import payment_told
from backend.problems import not_found
from backend.proofs import prove
from backend.vault import VAULT

STATUS = {
    "accepted": "已受理", "reviewing": "审核中", "supplement": "待补充材料", "producing": "制证中", "ready": "待领取", "completed": "已办结",
    "rejected": "不予办理", "withdrawn": "已撤回",
}  # fmt: skip
"""How a status reads."""
TOLD = ("application_no", "service_item_id", "item_name", "status", "steps", "next_step", "office", "phone")
READ = """
    SELECT a.*, i.record AS item, to_jsonb(p) AS payment, to_jsonb(d) AS delivery
      FROM backend.applications a
      LEFT JOIN backend.service_items i ON i.id = a.service_item_id
      LEFT JOIN backend.payments p ON p.application_no = a.application_no
      LEFT JOIN LATERAL (SELECT one.* FROM backend.deliveries one WHERE one.application_no = a.application_no ORDER BY posted_at DESC LIMIT 1) d ON true
"""
"""Applications with what `application_progress` needs beside them."""


async def query_application(request: web.Request) -> web.StreamResponse:
    """The progress of an application; an unknown number and a wrong proof look the same."""
    pool, application_no, proof = request.app[POOL], request.match_info["application_no"], request[BODY]["proof"]
    await prove(pool, request.app[VAULT], application_no, proof["kind"], proof["value"])
    async with connected(pool) as connection:
        row = await connection.fetchrow(f"{READ} WHERE a.application_no = $1", application_no)
    if row is None:
        raise not_found()
    return web.json_response(application_progress(row))


def application_progress(row: asyncpg.Record) -> dict[str, Any]:
    """What an applicant is told; while something is to be handed in no limit runs (行政许可法 art. 32: accepted once it is complete)."""
    promised = row["promised_on"].isoformat() if row["promised_on"] and row["status"] != "supplement" else None
    delivery = delivery_told({**row["delivery"], "item_name": row["item_name"]}) if row["delivery"] else None
    progress = {name: row[name] for name in TOLD} | {"payment": payment_told(row["payment"], row["item"]), "delivery": delivery}
    return progress | {"status_text": STATUS[row["status"]], "applied_on": row["applied_on"].isoformat(), "promised_on": promised}
