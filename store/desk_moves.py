"""The statements by which staff move a conversation from owner to owner. Each is conditional: of two at once, one finds its row.

    bot → waiting → staff → bot | closed      and back to waiting: handed to a unit, or the assignee gave no sign of life

The bot's own moves (a handoff, 「返回机器人」, leaving) are the projector's, `store.owner_moves`.
`closed` and still waiting: the user left behind a call for help.
"""

from __future__ import annotations

import sqlalchemy as sa

_FREE = "assignee = NULL, claimed_at = NULL, assignee_seen_at = NULL"
_DONE = f"{_FREE}, waiting_since = NULL, handoff = NULL, urgency = 'normal', unit_id = NULL"
_STEP = "owner_at = greatest(:at, c.owner_at), version = c.version + 1"
_HIS = "FROM weijing.conversations old WHERE c.openid = :openid AND old.openid = c.openid AND c.owner = 'staff' AND (c.assignee = :by OR :any)"
_ANSWER = "RETURNING c.openid, c.owner, c.owner_at, c.assignee, c.unit_id, c.version, old.assignee AS previous"

LOCK_STAFF = sa.text("SELECT id, name, unit_id, capacity, active FROM weijing.staff WHERE id = :staff AND active FOR UPDATE")
LOAD = sa.text("SELECT count(*) FROM weijing.conversations WHERE assignee = :staff AND owner = 'staff'")
CLAIM = sa.text(f"""
    UPDATE weijing.conversations c SET owner = 'staff', assignee = :by, unit_id = :unit, claimed_at = :at, assignee_seen_at = :at, {_STEP}
    FROM weijing.conversations old WHERE c.openid = :openid AND old.openid = c.openid AND c.owner IN ('waiting', 'closed') AND c.waiting_since IS NOT NULL
    {_ANSWER}""")  # noqa: S608  our own words, here and below
TO_COLLEAGUE = sa.text(f"""
    UPDATE weijing.conversations c SET assignee = :to, unit_id = :unit, claimed_at = :at, assignee_seen_at = :at, {_STEP}
    {_HIS} {_ANSWER}""")  # noqa: S608
TO_UNIT = sa.text(f"UPDATE weijing.conversations c SET owner = 'waiting', {_FREE}, unit_id = :unit, {_STEP} {_HIS} {_ANSWER}")  # noqa: S608
GIVE_BACK = sa.text(f"UPDATE weijing.conversations c SET owner = 'bot', {_DONE}, {_STEP} {_HIS} {_ANSWER}")  # noqa: S608
CLOSE = sa.text(f"UPDATE weijing.conversations c SET owner = 'closed', {_DONE}, {_STEP} {_HIS} {_ANSWER}")  # noqa: S608
RELEASE = sa.text(f"""
    UPDATE weijing.conversations c SET owner = 'waiting', {_FREE}, {_STEP} FROM
    (SELECT openid, assignee FROM weijing.conversations WHERE owner = 'staff' AND assignee_seen_at < :silent_since AND NOT EXISTS
        (SELECT FROM weijing.staff s WHERE s.id = assignee AND s.attended_at >= :silent_since) FOR UPDATE SKIP LOCKED) old
    WHERE c.openid = old.openid {_ANSWER}""")  # noqa: S608
ATTEND = sa.text("UPDATE weijing.staff SET attended_at = :at WHERE id = :staff")
SEEN = sa.text("UPDATE weijing.conversations SET assignee_seen_at = :at WHERE openid = :openid AND owner = 'staff' AND assignee = :by RETURNING openid")

HANDOFFS = sa.text("""
    UPDATE weijing.handoffs SET state = :state, closed_at = :closed_at, closed_by = :by, end_state = :end_state
    WHERE openid = :openid AND state IN ('waiting', 'taken')""")
RECORD = sa.text("""
    INSERT INTO weijing.desk_deeds (openid, deed, by, assignee, previous, unit_id, note, at)
    VALUES (:openid, :deed, :by, :assignee, :previous, :unit_id, :note, :at) RETURNING id""")
WHO = sa.text("""
    SELECT c.owner, c.assignee, c.waiting_since, s.name FROM weijing.conversations c LEFT JOIN weijing.staff s ON s.id = c.assignee
    WHERE c.openid = :openid""")
NOTIFY = sa.text("""
    SELECT pg_notify('weijing_desk', json_build_object('openid', openid, 'what', CAST(:what AS text))::text)
    FROM unnest(CAST(:openids AS text[])) AS openid""")
UNTOLD = sa.text("""
    SELECT d.id, d.openid, d.deed, d.at, d.note, s.name FROM weijing.desk_deeds d LEFT JOIN weijing.staff s ON s.id = d.assignee
    WHERE d.told_at IS NULL AND (d.at < :before OR d.id = :deed) ORDER BY d.id LIMIT 200""")
TOLD = sa.text("UPDATE weijing.desk_deeds SET told_at = now() WHERE id = :id")
