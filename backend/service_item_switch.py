"""Switching a service item off and on: the bot no longer gives what is switched off, within a minute."""

from __future__ import annotations

from aiohttp import web

from backend.contract import BODY
from backend.database import POOL, transaction
from backend.problems import not_found
from backend.service_items import VERSION

LOCK = 7_261_010
"""Advisory lock: two switches at once would take the same version, and a reader would miss one."""
SWITCH = "UPDATE backend.service_items SET active = $2, version = $3 WHERE id = $1 AND active <> $2"
READ = "SELECT active, version FROM backend.service_items WHERE id = $1"


async def switch_service_item(request: web.Request) -> web.StreamResponse:
    """Set it; what stands so already keeps its version. The catalogue's version grows with a change, which the courier follows.

    Raises:
        Problem: 404 for an item that there is not.
    """
    item = request.match_info["id"]
    async with transaction(request.app[POOL]) as connection:
        await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        await connection.execute(SWITCH, item, request[BODY]["active"], 1 + await connection.fetchval(VERSION))
        row = await connection.fetchrow(READ, item)
    if row is None:
        raise not_found()
    return web.json_response({"id": item, "active": row["active"], "version": row["version"]})
