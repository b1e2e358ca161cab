"""Service items 事项 on and off: what is switched off is no longer given by the bot, within a minute."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from console import audit
from console.calls import Calls
from console.content.form import read_form
from console.context import console_of
from console.staff import staff_of
from weijing.service_item import CATEGORIES

SHOWN = 60


async def show_items(request: web.Request) -> web.StreamResponse:
    """All of a category or with the words that are looked for, a page at a time; those that are off stand first."""
    console, asked = console_of(request), {"category": request.query.get("category", ""), "q": request.query.get("q", "").strip()[:64]}
    asked["category"] = asked["category"] if asked["category"] in CATEGORIES else ""
    calls, after = Calls(console.http), request.query.get("after", "")
    off, on = [told["items"] for told in await asyncio.gather(calls.get("/v1/service-items", active="false", **asked), calls.get("/v1/service-items", **asked))]
    items = [{**item, "active": False} for item in off] + [{**item, "active": True} for item in on]
    start = next((place + 1 for place, item in enumerate(items) if item["id"] == after), 0)
    shown, more = items[start : start + SHOWN], urlencode({**asked, "after": items[start + SHOWN - 1]["id"]}) if len(items) > start + SHOWN else ""
    values: dict[str, Any] = {"items": shown, "more": more, "categories": CATEGORIES}
    if after:
        return console.pages.show(request, "content/item_rows.html", **values)
    return console.pages.show(request, "content/items.html", total=len(items), off=len(off), asked=asked, **values)


async def switch_item(request: web.Request) -> web.StreamResponse:
    """Switch it; the row comes back as it now is, so that the same button undoes it."""
    console, form, item = console_of(request), await read_form(request), request.match_info["item"]
    active = form.sent.get("active") == "true"
    calls = Calls(console.http)
    known = await calls.get(f"/v1/service-items/{item}")
    told = await calls.put(f"/v1/service-items/{item}/active", {"active": active})
    async with console.engine.begin() as connection:
        await audit.append(connection, staff_of(request).id, "item.switched", item, before=known["active"], after=told["active"], version=told["version"])
    row = {**{name: known[name] for name in ("id", "name", "category", "summary")}, "active": told["active"]}
    return console.pages.show(request, "content/item_switched.html", item=row, categories=CATEGORIES)
