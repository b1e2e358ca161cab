"""Counters of offices, their half-hour slots, and appointments."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"

TABLES = """
CREATE TABLE backend.counters (
    office_id text NOT NULL REFERENCES backend.offices,
    service   text NOT NULL,
    capacity  integer NOT NULL CHECK (capacity > 0),
    PRIMARY KEY (office_id, service)
);
COMMENT ON COLUMN backend.counters.capacity IS 'how many people a half hour takes';

CREATE TABLE backend.taken_slots (
    office_id text NOT NULL,
    service   text NOT NULL,
    starts_at timestamptz NOT NULL,
    taken     integer NOT NULL CHECK (taken >= 0),
    PRIMARY KEY (office_id, service, starts_at),
    FOREIGN KEY (office_id, service) REFERENCES backend.counters
);
COMMENT ON TABLE backend.taken_slots IS 'a slot has a row from its first booking on';

CREATE TABLE backend.appointment_numbers (year integer PRIMARY KEY, last integer NOT NULL);

CREATE TABLE backend.appointments (
    appointment_no  text PRIMARY KEY,
    person          text NOT NULL,
    contact         text NOT NULL,
    office_id       text NOT NULL,
    service         text NOT NULL,
    service_item_id text,
    starts_at       timestamptz NOT NULL,
    status          text NOT NULL DEFAULT 'booked' CHECK (status IN ('booked', 'cancelled', 'past')),
    reminded        boolean NOT NULL DEFAULT false,
    booked_at       timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (office_id, service) REFERENCES backend.counters
);
COMMENT ON COLUMN backend.appointments.person IS 'keyed digest of the openid';
COMMENT ON COLUMN backend.appointments.contact IS 'openid, name and phone, sealed';
CREATE UNIQUE INDEX one_open_appointment ON backend.appointments (person, service) WHERE status = 'booked';
CREATE INDEX appointments_of_a_day ON backend.appointments (starts_at) WHERE status = 'booked';
"""


def upgrade() -> None:
    """Create them."""
    op.execute(TABLES)


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP TABLE backend.appointments, backend.appointment_numbers, backend.taken_slots, backend.counters")
