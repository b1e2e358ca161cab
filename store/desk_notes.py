"""What the bot is told of the desk's deeds: messages of kind `staff` in the user's inbox, in their order with what the user says.

A deed is committed first and told then; a process that dies between leaves `told_at` empty, and `repeat` tells it later. The inbox takes each once.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

from sqlalchemy.ext.asyncio import AsyncEngine

from store import desk_moves as moves
from store.desk_checks import Ownership
from store.keys import channel_of
from store.message import Bubble, Message
from store.turns import Turns, now_ms

GRACE = timedelta(seconds=15)
"""A deed younger than this is still being told by whoever did it."""
DEEDS = {"transferred": "claimed"}
"""What the bot calls a deed, where it is another word; one that has no assignee is `released`."""


class DeskNotes:
    """The way to the bot and to the user."""

    def __init__(self, engine: AsyncEngine, turns: Turns) -> None:
        self._engine = engine
        self._turns = turns

    async def tell(self, owned: Ownership, deed: str, name: str = "", note: str = "") -> None:
        """Tell the bot of a deed that is committed.

        Raises:
            StoreUnavailable: the deed holds; `repeat` will tell it.
        """
        await self._tell(owned.deed, owned.openid, deed, name, owned.owner_at, note)

    async def say(self, openid: str, staff: str, bubbles: list[Bubble], key: str) -> None:
        """Send words of the staff and let the bot know them.

        Raises:
            StoreUnavailable: not known to be sent; the same key may be tried again.
        """
        await self._turns.post(openid, key, bubbles, kind="staff", staff_id=staff)
        data = {"deed": "said", "by": staff, "bubbles": json.dumps(bubbles, ensure_ascii=False)}
        await self._accept(Message(f"{key}:said", openid, channel_of(openid), "staff", data=data, at=now_ms()))

    async def repeat(self, deed: int = 0) -> int:
        """Tell what nobody has told, and `deed` at once; returns how many deeds that were. Run by any console.

        Raises:
            StoreUnavailable: Redis did not answer; the rest is told the next time.
        """
        async with self._engine.connect() as connection:
            rows = (await connection.execute(moves.UNTOLD, {"before": datetime.now(timezone.utc) - GRACE, "deed": deed})).all()
        for row in rows:
            word = DEEDS.get(row.deed, row.deed)
            await self._tell(row.id, row.openid, "released" if word == "claimed" and not row.name else word, row.name or "", row.at, row.note)
        return len(rows)

    async def _tell(self, number: int, openid: str, deed: str, name: str, at: datetime, note: str) -> None:
        data = {"deed": deed, "by": name, "end_state": note if deed == "closed" else ""}
        await self._accept(Message(f"desk:{number}", openid, channel_of(openid), "staff", data=data, at=round(at.timestamp() * 1000)))
        async with self._engine.begin() as connection:
            await connection.execute(moves.TOLD, {"id": number})

    async def _accept(self, message: Message) -> None:
        await self._turns.accept(message, "")
