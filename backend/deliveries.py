"""Deliveries 证件邮寄: a certificate on its way by EMS. The bureau's system posts where it is; nobody is asked about it over the network."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import asyncpg
from aiohttp import web

from backend.changes import note_change
from backend.contract import BODY
from backend.database import POOL, connected
from backend.idempotency import create_once
from backend.problems import Problem, not_found
from backend.proofs import hash_proof, prove
from backend.vault import VAULT
from weijing.identifiers import delivery_no_is_valid
from weijing.workdays import SHANGHAI

STATUS = {"posted": "已寄出", "transit": "运输途中", "delivering": "正在派送", "signed": "已签收", "returned": "已退回"}
"""How a status reads."""
QUIET = frozenset({"transit"})
"""Statuses that subscribers are not told of: a parcel passes many places."""
CARRIER = "中国邮政 EMS"
TAIL = "phone_tail"
"""The kind of proof that opens a delivery: the last four digits of the recipient's phone, which stand on the parcel."""
INSERT = "INSERT INTO backend.deliveries (delivery_no, application_no, carrier, status, address, steps) VALUES ($1, $2, $3, 'posted', $4, $5)"
READ = "SELECT d.*, a.item_name FROM backend.deliveries d JOIN backend.applications a USING (application_no) WHERE delivery_no = $1"
PROOF = "INSERT INTO backend.proofs (number, kind, hash) VALUES ($1, $2, $3)"
_DISTRICT = re.compile(".*?[市州].*?[区县旗市]|.*?[区县旗市州]")
_KNOWN = 3
"""Characters shown of an address that names no district."""


async def create_delivery(request: web.Request) -> web.StreamResponse:
    """An application's certificate was posted; its subscribers get a change.

    Raises:
        Problem: 404 no such application, 409 `known_delivery`, 422 a number whose check digit is wrong.
    """
    vault, body, application = request.app[VAULT], request[BODY], request.match_info["application_no"]
    number = body["delivery_no"]
    if not delivery_no_is_valid(number):
        raise Problem(422, "invalid_body", "delivery_no: its check digit (UPU S10) is wrong")
    tail = await hash_proof(vault, TAIL, body["phone"][-4:])

    async def create(connection: asyncpg.Connection) -> tuple[int, dict[str, Any]]:
        if not await connection.fetchval("SELECT true FROM backend.applications WHERE application_no = $1 FOR UPDATE", application):
            raise not_found()
        taken = _step({"place": body.get("place"), "note": STATUS["posted"]})
        await connection.execute(INSERT, number, application, CARRIER, masked_address(body["address"]), [taken])
        await connection.execute(PROOF, number, TAIL, tail)
        return 201, await _stepped(connection, await connection.fetchrow(READ, number), taken)

    try:
        return await create_once(request, create)
    except asyncpg.UniqueViolationError:
        raise Problem(409, "known_delivery", "This delivery is known; post a step of it.") from None


async def add_delivery_step(request: web.Request) -> web.StreamResponse:
    """It is somewhere else now.

    Raises:
        Problem: 404 for an unknown number.
    """
    number, body = request.match_info["delivery_no"], request[BODY]

    async def create(connection: asyncpg.Connection) -> tuple[int, dict[str, Any]]:
        row = await connection.fetchrow(f"{READ} FOR UPDATE OF d", number)
        if row is None:
            raise not_found()
        taken = _step(body)
        query = "UPDATE backend.deliveries SET status = $2, steps = $3 WHERE delivery_no = $1"
        await connection.execute(query, number, body["status"], [*row["steps"], taken])
        return 201, await _stepped(connection, await connection.fetchrow(READ, number), taken)

    return await create_once(request, create)


async def query_delivery(request: web.Request) -> web.StreamResponse:
    """Where it is; an unknown number and wrong digits look the same."""
    pool, number = request.app[POOL], request.match_info["delivery_no"]
    await prove(pool, request.app[VAULT], number, TAIL, request[BODY][TAIL])
    async with connected(pool) as connection:
        row = await connection.fetchrow(READ, number)
    if row is None:
        raise not_found()
    return web.json_response(delivery_told(row))


def delivery_told(row: Any) -> dict[str, Any]:
    """What the recipient is told."""
    told = {name: row[name] for name in ("delivery_no", "application_no", "item_name", "carrier", "status", "steps")}
    signed = row["steps"][-1]["at"] if row["status"] == "signed" else None
    return {**told, "status_text": STATUS[row["status"]], "to": row["address"], "signed_at": signed}


def masked_address(address: str) -> str:
    """「江苏省南京市鼓楼区示例路3号」 as 「江苏省南京市鼓楼区***」."""
    found = _DISTRICT.match(address)
    return (found[0] if found else address[:_KNOWN]) + "***"


def _step(step: dict[str, Any]) -> dict[str, str]:
    return {"at": datetime.now(SHANGHAI).isoformat(timespec="seconds"), "place": step.get("place") or "", "note": step.get("note") or ""}


async def _stepped(connection: asyncpg.Connection, row: asyncpg.Record, taken: dict[str, str]) -> dict[str, Any]:
    """The answer; the application's subscribers are told, unless it only passes a place."""
    moved = {"status": row["status"], "status_text": STATUS[row["status"]]}
    words = {"at": taken["at"], "name": f"{row['carrier']} {row['delivery_no']}", "note": " ".join(filter(None, (taken["place"], taken["note"])))}
    change = {**moved, "number": row["application_no"], "item_name": row["item_name"], "status_text": f"证件{moved['status_text']}", "step": words}
    told = 0 if row["status"] in QUIET else await note_change(connection, {**change, "next_step": _NEXT[row["status"]]})
    return {"number": row["delivery_no"], **moved, "told": told}


_NEXT = {
    "posted": "路上到哪里了，问一声就能看到。", "delivering": "请留意派送电话，凭有效证件签收。", "signed": "不是您本人或者家人签收的，请马上联系受理窗口。",
    "returned": "请联系受理窗口，核对地址后再寄或者到窗口领取。",
}  # fmt: skip
