"""What the bot took in by a turn: the slots that it set, by name, in masked words."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Earlier turns tell of none."""
    op.execute("ALTER TABLE weijing.turns ADD COLUMN slots jsonb NOT NULL DEFAULT '{}'")


def downgrade() -> None:
    """Forget them."""
    op.execute("ALTER TABLE weijing.turns DROP COLUMN slots")
