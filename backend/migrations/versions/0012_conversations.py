"""Conversations that staff brought to an end, so that they can be rated."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Create the table."""
    op.execute("CREATE TABLE backend.conversations (conversation_no text PRIMARY KEY, sender text NOT NULL, unit text NOT NULL, ended_on date NOT NULL)")
    op.execute("CREATE INDEX conversations_by_sender ON backend.conversations (sender, ended_on)")


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP TABLE backend.conversations")
