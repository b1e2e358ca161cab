"""Cross-validation becomes a kind of job."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"

_KINDS = "ALTER TABLE weijing.jobs DROP CONSTRAINT kind_known, ADD CONSTRAINT kind_known CHECK (kind IN ({kinds}))"


def upgrade() -> None:
    """One kind more."""
    op.execute(_KINDS.format(kinds="'train', 'evaluate', 'crossval', 'release', 'rollback', 'replay'"))


def downgrade() -> None:
    """Without those that are of it."""
    op.execute("DELETE FROM weijing.jobs WHERE kind = 'crossval'")
    op.execute(_KINDS.format(kinds="'train', 'evaluate', 'release', 'rollback', 'replay'"))
