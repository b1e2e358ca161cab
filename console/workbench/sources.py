"""Where the review queue comes from: turns, handoffs and ratings in PostgreSQL. Filling again adds only what is new."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rapidfuzz import fuzz, process
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from console.workbench.examples import bare

NEAR = 84.0
"""Likeness, of 100, from which two messages are labelled together."""
MOST = 500
"""New messages in one filling; the rest come with the next."""
RISK: Mapping[str, float] = {
    "emergency": 6.0,
    "file_report": 3.0,
    "request_handoff": 3.0,
    "withdraw_report": 2.0,
    "add_evidence": 2.0,
    "out_of_scope": 0.6,
    "smalltalk": 0.5,
}
"""How much worse than usual it is to get an intent wrong."""
WEIGHT: Mapping[str, float] = {"staff": 1.4, "rating": 1.3, "fallback": 1.0, "clarify": 0.8, "abandoned": 0.6}
"""How sure it is that something was wrong."""
_SINCE = "(SELECT coalesce(max(r.at), '-infinity') - interval '1 day' FROM weijing.review r WHERE r.reason = '{reason}')"
_TURN = "t.key, t.openid, m.text, t.intent, t.service_item AS item, t.ranking, t.at"
_SAID = "JOIN weijing.messages m ON m.key = t.key AND m.direction = 'user' AND m.text <> '' AND m.text !~ '^〔[^#〕]+〕'"
_NEW = "NOT EXISTS (SELECT FROM weijing.review r WHERE r.key = t.key AND r.reason = '{reason}') ORDER BY t.at LIMIT " + str(MOST)
_BEFORE = """
    JOIN LATERAL (SELECT * FROM weijing.turns t WHERE t.openid = e.openid AND t.at <= e.at AND t.at > e.at - interval '1 hour' AND {wanted}
    ORDER BY t.at DESC LIMIT 1) t ON true"""
FORMS = "('file_report', 'book_appointment', 'write_letter', 'bind_identity', 'check_name', 'ask_naming') OR t.intent LIKE 'file\\_%'"


def _turns(decision: str) -> str:
    where = f"t.decision = '{decision}' AND t.openid <> '' AND t.at > {_SINCE} AND {_NEW}"
    return f"SELECT {_TURN} FROM weijing.turns t {_SAID} WHERE {where}"  # noqa: S608  our own words


def _behind(events: str, wanted: str) -> str:
    """The message before something that shows it was answered wrongly."""
    return f"SELECT DISTINCT {_TURN} FROM ({events}) e {_BEFORE.format(wanted=wanted)} {_SAID} WHERE e.at > {_SINCE} AND {_NEW}"  # noqa: S608


SOURCES: Mapping[str, str] = {
    "fallback": _turns("fallback"),
    "clarify": _turns("clarify"),
    "staff": _behind(
        "SELECT h.openid, h.opened_at AS at FROM weijing.handoffs h WHERE EXISTS "
        "(SELECT FROM weijing.messages s WHERE s.openid = h.openid AND s.direction = 'staff' AND s.at > h.opened_at)",
        "t.intent IS DISTINCT FROM 'request_handoff'",
    ),
    "rating": _behind(
        "SELECT u.openid, u.at FROM weijing.turns u JOIN weijing.messages w ON w.key = u.key AND w.direction = 'user' WHERE u.intent = 'rate_service' "
        "AND (w.text ~ '不(太|怎么|是很)?(满意|好|行)' OR w.text ~ '^差|都差|糟糕|恶劣')",
        "t.intent NOT IN ('rate_service', 'thank', 'greet', 'goodbye', 'request_handoff')",
    ),
    "abandoned": _behind("SELECT u.openid, u.at FROM weijing.turns u WHERE u.intent = 'cancel'", f"(t.intent IN {FORMS})"),
}
"""Reason -> its messages since the last filling."""
_ADD = text("""
    INSERT INTO weijing.review (key, openid, text, bare, reason, intent, item, ranking, gain, at)
    VALUES (:key, :openid, :text, :bare, :reason, :intent, :item, CAST(:ranking AS jsonb), :gain, :at) ON CONFLICT (key, reason) DO NOTHING RETURNING id""")
_OPEN = text("SELECT id, bare, group_id FROM weijing.review WHERE state = 'open' AND group_id IS NOT NULL ORDER BY id")
_GROUP = text("UPDATE weijing.review SET group_id = :group WHERE id = :id")
_LOCK = text("SELECT pg_advisory_xact_lock(7111)")


def worth(ranking: Sequence[Mapping[str, Any]], reason: str) -> float:
    """What labelling one message is worth: the less sure the bot was, and the worse a mistake, the more. The queue multiplies it by the group's frequency."""
    shares = sorted((float(one["confidence"]) for one in ranking), reverse=True)
    margin = (shares[0] if shares else 0.0) - (shares[1] if len(shares) > 1 else 0.0)
    risk = max((RISK.get(str(one["intent"]), 1.0) for one in ranking[:3] if float(one["confidence"]) >= 0.1), default=1.0)
    return round((1.05 - min(1.0, margin)) * risk * WEIGHT[reason], 4)


async def fill(engine: AsyncEngine) -> int:
    """Add what is new, each to the group of its near-duplicates; returns how many were new."""
    async with engine.begin() as connection:
        await connection.execute(_LOCK)  # two consoles would make two groups of one
        known = {row.id: (row.bare, row.group_id) for row in await connection.execute(_OPEN)}
        return sum([await _fill(connection, reason, known) for reason in SOURCES])


async def _fill(connection: AsyncConnection, reason: str, known: dict[int, tuple[str, int]]) -> int:
    rows = (await connection.execute(text(SOURCES[reason].replace("{reason}", reason)))).mappings().all()
    added = 0
    for row in rows:
        added += await _add(connection, row, reason, known)
    return added


async def _add(connection: AsyncConnection, row: Mapping[str, Any], reason: str, known: dict[int, tuple[str, int]]) -> int:
    words = {
        **row,
        "bare": bare(row["text"]),
        "reason": reason,
        "gain": worth(row["ranking"], reason),
        "ranking": json.dumps(row["ranking"], ensure_ascii=False),
    }
    made = (await connection.execute(_ADD, words)).scalar()
    if made is None:
        return 0
    near = process.extractOne(words["bare"], {name: one for name, (one, _) in known.items()}, scorer=fuzz.ratio, score_cutoff=NEAR)
    group = known[near[2]][1] if near else made
    known[made] = (words["bare"], group)
    await connection.execute(_GROUP, {"id": made, "group": group})
    return 1
