"""Service items: what users asked about them and did not get, edits that a second person approves, a preview, and off at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from aiohttp import web
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from console import audit
from console.calls import Calls
from console.context import console_of
from console.staff import staff_of
from console.workbench import item_fields, item_lines
from console.workbench.bench import bench_of
from console.workbench.corpus import Item
from console.workbench.form import choice, found, number, sent, words
from console.workbench.item_edits import checked, commit_due
from weijing.errors import WeijingError
from weijing.refusals import DeskRefused
from weijing.service_item import ASPECTS, CATEGORIES
from weijing.service_item_card import card
from weijing.service_items import parse_item
from weijing.workdays import SHANGHAI

Row = Mapping[str, Any]
_MISSED = text("""
    SELECT one->>'service_item' AS item, count(*) AS n FROM weijing.turns t CROSS JOIN LATERAL jsonb_array_elements(t.ranking) WITH ORDINALITY AS r(one, place)
    WHERE t.decision IN ('clarify', 'fallback') AND t.at > now() - interval '30 days' AND place <= 3 AND CAST(one->>'confidence' AS float) >= 0.1
    AND one->>'service_item' IS NOT NULL GROUP BY 1""")
_QUESTIONS = text("""
    SELECT m.text, t.decision, t.at FROM weijing.turns t JOIN weijing.messages m ON m.key = t.key AND m.direction = 'user'
    WHERE t.decision IN ('clarify', 'fallback') AND t.at > now() - interval '30 days'
    AND t.ranking @> CAST(:wanted AS jsonb) ORDER BY t.at DESC LIMIT 20""")
_WAITING = text("""
    SELECT e.*, coalesce(s.name, e.by) AS name FROM weijing.item_edits e LEFT JOIN weijing.staff s ON s.id = e.by
    WHERE e.state IN ('proposed', 'approved') AND (CAST(:item AS text) = '' OR e.item = CAST(:item AS text)) ORDER BY e.id""")
_PROPOSE = text("""
    INSERT INTO weijing.item_edits (item, before, after, reason, effective_on, by)
    VALUES (:item, CAST(:before AS jsonb), CAST(:after AS jsonb), :reason, :day, :by) RETURNING id""")
_LOCK = text("SELECT * FROM weijing.item_edits WHERE id = :id AND item = :item FOR UPDATE")
_DECIDE = text("UPDATE weijing.item_edits SET state = :state, approved_by = :by, decided_at = now() WHERE id = :id")


async def show(request: web.Request) -> web.StreamResponse:
    """All items, those first that users did not get an answer about."""
    console, corpus = console_of(request), await bench_of(request).corpora.now()
    asked, category = request.query.get("q", "").strip()[:64], request.query.get("category", "")
    async with console.engine.connect() as connection:
        missed = {row.item: row.n for row in await connection.execute(_MISSED)}
        waiting = [dict(row) for row in (await connection.execute(_WAITING, {"item": ""})).mappings()]
    chosen = [one for one in corpus.items.values() if (not asked or asked in "".join((one.name, one.id, *one.words))) and category in ("", one.category)]
    rows = sorted(chosen, key=lambda one: (-missed.get(one.id, 0), str(one.record["review_by"]), one.id))
    shown: dict[str, Any] = {"rows": rows, "missed": missed, "waiting": waiting, "items": corpus.items, "asked": asked, "category": category}
    return console.pages.show(request, "workbench/items.html", **shown, categories=CATEGORIES, today=_today())


async def show_item(request: web.Request) -> web.StreamResponse:
    """One item: its fields to edit, the answers they give, and what users asked."""
    return await _show(request, await _item(request))


async def preview(request: web.Request) -> web.StreamResponse:
    """The card with what is typed now, by aspect."""
    item, form = await _item(request), await sent(request)
    after = item_fields.changes(item.record, form)
    aspect = choice(form, "aspect", "看哪一面", ASPECTS)
    changed = [(item_lines.TITLES[name], item_lines.typed(name, item.record.get(name)), item_lines.typed(name, value)) for name, value in after.items()]
    return console_of(request).pages.show(request, "workbench/item_preview.html", card=_card(checked(item.record, after), aspect), changed=changed)


async def propose(request: web.Request) -> web.StreamResponse:
    """Ask a second person to approve an edit.

    Raises:
        DeskRefused: 422 nothing differs, or the item would not be valid.
    """
    console, staff, item, form = console_of(request), staff_of(request), await _item(request), await sent(request)
    after = item_fields.changes(item.record, form)
    if not after:
        raise DeskRefused("没有改动", "请先改内容，再送审批。", 422)
    checked(item.record, after)
    row = {"item": item.id, "reason": words(form, "reason", "为什么改，依据是什么", 500), "day": _day(form), "by": staff.id}
    before = {name: item.record.get(name) for name in after}
    async with console.engine.begin() as connection:
        made = (await connection.execute(_PROPOSE, {**row, "before": _json(before), "after": _json(after)})).scalar_one()
        await audit.append(connection, staff.id, "item.proposed", item.id, edit=made, fields=sorted(after), effective_on=str(row["day"]))
    raise web.HTTPSeeOther(f"/workbench/items/{item.id}")


async def decide(request: web.Request) -> web.StreamResponse:
    """Approve an edit, which takes effect on its day, or send it back.

    Raises:
        DeskRefused: 403 one's own, 409 decided already or the item changed.
    """
    console, staff, item, form = console_of(request), staff_of(request), await _item(request), await sent(request)
    state = choice(form, "to", "审批", ("approved", "rejected"))
    async with console.engine.begin() as connection:
        row = found((await connection.execute(_LOCK, {"id": number(request), "item": item.id})).mappings().first())
        _check(row, staff.id, item, state)
        await connection.execute(_DECIDE, {"id": row["id"], "state": state, "by": staff.id})
        await audit.append(connection, staff.id, f"item.{state}", item.id, edit=row["id"], by=row["by"])
    await commit_due(console.engine, bench_of(request).repo, Calls(console.http))
    raise web.HTTPSeeOther(f"/workbench/items/{item.id}")


async def switch(request: web.Request) -> web.StreamResponse:
    """Off or on at once."""
    console, staff, item, form = console_of(request), staff_of(request), await _item(request), await sent(request)
    active = choice(form, "active", "开或关", ("true", "false")) == "true"
    told = await Calls(console.http).put(f"/v1/service-items/{item.id}/active", {"active": active})
    async with console.engine.begin() as connection:
        await audit.append(connection, staff.id, "item.switched", item.id, after=told["active"], version=told["version"])
    raise web.HTTPSeeOther(f"/workbench/items/{item.id}")


def _check(row: Row, staff: str, item: Item, state: str) -> None:
    if row["state"] != "proposed":
        raise DeskRefused("这次修改已经审过了", "请刷新页面看结果。")
    if row["by"] == staff:
        raise DeskRefused("不能审批自己的修改", "请另一位主管来审批。", 403)
    if state == "approved" and any(item_lines.plain(item.record.get(name)) != value for name, value in row["before"].items()):
        raise DeskRefused("这个事项后来又改过", "请退回，让提出的人在新内容上重改。")


async def _show(request: web.Request, item: Item) -> web.StreamResponse:
    console, wanted = console_of(request), json.dumps([{"service_item": item.id}])
    async with console.engine.connect() as connection:
        asked = (await connection.execute(_QUESTIONS, {"wanted": wanted})).mappings().all()
        waiting = await _edits(connection, item.id)
    live = await _live(request, item)
    shown: dict[str, Any] = {
        "item": item,
        "fields": item_fields.fields(item.record),
        "asked": asked,
        "waiting": waiting,
        "live": live,
        "card": _card(item.record, "overview"),
    }
    names: dict[str, Any] = {"categories": CATEGORIES, "aspects": ASPECTS, "titles": item_lines.TITLES, "hints": item_lines.HINTS, "lines": item_lines.typed}
    shown["changed"] = []
    return console.pages.show(request, "workbench/item.html", **shown, **names, today=_today())


async def _edits(connection: AsyncConnection, item: str) -> list[Row]:
    return list((await connection.execute(_WAITING, {"item": item})).mappings().all())


async def _live(request: web.Request, item: Item) -> bool | None:
    """Whether the bot gives it now; None while the backend does not answer."""
    try:
        return bool((await Calls(console_of(request).http).get(f"/v1/service-items/{item.id}"))["active"])
    except WeijingError:
        return None


async def _item(request: web.Request) -> Item:
    return (await bench_of(request).corpora.now()).items.get(request.match_info["item"]) or found(None)


def _card(record: Mapping[str, Any], aspect: str) -> str:
    return card(parse_item(dict(record), "item").as_dict(), aspect, _today())


def _day(form: dict[str, list[str]]) -> date:
    try:
        day = date.fromisoformat((form.get("effective_on") or [""])[0])
    except ValueError:
        raise DeskRefused("「生效日」要改一下", "请填日期，比如 2026-12-01。", 422) from None
    if day < _today():
        raise DeskRefused("「生效日」要改一下", "不能早于今天。", 422)
    return day


def _today() -> date:
    return datetime.now(SHANGHAI).date()


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps({name: item_lines.plain(one) for name, one in value.items()}, ensure_ascii=False)
