"""Reports guided by their topic: answers, urgency, district, a sealed reporter, the question that staff asked back, and supplements."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"

TABLES = """
CREATE TYPE backend.urgency AS ENUM ('critical', 'high', 'normal', 'low');
ALTER TABLE backend.reports
    ADD COLUMN details         jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN area            text NOT NULL DEFAULT '',
    ADD COLUMN urgency         backend.urgency NOT NULL DEFAULT 'normal',
    ADD COLUMN urgency_reasons jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN sealed          text,
    ADD COLUMN question        text,
    ADD COLUMN supplements     jsonb NOT NULL DEFAULT '[]';
CREATE INDEX reports_queue ON backend.reports (urgency, received_at) WHERE status NOT IN ('done', 'withdrawn');
COMMENT ON COLUMN backend.reports.urgency IS 'sorts from the most urgent to the least';
COMMENT ON COLUMN backend.reports.sealed IS 'name and phone of a reporter who asked for secrecy, under a key of its own; in no answer, list or export';
COMMENT ON COLUMN backend.reports.question IS 'what staff asked the reporter and is not answered yet';
COMMENT ON COLUMN backend.reports.supplements IS 'what the reporter added: [{at, text, question}]';
"""


def upgrade() -> None:
    """Add them."""
    op.execute(TABLES)


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP INDEX backend.reports_queue")
    for column in ("details", "area", "urgency", "urgency_reasons", "sealed", "question", "supplements"):
        op.execute(f"ALTER TABLE backend.reports DROP COLUMN {column}")
    op.execute("DROP TYPE backend.urgency")
