"""When a passenger was reminded: the contact is told some time after that, not some time after the ride."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the column."""
    op.execute("ALTER TABLE backend.rides ADD COLUMN staged_at timestamptz")


def downgrade() -> None:
    """Drop it."""
    op.execute("ALTER TABLE backend.rides DROP COLUMN staged_at")
