"""Logging in with password and code, and out again."""

from __future__ import annotations

from aiohttp import web
from cryptography.fernet import Fernet
from sqlalchemy import text

from console import audit, session
from console.context import console_of
from console.entry.password import NOBODY, code_fits, fits
from console.places import home
from console.staff import staff_of

TRIES, LOCKED = 5, "15 minutes"
WRONG = "登录名、密码或动态码不对。连续错五次会锁定十五分钟。"
_FIND = text("SELECT id, password_hash, totp_sealed, locked_until > now() AS locked FROM weijing.staff WHERE id = :id AND active FOR UPDATE")
_MISSED = text(f"""
    UPDATE weijing.staff SET failed = CASE WHEN failed + 1 >= {TRIES} THEN 0 ELSE failed + 1 END,
    locked_until = CASE WHEN failed + 1 >= {TRIES} THEN now() + interval '{LOCKED}' ELSE locked_until END WHERE id = :id""")  # noqa: S608  constants of ours
_IN = text("UPDATE weijing.staff SET failed = 0, locked_until = NULL WHERE id = :id")
TOTP_KEY = web.AppKey("totp_key", Fernet)


async def show_login(request: web.Request) -> web.StreamResponse:
    """The form."""
    return console_of(request).pages.show(request, "entry/login.html", fault="", login="")


async def log_in(request: web.Request) -> web.StreamResponse:
    """Check name, password and code; every outcome is in the audit trail, and none tells which of the three was wrong."""
    console, form = console_of(request), await request.post()
    login, password, code = (str(form.get(name, "")).strip()[:200] for name in ("login", "password", "code"))
    async with console.engine.begin() as connection:
        row = (await connection.execute(_FIND, {"id": login})).first()
        right = fits(row.password_hash if row else NOBODY, password)
        if not (row and right and not row.locked and code_fits(row.totp_sealed, code, request.config_dict[TOTP_KEY])):
            if row and not row.locked:
                await connection.execute(_MISSED, {"id": login})
            await audit.append(connection, row.id if row else "", "session.refused", login if row else "")
            return console.pages.show(request, "entry/login.html", fault=WRONG, login=login, status=422)
        await connection.execute(_IN, {"id": login})
        token = await session.begin(connection, login, request.remote or "", request.headers.get("User-Agent", ""))
        staff = await session.find(connection, token)
        await audit.append(connection, login, "session.begun", request.remote or "")
    response = web.HTTPSeeOther(home(staff) if staff else "/login")
    session.set_cookie(response, token, https=console.https)
    raise response


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
