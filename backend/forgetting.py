"""Forgetting a filing: at the filer's wish where its definition allows it (个人信息保护法 art. 47), and when its `keep_days` are over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import asyncpg
from aiohttp import web

from backend.database import POOL, transaction
from backend.identities import openid_digest
from backend.problems import Problem, not_found
from backend.vault import VAULT
from weijing.workdays import SHANGHAI

FORGET = (
    "DELETE FROM backend.filings WHERE filing_no = ANY($1)",
    "DELETE FROM backend.work WHERE number = ANY($1)",
    "DELETE FROM backend.proofs WHERE number = ANY($1)",
    "DELETE FROM backend.subscriptions WHERE number = ANY($1)",
    "DELETE FROM backend.changes WHERE change ->> 'number' = ANY($1)",
)
"""Everything that hangs on a number; supplements, a ride and its contact go with the filing."""

ERASED = "SELECT true FROM backend.erased_filings WHERE filing_no = $1 AND sender = $2"
NOTE = "INSERT INTO backend.erased_filings (filing_no, sender) VALUES ($1, $2) ON CONFLICT DO NOTHING"


async def erase_filing(request: web.Request) -> web.StreamResponse:
    """Delete it with all that hangs on it; doing it again changes nothing.

    Raises:
        Problem: 404 not this user's, 409 `not_erasable`.
    """
    number, sender = request.match_info["filing_no"], openid_digest(request.app[VAULT], request.query["openid"])
    async with transaction(request.app[POOL]) as connection:
        erasable = await connection.fetchval("SELECT erasable FROM backend.filings WHERE filing_no = $1 AND sender = $2 FOR UPDATE", number, sender)
        if erasable is None and not await connection.fetchval(ERASED, number, sender):
            raise not_found()
        if erasable is False:
            raise Problem(409, "not_erasable", "The bureau has to keep this filing.")
        await connection.execute(NOTE, number, sender)
        await forget_filings(connection, [number])
    return web.json_response({"number": number, "erased": True})


async def forget_past(connection: asyncpg.Connection) -> None:
    """Delete the filings whose last day is over, and the notes of those that were erased a month ago."""
    await connection.execute("DELETE FROM backend.erased_filings WHERE at < now() - interval '30 days'")
    rows = await connection.fetch("SELECT filing_no FROM backend.filings WHERE keep_until < $1", datetime.now(SHANGHAI).date())
    await forget_filings(connection, [row["filing_no"] for row in rows])


async def forget_filings(connection: asyncpg.Connection, numbers: Sequence[str]) -> None:
    """Delete these filings and what hangs on them."""
    for statement in FORGET if numbers else ():
        await connection.execute(statement, numbers)
