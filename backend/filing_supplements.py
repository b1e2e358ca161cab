"""Supplements 补正: what a filing still lacks, told once and completely (居住证暂行条例 art. 9), and brought later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import asyncpg
from aiohttp import web

from backend.contract import BODY
from backend.database import POOL, connected
from backend.filing_values import invalid
from backend.idempotency import create_once
from backend.identities import openid_digest
from backend.problems import Problem, not_found
from backend.vault import VAULT
from backend.work import follow
from weijing.workdays import SHANGHAI, add_workdays

RECEIVED = "补的材料已收到，继续办理，有结果会告诉您。"
ASK = "UPDATE backend.filings SET asks = $2, until = $3 WHERE filing_no = $1"
OWN = "SELECT asks, until, status, steps, next_step FROM backend.filings WHERE filing_no = $1 AND sender = $2 FOR UPDATE"
KEEP = "INSERT INTO backend.filing_supplements (filing_no, answers) VALUES ($1, $2)"
WRITE = "UPDATE backend.filings SET status = $2, asks = $3, until = $4, steps = $5, next_step = $6 WHERE filing_no = $1"
OPEN = """
    SELECT filing_no, item_name, asks, until FROM backend.filings
     WHERE sender = $1 AND status = 'supplement' ORDER BY until NULLS LAST, filing_no LIMIT 20
"""


async def ask(connection: asyncpg.Connection, number: str, step: Mapping[str, Any]) -> str:
    """Write down what this step asks for, nothing where it asks for nothing; returns how the filer is told.

    Raises:
        Problem: 422 for two asks of one id.
    """
    asks, days = step.get("asks", []), step.get("days")
    if len({one["id"] for one in asks}) < len(asks):
        raise Problem(422, "invalid_body", "asks: every one needs an id of its own")
    until = add_workdays(datetime.now(SHANGHAI).date(), days) if asks and days else None
    await connection.execute(ASK, number, asks, until)
    return f"{told(asks, until)}{step.get('next_step') or ''}" if asks else ""


def told(asks: list[dict[str, Any]], until: date | None) -> str:
    """The asks in a sentence, all of them."""
    lines = "；".join(f"{number}. {one['text']}" for number, one in enumerate(asks, start=1))
    when = f"，请在{until.year}年{until.month}月{until.day}日前补齐" if until else ""
    return f"需要补：{lines}{when}。回复“补材料”就可以补。"


async def add_supplement(request: web.Request) -> web.StreamResponse:
    """Take answers and evidence to what is asked; when nothing is left the filing is worked on again.

    Raises:
        Problem: 404 not this user's, 409 `nothing_asked`, 422 `invalid_filing` for an answer that is empty or not asked for.
    """
    vault, number, body = request.app[VAULT], request.match_info["filing_no"], request[BODY]
    answers = {one["id"]: one for one in body["answers"]}

    async def add(connection: asyncpg.Connection) -> tuple[int, dict[str, Any]]:
        row = await connection.fetchrow(OWN, number, openid_digest(vault, body["openid"]))
        if row is None:
            raise not_found()
        if row["status"] != "supplement":
            raise Problem(409, "nothing_asked", "Nothing is asked for this filing now.")
        _check(answers, row["asks"])
        await connection.execute(KEEP, number, vault.seal(list(answers.values())))
        return 200, {"number": number, **await _taken(connection, number, row, set(answers))}

    return await create_once(request, add)


async def list_supplements(request: web.Request) -> web.StreamResponse:
    """What this user is asked for now, the most urgent first."""
    sender = openid_digest(request.app[VAULT], request.match_info["openid"])
    async with connected(request.app[POOL]) as connection:
        rows = await connection.fetch(OPEN, sender)
    return web.json_response({"supplements": [_open(row) for row in rows]})


def _open(row: asyncpg.Record) -> dict[str, Any]:
    until = row["until"].isoformat() if row["until"] else None
    return {"number": row["filing_no"], "item_name": row["item_name"], "asks": row["asks"], "until": until}


def _check(answers: dict[str, Any], asks: list[dict[str, Any]]) -> None:
    for name in answers.keys() - {one["id"] for one in asks}:
        raise invalid(name, "is not asked for")
    for name, one in answers.items():
        if not (one.get("text") or "").strip() and not one.get("evidence"):
            raise invalid(name, "has neither words nor evidence")


async def _taken(connection: asyncpg.Connection, number: str, row: asyncpg.Record, given: set[str]) -> dict[str, Any]:
    left = [one for one in row["asks"] if one["id"] not in given]
    names = "；".join(one["text"] for one in row["asks"] if one["id"] in given)
    step = {"at": datetime.now(SHANGHAI).isoformat(timespec="seconds"), "name": "补正", "note": f"已补：{names}"}
    status, until = ("supplement", row["until"]) if left else ("processing", None)
    next_step = told(left, until) if left else RECEIVED
    await connection.execute(WRITE, number, status, left, until, [*row["steps"], step], next_step)
    await follow(connection, number, status)
    return {"status": status, "left": len(left)}
