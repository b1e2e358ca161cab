"""What PostgreSQL forgets of a user who left: every word, and whose the rows are that stay to be counted.

Without an openid the rows of `turns`, `deliveries`, `handoffs` and `desk_deeds` are nobody's: anonymised information is no personal
information (个人信息保护法 art. 4). So is a committed label: the example it became is a sentence that names nobody. What no commit holds yet goes.
What a call for help said stays until staff are done with it (art. 13). The row in `conversations` stays a week, so that late events from before are erased too.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

_WORDS = sa.text("""
    DELETE FROM weijing.messages m USING weijing.conversations c
    WHERE c.openid = m.openid AND c.openid = ANY(CAST(:openids AS text[])) AND m.at <= c.erased_at AND NOT EXISTS
    (SELECT FROM weijing.handoffs h WHERE h.key = m.key AND h.urgency = 'urgent' AND h.state IN ('waiting', 'taken'))""")
_TURNS = sa.text("""
    UPDATE weijing.turns t SET openid = '', slots = '{}' FROM weijing.conversations c
    WHERE c.openid = t.openid AND c.openid = ANY(CAST(:openids AS text[])) AND t.at <= c.erased_at""")
_DELIVERIES = sa.text("""
    UPDATE weijing.deliveries d SET openid = '' FROM weijing.conversations c
    WHERE c.openid = d.openid AND c.openid = ANY(CAST(:openids AS text[])) AND d.at <= c.erased_at""")
_HANDOFFS = sa.text("""
    UPDATE weijing.handoffs h SET openid = '' FROM weijing.conversations c
    WHERE c.openid = h.openid AND c.openid = ANY(CAST(:openids AS text[])) AND h.opened_at <= c.erased_at
    AND NOT (h.urgency = 'urgent' AND h.state IN ('waiting', 'taken'))""")
_NOTES = sa.text("""
    DELETE FROM weijing.notes n USING weijing.conversations c
    WHERE c.openid = n.openid AND c.openid = ANY(CAST(:openids AS text[])) AND n.at <= c.erased_at""")
_HELD = sa.text("""
    DELETE FROM weijing.held_answers a USING weijing.conversations c
    WHERE c.openid = a.openid AND c.openid = ANY(CAST(:openids AS text[])) AND a.at <= c.erased_at""")
_DEEDS = sa.text("""
    UPDATE weijing.desk_deeds d SET openid = '', note = '' FROM weijing.conversations c
    WHERE c.openid = d.openid AND c.openid = ANY(CAST(:openids AS text[])) AND d.at <= c.erased_at""")
_REVIEW = sa.text("""
    DELETE FROM weijing.review r USING weijing.conversations c
    WHERE c.openid = r.openid AND c.openid = ANY(CAST(:openids AS text[])) AND r.at <= c.erased_at""")
_GONE = """
    (SELECT r.id, r.text FROM weijing.review r JOIN weijing.conversations c USING (openid)
    WHERE c.openid = ANY(CAST(:openids AS text[])) AND r.at <= c.erased_at)"""
_TAKEN = sa.text(f"""
    UPDATE weijing.labels SET taken = taken - ARRAY(SELECT text FROM {_GONE} g) WHERE taken ?| ARRAY(SELECT text FROM {_GONE} g)""")  # noqa: S608  our own words
_PROPOSED = sa.text(f"DELETE FROM weijing.labels l USING {_GONE} g WHERE l.review_id = g.id AND l.state <> 'committed'")  # noqa: S608
_LABELS = sa.text(f"UPDATE weijing.labels l SET text = '', entities = '[]' FROM {_GONE} g WHERE l.review_id = g.id")  # noqa: S608
_REPLAYS = sa.text("""
    UPDATE weijing.jobs j SET args = jsonb_set(j.args, '{cases}', (SELECT coalesce(jsonb_agg(one), '[]') FROM jsonb_array_elements(j.args->'cases') one
    WHERE one->>'handoff' <> ALL(g.keys))) FROM (SELECT array_agg(h.key) AS keys FROM weijing.handoffs h JOIN weijing.conversations c USING (openid)
    WHERE c.openid = ANY(CAST(:openids AS text[])) AND h.opened_at <= c.erased_at) g
    WHERE j.kind = 'replay' AND EXISTS (SELECT FROM jsonb_array_elements(j.args->'cases') one WHERE one->>'handoff' = ANY(g.keys))""")
"""Of a job for replay the cases alone hold words; its result names them by the key of their message."""
ERASE = (_TAKEN, _PROPOSED, _LABELS, _REPLAYS, _WORDS, _TURNS, _DELIVERIES, _HANDOFFS, _NOTES, _HELD, _DEEDS, _REVIEW)
"""For users by `openids`, in this order; may be repeated."""

_SETTLED = sa.text("""
    SELECT DISTINCT c.openid FROM weijing.handoffs h JOIN weijing.conversations c USING (openid)
    WHERE h.urgency = 'urgent' AND h.state IN ('done', 'returned') AND h.opened_at <= c.erased_at""")
_FORGET = sa.text("""
    DELETE FROM weijing.conversations c WHERE c.owner = 'closed' AND c.erased_at < now() - interval '7 days' AND c.last_at <= c.erased_at
    AND NOT EXISTS (SELECT FROM weijing.handoffs h WHERE h.openid = c.openid)""")


async def sweep(connection: AsyncConnection) -> None:
    """Erase what staff are done with of users who left, and the last trace of those who left a week ago."""
    openids = [row.openid for row in await connection.execute(_SETTLED)]
    for statement in ERASE if openids else ():
        await connection.execute(statement, {"openids": openids})
    await connection.execute(_FORGET)
