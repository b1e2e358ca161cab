"""Conversations with staff that are at an end: nothing but a number, whose it was and when, so that it can be rated (会话评价)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import asyncpg
from aiohttp import web

from backend.contract import BODY
from backend.idempotency import create_once
from backend.identities import openid_digest
from backend.serials import next_number
from backend.vault import VAULT
from weijing.workdays import SHANGHAI

UNIT = "在线坐席"
"""Whom the marks are given to; the inspectors look into a 差, never the unit itself."""
INSERT = "INSERT INTO backend.conversations (conversation_no, sender, unit, ended_on) VALUES ($1, $2, $3, $4)"


async def end_conversation(request: web.Request) -> web.StreamResponse:
    """Give a conversation that ended a number, once for each Idempotency-Key."""
    sender = openid_digest(request.app[VAULT], request[BODY]["openid"])

    async def create(connection: asyncpg.Connection) -> tuple[int, dict[str, Any]]:
        today = datetime.now(SHANGHAI).date()
        number = await next_number(connection, "D", today.year)
        await connection.execute(INSERT, number, sender, UNIT, today)
        return 201, {"conversation_no": number, "ended_on": today.isoformat()}

    return await create_once(request, create)
