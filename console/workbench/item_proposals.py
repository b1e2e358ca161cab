"""What waits to become of a service item: proposed by one person, decided by another; it holds from its day on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from aiohttp import web
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from console import audit
from console.calls import Calls
from console.context import console_of
from console.staff import staff_of
from console.workbench import item_lines
from console.workbench.bench import bench_of
from console.workbench.form import choice, found, number, sent
from console.workbench.item_edits import commit_due
from weijing.refusals import DeskRefused
from weijing.workdays import today

Row = Mapping[str, Any]
_WAITING = text("""
    SELECT e.*, coalesce(s.name, e.by) AS name FROM weijing.item_edits e LEFT JOIN weijing.staff s ON s.id = e.by
    WHERE e.state IN ('proposed', 'approved') AND (CAST(:item AS text) = '' OR e.item = CAST(:item AS text)) ORDER BY e.id""")
_PROPOSE = text("""
    INSERT INTO weijing.item_edits (item, before, after, reason, effective_on, by)
    VALUES (:item, CAST(:before AS jsonb), CAST(:after AS jsonb), :reason, :day, :by) RETURNING id""")
_LOCK = text("SELECT * FROM weijing.item_edits WHERE id = :id AND item = :item FOR UPDATE")
_DECIDE = text("UPDATE weijing.item_edits SET state = :state, approved_by = :by, decided_at = now() WHERE id = :id")


async def edits_of(connection: AsyncConnection, item: str = "") -> list[Row]:
    """What waits for approval or for its day, of this item or of all."""
    return list((await connection.execute(_WAITING, {"item": item})).mappings().all())


async def keep(request: web.Request, item: str, before: Row, after: Row, reason: str, day: date) -> None:
    """Have it wait for a second person: `before` is empty for a new item, `after` for one that goes."""
    console, staff = console_of(request), staff_of(request)
    row = {"item": item, "before": _json(before), "after": _json(after), "reason": reason, "day": day, "by": staff.id}
    async with console.engine.begin() as connection:
        made = (await connection.execute(_PROPOSE, row)).scalar_one()
        await audit.append(connection, staff.id, "item.proposed", item, edit=made, fields=sorted(after), effective_on=str(day))


async def decide(request: web.Request) -> web.StreamResponse:
    """Approve, to take effect on its day, or send back.

    Raises:
        DeskRefused: 403 one's own, 409 decided already or the item changed.
    """
    console, staff, id_, form = console_of(request), staff_of(request), request.match_info["item"], await sent(request)
    state, item = choice(form, "to", "审批", ("approved", "rejected")), (await bench_of(request).corpora.now()).items.get(id_)
    async with console.engine.begin() as connection:
        row = found((await connection.execute(_LOCK, {"id": number(request), "item": id_})).mappings().first())
        _check(row, staff.id, item.record if item else {}, state)
        await connection.execute(_DECIDE, {"id": row["id"], "state": state, "by": staff.id})
        await audit.append(connection, staff.id, f"item.{state}", id_, edit=row["id"], by=row["by"])
    await commit_due(console.engine, bench_of(request).repo, Calls(console.http))
    known = id_ in (await bench_of(request).corpora.now()).items
    raise web.HTTPSeeOther(f"/workbench/items/{id_}" if known else "/workbench/items")


def _check(row: Row, staff: str, record: Row, state: str) -> None:
    if row["state"] != "proposed":
        raise DeskRefused("这次修改已经审过了", "请刷新页面看结果。")
    if row["by"] == staff:
        raise DeskRefused("不能审批自己的修改", "请另一位主管来审批。", 403)
    stale = any(item_lines.plain(record.get(name)) != value for name, value in row["before"].items()) if row["before"] else bool(record)
    if state == "approved" and stale:
        raise DeskRefused("这个事项后来又改过", "请退回，让提出的人在新内容上重改。")


def day_of(form: dict[str, list[str]]) -> date:
    """From when it holds.

    Raises:
        DeskRefused: 422, no day, or one that is past.
    """
    try:
        day = date.fromisoformat((form.get("effective_on") or [""])[0])
    except ValueError:
        raise DeskRefused("「生效日」要改一下", "请填日期，比如 2026-12-01。", 422) from None
    if day < today():
        raise DeskRefused("「生效日」要改一下", "不能早于今天。", 422)
    return day


def _json(value: Row) -> str:
    return json.dumps({name: item_lines.plain(one) for name, one in value.items()}, ensure_ascii=False)
