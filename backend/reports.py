"""Reports 投诉举报件: complaints about the police and tips about wrongdoing, filed once and followed by number and query code."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any

import asyncpg
from aiohttp import web

from backend.changes import SUBSCRIBE
from backend.contract import BODY
from backend.database import POOL, connected
from backend.idempotency import create_once
from backend.identities import openid_digest
from backend.problems import not_found
from backend.proofs import hash_proof, new_query_code, prove
from backend.receipts import day, moment, receipt
from backend.routing import NAMED, next_step, phone_of, promised_on, repeated, route, unit_of, urgent
from backend.vault import SEALED, VAULT, Vault
from backend.work import open_work
from weijing.urgency import judge
from weijing.workdays import SHANGHAI

KINDS = {"complaint": "投诉", "tip": "举报"}
STATUS = {"received": "已接收", "accepted": "已受理", "processing": "办理中", "transferred": "已转送", "done": "已办结", "withdrawn": "已撤回"}
"""How a kind and a status read."""
DONE = "done"

EARLIER = """
    SELECT report_no, received_at, promised_on FROM backend.reports
     WHERE fingerprint = $1 AND received_at > now() - interval '10 minutes' ORDER BY received_at DESC LIMIT 1
"""
NUMBER = """
    INSERT INTO backend.report_numbers AS numbers (year, last) VALUES ($1, 1)
    ON CONFLICT (year) DO UPDATE SET last = numbers.last + 1 RETURNING last
"""
INSERT = """
    INSERT INTO backend.reports (report_no, kind, topic, content, occurred_at, place, happening_now, evidence, mode, contact, fingerprint, unit,
                                 status, steps, next_step, received_at, promised_on, sender, sealed, details, area, urgency, urgency_reasons)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'received', $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
"""


async def create_report(request: web.Request) -> web.StreamResponse:
    """File a report, once for each Idempotency-Key; the same words again within 10 minutes get the earlier number."""
    vault, report = request.app[VAULT], request[BODY]
    contact = _contact(vault, request.app[SEALED], report)

    async def create(connection: asyncpg.Connection) -> tuple[int, dict[str, Any]]:
        known = fingerprint(vault, report)
        if known and (earlier := await _earlier(connection, known)):
            return 200, _duplicate(earlier, report)
        return 201, await _file(connection, vault, report, known, contact)

    return await create_once(request, create)


async def query_report(request: web.Request) -> web.StreamResponse:
    """The progress of a report for whoever holds its query code."""
    pool, report_no = request.app[POOL], request.match_info["report_no"]
    await prove(pool, request.app[VAULT], report_no, "query_code", request[BODY]["query_code"])
    async with connected(pool) as connection:
        row = await connection.fetchrow("SELECT * FROM backend.reports WHERE report_no = $1", report_no)
    if row is None:
        raise not_found()
    return web.json_response(report_progress(row))


def report_progress(row: asyncpg.Record) -> dict[str, Any]:
    """What the reporter is told; never the words, the names or the evidence."""
    progress = {name: row[name] for name in ("report_no", "kind", "topic", "status", "steps", "next_step")}
    progress |= {"status_text": STATUS[row["status"]], "received_at": moment(row["received_at"]), "promised_on": day(row["promised_on"])}
    progress["item_name"] = f"{KINDS[row['kind']]}：{row['topic']}"
    done = row["status"] == DONE
    progress |= {"question": None if done else row["question"], "outcome": row["steps"][-1]["note"] if done else None}
    return progress | {"office": f"{row['area']}{row['unit']}部门", "phone": phone_of(row["unit"])}


def fingerprint(vault: Vault, report: dict[str, Any]) -> str | None:
    """Recognises one sender's same words; kind and mode belong to it, lest a changed mind be taken for a repeat."""
    if not report.get("openid"):
        return None
    words = "".join(unicodedata.normalize("NFKC", report["content"]).split())
    return vault.digest(report["openid"], report["kind"], report["mode"], words)


async def _earlier(connection: asyncpg.Connection, known: str) -> asyncpg.Record | None:
    """The report with the same words, if any; the lock makes two that come at once see each other."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 2))", known)
    return await connection.fetchrow(EARLIER, known)


def _duplicate(earlier: asyncpg.Record, report: dict[str, Any]) -> dict[str, Any]:
    first = urgent(unit_of(report["kind"], report["topic"])) if report.get("happening_now") else ""
    return receipt("report_no", earlier, None, first + repeated(earlier["report_no"]), duplicate_of=earlier["report_no"])


def _contact(vault: Vault, secret: Vault, report: dict[str, Any]) -> dict[str, str | None]:
    """Name and phone as they are stored: under the usual key, or for who asked for secrecy under one that no list, answer or export opens."""
    mode, reporter = report["mode"], report.get("reporter")
    return {"contact": vault.seal(reporter) if mode == "named" else None, "sealed": secret.seal(reporter) if mode == "sealed" else None}


async def _file(
    connection: asyncpg.Connection, vault: Vault, report: dict[str, Any], known: str | None, contact: dict[str, str | None]
) -> dict[str, Any]:
    received = datetime.now(SHANGHAI).replace(microsecond=0)
    kind, mode, to, urgency = report["kind"], report["mode"], route(report), judge(report)
    row: dict[str, Any] = {
        "report_no": f"J{received.year}-{await connection.fetchval(NUMBER, received.year):06d}",
        "received_at": received,
        "promised_on": promised_on(kind, mode, received.date()),
    }
    urgent_now = report.get("happening_now", False)
    sender = openid_digest(vault, report["openid"]) if report.get("openid") and mode in NAMED else None
    await connection.execute(
        INSERT, row["report_no"], kind, report["topic"], report["content"], report.get("occurred_at"), report.get("place"), urgent_now,
        report.get("evidence") or [], mode, contact["contact"], known, to.unit,
        [{"at": received.isoformat(), "name": "登记", "note": f"转{to.area}{to.unit}部门"}], next_step(kind, mode, to, False), received, row["promised_on"],
        sender, contact["sealed"], report.get("details") or [], to.area, urgency.level, list(urgency.reasons),
    )  # fmt: skip
    await open_work(connection, "report", row["report_no"])
    if sender:  # who left a name hears of questions and of the outcome without asking
        await connection.execute(SUBSCRIBE, row["report_no"], sender, vault.seal(report["openid"]))
    return receipt("report_no", row, await _new_code(connection, vault, row["report_no"]), next_step(kind, mode, to, urgent_now))


async def _new_code(connection: asyncpg.Connection, vault: Vault, report_no: str) -> str:
    code = new_query_code()
    hashed = await hash_proof(vault, "query_code", code)
    await connection.execute("INSERT INTO backend.proofs (number, kind, hash) VALUES ($1, 'query_code', $2)", report_no, hashed)
    return code
