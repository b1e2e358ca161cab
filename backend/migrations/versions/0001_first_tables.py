"""The first tables: service items, applications, reports, proofs, idempotency keys."""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None

TABLES = """
CREATE TABLE backend.service_items (
    id        text PRIMARY KEY,
    category  text NOT NULL,
    name      text NOT NULL,
    summary   text NOT NULL,
    words     text NOT NULL,
    record    jsonb NOT NULL,
    seed_hash text NOT NULL,
    version   integer NOT NULL,
    active    boolean NOT NULL DEFAULT true
);
COMMENT ON COLUMN backend.service_items.seed_hash IS 'SHA-256 of the record in the YAML when it was last seeded; empty when it is no longer there';

CREATE TABLE backend.applications (
    application_no  text PRIMARY KEY,
    service_item_id text NOT NULL,
    item_name       text NOT NULL,
    status          text NOT NULL,
    applied_on      date NOT NULL,
    promised_on     date,
    steps           jsonb NOT NULL,
    next_step       text NOT NULL,
    office          text NOT NULL,
    phone           text NOT NULL
);

CREATE TABLE backend.report_numbers (
    year integer PRIMARY KEY,
    last integer NOT NULL
);

CREATE TABLE backend.reports (
    report_no     text PRIMARY KEY,
    kind          text NOT NULL,
    topic         text NOT NULL,
    content       text NOT NULL,
    occurred_at   text,
    place         text,
    happening_now boolean NOT NULL,
    evidence      jsonb NOT NULL,
    mode          text NOT NULL,
    contact       text,
    fingerprint   text,
    unit          text NOT NULL,
    status        text NOT NULL,
    steps         jsonb NOT NULL,
    next_step     text NOT NULL,
    received_at   timestamptz NOT NULL,
    promised_on   date
);
CREATE INDEX reports_fingerprint ON backend.reports (fingerprint, received_at);
COMMENT ON COLUMN backend.reports.contact IS 'name and phone of the reporter, sealed; null for an anonymous report';
COMMENT ON COLUMN backend.reports.fingerprint IS 'keyed digest of sender and words; recognises a repeat';

CREATE TABLE backend.proofs (
    number text NOT NULL,
    kind   text NOT NULL,
    hash   text NOT NULL,
    PRIMARY KEY (number, kind)
);

CREATE TABLE backend.wrong_proofs (
    number text NOT NULL,
    at     timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX wrong_proofs_number ON backend.wrong_proofs (number, at);

CREATE TABLE backend.idempotency_keys (
    key         text PRIMARY KEY,
    fingerprint text NOT NULL,
    status      integer,
    answer      text,
    expires_at  timestamptz NOT NULL
);
CREATE INDEX idempotency_keys_expires_at ON backend.idempotency_keys (expires_at);
COMMENT ON COLUMN backend.idempotency_keys.answer IS 'the body that was answered, sealed: it may hold a query code';
"""


def upgrade() -> None:
    """Create them."""
    op.execute(TABLES)


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP TABLE backend.service_items, backend.applications, backend.report_numbers, backend.reports, backend.proofs")
    op.execute("DROP TABLE backend.wrong_proofs, backend.idempotency_keys")
