"""Answers of the bot that a person looks at before they go: the list, and the three decisions."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from aiohttp import web

from console.context import console_of
from console.desk import words
from console.desk.composer import LONGEST
from console.desk.lines import linked
from console.desk.refused import done
from console.desk.room import room_of
from console.staff import staff_of
from weijing.refusals import DeskRefused

PAGE = 50
SOON_S = 1800
"""Less time than this is marked."""


async def show_held(request: web.Request) -> web.StreamResponse:
    """The list, the most pressing first."""
    return console_of(request).pages.show(request, "desk/held.html", **await _list(request))


async def approve(request: web.Request) -> web.StreamResponse:
    """It goes as the bot wrote it."""
    await done(room_of(request).held.approve(request.match_info["key"], staff_of(request).id))
    return await _decided(request, "已发送", "群众很快会收到。")


async def edit(request: web.Request) -> web.StreamResponse:
    """It goes in the staff's words."""
    text = str((await request.post()).get("text", "")).strip()
    if len(text) > LONGEST:
        raise DeskRefused("答复太长了", f"最多 {LONGEST} 个字。", 422)
    await done(room_of(request).held.edit(request.match_info["key"], staff_of(request).id, [{"text": text}]))
    return await _decided(request, "已改好并发送", "群众很快会收到。")


async def refuse(request: web.Request) -> web.StreamResponse:
    """It does not go; the conversation waits for a person."""
    await done(room_of(request).held.refuse(request.match_info["key"], staff_of(request).id))
    return await _decided(request, "没有发送", "会话已转到待接。")


async def _decided(request: web.Request, title: str, told: str) -> web.StreamResponse:
    return console_of(request).pages.show(request, "desk/held_done.html", **await _list(request), title=title, told=told)


async def _list(request: web.Request) -> dict[str, Any]:
    room, now = room_of(request), datetime.now(timezone.utc)
    page = await room.queue.page("held", me=staff_of(request).id, limit=PAGE)
    for row in page.rows:
        answer = "\n\n".join(bubble["text"] for bubble in row["bubbles"] if bubble.get("text"))
        row |= {"answer": answer, "shown": linked(answer), "item_name": await room.items.name(row["item"]), "citizen": words.citizen(row["openid"])}
        row["soon"] = (row["until"] - now).total_seconds() < SOON_S
    return {"held": page.rows, "more": page.next is not None, "words": words}
