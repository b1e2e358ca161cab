"""Follow-ups 回访: whoever rates something as poor hears from supervision, never from the unit that was rated."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import asyncpg

from backend.changes import SUBSCRIBE
from backend.promises import Promises, supervisor_of
from backend.serials import next_number
from backend.vault import Vault
from backend.work import follow, open_work
from weijing.workdays import SHANGHAI

STATUS = {"open": "待回访", "answered": "已答复"}
"""How a status reads."""
MARKS = {"quality": "办理质量", "procedure": "手续流程", "attitude": "服务态度"}
"""What is rated, and how it reads."""
NEXT = "回访人员正在了解情况，会在这里答复您。"

KNOWN = "SELECT follow_up_no, steps FROM backend.follow_ups WHERE matter = $1 AND rater = $2 FOR UPDATE"
AGAIN = """
    UPDATE backend.follow_ups SET steps = $2, status = CASE WHEN $3 THEN 'open' ELSE status END,
           due_on = CASE WHEN $3 AND status = 'answered' THEN $4 ELSE due_on END WHERE follow_up_no = $1 RETURNING *
"""
OPEN = """
    INSERT INTO backend.follow_ups (follow_up_no, matter, rater, rated_unit, unit, steps, next_step, opened_at, due_on)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


async def follow_up(
    connection: asyncpg.Connection, vault: Vault, promises: Promises, rating: dict[str, Any], rater: str, rated_unit: str
) -> dict[str, Any] | None:
    """Open a follow-up of a rating with a 差 in it, or note in the known one that the rating was changed; None when there is nothing to follow up."""
    poor = "、".join(name for mark, name in MARKS.items() if rating[mark] == "poor")
    now = datetime.now(SHANGHAI).replace(microsecond=0)
    known = await connection.fetchrow(KNOWN, rating["matter"], rater)
    if known:
        step = {"at": now.isoformat(), "name": "改评", "note": f"差评：{poor}" if poor else "改后没有差评"}
        row = await connection.fetchrow(AGAIN, known["follow_up_no"], [*known["steps"], step], bool(poor), promises.follow_up_on(now.date()))
        await follow(connection, row["follow_up_no"], row["status"])
        return _told(row) if poor else None
    if not poor:
        return None
    unit = supervisor_of(rated_unit)
    opened: dict[str, Any] = {"follow_up_no": await next_number(connection, "H", now.year), "unit": unit, "due_on": promises.follow_up_on(now.date())}
    steps = [{"at": now.isoformat(), "name": "差评", "note": poor}]
    await connection.execute(OPEN, opened["follow_up_no"], rating["matter"], rater, rated_unit, unit, steps, NEXT, now, opened["due_on"])
    await connection.execute(SUBSCRIBE, opened["follow_up_no"], rater, vault.seal(rating["openid"]))
    await open_work(connection, "follow_up", opened["follow_up_no"])
    return _told(opened)


def _told(row: Any) -> dict[str, Any]:
    return {"follow_up_no": row["follow_up_no"], "unit": row["unit"], "due_on": row["due_on"].isoformat()}
