"""What the bot made of a push, for the trace: read from the table that the projector writes."""

from __future__ import annotations

import logging

import sqlalchemy as sa

from store.db import FAULTS, async_engine, cause_of
from store.tables import turns

log = logging.getLogger(__name__)

DECISIONS = {"answer": "回答", "clarify": "请用户选择", "fallback": "没听懂", "handoff": "转人工", "emergency": "危急", "error": "出错"}


class Turns:
    """Reads turns from PostgreSQL.

    Args:
        url: of the database.
    """

    def __init__(self, url: str) -> None:
        self._engine = async_engine(url, connections=1)

    async def read(self, key: str) -> dict[str, str]:
        """Intent, decision, service item and time of the turn that answered a message; empty while it is not known."""
        try:
            async with self._engine.connect() as connection:
                row = (await connection.execute(sa.select(turns).where(turns.c.key == key))).mappings().first()
        except FAULTS as error:
            log.info("the trace cannot show a turn: %s", cause_of(error))
            return {}
        if row is None:
            return {}
        intent = f"{row['intent']} {row['confidence'] or 0:.2f}" if row["intent"] else ""
        item = " · ".join(filter(None, (row["service_item"], row["aspect"])))
        decision = DECISIONS.get(row["decision"] or "", row["decision"] or "")
        time = f"{row['ms'] or 0:.1f} 毫秒"
        shown = {"意图": intent, "判定": decision, "事项": item, "用时": time, "模型": (row["model_id"] or "")[:8], "出错": row["error"] or ""}
        return {name: value for name, value in shown.items() if value}

    async def close(self) -> None:
        """Close the connections."""
        await self._engine.dispose()
