"""Who wants to hear of which notices, and the feed of deliveries: one entry for each notice and subscriber, numbered in the order of their commits."""

from __future__ import annotations

from typing import Any

import asyncpg
from aiohttp import web

from backend.contract import BODY
from backend.database import POOL, connected, transaction
from backend.identities import openid_digest
from backend.notices import LIVE, check_areas, shown
from backend.vault import VAULT

PAGE = 100
"""Deliveries that one answer holds."""

SUBSCRIBE = """
    INSERT INTO backend.notice_subscriptions AS known (subscriber, kind, areas, openid) SELECT $1, kind, $3, $4 FROM unnest($2::text[]) AS kind
    ON CONFLICT (subscriber, kind) DO UPDATE SET areas = CASE WHEN known.areas = '{}' OR excluded.areas = '{}' THEN excluded.areas
        ELSE ARRAY(SELECT DISTINCT unnest(known.areas || excluded.areas) AS area ORDER BY area) END
"""
"""Districts are added to those wanted before; everywhere takes the place of districts, and districts that of everywhere: the last word counts."""
MINE = "SELECT kind, areas FROM backend.notice_subscriptions WHERE subscriber = $1 ORDER BY since, kind"
END = "DELETE FROM backend.notice_subscriptions WHERE subscriber = $1 AND ($2::text IS NULL OR kind = $2) RETURNING kind"
END_DELIVERIES = """
    DELETE FROM backend.notice_deliveries AS told USING backend.notices
     WHERE told.notice = notices.id AND told.subscriber = $1 AND ($2::text IS NULL OR notices.kind = $2)
"""
FEED = f"""
    SELECT told.id AS delivery, wanted.openid, notices.*
      FROM backend.notice_deliveries AS told
      JOIN backend.notices ON notices.id = told.notice
      JOIN backend.notice_subscriptions AS wanted ON wanted.subscriber = told.subscriber AND wanted.kind = notices.kind
     WHERE told.id > $1 AND notices.urgent = $2 AND {LIVE} ORDER BY told.id LIMIT $3
"""  # noqa: S608  of our own constants


async def read_notice_subscriptions(request: web.Request) -> web.StreamResponse:
    """What this user wants to hear of."""
    async with connected(request.app[POOL]) as connection:
        return web.json_response({"subscriptions": await _mine(connection, openid_digest(request.app[VAULT], request.match_info["openid"]))})


async def subscribe_notices(request: web.Request) -> web.StreamResponse:
    """Tell this user of notices of these kinds, in these districts or everywhere; doing it again changes nothing.

    Raises:
        Problem: 422 for a district that is not the bureau's.
    """
    vault, openid, wish = request.app[VAULT], request.match_info["openid"], request[BODY]
    subscriber, areas = openid_digest(vault, openid), sorted(set(wish.get("areas", ())))
    async with transaction(request.app[POOL]) as connection:
        await check_areas(connection, areas)
        await connection.execute(SUBSCRIBE, subscriber, sorted(set(wish["kinds"])), areas, vault.seal(openid))
        return web.json_response({"subscriptions": await _mine(connection, subscriber)})


async def unsubscribe_notices(request: web.Request) -> web.StreamResponse:
    """Tell this user of no notices any more, or of none of one kind; what waits to be told included. Doing it again changes nothing."""
    subscriber, kind = openid_digest(request.app[VAULT], request.match_info["openid"]), request.query.get("kind")
    async with transaction(request.app[POOL]) as connection:
        ended = await connection.fetch(END, subscriber, kind)
        await connection.execute(END_DELIVERIES, subscriber, kind)
    return web.json_response({"ended": sorted(row["kind"] for row in ended)})


async def list_notice_deliveries(request: web.Request) -> web.StreamResponse:
    """The deliveries after an id, oldest first: the urgent ones, or the others. Who has stopped, and what is withdrawn or over, is not among them."""
    query = request.query
    async with connected(request.app[POOL]) as connection:
        rows = await connection.fetch(FEED, int(query.get("after", "0")), query.get("urgent") == "true", PAGE)
    vault = request.app[VAULT]
    return web.json_response({"deliveries": [{"id": row["delivery"], "openid": vault.open(row["openid"]), "notice": shown(row)} for row in rows]})


async def _mine(connection: asyncpg.Connection, subscriber: str) -> list[dict[str, Any]]:
    return [dict(row) for row in await connection.fetch(MINE, subscriber)]
