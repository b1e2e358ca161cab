"""Bound identities, and ratings of matters."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

TABLES = """
CREATE TABLE backend.people (
    person text PRIMARY KEY
);
COMMENT ON TABLE backend.people IS 'the register of the reference backend: keyed digests of name, identity number and phone together';

CREATE TABLE backend.identities (
    openid   text PRIMARY KEY,
    person   text NOT NULL,
    name     text NOT NULL,
    bound_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN backend.identities.openid IS 'keyed digest';
COMMENT ON COLUMN backend.identities.name IS 'masked';

CREATE TABLE backend.ratings (
    matter     text NOT NULL,
    openid     text NOT NULL,
    quality    text NOT NULL,
    procedure  text NOT NULL,
    attitude   text NOT NULL,
    words      text,
    rated_at   timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz,
    PRIMARY KEY (matter, openid)
);
COMMENT ON COLUMN backend.ratings.openid IS 'keyed digest';
COMMENT ON COLUMN backend.ratings.words IS 'sealed: people write names and numbers into them';
"""


def upgrade() -> None:
    """Create them."""
    op.execute(TABLES)


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP TABLE backend.people, backend.identities, backend.ratings")
