"""A canary that does worse than the released model goes back by itself: more of what it is told it does not understand, or more turns that fail.

Both are compared over the same time, since the canary got its users, by the two-proportion test (pooled, one-sided).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from store import audit, jobs
from store.release import Releases

LEAST = 50
"""Turns of the canary before anything is concluded."""
BOUND = 2.326
"""Standard deviations: chance alone brings this in one of a hundred looks."""
_COUNTS = text("""
    SELECT m.file, m.id, count(t.key) AS turns, count(*) FILTER (WHERE t.decision = 'fallback') AS fallbacks,
    count(*) FILTER (WHERE t.error IS NOT NULL) AS errors
    FROM weijing.models m LEFT JOIN weijing.turns t ON t.model_id = m.id AND t.at >=
    (SELECT released_at FROM weijing.models WHERE file = :canary AND state = 'canary')
    WHERE m.file IN (:canary, :released) GROUP BY m.file, m.id""")
_WAITING = text("SELECT 1 FROM weijing.jobs WHERE kind = 'rollback' AND state IN ('queued', 'running')")


@dataclass(frozen=True)
class Live:
    """What a model did with real users since the canary began."""

    turns: int
    fallbacks: int
    errors: int


def rises(canary_hits: int, canary: int, released_hits: int, released: int) -> bool:
    """Whether the canary's share is higher, beyond chance."""
    if canary < LEAST or not released:
        return False
    pooled = (canary_hits + released_hits) / (canary + released)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / canary + 1 / released))
    return spread > 0 and (canary_hits / canary - released_hits / released) / spread > BOUND


def fault(canary: Live, released: Live) -> str:
    """Why the canary must go back, in the page's words; empty when it need not."""
    for name, words in (("fallbacks", "没听懂"), ("errors", "出错")):
        mine, theirs = getattr(canary, name), getattr(released, name)
        if rises(mine, canary.turns, theirs, released.turns):
            return f"试用的模型{words} {mine}/{canary.turns}，现用的 {theirs}/{released.turns}，高出偶然的范围"
    return ""


async def counts(engine: AsyncEngine, canary: str, released: str) -> dict[str, Live]:
    """What both (files) did since the canary began."""
    async with engine.connect() as connection:
        rows = await connection.execute(_COUNTS, {"canary": canary, "released": released})
        return {row.file: Live(row.turns, row.fallbacks, row.errors) for row in rows}


async def watch(engine: AsyncEngine, releases: Releases) -> str:
    """Look once; a canary that does worse is asked back. Answers the reason, or an empty string."""
    rule = await releases.in_force()
    if rule is None or not rule.canary:
        return ""
    found = await counts(engine, rule.canary, rule.released)
    none = Live(0, 0, 0)
    reason = fault(found.get(rule.canary, none), found.get(rule.released, none))
    if not reason:
        return ""
    async with engine.begin() as connection:
        if (await connection.execute(_WAITING)).first():
            return ""
        await jobs.add(connection, "rollback", None, reason=reason)
        await audit.append(connection, "", "model.returned", rule.canary, reason=reason)
    return reason
