"""Writing to the citizen: words, a picture, service-item cards, canned replies, and what the bot would say."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy import text

from console.context import console_of
from console.desk.history import History
from console.desk.items import initials
from console.desk.lines import bubble
from console.desk.pictures import keep_picture
from console.desk.refused import done
from console.desk.room import Room, room_of
from console.page import SHANGHAI
from console.staff import staff_of
from store.message import Bubble
from store.typing import show_typing
from weijing.links import page_link
from weijing.refusals import DeskRefused
from weijing.service_item_card import card
from weijing.settings import Settings

LONGEST = 2000
CARDS = 3
KEY = re.compile(r"[A-Za-z0-9-]{8,64}")
SAID = "staff:{key}"
"""The message key of a reply, by the key of what was composed."""
CANNED = 8
_CANNED = text("""
    SELECT id, title, text, shortcut, topic FROM weijing.canned WHERE active AND (unit_id IS NULL OR unit_id = :unit) ORDER BY title LIMIT 500""")


async def reply(request: web.Request) -> web.StreamResponse:
    """Send what was composed, once for each of its keys; answers with its line, which stands there until the transcript has it.

    Raises:
        DeskRefused: a field is wrong, there is nothing to send, or the conversation is another's.
    """
    room, staff, openid, form = room_of(request), staff_of(request), request.match_info["openid"], await request.post()
    key, words = str(form.get("key", "")), str(form.get("text", "")).strip()
    if not KEY.fullmatch(key):
        raise DeskRefused("这条回复没有编号", "请刷新页面，再发一次；草稿还在。", 422)
    if len(words) > LONGEST:
        raise DeskRefused("回复太长了", f"最多 {LONGEST} 个字，请分几条发。", 422)
    await done(room.deeds.seen(openid, staff.id))  # a picture is kept for whoever may send it
    bubbles: list[Bubble] = [{"text": words}] if words else []
    picture = form.get("picture")
    if isinstance(picture, web.FileField) and picture.filename:
        bubbles.append({"image": await keep_picture(request, openid, key, picture.file.read())})
    bubbles += await _cards(room, console_of(request).settings, [str(one) for one in form.getall("item", [])])
    await done(room.deeds.reply(openid, staff.id, bubbles, SAID.format(key=key)))
    values: dict[str, Any] = {"talk": {"openid": openid}, "key": SAID.format(key=key), "at": datetime.now(SHANGHAI), "who": staff.name}
    response = console_of(request).pages.show(request, "desk/sent.html", **values, shown=[bubble(one) for one in bubbles])
    response.headers["HX-Trigger"] = "desk:sent"
    return response


async def retry(request: web.Request) -> web.StreamResponse:
    """Send again what the platform did not take.

    Raises:
        DeskRefused: it is on its way already, or the conversation is another's.
    """
    key = str((await request.post()).get("key", ""))[:120]
    if not await done(room_of(request).deeds.retry(request.match_info["openid"], staff_of(request).id, key)):
        raise DeskRefused("这条已经重发过了", "稍等片刻，看它是否送达。", 409)
    raise web.HTTPNoContent


async def typing(request: web.Request) -> web.StreamResponse:
    """The citizen sees 「对方正在输入」."""
    openid = request.match_info["openid"]
    await done(room_of(request).deeds.seen(openid, staff_of(request).id))
    await show_typing(console_of(request).redis, openid)
    raise web.HTTPNoContent


async def show_items(request: web.Request) -> web.StreamResponse:
    """The dialog in which a service item is looked for; with `q` what was found."""
    words = request.query.get("q")
    found = await room_of(request).items.search((words or "")[:40])
    template = "desk/items.html" if words is None else "desk/items_found.html"
    return console_of(request).pages.show(request, template, found=found)


async def show_canned(request: web.Request) -> web.StreamResponse:
    """Canned replies that the words behind `/` find: in the shortcut, the title, its initials or the text."""
    sought = request.query.get("q", "")[:40].strip().lower()
    async with console_of(request).engine.connect() as connection:
        rows = (await connection.execute(_CANNED, {"unit": staff_of(request).unit_id})).all()
    found = [row for row in rows if sought in f"{row.shortcut} {row.title} {initials(row.title)}".lower() or (len(sought) > 1 and sought in row.text)]
    found.sort(key=lambda row: (not row.shortcut.lower().startswith(sought), len(row.title)))
    return console_of(request).pages.show(request, "desk/canned.html", found=found[:CANNED])


async def suggest(request: web.Request) -> web.StreamResponse:
    """What the bot would answer about the service item that the citizen asked for last.

    Raises:
        DeskRefused: there is none, or its record cannot be had now.
    """
    room = room_of(request)
    last = await History(room.engine).last_item(request.match_info["openid"])
    if last is None:
        raise DeskRefused("没有可建议的回复", "群众还没有问到具体事项。可以用“常用语”或“事项卡”。", 404)
    item = await room.items.item(last[0])
    if item is None:
        raise DeskRefused("事项内容暂时取不到", "请过一会儿再试，或用“常用语”。", 503)
    return web.json_response({"text": card(item, last[1], datetime.now(SHANGHAI).date()), "item": item["name"]})


async def _cards(room: Room, settings: Settings, ids: list[str]) -> list[Bubble]:
    if len(ids) > CARDS:
        raise DeskRefused("事项卡太多了", f"一次最多 {CARDS} 张。", 422)
    found: list[Bubble] = []
    for id_ in dict.fromkeys(ids):
        item: Any = await room.items.item(id_) if re.fullmatch(r"[a-z0-9_]{1,64}", id_) else None
        if item is None:
            raise DeskRefused("有一张事项卡找不到", "请去掉它，重新选择。", 422)
        link = page_link(settings, f"items/{id_}")
        news = {"title": f"{item['name']} 办事指南", "description": item["summary"], "url": link}
        found.append({"custom": {"news": news}} if link else {"text": card(item, "overview", datetime.now(SHANGHAI).date())})
    return found
