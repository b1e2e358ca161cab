"""Offices."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"

TABLE = """
CREATE TABLE backend.offices (
    id       text PRIMARY KEY,
    name     text NOT NULL,
    address  text NOT NULL,
    phone    text NOT NULL,
    services jsonb NOT NULL,
    hours    jsonb NOT NULL,
    lat      double precision NOT NULL,
    lng      double precision NOT NULL
);
COMMENT ON COLUMN backend.offices.lat IS 'GCJ-02, as WeChat gives and Chinese maps take them';
"""


def upgrade() -> None:
    """Create it."""
    op.execute(TABLE)


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP TABLE backend.offices")
