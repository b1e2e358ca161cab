"""One work item, whole: what staff must see to decide. A sealed reporter is not in it; who it was is opened by two people (`backend/seal_openings.py`)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
from aiohttp import web

from backend.database import POOL, connected
from backend.problems import not_found
from backend.receipts import moment
from backend.vault import VAULT, Vault
from backend.work_merges import duplicates
from backend.work_states import STATES, may_follow
from backend.work_told import work_told

Detail = dict[str, Any]
NOTHING: Detail = {
    "content": "", "fields": {}, "details": [], "evidence": [], "supplements": [], "contact": None, "openid": None, "steps": [], "ask": None,
}  # fmt: skip
HISTORY = """
    SELECT at, staff, act, from_state AS "from", to_state AS "to", reason FROM backend.work_history WHERE number = $1 ORDER BY id
"""
OPENID = "SELECT s.openid FROM backend.subscriptions s WHERE number = $1 AND subscriber = $2"
SUPPLEMENTS = "SELECT answers, at FROM backend.filing_supplements WHERE filing_no = $1 ORDER BY id"
RATED = """
    SELECT f.*, quality, procedure, attitude, words FROM backend.follow_ups f LEFT JOIN backend.ratings r ON r.matter = f.matter AND r.openid = f.rater
     WHERE follow_up_no = $1
"""


async def read_work(request: web.Request) -> web.StreamResponse:
    """The item with content, evidence, public steps, history, what is like it, and what staff may do next.

    Raises:
        Problem: 404 for an unknown number.
    """
    vault, number = request.app[VAULT], request.match_info["number"]
    async with connected(request.app[POOL]) as connection:
        row = await connection.fetchrow("SELECT * FROM backend.work WHERE number = $1", number)
        if row is None:
            raise not_found()
        detail = NOTHING | await READERS[row["kind"]](connection, vault, number)
        merged = await connection.fetch("SELECT number FROM backend.work WHERE merged_into = $1 ORDER BY number", number)
        history = [{**line, "at": moment(line["at"])} for line in map(dict, await connection.fetch(HISTORY, number))]
        alike = await duplicates(connection, row)
    may = [] if row["merged_into"] else [state for state in STATES if state in may_follow(row["kind"], row["state"])]
    more = {"history": history, "merged": [one["number"] for one in merged], "duplicates": alike, "next_states": may}
    return web.json_response(work_told(row) | detail | more, headers={"Cache-Control": "no-store"})


async def _report(connection: asyncpg.Connection, vault: Vault, number: str) -> Detail:
    row = await connection.fetchrow("SELECT * FROM backend.reports WHERE report_no = $1", number)
    named = row["mode"] == "named"
    fields = {"发生时间": row["occurred_at"] or "", "地点": row["place"] or ""}
    return {
        "content": row["content"], "fields": {name: value for name, value in fields.items() if value}, "details": row["details"],
        "evidence": [{"id": one["ref"], "kind": one["kind"]} for one in row["evidence"]], "supplements": row["supplements"],
        "contact": vault.open(row["contact"]) if row["contact"] else None, "steps": row["steps"],
        "ask": row["question"], "openid": await _openid(connection, vault, number, row["sender"]) if named else None,
    }  # fmt: skip


async def _letter(connection: asyncpg.Connection, vault: Vault, number: str) -> Detail:
    row = await connection.fetchrow("SELECT * FROM backend.letters WHERE letter_no = $1", number)
    contact = vault.open(row["contact"]) if row["contact"] else None
    return {"content": row["content"], "contact": contact, "steps": row["steps"], "openid": await _openid(connection, vault, number, row["sender"])}


async def _filing(connection: asyncpg.Connection, vault: Vault, number: str) -> Detail:
    row = await connection.fetchrow("SELECT * FROM backend.filings WHERE filing_no = $1", number)
    supplements = [{"at": moment(one["at"]), "answers": vault.open(one["answers"])} for one in await connection.fetch(SUPPLEMENTS, number)]
    evidence = [{"id": ref, "kind": "image"} for one in supplements for answer in one["answers"] for ref in _refs(answer)]
    ask = "；".join(one["text"] for one in row["asks"]) or None
    openid = await _openid(connection, vault, number, row["sender"])
    more = {"supplements": supplements, "evidence": evidence, "ask": ask, "openid": openid}
    return {"fields": vault.open(row["fields"]), "steps": row["steps"]} | more


async def _application(connection: asyncpg.Connection, _: Vault, number: str) -> Detail:
    row = await connection.fetchrow("SELECT * FROM backend.applications WHERE application_no = $1", number)
    return {"fields": {"办理单位": row["office"], "电话": row["phone"]}, "steps": row["steps"]}


async def _follow_up(connection: asyncpg.Connection, vault: Vault, number: str) -> Detail:
    row = await connection.fetchrow(RATED, number)
    marks = {name: row[name] or "" for name in ("matter", "rated_unit", "quality", "procedure", "attitude")}
    return {"content": vault.open(row["words"]) if row["words"] else "", "fields": marks, "steps": row["steps"]}


async def _openid(connection: asyncpg.Connection, vault: Vault, number: str, sender: str | None) -> str | None:
    """Whom to speak to in the chat; None for who left no name or does not want to hear."""
    sealed = await connection.fetchval(OPENID, number, sender) if sender else None
    return vault.open(sealed) if sealed else None


def _refs(answer: Detail) -> list[str]:
    return [one["ref"] if isinstance(one, dict) else str(one) for one in answer.get("evidence") or []]


READERS: dict[str, Callable[[asyncpg.Connection, Vault, str], Awaitable[Detail]]] = {
    "report": _report, "letter": _letter, "filing": _filing, "application": _application, "follow_up": _follow_up,
}  # fmt: skip
