"""Whose a conversation is, as the events of the turns say: a handoff, 「返回机器人」, leaving, coming back. What staff do is `store.desk_moves`.

The newest event decides, whatever order they come in; a turn never takes a conversation from the staff, 「返回机器人」 and leaving do.
"""

from __future__ import annotations

import sqlalchemy as sa

WAIT = sa.text("""
    UPDATE weijing.conversations SET owner = 'waiting', owner_at = :at, waiting_since = :at, handoff = :key, urgency = :urgency, version = version + 1
    WHERE openid = :openid AND owner IN ('bot', 'closed') AND (owner_at IS NULL OR owner_at <= :at)""")
LEAVE = sa.text("""
    WITH old AS (
        SELECT openid, owner, assignee, unit_id, :owner = 'closed' AND urgency <> 'normal' AND waiting_since IS NOT NULL AS wanted
        FROM weijing.conversations WHERE openid = :openid AND (owner_at IS NULL OR owner_at <= :at) FOR UPDATE
    ), moved AS (
        UPDATE weijing.conversations c SET owner = :owner, owner_at = :at, assignee = NULL, claimed_at = NULL, assignee_seen_at = NULL,
        waiting_since = CASE WHEN wanted THEN waiting_since END, handoff = CASE WHEN wanted THEN handoff END,
        urgency = CASE WHEN wanted THEN urgency ELSE 'normal' END, unit_id = CASE WHEN wanted THEN c.unit_id END, version = version + 1
        FROM old WHERE c.openid = old.openid
    )
    INSERT INTO weijing.desk_deeds (openid, deed, previous, unit_id, at, told_at)
    SELECT openid, 'left', assignee, unit_id, CAST(:at AS timestamptz), now() FROM old WHERE owner = 'staff'""")
"""To the bot, or closed because he unsubscribed; who called for help stays in the queue though he left."""
RAISE = sa.text("""
    UPDATE weijing.conversations c SET urgency = told.urgency, version = version + 1
    FROM unnest(CAST(:openids AS text[]), CAST(:urgencies AS text[])) AS told (openid, urgency)
    WHERE c.openid = told.openid AND waiting_since IS NOT NULL AND rank > CASE told.urgency WHEN 'critical' THEN 0 ELSE 1 END""")
"""Something urgent or a danger told while a person is waited for; nothing makes it less urgent."""
REOPEN = sa.text("""
    UPDATE weijing.conversations SET owner = CASE WHEN waiting_since IS NULL THEN 'bot' ELSE 'waiting' END, owner_at = last_user_at
    WHERE openid = ANY(CAST(:openids AS text[])) AND owner = 'closed' AND owner_at < last_user_at""")
RETURN = sa.text("""
    UPDATE weijing.handoffs SET state = 'returned', closed_at = c.owner_at FROM weijing.conversations c
    WHERE c.openid = handoffs.openid AND c.openid = ANY(CAST(:openids AS text[])) AND c.owner_at > handoffs.opened_at AND state IN ('waiting', 'taken')
    AND (c.owner = 'bot' OR (c.owner = 'closed' AND handoffs.urgency <> 'urgent'))""")
