"""Another record in a service item's place, or a new item: what staff wrote and a second person approved."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from backend.contract import BODY
from backend.database import POOL, transaction
from backend.problems import Problem
from backend.service_item_switch import LOCK
from backend.service_items import VERSION
from weijing.errors import ServiceItemError
from weijing.service_items import parse_item

REPLACE = """
    UPDATE backend.service_items SET category = $2, name = $3, summary = $4, words = $5, record = $6, version = $7
     WHERE id = $1 AND record <> $6 RETURNING active, version
"""
ADD = """
    INSERT INTO backend.service_items (id, category, name, summary, words, record, seed_hash, version) VALUES ($1, $2, $3, $4, $5, $6, '', $7)
    ON CONFLICT DO NOTHING RETURNING active, version
"""
"""Without a seed's hash: no start takes it for one that left the YAML."""
READ = "SELECT active, version FROM backend.service_items WHERE id = $1"


async def replace_service_item(request: web.Request) -> web.StreamResponse:
    """Write the record; one that stands so already keeps its version, one that there was not is given from now on.

    Raises:
        Problem: 422 for a record that is not valid.
    """
    item, sent = request.match_info["id"], request[BODY]
    try:
        record = parse_item(sent, "record")
    except ServiceItemError as error:
        raise Problem(422, "invalid_body", error.message) from error
    if record.id != item:
        raise Problem(422, "invalid_body", "The record's id is not the one in the address.")
    words = "\n".join((record.name, *record.aliases, record.summary)).lower()
    values: tuple[Any, ...] = (item, record.category, record.name, record.summary, words, record.as_dict())
    async with transaction(request.app[POOL]) as connection:
        await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        version = 1 + await connection.fetchval(VERSION)
        made = await connection.fetchrow(ADD, *values, version)
        row = made or await connection.fetchrow(REPLACE, *values, version) or await connection.fetchrow(READ, item)
    return web.json_response({"id": item, "active": row["active"], "version": row["version"]}, status=201 if made else 200)
