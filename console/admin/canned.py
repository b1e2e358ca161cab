"""The pages on which canned answers are kept."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from console import audit, canned
from console.admin.people import names_of_units
from console.context import console_of
from console.form import Form, read_form
from console.staff import staff_of
from weijing.refusals import DeskRefused

LONGEST = 600
"""Characters: WeChat takes 2,048 bytes of text in one message."""
FIELDS = ("title", "text", "shortcut", "topic", "unit_id")
_GET = text("SELECT id, title, text, shortcut, topic, unit_id, active FROM weijing.canned WHERE id = :id FOR UPDATE")
_TAKEN = text("SELECT title FROM weijing.canned WHERE lower(shortcut) = lower(:shortcut) AND active AND id <> :id LIMIT 1")
_ADD = text("INSERT INTO weijing.canned (title, text, shortcut, topic, unit_id) VALUES (:title, :text, :shortcut, :topic, :unit_id) RETURNING id")
_CHANGE = text("UPDATE weijing.canned SET title = :title, text = :text, shortcut = :shortcut, topic = :topic, unit_id = :unit_id WHERE id = :id")
_SWITCH = text("UPDATE weijing.canned SET active = NOT active WHERE id = :id RETURNING active")


async def show_canned(request: web.Request) -> web.StreamResponse:
    """All of them, or what fits the search."""
    return await _list(request, "admin/canned.html")


async def show_new_canned(request: web.Request) -> web.StreamResponse:
    """The form of a new one."""
    return await _form(request, {"id": 0, "title": "", "text": "", "shortcut": "", "topic": "", "unit_id": None, "active": True}, {}, 200)


async def show_one(request: web.Request) -> web.StreamResponse:
    """One of them."""
    async with console_of(request).engine.begin() as connection:
        return await _form(request, await _get(connection, request), {}, 200)


async def add_canned(request: web.Request) -> web.StreamResponse:
    """Make one."""
    form = await read_form(request)
    async with console_of(request).engine.begin() as connection:
        one = {"id": 0, "active": True, **await _facts(connection, form, 0)}
        if not form.faults:
            one["id"] = (await connection.execute(_ADD, one)).scalar_one()
            await audit.append(connection, staff_of(request).id, "canned.added", str(one["id"]), title=one["title"])
    if form.faults:
        return await _form(request, one, form.faults, 422)
    raise web.HTTPSeeOther("/admin/canned")


async def change_canned(request: web.Request) -> web.StreamResponse:
    """Change one."""
    form = await read_form(request)
    async with console_of(request).engine.begin() as connection:
        before = await _get(connection, request)
        one = {**before, **await _facts(connection, form, before["id"])}
        changed = audit.changes(before, one, FIELDS)
        if changed and not form.faults:
            await connection.execute(_CHANGE, one)
            await audit.append(connection, staff_of(request).id, "canned.changed", str(one["id"]), **changed)
    if form.faults:
        return await _form(request, one, form.faults, 422)
    raise web.HTTPSeeOther("/admin/canned")


async def switch_canned(request: web.Request) -> web.StreamResponse:
    """Switch one off, or on again."""
    async with console_of(request).engine.begin() as connection:
        one = await _get(connection, request)
        active = (await connection.execute(_SWITCH, {"id": one["id"]})).scalar_one()
        await audit.append(connection, staff_of(request).id, "canned.switched", str(one["id"]), active=active)
    return await _list(request, "admin/canned_list.html", told=f"“{one['title']}”已{'启用' if active else '停用'}")


async def _list(request: web.Request, template: str, *, told: str = "") -> web.Response:
    query = (request.query.get("q") or str((await request.post()).get("q", "")))[:64].replace("\0", "")
    async with console_of(request).engine.connect() as connection:
        rows = await canned.search(connection, query, closed=True)
    return console_of(request).pages.show(request, template, rows=rows, query=query, told=told)


async def _get(connection: AsyncConnection, request: web.Request) -> dict[str, Any]:
    named = request.match_info["canned"]
    known = named.isascii() and named.isdigit() and len(named) < 10
    row = (await connection.execute(_GET, {"id": int(named)})).mappings().first() if known else None
    if row is None:
        raise DeskRefused("没有这条常用语", "请回到常用语列表再找一找。", 404)
    return dict(row)


async def _facts(connection: AsyncConnection, form: Form, number: int) -> dict[str, Any]:
    facts: dict[str, Any] = {"title": form.words("title", "标题", 32), "text": form.words("text", "内容", LONGEST)}
    facts["topic"] = form.words("topic", "主题", 16, least=0)
    facts["shortcut"] = form.words("shortcut", "快捷键", 8, least=0)
    facts["unit_id"] = form.one("unit_id", "谁能用", {"": "", **await names_of_units(connection)}) or None
    if facts["shortcut"] and not (facts["shortcut"].isascii() and facts["shortcut"].isalnum()):
        form.faults["shortcut"] = "快捷键只用字母和数字"
    elif facts["shortcut"] and (taken := (await connection.execute(_TAKEN, {"shortcut": facts["shortcut"], "id": number})).first()):
        form.faults["shortcut"] = f"“{taken.title}”已经用了这个快捷键"
    return facts


async def _form(request: web.Request, one: dict[str, Any], faults: dict[str, str], status: int) -> web.Response:
    console = console_of(request)
    async with console.engine.connect() as connection:
        units = await names_of_units(connection)
    return console.pages.show(request, "admin/canned_form.html", one=one, units=units, faults=faults, longest=LONGEST, status=status)
