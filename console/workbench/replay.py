"""Replay proof: a handed-over conversation becomes a test, is put to a model, and is put again to every model that is released later."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy import text
from sqlalchemy.engine import Row

from console.context import console_of
from console.desk.words import REASONS
from console.staff import staff_of
from console.workbench.bounds import bound
from store import jobs, models
from weijing.refusals import DeskRefused

MOST = 12
"""Messages of a conversation before it was handed over."""
_HANDOFFS = text("""
    SELECT h.key, h.reason, h.opened_at, h.intent, m.text FROM weijing.handoffs h
    LEFT JOIN weijing.messages m ON m.key = h.key AND m.direction = 'user' ORDER BY h.opened_at DESC LIMIT 60""")
_MESSAGES = text("""
    SELECT m.key, m.text, m.at, t.intent, t.service_item, t.confidence, t.decision FROM weijing.handoffs h
    JOIN weijing.messages m ON m.openid = h.openid AND m.direction = 'user' AND m.kind IN ('text', 'voice') AND m.text <> ''
    AND m.at BETWEEN h.opened_at - interval '1 day' AND h.opened_at
    LEFT JOIN weijing.turns t ON t.key = m.key WHERE h.key = :key ORDER BY m.at DESC LIMIT :most""")
_INTENTS = text("SELECT DISTINCT intent FROM weijing.turns WHERE intent IS NOT NULL ORDER BY intent")


async def show_handoffs(request: web.Request) -> web.Response:
    """Conversations that were handed over, the newest first."""
    async with console_of(request).engine.connect() as connection:
        rows = list(await connection.execute(_HANDOFFS))
    return console_of(request).pages.show(request, "workbench/replay.html", handoffs=rows, reasons=REASONS)


async def show_handoff(request: web.Request) -> web.Response:
    """One of them: what was said (masked), what was understood, and what should have been."""
    messages = await _messages(request)
    async with console_of(request).engine.connect() as connection:
        rows = await models.listed(connection)
        known = {str(row.intent) for row in await connection.execute(_INTENTS)}
        report = (await models.find(connection, rows[0].id)) if rows else None
    known |= {one["intent"] for one in (report.report or {}).get("intents", [])} if report else set()
    key = request.match_info["handoff"]
    return console_of(request).pages.show(request, "workbench/replay_one.html", key=key, messages=messages, models=rows, intents=sorted(known))


async def replay(request: web.Request) -> web.Response:
    """Put the conversation to a model.

    Raises:
        DeskRefused: no message has an intent that it should have, or there is no such model.
    """
    messages, data = await _messages(request), await request.post()
    wanted = [(one, str(data.get(f"intent-{one.key}", ""))[:80].strip(), str(data.get(f"item-{one.key}", ""))[:80].strip()) for one in messages]
    key = request.match_info["handoff"]
    cases = [{"key": one.key, "handoff": key, "text": one.text, "intent": intent, "item": item} for one, intent, item in wanted if intent]
    if not cases:
        raise DeskRefused("请选一句", "至少给一句话选上它应当是什么意图。", 422)
    await bound(request, "replay")
    async with console_of(request).engine.begin() as connection:
        model = await models.find(connection, str(data.get("model", ""))[:80])
        if model is None:
            raise DeskRefused("请选一个模型", "它可能已被清理。请从列表里再选。", 422)
        number = await jobs.add(connection, "replay", staff_of(request).id, model=model.id, cases=cases)
    raise web.HTTPSeeOther(f"/workbench/jobs/{number}")


async def _messages(request: web.Request) -> list[Row]:
    async with console_of(request).engine.connect() as connection:
        rows = list(await connection.execute(_MESSAGES, {"key": request.match_info["handoff"], "most": MOST}))
    if not rows:
        raise DeskRefused("没有这段对话", "它可能已按群众的要求删除。", 404)
    return rows[::-1]
