"""The queue: its lists with filters and saved views, the counters of the rail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy import text

from console.context import console_of
from console.desk import words
from console.desk.filters import Asked, asked
from console.desk.reading import noted
from console.desk.refused import done
from console.desk.room import room_of
from console.route import Handler
from console.staff import Staff, staff_of
from store.desk_queue import View
from weijing.intent_words import intent_words
from weijing.refusals import DeskRefused

VIEWS: dict[View, str] = {"waiting": "待接", "mine": "我的", "all": "全部", "closed": "已办结"}
PAGE, MOST = 40, 200
_VIEWS = text("SELECT name, query FROM weijing.saved_views WHERE staff_id = :staff ORDER BY name")
_UNITS = text("SELECT id, name FROM weijing.units ORDER BY name")
_TOPICS = text("""
    SELECT DISTINCT topic FROM (SELECT topic FROM weijing.handoffs WHERE topic IS NOT NULL ORDER BY opened_at DESC LIMIT 2000) AS recent ORDER BY topic""")
_SAVE = text("""
    INSERT INTO weijing.saved_views (staff_id, name, query) VALUES (:staff, :name, :query) ON CONFLICT (staff_id, name) DO UPDATE SET query = excluded.query""")
_DROP = text("DELETE FROM weijing.saved_views WHERE staff_id = :staff AND name = :name")


def show_list(view: View) -> Handler:
    """The page of one list, no conversation open."""

    async def handler(request: web.Request) -> web.StreamResponse:
        shown = await queue(request, asked(view, request.query))
        return console_of(request).pages.show(request, "desk/desk.html", **shown, talk=None)

    return handler


async def show_rows(request: web.Request) -> web.StreamResponse:
    """Rows alone: the next page, or the list as it is now."""
    view = request.query.get("list", "")
    if view not in VIEWS:
        raise DeskRefused("没有这个列表", "请从左边选择列表。", 404)
    wanted = asked(view, request.query)
    await noted(request, "queue.read", view)
    count = request.query.get("shown", "")
    limit = min(max(PAGE, int(count)), MOST) if count.isdecimal() and not wanted.after else PAGE
    return console_of(request).pages.show(request, "desk/rows.html", **await rows(request, wanted, limit))


async def rows(request: web.Request, wanted: Asked, limit: int = PAGE) -> dict[str, Any]:
    """What the template `desk/rows.html` shows."""
    room, staff = room_of(request), staff_of(request)
    page = await done(room.queue.page(wanted.view, me=staff.id, filters=wanted.filters(staff), after=wanted.after, limit=limit))
    shown = [{**row, **await _told(request, row, staff)} for row in page.rows]
    return {"rows": shown, "next": page.next, "asked": wanted, "view": wanted.view, "words": words}


async def queue(request: web.Request, wanted: Asked) -> dict[str, Any]:
    """What the left column shows."""
    async with console_of(request).engine.connect() as connection:
        views = (await connection.execute(_VIEWS, {"staff": staff_of(request).id})).all()
        units, topics = (await connection.execute(_UNITS)).all(), list((await connection.execute(_TOPICS)).scalars())
    return {**await rows(request, wanted), "views": VIEWS, "saved": views, "units": units, "topics": topics, "intents": intent_words()}


async def _told(request: web.Request, row: dict[str, Any], staff: Staff) -> dict[str, Any]:
    """The title, the clock and the marks of a row."""
    item = await room_of(request).items.name(row["item"])
    since: datetime = row.get("waiting_since") or row.get("closed_at") or row["last_at"]
    seen, told = row.get("assignee_seen_at"), row["last_user_at"]
    unread = row["owner"] == "staff" and row["assignee"] == staff.id and bool(seen and told and told > seen)
    return {"title": row["topic"] or item or words.reason_words(row["reason"]), "since": since, "unread": unread}


async def show_counts(request: web.Request) -> web.StreamResponse:
    """The numbers of the rail, as out-of-band swaps."""
    counts = await room_of(request).queue.counts(staff_of(request).id)
    return console_of(request).pages.show(request, "desk/counts.html", counts=counts)


async def save_view(request: web.Request) -> web.StreamResponse:
    """Keep the filters of an address under a name.

    Raises:
        DeskRefused: the name is empty or too long, or the filters are not ours.
    """
    form = await request.post()
    name, view = str(form.get("name", "")).strip(), str(form.get("list", ""))
    if not 0 < len(name) <= 20 or view not in VIEWS:
        raise DeskRefused("视图没有存", "请给它起个名字，最多 20 个字。", 422)
    wanted = asked(view, {key: str(value) for key, value in form.items()})
    async with console_of(request).engine.begin() as connection:
        await connection.execute(_SAVE, {"staff": staff_of(request).id, "name": name, "query": f"/desk/{view}?{wanted.query}"})
    raise web.HTTPSeeOther(f"/desk/{view}?{wanted.query}")


async def drop_view(request: web.Request) -> web.StreamResponse:
    """Forget one of one's own."""
    form = await request.post()
    async with console_of(request).engine.begin() as connection:
        await connection.execute(_DROP, {"staff": staff_of(request).id, "name": str(form.get("name", ""))[:20]})
    raise web.HTTPSeeOther("/desk/waiting")
