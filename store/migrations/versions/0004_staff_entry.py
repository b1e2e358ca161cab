"""The second factor's last code and its recovery codes, until when a given password holds, and which accounts are a demo's."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"

TABLES = """
ALTER TABLE weijing.staff
    ADD COLUMN totp_step bigint NOT NULL DEFAULT 0,
    ADD COLUMN password_until timestamptz,
    ADD COLUMN demo boolean NOT NULL DEFAULT false;
CREATE TABLE weijing.staff_codes (
    staff_id text NOT NULL,
    code_hash text NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (staff_id, code_hash)
);
"""


def upgrade() -> None:
    """Create them."""
    op.execute(TABLES)
