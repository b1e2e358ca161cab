"""Held answers: what staff do with an answer of the bot that a person looks at first. Each is decided once; one that nobody decided in time is handed over."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from store.desk_moves import NOTIFY, RECORD
from store.desk_notes import DeskNotes
from store.message import Bubble
from store.redis import Redis
from store.turns import Turns, now_ms
from weijing.deed_refused import DeedRefused

SENT = "{key}:held"
"""The message key of a held answer that is sent, by the key of its turn."""
PASSED_ON = "工作人员看过了，这件事要由人直接答复您，请稍等。"
LATE = "答复还没有核对完，已转给工作人员直接答复您，请稍等。"

_DECIDE = sa.text("""
    UPDATE weijing.held_answers SET state = :state, by = :by, decided_at = now() WHERE key = :key AND state = 'waiting' AND until > now()
    RETURNING key, openid, bubbles, intent, item, asked""")
_EXPIRE = sa.text("""
    UPDATE weijing.held_answers SET state = 'expired', decided_at = now() WHERE key IN
    (SELECT key FROM weijing.held_answers WHERE state = 'waiting' AND until <= now() ORDER BY until LIMIT 100 FOR UPDATE SKIP LOCKED)
    RETURNING key, openid, bubbles, intent, item, asked""")
_UNSENT = sa.text("""
    SELECT h.key, h.openid, h.bubbles, h.by FROM weijing.held_answers h WHERE h.state IN ('sent', 'edited')
    AND h.decided_at BETWEEN now() - interval '1 hour' AND now() - interval '15 seconds'
    AND NOT EXISTS (SELECT 1 FROM weijing.messages m WHERE m.key = h.key || '\\:held')""")
_STATE = sa.text("""
    SELECT h.state, h.until <= now() AS late, s.name FROM weijing.held_answers h LEFT JOIN weijing.staff s ON s.id = h.by WHERE h.key = :key""")
_HAND_OVER = sa.text("""
    UPDATE weijing.conversations SET owner = 'waiting', owner_at = :at, waiting_since = :at, handoff = :handoff, version = version + 1
    WHERE openid = :openid AND owner IN ('bot', 'closed') RETURNING owner_at""")
_HANDOFF = sa.text("""
    INSERT INTO weijing.handoffs (key, openid, reason, urgency, opened_at, intent, item) VALUES (:handoff, :openid, 'risk', 'normal', :at, :intent, :item)
    ON CONFLICT DO NOTHING""")


class HeldAnswers:
    """The deeds on held answers."""

    def __init__(self, engine: AsyncEngine, redis: Redis) -> None:
        self._engine = engine
        self._notes = DeskNotes(engine, Turns(redis))

    async def approve(self, key: str, by: str) -> None:
        """The answer goes out as the bot wrote it.

        Raises:
            DeedRefused: it is decided, expired or unknown.
            StoreUnavailable: it is decided, but not known to be sent; `resend` sends it.
        """
        answer = await self._decide(key, by, "sent")
        await self._notes.say(answer.openid, by, answer.bubbles, SENT.format(key=key))

    async def edit(self, key: str, by: str, bubbles: list[Bubble]) -> None:
        """The answer goes out in the staff's words.

        Raises:
            DeedRefused: it is decided, expired or unknown, or the words are empty.
            StoreUnavailable: as for `approve`.
        """
        if not any(bubble.get("text", "").strip() for bubble in bubbles):
            raise DeedRefused("答复是空的，请先写几个字。", "empty")
        answer = await self._decide(key, by, "edited", bubbles)
        await self._notes.say(answer.openid, by, bubbles, SENT.format(key=key))

    async def refuse(self, key: str, by: str) -> None:
        """It does not go out; the conversation waits for a person.

        Raises:
            DeedRefused: it is decided, expired or unknown.
        """
        async with self._engine.begin() as connection:
            answer = await _decided(connection, key, by, "refused")
            told = await _handed_over(connection, answer)
        await self._pass_on(answer, told, PASSED_ON)

    async def expire(self) -> int:
        """Hand over those that nobody decided in time; returns how many. Run by any console, every minute or so."""
        told = []
        async with self._engine.begin() as connection:
            answers = (await connection.execute(_EXPIRE)).all()
            for answer in answers:
                told.append(await _handed_over(connection, answer))
        for answer, number in zip(answers, told, strict=True):
            await self._pass_on(answer, number, LATE)
        return len(answers)

    async def resend(self) -> int:
        """Send again what was decided in the last hour: each goes once, so this only heals a process that died after its decision."""
        async with self._engine.connect() as connection:
            rows = (await connection.execute(_UNSENT)).all()
        for row in rows:
            await self._notes.say(row.openid, row.by, row.bubbles, SENT.format(key=row.key))
        return len(rows)

    async def _decide(self, key: str, by: str, state: str, bubbles: list[Bubble] | None = None) -> Any:
        async with self._engine.begin() as connection:
            answer = await _decided(connection, key, by, state)
            if bubbles is not None:
                edited = sa.text("UPDATE weijing.held_answers SET bubbles = :bubbles WHERE key = :key").bindparams(sa.bindparam("bubbles", type_=sa.JSON))
                await connection.execute(edited, {"key": key, "bubbles": bubbles})
            return answer

    async def _pass_on(self, answer: Any, deed: int | None, words: str) -> None:
        await self._notes.say(answer.openid, "", [{"text": words}], SENT.format(key=answer.key))
        if deed is not None:
            await self._notes.repeat(deed)


async def _decided(connection: AsyncConnection, key: str, by: str, state: str) -> Any:
    answer = (await connection.execute(_DECIDE, {"key": key, "by": by, "state": state})).first()
    if answer is None:
        known = (await connection.execute(_STATE, {"key": key})).first()
        if known is None:
            raise DeedRefused("没有这条待核对的答复。", "unknown")
        who = f"{known.name}处理过了" if known.name else "过了时限，已转人工"
        raise DeedRefused(f"这条答复{who}。", "decided", who=known.name or "")
    await connection.execute(NOTIFY, {"what": "held", "openids": [answer.openid]})
    return answer


async def _handed_over(connection: AsyncConnection, answer: Any) -> int | None:
    """The conversation waits, unless it does so already or somebody has it; returns the deed that the bot must hear of."""
    at = datetime.fromtimestamp(now_ms() / 1000, timezone.utc)
    values = {"openid": answer.openid, "at": at, "handoff": SENT.format(key=answer.key), "intent": answer.intent, "item": answer.item}
    await connection.execute(NOTIFY, {"what": "held", "openids": [answer.openid]})
    if (await connection.execute(_HAND_OVER, {name: values[name] for name in ("openid", "at", "handoff")})).first() is None:
        return None
    await connection.execute(_HANDOFF, values)
    row = {"openid": answer.openid, "deed": "released", "by": None, "assignee": None, "previous": None, "unit_id": None, "note": "held", "at": at}
    return int((await connection.execute(RECORD, row)).scalar_one())
