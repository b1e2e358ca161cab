"""Filings 申报: taken as `data/filings/*.yml` defines them, once, and followed by number and query code or by the filer's phone.

What was answered is stored sealed as a whole; readable are only kind, state and dates.
"""

from __future__ import annotations

import json
import unicodedata
from datetime import date, datetime, timedelta
from typing import Any

import asyncpg
from aiohttp import web

from backend.changes import SUBSCRIBE
from backend.contract import BODY
from backend.database import POOL, connected
from backend.filing_values import Fields, checked, invalid
from backend.idempotency import create_once
from backend.identities import openid_digest
from backend.problems import not_found
from backend.proofs import hash_proof, new_query_code, prove
from backend.receipts import day, moment, receipt
from backend.rides import RIDE, begin_ride
from backend.vault import VAULT, Vault
from backend.work import open_work
from weijing.filing import Filing, load_filings
from weijing.workdays import SHANGHAI, add_workdays

STATUS = {"accepted": "已登记", "processing": "办理中", "supplement": "待补正", "completed": "已办结", "rejected": "不予办理"}
"""How a status reads."""
PHONE = "12345"
"""To ask about a filing: the government service line; a bureau's own backend names the unit's."""

EARLIER = "SELECT filing_no, received_at, promised_on FROM backend.filings WHERE fingerprint = $1 LIMIT 1"
NUMBER = """
    INSERT INTO backend.filing_numbers AS numbers (year, last) VALUES ($1, 1)
    ON CONFLICT (year) DO UPDATE SET last = numbers.last + 1 RETURNING last
"""
INSERT = """
    INSERT INTO backend.filings (filing_no, kind, item_name, sender, fingerprint, fields, status, steps, next_step, office, received_at, promised_on,
                                 erasable, keep_until)
    VALUES ($1, $2, $3, $4, $5, $6, 'accepted', $7, $8, $9, $10, $11, $12, $13)
"""


async def create_filing(request: web.Request) -> web.StreamResponse:
    """File it, once for each Idempotency-Key; the same `repeat` fields of the same openid on the same day get the earlier number.

    Raises:
        Problem: 422 `invalid_filing` naming the field.
    """
    vault, body = request.app[VAULT], request[BODY]
    filing = load_filings().get(body["kind"])
    if filing is None:
        raise invalid("kind", "is not defined")
    fields = checked(filing, body["fields"])

    async def create(connection: asyncpg.Connection) -> tuple[int, dict[str, Any]]:
        received = datetime.now(SHANGHAI).replace(microsecond=0)
        known = fingerprint(vault, filing, body["openid"], fields, received.date())
        if known and (earlier := await _earlier(connection, known)):
            text = f"今天已经登记过，编号{earlier['filing_no']}，没有重复登记。请用当时给您的查询码查看进展。"
            return 200, receipt("filing_no", earlier, None, text, duplicate_of=earlier["filing_no"])
        return 201, await _file(connection, vault, filing, body["openid"], fields, received, known)

    return await create_once(request, create)


async def query_filing(request: web.Request) -> web.StreamResponse:
    """The progress of a filing; an unknown number and a wrong proof look the same."""
    pool, filing_no, proof = request.app[POOL], request.match_info["filing_no"], request[BODY]["proof"]
    await prove(pool, request.app[VAULT], filing_no, proof["kind"], proof["value"])
    async with connected(pool) as connection:
        row = await connection.fetchrow("SELECT * FROM backend.filings WHERE filing_no = $1", filing_no)
    if row is None:
        raise not_found()
    return web.json_response(filing_progress(row))


def filing_progress(row: asyncpg.Record) -> dict[str, Any]:
    """What the filer is told; never what was answered."""
    progress = {name: row[name] for name in ("filing_no", "kind", "item_name", "status", "steps", "next_step", "office", "asks")}
    days = {"promised_on": day(row["promised_on"]), "until": day(row["until"]), "applied_on": moment(row["received_at"])[:10]}
    return progress | days | {"status_text": STATUS[row["status"]], "phone": PHONE}


def fingerprint(vault: Vault, filing: Filing, openid: str, fields: Fields, day: date) -> str | None:
    """Recognises a repeat whatever the blanks, width and case of its words; None where the definition names no fields."""
    if not filing.repeat:
        return None
    words = json.dumps([fields.get(name) for name in filing.repeat], sort_keys=True, ensure_ascii=False)
    return vault.digest("filing", openid, filing.id, day.isoformat(), "".join(unicodedata.normalize("NFKC", words).upper().split()))


async def _earlier(connection: asyncpg.Connection, known: str) -> asyncpg.Record | None:
    """The filing with the same answers, if any; the lock makes two that come at once see each other."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 3))", known)
    return await connection.fetchrow(EARLIER, known)


async def _file(
    connection: asyncpg.Connection, vault: Vault, filing: Filing, openid: str, fields: Fields, received: datetime, known: str | None
) -> dict[str, Any]:
    number = f"B{received.year}-{await connection.fetchval(NUMBER, received.year):06d}"
    promised = add_workdays(received.date(), filing.workdays) if filing.workdays else None
    code, sender = new_query_code(), openid_digest(vault, openid)
    await connection.execute(
        INSERT, number, filing.id, filing.name, sender, known, vault.seal(fields), [{"at": received.isoformat(), "name": "登记", "note": ""}],
        filing.receipt, f"{filing.owner}部门", received, promised, filing.erasable, keep_until(filing, received.date()),
    )  # fmt: skip
    await open_work(connection, "filing", number)
    await _keep_proofs(connection, vault, number, {"query_code": code, **filers_phone(filing, fields)})
    await connection.execute(SUBSCRIBE, number, sender, vault.seal(openid))
    if filing.id == RIDE and "expected_at" in fields:
        await begin_ride(connection, vault, number, openid, fields)
    return receipt("filing_no", {"filing_no": number, "received_at": received, "promised_on": promised}, code, filing.receipt)


async def _keep_proofs(connection: asyncpg.Connection, vault: Vault, number: str, proofs: dict[str, str]) -> None:
    rows = [(number, kind, await hash_proof(vault, kind, proof)) for kind, proof in proofs.items()]
    await connection.executemany("INSERT INTO backend.proofs (number, kind, hash) VALUES ($1, $2, $3)", rows)


def filers_phone(filing: Filing, fields: Fields) -> dict[str, str]:
    """The phone that proves a filing to be the filer's: what stands in the first field of that type."""
    found = [fields[one.id] for one in filing.fields if one.type == "phone" and one.id in fields]
    return {"phone": found[0]} if found else {}


def keep_until(filing: Filing, day: date) -> date | None:
    """The last day on which it is kept; None where the definition leaves it to the bureau's rules."""
    return day + timedelta(days=filing.keep_days) if filing.keep_days else None
