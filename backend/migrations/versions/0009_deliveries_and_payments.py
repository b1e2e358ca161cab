"""Certificates on their way, fees, how many people bear a name; contacts of bound identities; one open appointment for each visitor and item."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"

TABLES = """
CREATE TABLE backend.deliveries (
    delivery_no    text PRIMARY KEY,
    application_no text NOT NULL REFERENCES backend.applications,
    carrier        text NOT NULL,
    status         text NOT NULL,
    address        text NOT NULL,
    steps          jsonb NOT NULL,
    posted_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX deliveries_application ON backend.deliveries (application_no, posted_at);
COMMENT ON COLUMN backend.deliveries.address IS 'masked before it is stored';

CREATE TABLE backend.payments (
    application_no text PRIMARY KEY REFERENCES backend.applications,
    state          text NOT NULL CHECK (state IN ('unpaid', 'paid', 'refunded')),
    amount         numeric(10, 2) NOT NULL CHECK (amount > 0),
    due_on         date,
    link           text
);
COMMENT ON COLUMN backend.payments.amount IS 'yuan';

CREATE TABLE backend.namesakes (name text PRIMARY KEY, people integer NOT NULL, scope text NOT NULL);
COMMENT ON COLUMN backend.namesakes.name IS 'keyed digest';
COMMENT ON COLUMN backend.namesakes.scope IS 'among whom they were counted, the same in every row';

ALTER TABLE backend.identities ADD COLUMN contact text;
COMMENT ON COLUMN backend.identities.contact IS 'name and phone, sealed: what an appointment is made with; null where it was bound before';

ALTER TABLE backend.appointments ADD COLUMN visitor text NOT NULL DEFAULT '';
COMMENT ON COLUMN backend.appointments.visitor IS 'keyed digest of name and phone of who comes';
DROP INDEX backend.one_open_appointment;
CREATE UNIQUE INDEX one_open_appointment ON backend.appointments (person, visitor, (coalesce(service_item_id, service))) WHERE status = 'booked';
"""
BACK = """
DROP INDEX backend.one_open_appointment;
ALTER TABLE backend.appointments DROP COLUMN visitor;
CREATE UNIQUE INDEX one_open_appointment ON backend.appointments (person, service) WHERE status = 'booked';
ALTER TABLE backend.identities DROP COLUMN contact;
DROP TABLE backend.namesakes, backend.payments, backend.deliveries;
"""


def upgrade() -> None:
    """Create and widen."""
    op.execute(TABLES)


def downgrade() -> None:
    """As before; fails while somebody has two open appointments for a service."""
    op.execute(BACK)
