"""The desk: what staff do with a conversation. Each deed is one transaction on PostgreSQL; the bot hears of it through the inbox.

Who may do a deed at all is the console's to ask. Here it is only asked whose the conversation is; `any_one` is for a supervisor, who may move everybody's.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from store import desk_moves as moves
from store.dead_letters import DeadLetters
from store.desk_checks import Ownership, known_unit, recorded, refusal, with_room
from store.desk_notes import DeskNotes
from store.message import Bubble
from store.redis import Redis
from store.turns import Turns, now_ms
from weijing.deed_refused import DeedRefused

EndState = Literal["solved", "transferred", "no_answer", "spam"]


class Desk:
    """The deeds of the staff.

    Args:
        engine: PostgreSQL.
        redis: where the bot is told, and replies are sent from.
    """

    def __init__(self, engine: AsyncEngine, redis: Redis) -> None:
        self._engine = engine
        self._letters = DeadLetters(redis)
        self.notes = DeskNotes(engine, Turns(redis))

    async def claim(self, openid: str, staff: str) -> Ownership:
        """Take a waiting conversation.

        Raises:
            DeedRefused: somebody has it, nobody waits, or the staff member has as many as he may.
        """
        at = _now()
        async with self._engine.begin() as connection:
            member = await with_room(connection, staff)
            owned = await self._move(connection, moves.CLAIM, {"openid": openid, "by": staff, "unit": member.unit_id, "at": at})
            owned = await recorded(connection, owned, "claimed", staff, handoffs="taken")
        await self.notes.tell(owned, "claimed", member.name)
        return owned

    async def transfer(self, openid: str, by: str, *, to: str = "", unit: str = "", note: str = "", any_one: bool = False) -> Ownership:
        """Hand the conversation to a colleague (`to`), or to a unit's queue.

        Raises:
            DeedRefused: it is not his, there is no such colleague or unit, or the colleague has as many as he may.
        """
        values: dict[str, Any] = {"openid": openid, "by": by, "any": any_one, "at": _now()}
        async with self._engine.begin() as connection:
            if to:
                member = await with_room(connection, to)
                owned = await self._move(connection, moves.TO_COLLEAGUE, {**values, "to": to, "unit": member.unit_id})
            else:
                await known_unit(connection, unit)
                owned = await self._move(connection, moves.TO_UNIT, {**values, "unit": unit})
            owned = await recorded(connection, owned, "transferred", by, note=note, handoffs="taken" if to else "waiting")
        await self.notes.tell(owned, "claimed" if to else "released", member.name if to else "")
        return owned

    async def give_back(self, openid: str, by: str, *, any_one: bool = False) -> Ownership:
        """The bot goes on; the user is told.

        Raises:
            DeedRefused: it is not his.
        """
        return await self._end(openid, by, moves.GIVE_BACK, "returned", any_one=any_one)

    async def close(self, openid: str, by: str, end_state: EndState, *, any_one: bool = False) -> Ownership:
        """The matter is at an end; the user is told and asked for a rating (not behind spam).

        Raises:
            DeedRefused: it is not his.
        """
        return await self._end(openid, by, moves.CLOSE, "closed", end_state=end_state, any_one=any_one)

    async def reply(self, openid: str, by: str, bubbles: list[Bubble], key: str) -> None:
        """Say something to the user, once for each `key`; what becomes of it is read from `deliveries` by this key.

        Raises:
            DeedRefused: it is not his, or there is nothing to say.
            StoreUnavailable: not known to be sent; the same key may be tried again.
        """
        if not any(bubble.get("text", "").strip() or bubble.get("image") or bubble.get("custom") for bubble in bubbles):
            raise DeedRefused("回复是空的，请先写几个字。", "empty")
        async with self._engine.begin() as connection:
            await self._seen(connection, openid, by)
        await self.notes.say(openid, by, bubbles, key)

    async def retry(self, openid: str, by: str, key: str) -> bool:
        """Send a reply again that the platform did not take; False when it is not given up, or was sent again before.

        Raises:
            DeedRefused: the conversation is not his.
            StoreUnavailable: ask again.
        """
        async with self._engine.begin() as connection:
            await self._seen(connection, openid, by)
        letter = next((one for one in await self._letters.all() if (one.openid, one.key, one.kind) == (openid, key, "reply")), None)
        return letter is not None and await self._letters.resend(letter)

    async def seen(self, openid: str, by: str) -> None:
        """A sign of life of the assignee in this conversation.

        Raises:
            DeedRefused: it is not his.
        """
        async with self._engine.begin() as connection:
            await self._seen(connection, openid, by)

    async def attend(self, staff: str) -> None:
        """A sign of life of somebody with an open console: it holds every conversation that is theirs."""
        async with self._engine.begin() as connection:
            await connection.execute(moves.ATTEND, {"staff": staff, "at": _now()})

    async def note(self, openid: str, staff: str, text: str) -> None:
        """Write a note that only staff read.

        Raises:
            DeedRefused: it is empty, or the conversation is unknown.
        """
        if not text.strip():
            raise DeedRefused("备注是空的，请先写几个字。", "empty")
        async with self._engine.begin() as connection:
            if (await connection.execute(moves.WHO, {"openid": openid})).first() is None:
                raise DeedRefused("没有这个会话。", "unknown")
            await connection.execute(
                sa.text("INSERT INTO weijing.notes (openid, staff_id, text) VALUES (:openid, :staff, :text)"), {"openid": openid, "staff": staff, "text": text}
            )
            await connection.execute(moves.NOTIFY, {"what": "note", "openids": [openid]})

    async def release_silent(self, minutes: int) -> list[Ownership]:
        """Put back what an assignee without an open console has not touched for so long; run by any console, every minute or so."""
        at, released = _now(), []
        async with self._engine.begin() as connection:
            found = (await connection.execute(moves.RELEASE, {"at": at, "silent_since": at - timedelta(minutes=minutes)})).all()
            for row in found:
                released.append(await recorded(connection, Ownership(**row._mapping), "released", None, handoffs="waiting"))
        for owned in released:
            await self.notes.tell(owned, "released")
        return released

    async def _end(self, openid: str, by: str, move: sa.sql.elements.TextClause, deed: str, *, any_one: bool, end_state: str | None = None) -> Ownership:
        async with self._engine.begin() as connection:
            owned = await self._move(connection, move, {"openid": openid, "by": by, "any": any_one, "at": _now()})
            handoffs = "done" if deed == "closed" else "returned"
            owned = await recorded(connection, owned, deed, by, note=end_state or "", handoffs=handoffs, end_state=end_state)
        await self.notes.tell(owned, deed, note=end_state or "")
        return owned

    async def _move(self, connection: AsyncConnection, move: sa.sql.elements.TextClause, values: dict[str, Any]) -> Ownership:
        row = (await connection.execute(move, values)).first()
        if row is None:
            raise await refusal(connection, values["openid"], values["by"])
        return Ownership(**row._mapping)

    async def _seen(self, connection: AsyncConnection, openid: str, by: str) -> None:
        if (await connection.execute(moves.SEEN, {"openid": openid, "by": by, "at": _now()})).first() is None:
            raise await refusal(connection, openid, by)


def _now() -> datetime:
    """In whole ms, as the bot's messages have it, so that both sides order deeds and messages alike."""
    return datetime.fromtimestamp(now_ms() / 1000, timezone.utc)
