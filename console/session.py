"""Sessions of the console: a random token in a cookie, its digest in PostgreSQL, so that a session can be listed and ended, and a stolen table opens none."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from aiohttp import web
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from console.staff import Staff

COOKIE = "weijing_console"
IDLE = "30 minutes"
LONGEST = "12 hours"
SIGN_EVERY = "30 seconds"
"""A sign of life is written at most so often: a page asks for its parts one after the other."""
_FIND = text(f"""
    WITH found AS (
        SELECT s.id_hash, s.seen_at, p.id, p.name, p.unit_id, p.roles, p.must_change, p.totp_sealed = '' AS must_enrol
        FROM weijing.staff_sessions s JOIN weijing.staff p ON p.id = s.staff_id
        WHERE s.id_hash = :id AND p.active AND s.revoked_at IS NULL AND s.expires_at > now() AND s.seen_at > now() - interval '{IDLE}'
    ), signed AS (
        UPDATE weijing.staff_sessions s SET seen_at = now() FROM found
        WHERE s.id_hash = found.id_hash AND CAST(:sign AS boolean) AND found.seen_at < now() - interval '{SIGN_EVERY}'
    )
    SELECT * FROM found""")  # noqa: S608  constants of ours
_OPEN = text(f"""
    INSERT INTO weijing.staff_sessions (id_hash, staff_id, created_at, seen_at, expires_at, address, agent)
    VALUES (:id, :staff_id, now(), now(), now() + interval '{LONGEST}', :address, :agent)""")  # noqa: S608  a constant of ours
_END = text("UPDATE weijing.staff_sessions SET revoked_at = now() WHERE id_hash = :id AND revoked_at IS NULL")
_END_ALL = text("UPDATE weijing.staff_sessions SET revoked_at = now() WHERE staff_id = :staff_id AND id_hash <> :but AND revoked_at IS NULL")


def digest(token: str) -> str:
    """What names a session in the table."""
    return hashlib.sha256(token.encode()).hexdigest()


async def find(connection: AsyncConnection, token: str, *, sign: bool = True) -> Staff | None:
    """The person behind a token; None when the session is over.

    Args:
        sign: this is a sign of life of the person. What an open page asks by itself is none: it would keep a session up in front of an empty chair.
    """
    row = (await connection.execute(_FIND, {"id": digest(token), "sign": sign})).first() if token else None
    return Staff(row.id, row.name, row.unit_id, frozenset(row.roles), digest(token), row.must_change, row.must_enrol) if row else None


async def begin(connection: AsyncConnection, staff_id: str, address: str, agent: str) -> str:
    """A new session; returns its token."""
    token = secrets.token_urlsafe(32)
    await connection.execute(_OPEN, {"id": digest(token), "staff_id": staff_id, "address": address[:64], "agent": agent[:200]})
    return token


async def end(connection: AsyncConnection, session: str) -> None:
    """End a session by its digest."""
    await connection.execute(_END, {"id": session})


async def end_all(connection: AsyncConnection, staff_id: str, *, but: str = "") -> None:
    """End every session of a person, except the one of this digest."""
    await connection.execute(_END_ALL, {"staff_id": staff_id, "but": but})


def set_cookie(response: web.StreamResponse, token: str, *, https: bool) -> None:
    """Give the browser its token: never to scripts, never to a page of another site."""
    response.set_cookie(COOKIE, token, httponly=True, samesite="Strict", secure=https, path="/")


def csrf(key: bytes, session: str) -> str:
    """The token that every deed of a session carries."""
    return hmac.new(key, session.encode(), hashlib.sha256).hexdigest()[:32]
