"""What staff do with a conversation: claim, hand on, give back, end, note; each answers with the conversation as it is now and a word in the corner."""

from __future__ import annotations

from typing import cast

from aiohttp import web
from sqlalchemy import text

from console import audit
from console.context import console_of
from console.desk.refused import done
from console.desk.room import room_of
from console.desk.talk import talk
from console.desk.words import END_STATES
from console.staff import staff_of
from store.desk import EndState
from weijing.refusals import DeskRefused

LONGEST_NOTE = 500
_COLLEAGUES = text("""
    SELECT s.id, s.name, s.unit_id, u.name AS unit_name, s.capacity, count(c.openid) AS load FROM weijing.staff s
    LEFT JOIN weijing.units u ON u.id = s.unit_id LEFT JOIN weijing.conversations c ON c.assignee = s.id AND c.owner = 'staff'
    WHERE s.active AND s.id <> :staff AND s.roles && ARRAY['agent', 'supervisor'] GROUP BY s.id, u.name ORDER BY count(c.openid), s.name""")
_UNITS = text("SELECT id, name FROM weijing.units ORDER BY name")


async def claim(request: web.Request) -> web.StreamResponse:
    """Take it."""
    staff, openid = staff_of(request), request.match_info["openid"]
    await done(room_of(request).deeds.claim(openid, staff.id), claiming=True)
    return await shown(request, "已认领", "现在由您接待，请直接回复。")


async def transfer(request: web.Request) -> web.StreamResponse:
    """Hand it to a colleague or to a unit's queue."""
    staff, openid, form = staff_of(request), request.match_info["openid"], await request.post()
    to, note = str(form.get("to", "")), str(form.get("note", "")).strip()
    kind, _, name = to.partition(":")
    if kind not in ("staff", "unit") or not name or len(name) > 64:
        raise DeskRefused("没有选转给谁", "请选一位同事或一个单位。", 422)
    if len(note) > LONGEST_NOTE:
        raise DeskRefused("说明太长了", f"最多 {LONGEST_NOTE} 个字。", 422)
    target = {"to": name} if kind == "staff" else {"unit": name}
    owned = await done(room_of(request).deeds.transfer(openid, staff.id, **target, note=note, any_one=staff.has("supervisor")))
    async with console_of(request).engine.begin() as connection:
        await audit.append(connection, staff.id, "conversation.transferred", openid, before=owned.previous, after=owned.assignee or owned.unit_id)
    return await shown(request, "已转出", "对方马上会看到。")


async def give_back(request: web.Request) -> web.StreamResponse:
    """The bot goes on."""
    staff = staff_of(request)
    await done(room_of(request).deeds.give_back(request.match_info["openid"], staff.id, any_one=staff.has("supervisor")))
    return await shown(request, "已交回机器人", "群众已收到说明。")


async def close(request: web.Request) -> web.StreamResponse:
    """Bring it to an end."""
    staff, form = staff_of(request), await request.post()
    state = str(form.get("end_state", ""))
    if state not in END_STATES:
        raise DeskRefused("没有选办结结果", "请选一个结果。", 422)
    await done(room_of(request).deeds.close(request.match_info["openid"], staff.id, cast(EndState, state), any_one=staff.has("supervisor")))
    return await shown(request, "已办结", END_STATES[state])


async def note(request: web.Request) -> web.StreamResponse:
    """Write a note that only staff read."""
    form = await request.post()
    words = str(form.get("text", "")).strip()
    if len(words) > LONGEST_NOTE:
        raise DeskRefused("备注太长了", f"最多 {LONGEST_NOTE} 个字。", 422)
    await done(room_of(request).deeds.note(request.match_info["openid"], staff_of(request).id, words))
    notes = await room_of(request).transcript.notes(request.match_info["openid"])
    return console_of(request).pages.show(request, "desk/notes.html", notes=notes)


async def alive(request: web.Request) -> web.StreamResponse:
    """The console is open: whatever is this person's stays theirs."""
    await room_of(request).deeds.attend(staff_of(request).id)
    raise web.HTTPNoContent


async def show_dialog(request: web.Request) -> web.StreamResponse:
    """What is asked before a deed: to whom, with which result."""
    what = request.query.get("what", "")
    if what not in ("transfer", "end", "return"):
        raise DeskRefused("没有这一步", "请刷新页面。", 404)
    async with console_of(request).engine.connect() as connection:
        colleagues = (await connection.execute(_COLLEAGUES, {"staff": staff_of(request).id})).all()
        units = (await connection.execute(_UNITS)).all()
    return console_of(request).pages.show(request, "desk/dialog.html", **await talk(request), what=what, colleagues=colleagues, units=units)


async def shown(request: web.Request, title: str, words: str) -> web.StreamResponse:
    """The head and what stands below it, as they are now, with a word in the corner."""
    return console_of(request).pages.show(request, "desk/done.html", **await talk(request), changed=True, title=title, told=words)
