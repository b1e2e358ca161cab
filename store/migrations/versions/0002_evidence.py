"""The table of evidence."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

TABLE = """
CREATE TABLE weijing.evidence (
    id text PRIMARY KEY,
    openid text NOT NULL,
    key text NOT NULL DEFAULT '',
    channel text NOT NULL DEFAULT 'wechat',
    kind text NOT NULL,
    media_type text,
    bytes integer,
    sha256 text,
    source text NOT NULL DEFAULT 'wechat',
    state text NOT NULL DEFAULT 'wanted' CONSTRAINT state_known CHECK (state IN ('wanted', 'kept', 'refused', 'expired')),
    reason text NOT NULL DEFAULT '',
    received_at timestamptz NOT NULL,
    kept_at timestamptz,
    keep_until timestamptz NOT NULL,
    report_no text,
    content bytea
);
ALTER TABLE weijing.evidence ALTER COLUMN content SET STORAGE EXTERNAL;  -- sealed content does not compress
CREATE INDEX evidence_by_user ON weijing.evidence (openid, received_at);
CREATE INDEX evidence_by_report ON weijing.evidence (report_no);
CREATE INDEX evidence_by_end ON weijing.evidence (keep_until);
"""


def upgrade() -> None:
    """Create it."""
    op.execute(TABLE)
