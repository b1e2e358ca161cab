"""The trail of who reads on: a page that follows a conversation asks again with every message, and the trail notes it once in ten minutes."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy import text

from console import audit
from console.context import console_of
from console.staff import staff_of

_RECENT = text("""
    SELECT 1 FROM weijing.audit WHERE staff_id = :staff AND at > now() - interval '10 minutes' AND act = :act AND object = :thing
    AND NOT detail ? 'refused' LIMIT 1""")


async def noted(request: web.Request, act: str, thing: str) -> None:
    """Make sure that the trail tells that this person reads this now; for routes that are `quiet` because a page asks them by itself."""
    staff = staff_of(request)
    async with console_of(request).engine.begin() as connection:
        if (await connection.execute(_RECENT, {"staff": staff.id, "act": act, "thing": thing})).first() is None:
            await audit.append(connection, staff.id, act, thing)
