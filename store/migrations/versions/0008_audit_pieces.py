"""Who read a thing is found with the pieces of it (`number/evidence`), by one index."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """The index by object finds beginnings too."""
    op.execute("DROP INDEX weijing.audit_by_object; CREATE INDEX audit_by_object ON weijing.audit (object text_pattern_ops, at)")


def downgrade() -> None:
    """Whole objects alone."""
    op.execute("DROP INDEX weijing.audit_by_object; CREATE INDEX audit_by_object ON weijing.audit (object, at)")
