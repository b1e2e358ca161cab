"""The review queue as it is read and decided: the most useful group first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

REASONS: Mapping[str, str] = {
    "fallback": "没听懂",
    "clarify": "拿不准，反问了",
    "staff": "转人工后由坐席答复",
    "rating": "群众评价不满意",
    "abandoned": "办到一半退出",
}
STATES: Mapping[str, str] = {"open": "待标注", "flagged": "存疑", "skipped": "跳过", "private": "不训练", "labelled": "已标注"}
Row = Mapping[str, Any]
_RANKED = """
    WITH groups AS (SELECT group_id, count(DISTINCT key) AS size, max(gain) * (1 + ln(count(DISTINCT key)) / ln(2)) AS worth, min(id) AS first
        FROM weijing.review WHERE state = :state AND (CAST(:reason AS text) = '' OR reason = CAST(:reason AS text)) GROUP BY group_id)"""
_NEXT = text(f"""{_RANKED}
    SELECT r.*, g.size, g.worth FROM groups g JOIN weijing.review r ON r.id = (SELECT id FROM weijing.review m WHERE m.group_id = g.group_id
        AND m.state = :state AND (CAST(:reason AS text) = '' OR m.reason = CAST(:reason AS text)) ORDER BY m.gain DESC, m.id LIMIT 1)
    ORDER BY g.worth DESC, g.first LIMIT :limit OFFSET :offset""")  # noqa: S608  our own words
_ONE = text("SELECT *, 1 AS size, gain AS worth FROM weijing.review WHERE id = :id")
_MEMBERS = text("""
    SELECT id, text, bare, reason, at FROM weijing.review WHERE group_id = :group AND key <> :key AND state = :state ORDER BY id LIMIT 60""")
_COUNTS = text("SELECT state, reason, count(*) AS n, count(DISTINCT group_id) AS groups FROM weijing.review GROUP BY state, reason")
_OPEN = text("SELECT count(DISTINCT group_id) FROM weijing.review WHERE state = 'open'")
_DECIDE = text("""
    UPDATE weijing.review SET state = :state, by = :by, decided_at = now()
    WHERE key IN (SELECT key FROM weijing.review WHERE id = ANY(CAST(:ids AS bigint[]))) AND state = ANY(CAST(:known AS text[])) RETURNING id""")
_REPLY = text("SELECT bubbles FROM weijing.messages WHERE key = :key AND direction = 'bot'")
_LATER = text("""
    SELECT m.text, t.intent, t.service_item, t.decision FROM weijing.turns t JOIN weijing.messages m ON m.key = t.key AND m.direction = 'user'
    WHERE t.openid = :openid AND t.openid <> '' AND t.at > CAST(:at AS timestamptz) AND t.at < CAST(:at AS timestamptz) + interval '10 minutes'
    ORDER BY t.at LIMIT 1""")
_STAFF = text("""
    SELECT bubbles FROM weijing.messages WHERE openid = :openid AND direction = 'staff'
    AND at > CAST(:at AS timestamptz) AND at < CAST(:at AS timestamptz) + interval '2 days' ORDER BY at LIMIT 3""")
_TURN = text("SELECT model_id, data_commit, decision FROM weijing.turns WHERE key = :key")


async def first(connection: AsyncConnection, state: str, reason: str, offset: int = 0) -> Row | None:
    """The group that is worth most, by the message in it that is."""
    rows = (await connection.execute(_NEXT, {"state": state, "reason": reason, "limit": 1, "offset": offset})).mappings().all()
    return rows[0] if rows else None


async def page(connection: AsyncConnection, state: str, reason: str, limit: int = 30) -> list[Row]:
    """The groups that come first."""
    return list((await connection.execute(_NEXT, {"state": state, "reason": reason, "limit": limit, "offset": 0})).mappings().all())


async def one(connection: AsyncConnection, number: int) -> Row | None:
    """One message."""
    row: Row | None = (await connection.execute(_ONE, {"id": number})).mappings().first()
    return row


async def members(connection: AsyncConnection, row: Row) -> list[Row]:
    """The near-duplicates of a message that are in the same state."""
    rows = (await connection.execute(_MEMBERS, {"group": row["group_id"], "key": row["key"], "state": row["state"]})).mappings().all()
    return list(rows)


async def counts(connection: AsyncConnection) -> dict[str, dict[str, int]]:
    """State -> reason -> messages."""
    found: dict[str, dict[str, int]] = {state: {} for state in STATES}
    for row in await connection.execute(_COUNTS):
        found[row.state][row.reason] = row.n
    return found


async def waiting(connection: AsyncConnection) -> int:
    """Groups of messages that nobody has looked at."""
    return int((await connection.execute(_OPEN)).scalar_one())


async def decide(connection: AsyncConnection, ids: list[int], state: str, by: str, *, known: tuple[str, ...]) -> list[int]:
    """Set the state of these messages, whatever brought them here, where it is a known one; returns which they were."""
    return list((await connection.execute(_DECIDE, {"ids": ids, "state": state, "by": by, "known": list(known)})).scalars())


async def story(connection: AsyncConnection, row: Row) -> dict[str, Any]:
    """What was answered then, what the user said next, and what staff answered."""
    reply = (await connection.execute(_REPLY, {"key": row["key"]})).scalar()
    later = (await connection.execute(_LATER, {"openid": row["openid"], "at": row["at"]})).mappings().first()
    staff = (await connection.execute(_STAFF, {"openid": row["openid"], "at": row["at"]})).scalars().all() if row["reason"] == "staff" else []
    turn = (await connection.execute(_TURN, {"key": row["key"]})).mappings().first()
    return {"reply": words_of(reply or []), "later": later, "staff": [words_of(one) for one in staff], "turn": turn}


def words_of(bubbles: list[dict[str, Any]]) -> str:
    """The words of a reply, with its buttons."""
    lines = [str(one.get("text") or "") for one in bubbles]
    buttons = [str(button.get("title")) for one in bubbles for button in one.get("buttons") or []]
    return "\n".join([*filter(None, lines), *([" / ".join(buttons)] if buttons else [])])
