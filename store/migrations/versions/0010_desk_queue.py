"""The queue in its order by one index, what was said by its words, a conversation by the end of its openid; danger first; who is there."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"

UP = """
ALTER TABLE weijing.conversations DROP CONSTRAINT urgency_known;
ALTER TABLE weijing.conversations ADD CONSTRAINT urgency_known CHECK (urgency IN ('normal', 'urgent', 'critical'));
UPDATE weijing.conversations c SET urgency = 'critical' FROM weijing.handoffs h
    WHERE h.key = c.handoff AND h.reason = 'emergency' AND c.urgency = 'urgent' AND c.waiting_since IS NOT NULL;
ALTER TABLE weijing.conversations ADD COLUMN rank smallint NOT NULL
    GENERATED ALWAYS AS (CASE urgency WHEN 'critical' THEN 0 WHEN 'urgent' THEN 1 ELSE 2 END) STORED;
DROP INDEX weijing.conversations_queue;
CREATE INDEX conversations_queue ON weijing.conversations (rank, waiting_since, openid) INCLUDE (owner, assignee) WHERE waiting_since IS NOT NULL;
CREATE INDEX conversations_by_end ON weijing.conversations (reverse(openid) text_pattern_ops);

ALTER TABLE weijing.staff ADD COLUMN attended_at timestamptz;

-- every two characters that stand side by side: what Chinese words are found by without an extension, which an embedded server does not have
CREATE FUNCTION weijing.pairs(words text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$
    SELECT ARRAY(SELECT one || two FROM unnest(string_to_array(lower(words), NULL), (string_to_array(lower(words), NULL))[2:]) AS pair (one, two)
        WHERE two IS NOT NULL)
$$;
CREATE INDEX messages_by_words ON weijing.messages USING gin (weijing.pairs(text)) WHERE direction = 'user';
"""
DOWN = """
DROP INDEX weijing.messages_by_words, weijing.conversations_by_end, weijing.conversations_queue;
DROP FUNCTION weijing.pairs;
ALTER TABLE weijing.staff DROP COLUMN attended_at;
ALTER TABLE weijing.conversations DROP COLUMN rank, DROP CONSTRAINT urgency_known;
UPDATE weijing.conversations SET urgency = 'urgent' WHERE urgency = 'critical';
ALTER TABLE weijing.conversations ADD CONSTRAINT urgency_known CHECK (urgency IN ('normal', 'urgent'));
CREATE INDEX conversations_queue ON weijing.conversations (owner, urgency DESC, waiting_since, openid);
"""


def upgrade() -> None:
    """The indexes and the third word."""
    op.execute(UP)


def downgrade() -> None:
    """As before."""
    op.execute(DOWN)
