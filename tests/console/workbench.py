"""Turns that the bot got wrong, put into the tables for the workbench's tests."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

_TURN = text("""
    INSERT INTO weijing.turns (key, openid, intent, decision, ranking, service_item, at)
    VALUES (:key, :openid, :intent, :decision, CAST(:ranking AS jsonb), :item, :at)""")
_SAID = text("""
    INSERT INTO weijing.messages (openid, key, direction, kind, text, bubbles, at)
    VALUES (:openid, :key, :direction, 'text', :text, CAST(:bubbles AS jsonb), :at)""")
_HANDED = text("INSERT INTO weijing.handoffs (key, openid, reason, urgency, opened_at) VALUES (:key, :openid, 'fallback', 'normal', :at)")
TABLES = "weijing.turns, weijing.messages, weijing.handoffs, weijing.review, weijing.labels, weijing.item_edits, weijing.conversations"


def guess(intent: str, confidence: float, item: str = "") -> dict[str, Any]:
    """A candidate as the decider writes it."""
    return {"intent": intent, "confidence": confidence} | ({"service_item": item, "category": "hukou", "name": item, "share": confidence} if item else {})


async def empty(engine: AsyncEngine) -> None:
    """Nothing was said."""
    async with engine.begin() as connection:
        await connection.execute(text("SELECT pg_advisory_xact_lock(7111)"))  # the console's filling takes it too
        await connection.execute(text(f"TRUNCATE {TABLES}"))


async def said(
    engine: AsyncEngine, key: str, words: str, decision: str, ranking: list[dict[str, Any]], *, openid: str = "", minutes: float = 60, **more: Any
) -> datetime:
    """A turn so many minutes ago."""
    at = datetime.now(timezone.utc) - timedelta(minutes=minutes)
    row = {"key": key, "openid": openid or f"o-{key}", "at": at}
    turn = {**row, "intent": more.get("intent", f"nlu_{decision}"), "decision": decision, "ranking": json.dumps(ranking), "item": more.get("item")}
    async with engine.begin() as connection:
        await connection.execute(_TURN, turn)
        await connection.execute(_SAID, {**row, "direction": "user", "text": words, "bubbles": "[]"})
        await connection.execute(_SAID, {**row, "direction": "bot", "text": "", "bubbles": json.dumps([{"text": "抱歉，没听懂。"}])})
    return at


async def answered_by_staff(engine: AsyncEngine, openid: str, words: str) -> None:
    """A handoff that staff answered."""
    at = datetime.now(timezone.utc)
    async with engine.begin() as connection:
        opened = {"key": f"h-{openid}", "openid": openid, "at": at - timedelta(minutes=5)}
        await connection.execute(_HANDED, opened)
        row = {"openid": openid, "key": f"s-{openid}", "at": at, "direction": "staff", "text": "", "bubbles": json.dumps([{"text": words}])}
        await connection.execute(_SAID, row)
