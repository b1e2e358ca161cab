"""Service items 事项 as the catalogue holds them; `backend.seed` fills it from `data/service_items`."""

from __future__ import annotations

from datetime import date, datetime

from aiohttp import web

from backend.database import POOL, connected
from backend.problems import Problem
from weijing.workdays import SHANGHAI

LIST = """
    SELECT id, name, category, summary FROM backend.service_items
     WHERE active = $3 AND ($1::text IS NULL OR category = $1) AND strpos(words, lower($2)) > 0 ORDER BY category, name
"""
VERSION = "SELECT coalesce(max(version), 0) FROM backend.service_items"


async def list_service_items(request: web.Request) -> web.StreamResponse:
    """The active items, or with `active=false` those that are switched off, and the catalogue's version."""
    async with connected(request.app[POOL]) as connection:
        version = await connection.fetchval(VERSION)  # before the list: a change in between makes the caller ask once too often, not once too few
        rows = await connection.fetch(LIST, request.query.get("category"), request.query.get("q", "").strip(), request.query.get("active") != "false")
    return web.json_response({"items": [dict(row) for row in rows], "version": version})


async def read_service_item(request: web.Request) -> web.StreamResponse:
    """One item whole, with how it stands."""
    async with connected(request.app[POOL]) as connection:
        row = await connection.fetchrow("SELECT record, version, active FROM backend.service_items WHERE id = $1", request.match_info["id"])
    if row is None:
        raise Problem(404, "not_found", "There is no such service item.")
    expired = datetime.now(SHANGHAI).date() > date.fromisoformat(row["record"]["review_by"])
    return web.json_response(row["record"] | {"version": row["version"], "active": row["active"], "expired": expired})
