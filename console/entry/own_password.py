"""The page on which a person changes their password: of their own will, or before anything else when somebody else gave it."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy import text

from console import audit, session
from console.context import console_of
from console.entry.login import begin
from console.entry.password import fits, hash_password
from console.entry.weakness import weakness
from console.form import Form, read_form
from console.staff import Staff, staff_of
from weijing.refusals import DeskRefused

CHECKS, CHECKS_S = 10, 600
"""Times that a person may be asked for their password again, e.g. by somebody who sits at their open screen."""
_STORED = text("SELECT password_hash FROM weijing.staff WHERE id = :id")
_CHANGE = text("UPDATE weijing.staff SET password_hash = :hash, must_change = false, password_until = NULL, demo = false WHERE id = :id")


async def show_password(request: web.Request) -> web.StreamResponse:
    """The form."""
    return _form(request, {}, 200)


async def change_password(request: web.Request) -> web.StreamResponse:
    """Take a new password: every session of the person ends, and this browser gets a new one."""
    console, staff, form = console_of(request), staff_of(request), await read_form(request)
    faults = await _faults(request, staff, form)
    if faults:
        return _form(request, faults, 422)
    stored = hash_password(form.raw("new"))
    async with console.engine.begin() as connection:
        await connection.execute(_CHANGE, {"id": staff.id, "hash": stored})
        await session.end_all(connection, staff.id)
        token = await begin(connection, request, staff.id)
        await audit.append(connection, staff.id, "password.changed", staff.id)
    response = web.HTTPSeeOther("/me/totp" if staff.must_enrol else "/me")
    session.set_cookie(response, token, https=console.https)
    raise response


async def confirm(request: web.Request, staff: Staff, password: str) -> str:
    """Ask for the password again; returns what is wrong, or nothing.

    Raises:
        DeskRefused: too often.
        StoreUnavailable: Redis, which counts, is away.
    """
    console = console_of(request)
    if wait := await console.tally.over("console-password", staff.id, CHECKS, CHECKS_S):
        raise DeskRefused("密码试得太多了", f"请过 {wait // 60 + 1} 分钟再试。", 429)
    async with console.engine.connect() as connection:
        stored = (await connection.execute(_STORED, {"id": staff.id})).scalar_one()
    return "" if await fits(stored, password[:200]) else "当前密码不对"


async def _faults(request: web.Request, staff: Staff, form: Form) -> dict[str, str]:
    found: dict[str, str] = {}
    old, new = form.raw("old"), form.raw("new")
    if not staff.must_change and (fault := await confirm(request, staff, old)):
        found["old"] = fault
    if fault := weakness(new, staff.id, staff.name):
        found["new"] = fault
    elif form.raw("again") != new:
        found["again"] = "两次填的不一样"
    elif staff.must_change and not await confirm(request, staff, new):
        found["new"] = "新密码不能和现在的一样"
    return found


def _form(request: web.Request, faults: dict[str, str], status: int) -> web.Response:
    return console_of(request).pages.show(request, "entry/password.html", faults=faults, status=status)
