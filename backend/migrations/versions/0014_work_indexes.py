"""Work items are found by their words, by number and over a span of days without reading the table."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"

UP = """
CREATE FUNCTION backend.pairs(words text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$
    SELECT ARRAY(SELECT one || two FROM unnest(string_to_array(words, NULL), (string_to_array(words, NULL))[2:]) AS pair (one, two) WHERE two IS NOT NULL)
$$;
COMMENT ON FUNCTION backend.pairs IS 'every two characters that stand side by side: what Chinese words are found by, without an extension of the server';
CREATE INDEX work_by_words ON backend.work USING gin (backend.pairs(words)) WHERE merged_into IS NULL;
CREATE INDEX work_figures ON backend.work (received_at) INCLUDE (kind, topic, area, state, ended_at);
"""


def upgrade() -> None:
    """The indexes."""
    op.execute(UP)


def downgrade() -> None:
    """Without them."""
    op.execute("DROP INDEX backend.work_figures, backend.work_by_words; DROP FUNCTION backend.pairs")
