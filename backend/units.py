"""Units 单位 that work items are given to, and who may not have which."""

from __future__ import annotations

import asyncpg
from aiohttp import web

from backend.database import POOL, connected
from backend.problems import Problem

INDEPENDENT = frozenset({"supervision", "petitions"})
"""Kinds of units that may look into how the police behaved (人民警察法 art. 47; 信访工作条例 art. 30: never passed to who is complained of)."""


async def list_units(request: web.Request) -> web.StreamResponse:
    """All units by name."""
    async with connected(request.app[POOL]) as connection:
        rows = await connection.fetch("SELECT id, name, parent, kind, areas FROM backend.units ORDER BY kind, name")
    return web.json_response({"units": [dict(row) for row in rows]})


async def refuse_unit(connection: asyncpg.Connection, row: asyncpg.Record, unit: str) -> None:
    """Refuse a unit that there is not, and for a complaint every one that is not independent of who is complained of.

    Raises:
        Problem: 422 `invalid_body`, 409 `unit_complained_of`.
    """
    to = await connection.fetchrow("SELECT name, kind FROM backend.units WHERE id = $1", unit)
    if to is None:
        raise Problem(422, "invalid_body", "unit: there is no such unit; see GET /v1/units")
    if row["complaint"] and (to["kind"] not in INDEPENDENT or to["name"] == row["against"]):
        raise Problem(409, "unit_complained_of", "It says how the police behaved: only a supervision or petitions unit that it is not about may have it.")
