"""The units 单位 that people and conversations belong to, and the areas each answers for. Ids are those of the government service API."""

from __future__ import annotations

import re
from typing import Any

from aiohttp import web
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from console import audit
from console.context import console_of
from console.form import Form, read_form
from console.staff import staff_of
from weijing.refusals import DeskRefused

KINDS = {"desk": "服务坐席", "department": "业务部门", "station": "派出所", "petitions": "信访", "supervision": "督察"}
ID = re.compile(r"[a-z][a-z0-9_]{1,31}")
_UNITS = text("""
    SELECT u.id, u.name, u.parent, u.kind, u.areas, p.name AS parent_name, (SELECT count(*) FROM weijing.staff s WHERE s.unit_id = u.id AND s.active) AS people
    FROM weijing.units u LEFT JOIN weijing.units p ON p.id = u.parent ORDER BY array_position(:kinds, u.kind), u.name""")
_GET = text("SELECT id, name, parent, kind, areas FROM weijing.units WHERE id = :id FOR UPDATE")
_ADD = text("INSERT INTO weijing.units (id, name, parent, kind, areas) VALUES (:id, :name, :parent, :kind, :areas) ON CONFLICT DO NOTHING RETURNING 1")
_CHANGE = text("UPDATE weijing.units SET name = :name, parent = :parent, kind = :kind, areas = :areas WHERE id = :id")
_ABOVE = text("""
    WITH RECURSIVE above AS (SELECT id, parent FROM weijing.units WHERE id = :parent
        UNION SELECT u.id, u.parent FROM weijing.units u JOIN above a ON u.id = a.parent)
    SELECT true FROM above WHERE id = :id""")


async def show_units(request: web.Request) -> web.StreamResponse:
    """All units."""
    return console_of(request).pages.show(request, "admin/units.html", units=await _all(request), kinds=KINDS)


async def show_new_unit(request: web.Request) -> web.StreamResponse:
    """The form of a new unit."""
    return await _form(request, {"id": "", "name": "", "parent": None, "kind": "department", "areas": []}, {}, 200, new=True)


async def show_unit(request: web.Request) -> web.StreamResponse:
    """One unit."""
    async with console_of(request).engine.begin() as connection:
        unit = await _get(connection, request.match_info["unit"])
    return await _form(request, unit, {}, 200)


async def add_unit(request: web.Request) -> web.StreamResponse:
    """Make a unit."""
    form = await read_form(request)
    async with console_of(request).engine.begin() as connection:
        unit = await _facts(connection, form, form.words("id", "代号", 32, least=2))
        if "id" not in form.faults and not ID.fullmatch(unit["id"]):
            form.faults["id"] = "代号用小写字母开头，只用小写字母、数字和 _"
        if not form.faults and (await connection.execute(_ADD, unit)).first() is None:
            form.faults["id"] = "这个代号已经有了"
        if not form.faults:
            await audit.append(connection, staff_of(request).id, "unit.added", unit["id"], **{name: unit[name] for name in ("name", "parent", "kind", "areas")})
    return await _form(request, unit, form.faults, 422, new=True) if form.faults else await _form(request, unit, {}, 200, told="单位已添加")


async def change_unit(request: web.Request) -> web.StreamResponse:
    """Change a unit."""
    form = await read_form(request)
    async with console_of(request).engine.begin() as connection:
        before = await _get(connection, request.match_info["unit"])
        unit = await _facts(connection, form, before["id"])
        changed = audit.changes(before, unit, ("name", "parent", "kind", "areas"))
        if changed and not form.faults:
            await connection.execute(_CHANGE, unit)
            await audit.append(connection, staff_of(request).id, "unit.changed", unit["id"], **changed)
    return await _form(request, unit, form.faults, 422 if form.faults else 200, told="已保存" if changed else "没有要改的")


async def _get(connection: AsyncConnection, unit: str) -> dict[str, Any]:
    row = (await connection.execute(_GET, {"id": unit})).mappings().first()
    if row is None:
        raise DeskRefused("没有这个单位", "请回到单位列表再找一找。", 404)
    return {**row, "areas": list(row["areas"])}


async def _facts(connection: AsyncConnection, form: Form, unit: str) -> dict[str, Any]:
    areas = list(dict.fromkeys(re.split(r"[\s,，、;；]+", form.words("areas", "辖区", 500, least=0).strip("、，,; "))))
    facts: dict[str, Any] = {"id": unit, "name": form.words("name", "名称", 32), "kind": form.one("kind", "类别", KINDS)}
    facts["areas"] = [area for area in areas if area]
    facts["parent"] = form.raw("parent") or None
    if facts["parent"] and (await connection.execute(text("SELECT true FROM weijing.units WHERE id = :id"), {"id": facts["parent"]})).first() is None:
        form.faults["parent"] = "请选择上级单位"
    elif facts["parent"] and (await connection.execute(_ABOVE, {"id": unit, "parent": facts["parent"]})).first():
        form.faults["parent"] = "上级不能是自己或自己的下级"
    return facts


async def _all(request: web.Request) -> list[Any]:
    async with console_of(request).engine.connect() as connection:
        return list((await connection.execute(_UNITS, {"kinds": list(KINDS)})).mappings().all())


async def _form(request: web.Request, unit: dict[str, Any], faults: dict[str, str], status: int, *, told: str = "", new: bool = False) -> web.Response:
    values: dict[str, Any] = {"unit": unit, "units": await _all(request), "kinds": KINDS, "faults": faults, "told": told if not faults else "", "new": new}
    return console_of(request).pages.show(request, "admin/unit.html", status=status, **values)
