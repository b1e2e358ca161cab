"""The administrator's list of people, and one person's account."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from console.admin import accounts
from console.context import console_of
from console.form import Form, read_form
from console.staff import ROLES, Staff, staff_of
from weijing.refusals import DeskRefused

MOST = 64
"""Conversations that one person may have at a time, at most."""
SHOWN = 500
_PEOPLE = text(f"""
    SELECT p.id, p.name, p.roles, p.capacity, p.active, p.must_change, p.totp_sealed <> '' AS enrolled, p.demo, p.locked_until > now() AS locked,
        coalesce(u.name, p.unit_id) AS unit, s.seen_at FROM weijing.staff p LEFT JOIN weijing.units u ON u.id = p.unit_id
        LEFT JOIN LATERAL (SELECT max(seen_at) AS seen_at FROM weijing.staff_sessions WHERE staff_id = p.id) s ON true
    WHERE (p.active OR :closed) AND (:q = '' OR strpos(lower(p.id || ' ' || p.name), lower(:q)) > 0) AND (:unit = '' OR p.unit_id = :unit)
        AND (:role = '' OR :role = ANY(p.roles)) ORDER BY p.active DESC, p.id LIMIT {SHOWN}""")  # noqa: S608  a constant of ours
_UNITS = text("SELECT id, name FROM weijing.units ORDER BY kind, name")


async def show_people(request: web.Request) -> web.StreamResponse:
    """Everybody, or who fits the search."""
    console = console_of(request)
    asked = {name: request.query.get(name, "").replace("\0", "")[:64] for name in ("q", "unit", "role")} | {"closed": bool(request.query.get("closed"))}
    async with console.engine.connect() as connection:
        people = (await connection.execute(_PEOPLE, asked)).mappings().all()
        units = await names_of_units(connection)
    return console.pages.show(request, "admin/people.html", people=people, units=units, asked=asked)


async def show_new(request: web.Request) -> web.StreamResponse:
    """The form of a new account."""
    return await _form(request, {"id": "", "name": "", "unit_id": "desk", "roles": ["agent"], "capacity": 8}, {}, 200)


async def add_person(request: web.Request) -> web.StreamResponse:
    """Make an account; its one-time password is shown this once."""
    console, form = console_of(request), await read_form(request)
    async with console.engine.begin() as connection:
        facts = await _facts(connection, form)
        facts["id"] = form.words("id", "登录名", 32, least=2)
        if "id" not in form.faults and not accounts.LOGIN.fullmatch(facts["id"]):
            form.faults["id"] = "登录名用小写字母开头，只用小写字母、数字和 _ . -"
        if not form.faults:
            password = await accounts.add(connection, staff_of(request).id, facts)
            return console.pages.show(request, "admin/given.html", name=facts["name"], id=facts["id"], password=password, days=accounts.GIVEN_DAYS, what="new")
    return await _form(request, facts, form.faults, 422)


async def show_person(request: web.Request) -> web.StreamResponse:
    """One account."""
    async with console_of(request).engine.connect() as connection:
        account = await accounts.get(connection, request.match_info["staff"])
    return await _form(request, account, {}, 200)


async def change_person(request: web.Request) -> web.StreamResponse:
    """Change name, unit, roles and capacity."""
    console, form, named = console_of(request), await read_form(request), request.match_info["staff"]
    async with console.engine.begin() as connection:
        account = await accounts.get(connection, named)
        facts = {**await _facts(connection, form, roles=None if named != staff_of(request).id else account["roles"]), "id": named}
        changed = {} if form.faults else await accounts.change(connection, staff_of(request).id, facts)
        account = {**account, **facts} if form.faults else await accounts.get(connection, named)
    told = "" if form.faults else "已保存，立即生效" if changed else "没有要改的"
    return await _form(request, account, form.faults, 422 if form.faults else 200, told)


async def give_password(request: web.Request) -> web.StreamResponse:
    """A new one-time password; the authenticator stays."""
    return await _given(request, totp=False)


async def reset_totp(request: web.Request) -> web.StreamResponse:
    """For a lost phone: a new authenticator is set up at the next login, with a new one-time password."""
    return await _given(request, totp=True)


async def retire(request: web.Request) -> web.StreamResponse:
    """Close an account; its sessions end at once. It can be opened again."""
    return await _set_active(request, "账号已停用，登录已全部退出", active=False)


async def bring_back(request: web.Request) -> web.StreamResponse:
    """Open a closed account again."""
    return await _set_active(request, "账号已恢复，可以登录", active=True)


async def names_of_units(connection: AsyncConnection) -> dict[str, str]:
    """Id -> name."""
    return {row.id: row.name for row in (await connection.execute(_UNITS)).all()}


async def _given(request: web.Request, *, totp: bool) -> web.Response:
    console, named = console_of(request), request.match_info["staff"]
    if named == staff_of(request).id:
        raise DeskRefused("自己的密码和动态码在“我的账号”里改", "点左下角自己的名字，再点“我的账号与登录”。", 403)
    async with console.engine.begin() as connection:
        account = await accounts.get(connection, named)
        password = await accounts.give_password(connection, staff_of(request).id, named, totp=totp)
    what = "totp" if totp else "password"
    return console.pages.show(request, "admin/given.html", name=account["name"], id=named, password=password, days=accounts.GIVEN_DAYS, what=what)


async def _set_active(request: web.Request, told: str, *, active: bool) -> web.Response:
    named = request.match_info["staff"]
    async with console_of(request).engine.begin() as connection:
        await accounts.get(connection, named)
        await accounts.set_active(connection, staff_of(request).id, named, active=active)
        account = await accounts.get(connection, named)
    return await _form(request, account, {}, 200, told)


async def _facts(connection: AsyncConnection, form: Form, *, roles: list[str] | None = None) -> dict[str, Any]:
    """What the form says; `roles` are those of somebody who edits their own account, whose boxes are closed."""
    facts: dict[str, Any] = {"name": form.words("name", "姓名", 32), "unit_id": form.one("unit_id", "单位", await names_of_units(connection))}
    facts["capacity"] = form.whole("capacity", "同时接待数", 1, MOST)
    ticked = form.several("roles", ROLES)
    facts["roles"] = [role for role in ROLES if role in ticked] if roles is None else roles
    if fault := accounts.roles_fault(facts["roles"]):
        form.faults["roles"] = fault
    return facts


async def _form(request: web.Request, account: dict[str, Any], faults: dict[str, str], status: int, told: str = "") -> web.Response:
    console, staff = console_of(request), staff_of(request)
    async with console.engine.connect() as connection:
        units = await names_of_units(connection)
    values: dict[str, Any] = {"account": account, "units": units, "faults": faults, "told": told, "me": _is(staff, account), "most": MOST}
    return console.pages.show(request, "admin/person.html", status=status, **values)


def _is(staff: Staff, account: dict[str, Any]) -> bool:
    return bool(staff.id == account["id"])
