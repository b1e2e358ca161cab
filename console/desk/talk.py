"""One conversation: its page, and the parts of it that follow what happens."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any
from uuid import uuid4

from aiohttp import web

from console.context import console_of
from console.desk import words
from console.desk.filters import asked
from console.desk.history import History
from console.desk.lines import lines
from console.desk.lists import queue
from console.desk.reading import noted
from console.desk.room import Room, room_of
from console.route import Handler
from console.staff import Staff, staff_of
from store.desk_queue import View
from store.transcript import PAGE
from weijing.errors import StoreUnavailable
from weijing.refusals import DeskRefused
from weijing.service_item import ASPECTS
from weijing.slot_names import slot_names

MOST = 400
_OPEN = {"staff": "others", "waiting": "waiting", "bot": "bot", "closed": "closed"}


def show_talk(view: View) -> Handler:
    """The conversation beside its list; for htmx the conversation alone."""

    async def handler(request: web.Request) -> web.StreamResponse:
        values = {**await talk(request), **await _lines(request), **await _info(request)}
        await _read(request, values["foot"])
        pages = console_of(request).pages
        if "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers:
            return pages.show(request, "desk/open.html", **values, view=view)
        wanted = asked(view, {**request.query, "open": request.match_info["openid"]})
        return pages.show(request, "desk/desk.html", **{**await queue(request, wanted), **values})

    return handler


async def talk(request: web.Request) -> dict[str, Any]:
    """Whose it is and what may be done with it."""
    room, staff, openid = room_of(request), staff_of(request), request.match_info["openid"]
    row = await History(room.engine).conversation(openid)
    row["title"] = row["topic"] or await room.items.name(row["item"]) or words.reason_words(row["reason"]) or "机器人接待"
    return {"talk": row, "foot": foot(row, staff), "citizen": words.citizen(openid), "words": words, "aspects": ASPECTS, "fresh_key": lambda: uuid4().hex}


def foot(row: dict[str, Any], staff: Staff) -> str:
    """What stands below the conversation: `mine` (one may write), `waiting` (one may claim), `others`, `bot` or `closed`."""
    if row["owner"] == "staff" and row["assignee"] == staff.id:
        return "mine"
    return "waiting" if row["waiting_since"] and row["owner"] != "staff" else _OPEN[row["owner"]]


async def show_head(request: web.Request) -> web.StreamResponse:
    """The head, and what stands below if it is another than the page shows (`foot`); a draft stays where it is."""
    await noted(request, "conversation.read", request.match_info["openid"])
    values = await talk(request)
    changed = request.query.get("foot") != values["foot"]
    return console_of(request).pages.show(request, "desk/head.html", **values, changed=changed)


async def show_lines(request: web.Request) -> web.StreamResponse:
    """What was said, as it is now; as many lines as the page shows."""
    await noted(request, "conversation.read", request.match_info["openid"])
    values = await talk(request)
    await _read(request, values["foot"])
    shown = request.query.get("shown", "")
    limit = min(max(PAGE, int(shown)), MOST) if shown.isdecimal() else PAGE
    return console_of(request).pages.show(request, "desk/lines.html", **values, **await _lines(request, limit))


async def _read(request: web.Request, foot: str) -> None:
    """What is one's own is no longer marked as unread."""
    if foot == "mine":
        await room_of(request).deeds.seen(request.match_info["openid"], staff_of(request).id)


async def show_older(request: web.Request) -> web.StreamResponse:
    """The lines before a place.

    Raises:
        DeskRefused: it is no place.
    """
    try:
        at, number = datetime.fromisoformat(request.query["at"]), int(request.query["id"])
    except (KeyError, ValueError):
        raise DeskRefused("没有更早的消息", "请刷新页面，再试一次。", 422) from None
    room, openid = room_of(request), request.match_info["openid"]
    page = await room.transcript.page(openid, (at, number))
    files = await History(room.engine).files(openid)
    return console_of(request).pages.show(request, "desk/lines.html", **await talk(request), lines=lines(page, [], [], files), before=page.before)


async def show_info(request: web.Request) -> web.StreamResponse:
    """What changes in the right column, as it is now; a note that is being written stays."""
    await noted(request, "conversation.read", request.match_info["openid"])
    return console_of(request).pages.show(request, "desk/info_now.html", **await talk(request), **await _info(request))


async def show_matters(request: web.Request) -> web.StreamResponse:
    """What the citizen has under way, and which finished matters he rated; asked of the government service API, so the page does not wait for it."""
    room, openid = room_of(request), request.match_info["openid"]
    found = await room.items.matters(openid)
    return console_of(request).pages.show(request, "desk/matters.html", found=found, again=request.path)


async def _lines(request: web.Request, limit: int = PAGE) -> dict[str, Any]:
    room, openid = room_of(request), request.match_info["openid"]
    history = History(room.engine)
    page = await room.transcript.page(openid, limit=limit)
    deeds, handoffs, files = await room.transcript.deeds(openid), await history.handoffs(openid), await history.files(openid)
    return {"lines": lines(page, deeds, handoffs, files), "before": page.before}


async def _info(request: web.Request) -> dict[str, Any]:
    room, openid = room_of(request), request.match_info["openid"]
    history = History(room.engine)
    thoughts = await history.thoughts(openid)
    for one in thoughts:
        one["item"] = await room.items.name(one["service_item"])
        one["taken"] = [(slot_names()[slot], value) for slot, value in one["slots"].items() if slot in slot_names()]
    handoffs, notes = await history.handoffs(openid), await room.transcript.notes(openid)
    return {"quota": await _quota(room, openid), "thoughts": thoughts, "handoffs": handoffs, "notes": notes, "files": await history.files(openid)}


async def _quota(room: Room, openid: str) -> dict[str, Any] | None:
    """What the platform still takes; None while Redis is away."""
    try:
        allowance = await room.ledger.read(openid)
    except StoreUnavailable:
        return None
    until = datetime.fromtimestamp(allowance.until / 1000, timezone.utc) if allowance.until else None
    return {"left": allowance.left, "until": until}
