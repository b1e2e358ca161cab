"""Letters to the director 局长信箱: filed once, answered by a promised day, followed by number and query code.

A letter that is really a complaint about the police goes to the inspectors as a complaint does (`backend/routing.py`); everything else to the office for
petitions 信访. A letter without a name gets no message: nobody knows whom to tell.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import asyncpg
from aiohttp import web

from backend import routing
from backend.changes import SUBSCRIBE
from backend.contract import BODY
from backend.database import POOL, connected
from backend.idempotency import create_once
from backend.identities import openid_digest
from backend.problems import not_found
from backend.promises import PETITIONS, PROMISES, Promises
from backend.proofs import hash_proof, new_query_code, prove
from backend.receipts import moment, receipt
from backend.reports import fingerprint
from backend.serials import next_number
from backend.vault import VAULT, Vault
from backend.work import open_work
from weijing.workdays import SHANGHAI

KINDS = {"suggestion": "建议", "question": "咨询", "request": "求助", "praise": "表扬", "opinion": "意见"}
STATUS = {"received": "已接收", "processing": "办理中", "transferred": "已转送", "answered": "已答复"}
"""How a kind and a status read."""

EARLIER = """
    SELECT letter_no, received_at, promised_on FROM backend.letters
     WHERE fingerprint = $1 AND received_at > now() - interval '10 minutes' ORDER BY received_at DESC LIMIT 1
"""
INSERT = """
    INSERT INTO backend.letters (letter_no, kind, content, contact, sender, fingerprint, unit, steps, next_step, received_at, promised_on)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
PROOF = "INSERT INTO backend.proofs (number, kind, hash) VALUES ($1, 'query_code', $2)"


async def create_letter(request: web.Request) -> web.StreamResponse:
    """File a letter, once for each Idempotency-Key; the same words of one sender within 10 minutes get the earlier number."""
    vault, letter = request.app[VAULT], request[BODY]

    async def create(connection: asyncpg.Connection) -> tuple[int, dict[str, Any]]:
        mode = "named" if letter.get("writer") else "anonymous"
        known = fingerprint(vault, {**letter, "mode": mode})
        if known:
            await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 3))", known)
            if earlier := await connection.fetchrow(EARLIER, known):
                return 200, receipt("letter_no", earlier, None, routing.repeated(earlier["letter_no"]), duplicate_of=earlier["letter_no"])
        return 201, await _file(connection, vault, request.app[PROMISES], letter, known)

    return await create_once(request, create)


async def query_letter(request: web.Request) -> web.StreamResponse:
    """The progress of a letter, the answer included, for whoever holds its query code."""
    pool, letter_no = request.app[POOL], request.match_info["letter_no"]
    await prove(pool, request.app[VAULT], letter_no, "query_code", request[BODY]["query_code"])
    async with connected(pool) as connection:
        row = await connection.fetchrow("SELECT * FROM backend.letters WHERE letter_no = $1", letter_no)
    if row is None:
        raise not_found()
    return web.json_response(letter_progress(row))


def letter_progress(row: asyncpg.Record) -> dict[str, Any]:
    """What the writer is told; never the words or the names."""
    progress = {name: row[name] for name in ("letter_no", "kind", "status", "steps", "next_step")}
    progress |= {"status_text": STATUS[row["status"]], "received_at": moment(row["received_at"]), "promised_on": row["promised_on"].isoformat()}
    progress["item_name"] = f"局长信箱：{KINDS[row['kind']]}"
    return progress | {"office": f"{row['unit']}部门", "phone": routing.phone_of(row["unit"])}


async def _file(connection: asyncpg.Connection, vault: Vault, promises: Promises, letter: dict[str, Any], known: str | None) -> dict[str, Any]:
    code, now, named = new_query_code(), datetime.now(SHANGHAI).replace(microsecond=0), bool(letter.get("writer"))
    hashed = await hash_proof(vault, "query_code", code)
    unit = routing.INSPECTORS if letter["kind"] != "praise" and routing.complains(letter["content"]) else PETITIONS
    row: dict[str, Any] = {"letter_no": await next_number(connection, "X", now.year), "received_at": now}
    row["promised_on"] = promises.letter_on(now.date(), named=named)
    told = named and bool(letter.get("openid"))
    sender = openid_digest(vault, letter["openid"]) if told else None
    steps = [{"at": now.isoformat(), "name": "登记", "note": f"转{unit}部门"}]
    text = _next_step(letter["kind"], unit, named=named)
    contact = vault.seal(letter["writer"]) if named else None
    await connection.execute(INSERT, row["letter_no"], letter["kind"], letter["content"], contact, sender, known, unit, steps, text, now, row["promised_on"])
    await open_work(connection, "letter", row["letter_no"])
    await connection.execute(PROOF, row["letter_no"], hashed)
    if told:
        await connection.execute(SUBSCRIBE, row["letter_no"], sender, vault.seal(letter["openid"]))
    return receipt("letter_no", row, code, text)


def _next_step(kind: str, unit: str, *, named: bool) -> str:
    if unit == routing.INSPECTORS:
        return routing.next_step("complaint", "named" if named else "anonymous", routing.Route(unit), False)
    limit = f"需要调查处理的，受理后{routing.FINISH_DAYS}日内办结（《信访工作条例》第三十四条）。" if kind in {"request", "opinion"} and named else ""
    told = "有答复会在这里告诉您。" if named else "没有留姓名，无法主动告知，请用编号和查询码查看答复。"
    return f"您的来信已登记，转{unit}部门办理。{limit}{told}"
