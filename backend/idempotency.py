"""`Idempotency-Key`: one key creates one thing, however often and however concurrently it is sent.

The key is written in the transaction of the creation. A second request with the same key waits on that row until the first commits, then replays its
answer; when the first rolls back, the second creates. Stored answers are sealed, because they hold query codes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import asyncpg
from aiohttp import web

from backend.contract import BODY
from backend.database import POOL, transaction
from backend.problems import Problem
from backend.vault import VAULT, Vault

KEEP = timedelta(days=7)
"""How long a key is remembered; longer than a caller keeps a call for a backend that is away."""

Create = Callable[[asyncpg.Connection], Awaitable[tuple[int, dict[str, Any]]]]
"""Creates inside the transaction; returns status and body of the answer."""

RESERVE = """
    INSERT INTO backend.idempotency_keys AS kept (key, fingerprint, expires_at) VALUES ($1, $2, now() + $3)
    ON CONFLICT (key) DO UPDATE SET fingerprint = excluded.fingerprint, expires_at = excluded.expires_at WHERE kept.expires_at < now()
    RETURNING key
"""


async def create_once(request: web.Request, create: Create) -> web.Response:
    """The answer of `create`, or the one given before to the same key and body.

    Raises:
        Problem: 422 when the key was used with another body, 409 when the first request with it is still running after 2 s.
    """
    key, vault = request.headers["Idempotency-Key"], request.app[VAULT]
    try:
        async with transaction(request.app[POOL]) as connection:
            if not await connection.fetchval(RESERVE, key, fingerprint(request), KEEP):
                return await _replay(connection, vault, key, fingerprint(request))
            status, body = await create(connection)
            await connection.execute("UPDATE backend.idempotency_keys SET status = $2, answer = $3 WHERE key = $1", key, status, vault.seal(body))
    except asyncpg.LockNotAvailableError:
        raise Problem(409, "in_progress", "Another request with this key is being worked on.", {"Retry-After": "2"}) from None
    return web.json_response(body, status=status)


def fingerprint(request: web.Request) -> str:
    """SHA-256 of what was asked: method, path and canonical body."""
    body = json.dumps(request[BODY], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{request.method} {request.path}\n{body}".encode()).hexdigest()


async def _replay(connection: asyncpg.Connection, vault: Vault, key: str, asked: str) -> web.Response:
    row = await connection.fetchrow("SELECT fingerprint, status, answer FROM backend.idempotency_keys WHERE key = $1", key)
    if row["fingerprint"] != asked:
        raise Problem(422, "idempotency_key_reused", "This key was used with another body; choose a new one.")
    return web.json_response(vault.open(row["answer"]), status=row["status"], headers={"Idempotent-Replay": "true"})
