"""What people sent back, for staff: letters, follow-ups of bad ratings with their marks, and the sums of all ratings."""

from __future__ import annotations

from typing import Any

import asyncpg
from aiohttp import web

from backend import follow_ups, letters
from backend.database import POOL, connected
from backend.receipts import day, moment
from backend.statistics import bounds, span
from backend.vault import VAULT, Vault

FEW = 50
LETTERS = """
    SELECT * FROM backend.letters WHERE ($1::text IS NULL OR status = $1) AND ($2::text IS NULL OR unit = $2) AND ($3::text IS NULL OR letter_no = $3)
     ORDER BY status = 'answered', CASE WHEN status = 'answered' THEN NULL ELSE promised_on END, received_at DESC LIMIT $4
"""
FOLLOW_UPS = """
    SELECT f.*, r.quality, r.procedure, r.attitude, r.words, r.rated_at FROM backend.follow_ups f
      LEFT JOIN backend.ratings r ON r.matter = f.matter AND r.openid = f.rater
     WHERE ($1::text IS NULL OR f.status = $1) AND ($2::text IS NULL OR f.unit = $2) AND ($3::text IS NULL OR f.follow_up_no = $3)
     ORDER BY f.status = 'answered', CASE WHEN f.status = 'answered' THEN NULL ELSE f.due_on END, f.opened_at DESC LIMIT $4
"""
SUMS = """
    SELECT mark, value, count(*) AS count FROM backend.ratings,
           LATERAL (VALUES ('quality', quality), ('procedure', procedure), ('attitude', attitude)) AS one (mark, value)
     WHERE coalesce(changed_at, rated_at) >= $1 AND coalesce(changed_at, rated_at) < $2 GROUP BY 1, 2
"""


async def list_letters(request: web.Request) -> web.StreamResponse:
    """Letters with their words, unanswered ones first, those whose day is nearest before the others. Whoever wrote is not named."""
    rows = await _rows(request, LETTERS, "letter_no")
    return web.json_response({"letters": [_letter(row) for row in rows]})


async def list_follow_ups(request: web.Request) -> web.StreamResponse:
    """Follow-ups with what was found poor and the words of the rater, open ones first, those whose day is nearest before the others."""
    rows, vault = await _rows(request, FOLLOW_UPS, "follow_up_no"), request.app[VAULT]
    return web.json_response({"follow_ups": [_follow_up(vault, row) for row in rows]})


async def summarise_ratings(request: web.Request) -> web.StreamResponse:
    """How often each mark was given from the one day to the other, a changed rating on the day of its change.

    Raises:
        Problem: 400 for days that are none, or a span of more than a year.
    """
    first, last = span(request.query.get("from"), request.query.get("to"))
    async with connected(request.app[POOL]) as connection:
        rows = await connection.fetch(SUMS, *bounds(first, last))
    marks = {mark: {"good": 0, "fair": 0, "poor": 0} for mark in follow_ups.MARKS}
    for row in rows:
        marks[row["mark"]][row["value"]] = row["count"]
    return web.json_response({"from": first.isoformat(), "to": last.isoformat(), "rated": sum(marks["quality"].values()), "marks": marks})


async def _rows(request: web.Request, query: str, name: str) -> list[asyncpg.Record]:
    asked = request.query
    async with connected(request.app[POOL]) as connection:
        rows: list[asyncpg.Record] = await connection.fetch(query, asked.get("state"), asked.get("unit"), asked.get(name), int(asked.get("limit", FEW)))
    return rows


def _letter(row: asyncpg.Record) -> dict[str, Any]:
    told = {name: row[name] for name in ("letter_no", "kind", "content", "unit", "status", "steps", "next_step")}
    told |= {"kind_text": letters.KINDS[row["kind"]], "status_text": letters.STATUS[row["status"]], "named": row["contact"] is not None}
    return told | {"received_at": moment(row["received_at"]), "promised_on": day(row["promised_on"])}


def _follow_up(vault: Vault, row: asyncpg.Record) -> dict[str, Any]:
    told = {name: row[name] for name in ("follow_up_no", "matter", "rated_unit", "unit", "status", "steps", "next_step")}
    poor = [name for mark, name in follow_ups.MARKS.items() if row[mark] == "poor"]
    told |= {"item_name": f"对 {row['matter']} 的差评", "status_text": follow_ups.STATUS[row["status"]], "poor": poor, "due_on": day(row["due_on"])}
    return told | {"opened_at": moment(row["opened_at"]), "words": vault.open(row["words"]) if row["words"] else ""}
