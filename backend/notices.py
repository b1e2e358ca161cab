"""Notices 公告 and warnings 预警: what the bureau makes known, everywhere or in some of its districts, until it expires or is withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg
from aiohttp import web

from backend.contract import BODY
from backend.database import POOL, connected
from backend.idempotency import create_once
from backend.problems import Problem, not_found
from weijing.workdays import SHANGHAI

FEW = 20
"""Notices that a list holds when nobody says how many."""
LOCK = 7_261_008
"""Advisory lock under which deliveries are written: without it a reader could see a higher id before a lower one, and pass over that for ever."""
NOTICE_S = 60.0
"""How long one publication may take; a hundred thousand subscribers are one statement."""

LIVE = "notices.withdrawn_at IS NULL AND (notices.expires_at IS NULL OR notices.expires_at > now())"
LIST = f"""
    SELECT notices.* FROM backend.notices
     WHERE {LIVE} AND ($1::text IS NULL OR kind = $1) AND ($2::text IS NULL OR areas = '{{}}' OR $2 = ANY (areas))
       AND NOT EXISTS (SELECT FROM unnest($3::text[]) AS word WHERE strpos(title || body, word) = 0)
     ORDER BY pinned DESC, published_at DESC, id DESC LIMIT $4
"""  # noqa: S608  of our own constants
READ = f"SELECT * FROM backend.notices WHERE id = $1 AND {LIVE}"  # noqa: S608  of our own constants
PUBLISH = """
    INSERT INTO backend.notices (kind, title, body, areas, link, expires_at, pinned, urgent) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING *
"""
TELL = """
    INSERT INTO backend.notice_deliveries (notice, subscriber)
    SELECT $1, subscriber FROM backend.notice_subscriptions WHERE kind = $2 AND ($3::text[] = '{}' OR areas = '{}' OR areas && $3) ORDER BY subscriber
"""
WITHDRAW = "UPDATE backend.notices SET withdrawn_at = coalesce(withdrawn_at, now()), withdrawn_why = coalesce(withdrawn_why, $2) WHERE id = $1 RETURNING id"


async def list_notices(request: web.Request) -> web.StreamResponse:
    """The live notices, pinned ones first, then the newest; and the bureau's districts."""
    query = request.query
    async with connected(request.app[POOL]) as connection:
        rows = await connection.fetch(LIST, query.get("kind"), query.get("area"), query.get("q", "").split(), int(query.get("limit", FEW)))
        areas = await known_areas(connection)
    return web.json_response({"notices": [shown(row) for row in rows], "areas": areas})


async def read_notice(request: web.Request) -> web.StreamResponse:
    """One live notice.

    Raises:
        Problem: 404 for an unknown, expired or withdrawn one.
    """
    async with connected(request.app[POOL]) as connection:
        row = await connection.fetchrow(READ, int(request.match_info["id"]))
    if row is None:
        raise not_found()
    return web.json_response(shown(row))


async def publish_notice(request: web.Request) -> web.StreamResponse:
    """Write the notice, and a delivery for each subscriber of its kind and districts, in one transaction.

    Raises:
        Problem: 422 for a district that is not the bureau's, or an end that is no time or past.
    """
    notice = request[BODY]
    areas, expires = sorted(set(notice.get("areas", ()))), _end(notice.get("expires_at"))

    async def create(connection: asyncpg.Connection) -> tuple[int, dict[str, Any]]:
        await check_areas(connection, areas)
        await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        values = (notice["kind"], notice["title"], notice["body"], areas, notice.get("link"), expires, notice.get("pinned", False), notice.get("urgent", False))
        row = await connection.fetchrow(PUBLISH, *values)
        told = await connection.execute(TELL, row["id"], row["kind"], areas, timeout=NOTICE_S)
        return 201, {"notice": shown(row), "told": int(told.split()[-1])}

    return await create_once(request, create)


async def withdraw_notice(request: web.Request) -> web.StreamResponse:
    """Take it back: it is in no list any more, and who was not told yet is not told. Doing it again changes nothing.

    Raises:
        Problem: 404 for an unknown one.
    """
    number = int(request.match_info["id"])

    async def create(connection: asyncpg.Connection) -> tuple[int, dict[str, Any]]:
        if not await connection.fetchval(WITHDRAW, number, request[BODY]["reason"]):
            raise not_found()
        await connection.execute("DELETE FROM backend.notice_deliveries WHERE notice = $1", number, timeout=NOTICE_S)
        return 200, {"id": number, "withdrawn": True}

    return await create_once(request, create)


async def known_areas(connection: asyncpg.Connection) -> list[str]:
    """The bureau's districts."""
    return [row["name"] for row in await connection.fetch("SELECT name FROM backend.areas ORDER BY name")]


async def check_areas(connection: asyncpg.Connection, areas: Sequence[str]) -> None:
    """Raise a problem, 422, unless each is a district of the bureau."""
    if not set(areas) <= set(await known_areas(connection)):
        raise Problem(422, "invalid_body", "areas: only districts of this bureau, as the list of notices names them")


def shown(row: asyncpg.Record) -> dict[str, Any]:
    """A notice as the API gives it."""
    plain = {name: row[name] for name in ("id", "kind", "title", "body", "areas", "link", "pinned", "urgent")}
    return {**plain, "published_at": _moment(row["published_at"]), "expires_at": row["expires_at"] and _moment(row["expires_at"])}


def _end(text: str | None) -> datetime | None:
    try:
        end = datetime.fromisoformat(text) if text else None
    except ValueError:
        end = datetime.min.replace(tzinfo=SHANGHAI)
    if end and end <= datetime.now(SHANGHAI):
        raise Problem(422, "invalid_body", "expires_at: a time to come")
    return end


def _moment(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).isoformat(timespec="seconds")
