"""Opening a sealed reporter: one asks with a reason, another approves, and the one who asked reads within half an hour. Every deed is a row.

Secrecy of who reports: 公安机关办理行政案件程序规定 art. 63, 公安机关办理刑事案件程序规定 art. 173.
"""

from __future__ import annotations

from typing import Any

import asyncpg
from aiohttp import web

from backend.contract import BODY
from backend.database import POOL, connected, transaction
from backend.idempotency import create_once
from backend.problems import Problem, not_found
from backend.receipts import moment
from backend.vault import SEALED

MINUTES = 30
"""How long after the approval the reporter may be read."""
STATE = f"""
    CASE WHEN approved_at IS NULL THEN 'asked' WHEN approved_at > now() - interval '{MINUTES} minutes' THEN 'approved' ELSE 'expired' END
"""
ASK = "INSERT INTO backend.seal_openings (report_no, asked_by, reason) VALUES ($1, $2, $3) RETURNING id"
APPROVE = "UPDATE backend.seal_openings SET approved_by = $2, approved_at = now() WHERE id = $1"
READABLE = f"""
    SELECT asked_by, {STATE} AS state, sealed FROM backend.seal_openings JOIN backend.reports USING (report_no) WHERE id = $1
"""  # noqa: S608  our own words
LIST = f"""
    SELECT id AS opening_id, report_no, asked_by, reason, asked_at, approved_by, approved_at, {STATE} AS state,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('staff', staff, 'at', at) ORDER BY at), '[]')
              FROM backend.seal_readings WHERE opening = id) AS readings
      FROM backend.seal_openings WHERE $1::text IS NULL OR {STATE} = $1 ORDER BY id DESC LIMIT 200
"""  # noqa: S608


async def ask_opening(request: web.Request) -> web.StreamResponse:
    """Ask for the reporter of a sealed report, with a reason.

    Raises:
        Problem: 404 for an unknown number, 409 `not_sealed`.
    """
    number, body = request.match_info["report_no"], request[BODY]

    async def create(connection: asyncpg.Connection) -> tuple[int, dict[str, Any]]:
        report = await connection.fetchrow("SELECT sealed FROM backend.reports WHERE report_no = $1", number)
        if report is None:
            raise not_found()
        if report["sealed"] is None:
            raise Problem(409, "not_sealed", "This report has no sealed reporter.")
        return 201, {"opening_id": await connection.fetchval(ASK, number, body["staff"], body["reason"]), "state": "asked"}

    return await create_once(request, create)


async def approve_opening(request: web.Request) -> web.StreamResponse:
    """Approve what another person asked for; doing it again does not begin the half hour anew.

    Raises:
        Problem: 404 for an unknown id, 409 `same_person` or `already_approved`.
    """
    number, staff = int(request.match_info["id"]), request[BODY]["staff"]

    async def create(connection: asyncpg.Connection) -> tuple[int, dict[str, Any]]:
        row = await connection.fetchrow("SELECT asked_by, approved_at FROM backend.seal_openings WHERE id = $1 FOR UPDATE", number)
        if row is None:
            raise not_found()
        if row["asked_by"] == staff:
            raise Problem(409, "same_person", "Who asked cannot approve; a second person must.")
        if row["approved_at"]:
            raise Problem(409, "already_approved", "It was approved before; ask anew when the half hour is over.")
        await connection.execute(APPROVE, number, staff)
        return 201, {"opening_id": number, "state": "approved"}

    return await create_once(request, create)


async def read_reporter(request: web.Request) -> web.StreamResponse:
    """Name and phone, for the one who asked; the reading is written down before anything is shown.

    Raises:
        Problem: 404 for an unknown id and for everybody but who asked, 409 `not_approved` or `opening_expired`.
    """
    number, staff = int(request.match_info["id"]), request.query["staff"]
    async with transaction(request.app[POOL]) as connection:
        row = await connection.fetchrow(READABLE, number)
        if row is None or row["asked_by"] != staff:
            raise not_found()
        if row["state"] == "asked":
            raise Problem(409, "not_approved", "A second person has to approve it first.")
        if row["state"] == "expired":
            raise Problem(409, "opening_expired", f"It may be read for {MINUTES} minutes after the approval; ask anew.")
        await connection.execute("INSERT INTO backend.seal_readings (opening, staff) VALUES ($1, $2)", number, staff)
    return web.json_response(request.app[SEALED].open(row["sealed"]), headers={"Cache-Control": "no-store"})


async def list_openings(request: web.Request) -> web.StreamResponse:
    """Openings with every reading, newest first; never who the reporter is."""
    async with connected(request.app[POOL]) as connection:
        rows = await connection.fetch(LIST, request.query.get("state"))
    return web.json_response({"openings": [_told(row) for row in rows]})


def _told(row: asyncpg.Record) -> dict[str, Any]:
    times = {name: moment(row[name]) if row[name] else None for name in ("asked_at", "approved_at")}
    return {**row, **times}
