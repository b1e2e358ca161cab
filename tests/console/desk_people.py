"""Conversations on a console's database, as the projector writes them, and what became of them."""

from __future__ import annotations

import itertools
import json
import time
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from store.db import async_engine
from store.events import parse_event
from store.keys import key, partition
from store.projection import Entry, project
from store.redis import Redis
from tests.console.conftest import Desk

_entries = itertools.count(1)
ITEM = "admin_review"


def turn(openid: str, text: str, *, reason: str = "", urgency: str = "normal", held: str = "", ago: float = 60, **changes: Any) -> dict[str, Any]:
    """A turn's event: with `reason` it hands over, with `held` the answer waits for a person."""
    handoff = {"reason": reason, "urgency": urgency, "topic": changes.pop("topic", None), "confidence": 0.91} if reason else None
    answer = {"bubbles": [{"text": held}], "reason": "risk", "item": ITEM, "until": time.time() + 3600} if held else None
    made = {
        "type": "turn", "key": uuid4().hex, "openid": openid, "text": text, "bubbles": [{"text": "请稍等。"}], "intent": "request_handoff", "confidence": 0.91,
        "decision": "answer", "candidates": [{"intent": "request_handoff", "confidence": 0.91}, {"intent": "file_report", "confidence": 0.04}],
        "service_item": None, "aspect": None, "model": "model-7", "data": "d", "ms": 3, "error": None, "handoff": handoff, "answer": answer,
        "at": (time.time() - ago) * 1000,
    }  # fmt: skip
    return made | changes


async def happened(desk: Desk, *events: dict[str, Any]) -> None:
    """The projector has written these."""
    engine = async_engine(desk.settings.database_url)
    async with engine.begin() as connection:
        await project(connection, [Entry(0, f"{time.time_ns()}-{next(_entries)}", parse_event(json.dumps(event))) for event in events])
    await engine.dispose()


async def found(desk: Desk, statement: str, **values: Any) -> list[Any]:
    """Rows of a statement, committed."""
    engine = async_engine(desk.settings.database_url)
    async with engine.begin() as connection:
        result = await connection.execute(sa.text(statement), values)
        rows = list(result.all()) if result.returns_rows else []
    await engine.dispose()
    return rows


async def outbox(redis: Redis, openid: str) -> list[list[dict[str, Any]]]:
    """The replies that wait to be delivered to a user, oldest first."""
    part = partition(openid)
    names = await redis.zrange(key(part, "due"), 0, -1)
    replies = [await redis.hmget(key(part, "turn", name), "openid", "reply") for name in names]
    return [json.loads(reply or "[]") for whose, reply in replies if whose == openid]
