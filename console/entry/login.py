"""Logging in with password and code, and out again."""

from __future__ import annotations

import logging
from typing import Any

from aiohttp import web
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from console import audit, session
from console.context import console_of
from console.entry.password import NOBODY, fits
from console.entry.second_factor import TOTP_KEY, check
from console.form import read_form
from console.places import home
from console.staff import STAFF, staff_of
from weijing.errors import StoreUnavailable
from weijing.refusals import DeskRefused

log = logging.getLogger(__name__)

TRIES, LOCKED = 5, "15 minutes"
ADDRESS_TRIES, ADDRESS_S = 60, 300
"""Tries of one address, behind which a whole bureau may be."""
WRONG = "登录名、密码或动态码不对。连续错五次会锁定十五分钟。"
USED = "这个动态码刚用过，每个只能用一次。请等验证器显示下一个，再登录。"
OVER = "管理员给的一次性密码过期了，请管理员重新给一个。"
_FIND = text("""
    SELECT id, password_hash, totp_sealed, totp_step, locked_until > now() AS locked, password_until < now() AS over
    FROM weijing.staff WHERE id = :id AND active FOR UPDATE""")
_MISSED = text(f"""
    UPDATE weijing.staff SET failed = CASE WHEN failed + 1 >= {TRIES} THEN 0 ELSE failed + 1 END,
    locked_until = CASE WHEN failed + 1 >= {TRIES} THEN now() + interval '{LOCKED}' ELSE locked_until END WHERE id = :id""")  # noqa: S608  constants of ours
_IN = text("UPDATE weijing.staff SET failed = 0, locked_until = NULL WHERE id = :id")


async def show_login(request: web.Request) -> web.StreamResponse:
    """The form; who is logged in goes to where they begin."""
    if staff := request.get(STAFF):
        raise web.HTTPSeeOther(home(staff))
    return _form(request, "", "", 200)


async def log_in(request: web.Request) -> web.StreamResponse:
    """Check name, password and code; every outcome is in the audit trail, and none tells which of the three was wrong.

    Raises:
        DeskRefused: too many tries of one address.
    """
    console, form = console_of(request), await read_form(request)
    await _count(request)
    login, password, code = (form.raw(name)[:200] for name in ("login", "password", "code"))
    async with console.engine.begin() as connection:
        row = (await connection.execute(_FIND, {"id": login})).first()
        if fault := await _fault(connection, request, row, password, code):
            await audit.append(connection, row.id if row else "", "session.refused", row.id if row else "", address=console.tally.address(request))
            return _form(request, fault, login, 422)
        await connection.execute(_IN, {"id": login})
        token = await begin(connection, request, login)
        staff = await session.find(connection, token)
    response = web.HTTPSeeOther(staff.first or home(staff) if staff else "/login")
    session.set_cookie(response, token, https=console.https)
    raise response


async def begin(connection: AsyncConnection, request: web.Request, staff_id: str) -> str:
    """A new session for a person who has shown who they are; returns its token. A session that this browser had ends."""
    console = console_of(request)
    address = console.tally.address(request)
    await session.end(connection, session.digest(request.cookies.get(session.COOKIE, "")))
    token = await session.begin(connection, staff_id, address, request.headers.get("User-Agent", ""))
    await audit.append(connection, staff_id, "session.begun", staff_id, address=address)
    return token


async def log_out(request: web.Request) -> web.StreamResponse:
    """End this session."""
    async with console_of(request).engine.begin() as connection:
        await session.end(connection, staff_of(request).session)
    response = web.HTTPSeeOther("/login")
    response.del_cookie(session.COOKIE, path="/")
    raise response


async def show_home(request: web.Request) -> web.StreamResponse:
    """Where the person begins."""
    raise web.HTTPSeeOther(home(staff_of(request)))


async def _fault(connection: AsyncConnection, request: web.Request, row: Any, password: str, code: str) -> str:
    """What stands against letting them in. Without an authenticator the password alone does: the guard lets nobody past the page that sets one up."""
    right = await fits(row.password_hash if row else NOBODY, password)
    if not row or row.locked:
        return WRONG
    verdict = "wrong"
    if right:
        pepper = console_of(request).settings.derived_key("console-recovery")
        verdict = await check(connection, row, code, request.config_dict[TOTP_KEY], pepper) if row.totp_sealed else "right"
    if verdict == "wrong":
        await connection.execute(_MISSED, {"id": row.id})
        return WRONG
    return USED if verdict == "used" else OVER if row.over else ""


async def _count(request: web.Request) -> None:
    tally = console_of(request).tally
    try:
        wait = await tally.over("console-login", tally.address(request), ADDRESS_TRIES, ADDRESS_S)
    except StoreUnavailable:
        log.warning("Redis is away: tries to log in are bounded by the lock of each account alone")
        return
    if wait:
        raise DeskRefused("从这里登录的次数太多了", f"请过 {wait // 60 + 1} 分钟再试。", 429)


def _form(request: web.Request, fault: str, login: str, status: int) -> web.Response:
    return console_of(request).pages.show(request, "entry/login.html", fault=fault, login=login, status=status)
