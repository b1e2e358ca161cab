"""Subscriptions to changes of a matter, and the feed of changes: one entry for each change and subscriber, numbered in the order of their commits."""

from __future__ import annotations

from typing import Any

import asyncpg
from aiohttp import web

from backend.database import POOL, connected, transaction
from backend.identities import openid_digest
from backend.problems import Problem, not_found
from backend.vault import VAULT
from weijing.workdays import SHANGHAI

PAGE = 100
"""Changes that one answer holds."""
MOST = 50
"""Subscriptions of one user."""
LOCK = 7_261_003
"""Advisory lock under which changes are written: without it a reader could see a higher id before a lower one, and pass over that for ever."""

KNOWN = """
    SELECT EXISTS (SELECT FROM backend.applications WHERE application_no = $1) OR EXISTS (SELECT FROM backend.reports WHERE report_no = $1)
        OR EXISTS (SELECT FROM backend.cases WHERE case_no = $1) OR EXISTS (SELECT FROM backend.filings WHERE filing_no = $1)
        OR EXISTS (SELECT FROM backend.letters WHERE letter_no = $1)
"""
OTHERS = "SELECT count(*) FROM backend.subscriptions WHERE subscriber = $1 AND number <> $2"
SUBSCRIBE = "INSERT INTO backend.subscriptions (number, subscriber, openid) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
NOTE = """
    INSERT INTO backend.changes (subscriber, openid, change)
    SELECT subscriber, openid, $2 FROM backend.subscriptions WHERE number = $1 ORDER BY subscriber
"""


async def subscribe(request: web.Request) -> web.StreamResponse:
    """Tell this user of changes to a number; doing it again changes nothing. Whoever calls has made sure that the matter is this user's.

    Raises:
        Problem: 404 for an unknown number, 409 `too_many_subscriptions` beyond fifty.
    """
    vault, openid, number = request.app[VAULT], request.match_info["openid"], request.match_info["number"]
    subscriber = openid_digest(vault, openid)
    async with transaction(request.app[POOL]) as connection:
        if not await connection.fetchval(KNOWN, number):
            raise not_found()
        await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 2))", subscriber)
        if await connection.fetchval(OTHERS, subscriber, number) >= MOST:
            raise Problem(409, "too_many_subscriptions", f"This user follows {MOST} matters already; end some first.")
        await connection.execute(SUBSCRIBE, number, subscriber, vault.seal(openid))
    return web.json_response({"number": number, "subscribed": True})


async def unsubscribe(request: web.Request) -> web.StreamResponse:
    """Tell this user nothing more, what waits to be told and rides of friends included; doing it again changes nothing."""
    subscriber = openid_digest(request.app[VAULT], request.match_info["openid"])
    async with transaction(request.app[POOL]) as connection:
        ended = await connection.fetch("DELETE FROM backend.subscriptions WHERE subscriber = $1 RETURNING number", subscriber)
        await connection.execute("DELETE FROM backend.changes WHERE subscriber = $1", subscriber)
        await connection.execute("DELETE FROM backend.ride_contacts WHERE contact = $1", subscriber)
    return web.json_response({"ended": len(ended)})


async def list_changes(request: web.Request) -> web.StreamResponse:
    """The changes after an id, oldest first, and the newest id that was ever given: below the id that was asked for, the feed was begun anew."""
    async with connected(request.app[POOL]) as connection:
        query = "SELECT * FROM backend.changes WHERE id > $1 ORDER BY id LIMIT $2"
        rows = await connection.fetch(query, int(request.query.get("after", "0")), PAGE)
        newest = await connection.fetchval("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM backend.changes_id_seq")
    vault = request.app[VAULT]
    changes = [{"id": row["id"], "openid": vault.open(row["openid"]), "at": _moment(row), **row["change"]} for row in rows]
    return web.json_response({"changes": changes, "newest": newest})


async def note_change(connection: asyncpg.Connection, change: dict[str, Any], note: str = NOTE) -> int:
    """Put a change into the feed for each subscriber of its number, or for whom another `note` chooses; returns how many there are."""
    await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
    return int((await connection.execute(note, change["number"], change)).split()[-1])


def _moment(row: asyncpg.Record) -> str:
    """With its fraction: a reader of a feed that was begun anew tells by it what it has told already."""
    moment: str = row["at"].astimezone(SHANGHAI).isoformat(timespec="microseconds")
    return moment
