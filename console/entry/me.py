"""One's own account: who one is here, and where one is logged in."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from sqlalchemy import text

from console import audit, session
from console.context import console_of
from console.staff import Staff, staff_of

_ACCOUNT = text("""
    SELECT p.id, p.created_at, p.capacity, coalesce(u.name, p.unit_id) AS unit, p.totp_sealed <> '' AS enrolled,
        (SELECT count(*) FROM weijing.staff_codes c WHERE c.staff_id = p.id AND c.used_at IS NULL) AS codes
    FROM weijing.staff p LEFT JOIN weijing.units u ON u.id = p.unit_id WHERE p.id = :id""")
_SESSIONS = text(f"""
    SELECT id_hash, created_at, seen_at, expires_at, address, agent FROM weijing.staff_sessions
    WHERE staff_id = :id AND revoked_at IS NULL AND expires_at > now() AND seen_at > now() - interval '{session.IDLE}'
    ORDER BY id_hash = :this DESC, seen_at DESC LIMIT 50""")  # noqa: S608  a constant of ours
_LAST = text("""
    SELECT at, detail ->> 'address' AS address FROM weijing.audit WHERE staff_id = :id AND act = 'session.begun' ORDER BY at DESC OFFSET 1 LIMIT 1""")
_REFUSED = text("SELECT count(*) FROM weijing.audit WHERE staff_id = :id AND act = 'session.refused' AND at > now() - interval '7 days'")
_OWN = text("SELECT true FROM weijing.staff_sessions WHERE id_hash = :session AND staff_id = :id")
BROWSERS = (("MicroMessenger", "微信"), ("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (("Android", "安卓"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux"))


async def show_me(request: web.Request) -> web.StreamResponse:
    """The page."""
    console, staff = console_of(request), staff_of(request)
    async with console.engine.connect() as connection:
        account = (await connection.execute(_ACCOUNT, {"id": staff.id})).one()
        last = (await connection.execute(_LAST, {"id": staff.id})).first()
        refused = (await connection.execute(_REFUSED, {"id": staff.id})).scalar_one()
    return console.pages.show(request, "entry/me.html", account=account, last=last, refused=refused, sessions=await _sessions(request), told="")


async def end_one(request: web.Request) -> web.StreamResponse:
    """End one of one's own sessions."""
    named, staff = request.match_info["session"], staff_of(request)
    async with console_of(request).engine.begin() as connection:
        await session.end(connection, named)
        await audit.append(connection, staff.id, "session.revoked", staff.id)
    return await _left(request, "那边的登录已退出")


async def end_others(request: web.Request) -> web.StreamResponse:
    """End all of one's own sessions but this one."""
    staff = staff_of(request)
    async with console_of(request).engine.begin() as connection:
        await session.end_all(connection, staff.id, but=staff.session)
        await audit.append(connection, staff.id, "session.revoked", staff.id, others=True)
    return await _left(request, "其他登录都已退出")


async def own(request: web.Request, staff: Staff) -> bool:
    """Reach: the session is this person's."""
    async with console_of(request).engine.connect() as connection:
        return (await connection.execute(_OWN, {"session": request.match_info["session"], "id": staff.id})).first() is not None


def device(agent: str) -> str:
    """A browser's own description in two words, e.g. `Chrome · Windows`."""
    browser = next((word for mark, word in BROWSERS if mark in agent), "其他浏览器")
    system = next((word for mark, word in SYSTEMS if mark in agent), "")
    return f"{browser} · {system}" if system else browser


async def _sessions(request: web.Request) -> list[dict[str, Any]]:
    staff = staff_of(request)
    async with console_of(request).engine.connect() as connection:
        rows = (await connection.execute(_SESSIONS, {"id": staff.id, "this": staff.session})).mappings().all()
    return [{**row, "device": device(row["agent"]), "this": row["id_hash"] == staff.session} for row in rows]


async def _left(request: web.Request, told: str) -> web.Response:
    return console_of(request).pages.show(request, "entry/sessions.html", sessions=await _sessions(request), told=told)
