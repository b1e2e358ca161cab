"""Service items: what users asked about them and did not get, edits that a second person approves, a preview, and off at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web
from sqlalchemy import text

from console import audit
from console.calls import Calls
from console.context import console_of
from console.staff import staff_of
from console.workbench import item_fields, item_lines
from console.workbench.bench import bench_of
from console.workbench.corpus import Item
from console.workbench.form import choice, found, sent, words
from console.workbench.item_adding import waiting_item
from console.workbench.item_edits import checked
from console.workbench.item_proposals import day_of, edits_of, keep
from weijing.errors import WeijingError
from weijing.refusals import DeskRefused
from weijing.service_item import ASPECTS, CATEGORIES
from weijing.service_item_card import card
from weijing.service_items import parse_item
from weijing.workdays import today

Row = Mapping[str, Any]
_MISSED = text("""
    SELECT one->>'service_item' AS item, count(*) AS n FROM weijing.turns t CROSS JOIN LATERAL jsonb_array_elements(t.ranking) WITH ORDINALITY AS r(one, place)
    WHERE t.decision IN ('clarify', 'fallback') AND t.at > now() - interval '30 days' AND place <= 3 AND CAST(one->>'confidence' AS float) >= 0.1
    AND one->>'service_item' IS NOT NULL GROUP BY 1""")
_QUESTIONS = text("""
    SELECT m.text, t.decision, t.at FROM weijing.turns t JOIN weijing.messages m ON m.key = t.key AND m.direction = 'user'
    WHERE t.decision IN ('clarify', 'fallback') AND t.at > now() - interval '30 days'
    AND t.ranking @> CAST(:wanted AS jsonb) ORDER BY t.at DESC LIMIT 20""")


async def show(request: web.Request) -> web.StreamResponse:
    """All items, those first that users did not get an answer about."""
    console, corpus = console_of(request), await bench_of(request).corpora.now()
    asked, category = request.query.get("q", "").strip()[:64], request.query.get("category", "")
    async with console.engine.connect() as connection:
        missed = {row.item: row.n for row in await connection.execute(_MISSED)}
        waiting = await edits_of(connection)
    chosen = [one for one in corpus.items.values() if (not asked or asked in "".join((one.name, one.id, *one.words))) and category in ("", one.category)]
    rows = sorted(chosen, key=lambda one: (-missed.get(one.id, 0), str(one.record["review_by"]), one.id))
    shown: dict[str, Any] = {"rows": rows, "missed": missed, "waiting": waiting, "items": corpus.items, "asked": asked, "category": category}
    return console.pages.show(request, "workbench/items.html", **shown, categories=CATEGORIES, today=today())


async def show_item(request: web.Request) -> web.StreamResponse:
    """One item: its fields to edit, the answers they give, and what users asked; or one that waits to be one."""
    id_ = request.match_info["item"]
    async with console_of(request).engine.connect() as connection:
        waiting = await edits_of(connection, id_)
    item = (await bench_of(request).corpora.now()).items.get(id_) or waiting_item(id_, waiting) or found(None)
    return await _show(request, item, waiting)


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
    item, form = await _item(request), await sent(request)
    after = item_fields.changes(item.record, form)
    if not after:
        raise DeskRefused("没有改动", "请先改内容，再送审批。", 422)
    checked(item.record, after)
    before = {name: item.record.get(name) for name in after}
    await keep(request, item.id, before, after, words(form, "reason", "为什么改，依据是什么", 500), day_of(form))
    raise web.HTTPSeeOther(f"/workbench/items/{item.id}")


async def switch(request: web.Request) -> web.StreamResponse:
    """Off or on at once."""
    console, staff, item, form = console_of(request), staff_of(request), await _item(request), await sent(request)
    active = choice(form, "active", "开或关", ("true", "false")) == "true"
    told = await Calls(console.http).put(f"/v1/service-items/{item.id}/active", {"active": active})
    async with console.engine.begin() as connection:
        await audit.append(connection, staff.id, "item.switched", item.id, after=told["active"], version=told["version"])
    raise web.HTTPSeeOther(f"/workbench/items/{item.id}")


async def _show(request: web.Request, item: Item, waiting: list[Row]) -> web.StreamResponse:
    console, wanted = console_of(request), json.dumps([{"service_item": item.id}])
    async with console.engine.connect() as connection:
        asked = (await connection.execute(_QUESTIONS, {"wanted": wanted})).mappings().all()
    live = await _live(request, item)
    shown: dict[str, Any] = {
        "item": item,
        "fields": item_fields.fields(item.record),
        "asked": asked,
        "waiting": waiting,
        "live": live,
        "card": _card(item.record, "overview"),
        "changed": [],
    }
    names: dict[str, Any] = {"categories": CATEGORIES, "aspects": ASPECTS, "titles": item_lines.TITLES, "hints": item_lines.HINTS, "lines": item_lines.typed}
    return console.pages.show(request, "workbench/item.html", **shown, **names, today=today())


async def _live(request: web.Request, item: Item) -> bool | None:
    """Whether the bot gives it now; None while the backend does not answer."""
    try:
        return bool((await Calls(console_of(request).http).get(f"/v1/service-items/{item.id}"))["active"])
    except WeijingError:
        return None


async def _item(request: web.Request) -> Item:
    return (await bench_of(request).corpora.now()).items.get(request.match_info["item"]) or found(None)


def _card(record: Mapping[str, Any], aspect: str) -> str:
    return card(parse_item(dict(record), "item").as_dict(), aspect, today())
