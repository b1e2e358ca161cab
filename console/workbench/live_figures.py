"""What the models do with real users now."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

_FIGURES = text("""
    SELECT m.id, m.file, m.state, count(t.key) AS turns, count(*) FILTER (WHERE t.decision = 'fallback') AS fallbacks,
    count(*) FILTER (WHERE t.error IS NOT NULL) AS errors
    FROM weijing.models m LEFT JOIN weijing.turns t ON t.model_id = m.id AND t.at >= GREATEST(now() - interval '24 hours',
    (SELECT max(released_at) FROM weijing.models WHERE state IN ('released', 'canary')))
    WHERE m.state IN ('released', 'canary') GROUP BY m.id, m.file, m.state ORDER BY m.state DESC""")


async def live_figures(connection: AsyncConnection) -> list[Row]:
    """Turns, what was not understood and what failed, by serving model, since the last release (at most a day)."""
    return list(await connection.execute(_FIGURES))
