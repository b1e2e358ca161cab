"""The supervisor's figures by day, and the desk's office hours."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"

TABLES = """
CREATE TABLE weijing.daily_visits (
    day date NOT NULL,
    intent text NOT NULL,
    visits bigint NOT NULL DEFAULT 0,
    turns bigint NOT NULL DEFAULT 0,
    handed bigint NOT NULL DEFAULT 0,
    contained bigint NOT NULL DEFAULT 0,
    satisfied bigint NOT NULL DEFAULT 0,
    answered bigint NOT NULL DEFAULT 0,
    clarified bigint NOT NULL DEFAULT 0,
    fallbacks bigint NOT NULL DEFAULT 0,
    emergencies bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (day, intent)
);
CREATE TABLE weijing.daily_desk (
    day date NOT NULL,
    reason text NOT NULL,
    handoffs bigint NOT NULL DEFAULT 0,
    answered bigint NOT NULL DEFAULT 0,
    in_60s bigint NOT NULL DEFAULT 0,
    in_5min bigint NOT NULL DEFAULT 0,
    answer_s bigint NOT NULL DEFAULT 0,
    ended bigint NOT NULL DEFAULT 0,
    end_s bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (day, reason)
);
CREATE INDEX handoffs_by_opening ON weijing.handoffs (opened_at);
CREATE TABLE weijing.office_hours (
    weekday smallint NOT NULL,
    opens time NOT NULL,
    closes time NOT NULL,
    PRIMARY KEY (weekday, opens),
    CONSTRAINT hours_known CHECK (weekday BETWEEN 1 AND 7 AND opens < closes)
);
"""


def upgrade() -> None:
    """Create them."""
    op.execute(TABLES)
