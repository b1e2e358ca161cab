"""Filings, what was supplied to them later, and rides with who is to be told."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"

TABLES = """
CREATE TABLE backend.filing_numbers (year integer PRIMARY KEY, last integer NOT NULL);

CREATE TABLE backend.filings (
    filing_no   text PRIMARY KEY,
    kind        text NOT NULL,
    item_name   text NOT NULL,
    sender      text NOT NULL,
    fingerprint text,
    fields      text NOT NULL,
    status      text NOT NULL,
    asks        jsonb NOT NULL DEFAULT '[]',
    until       date,
    steps       jsonb NOT NULL,
    next_step   text NOT NULL,
    office      text NOT NULL,
    received_at timestamptz NOT NULL,
    promised_on date,
    erasable    boolean NOT NULL,
    keep_until  date
);
CREATE INDEX filings_sender ON backend.filings (sender, received_at);
CREATE INDEX filings_fingerprint ON backend.filings (fingerprint);
CREATE INDEX filings_keep_until ON backend.filings (keep_until);
COMMENT ON COLUMN backend.filings.sender IS 'keyed digest of the openid that filed it';
COMMENT ON COLUMN backend.filings.fingerprint IS 'keyed digest of sender, kind, day and the fields that make a repeat; null where the definition names none';
COMMENT ON COLUMN backend.filings.fields IS 'all answers, sealed';
COMMENT ON COLUMN backend.filings.asks IS 'what is to be supplied and is not yet';
COMMENT ON COLUMN backend.filings.erasable IS 'as promised when it was filed';

CREATE TABLE backend.filing_supplements (
    id        bigserial PRIMARY KEY,
    filing_no text NOT NULL REFERENCES backend.filings ON DELETE CASCADE,
    answers   text NOT NULL,
    at        timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX filing_supplements_filing ON backend.filing_supplements (filing_no);
COMMENT ON COLUMN backend.filing_supplements.answers IS 'sealed';

CREATE TABLE backend.erased_filings (
    filing_no text PRIMARY KEY,
    sender    text NOT NULL,
    at        timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE backend.erased_filings IS 'numbers alone, for 30 days: whoever asks again is told that it is done';

CREATE TABLE backend.rides (
    filing_no   text PRIMARY KEY REFERENCES backend.filings ON DELETE CASCADE,
    openid      text NOT NULL,
    expected_at timestamptz NOT NULL,
    arrived_at  timestamptz,
    stage       text NOT NULL DEFAULT 'none' CHECK (stage IN ('none', 'reminded', 'contact_told'))
);
CREATE INDEX rides_open ON backend.rides (expected_at) WHERE arrived_at IS NULL;
COMMENT ON COLUMN backend.rides.openid IS 'of the passenger, sealed: needed to remind them';

CREATE TABLE backend.ride_contacts (
    filing_no text PRIMARY KEY REFERENCES backend.rides ON DELETE CASCADE,
    contact   text NOT NULL,
    openid    text NOT NULL,
    agreed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ride_contacts_contact ON backend.ride_contacts (contact);
COMMENT ON COLUMN backend.ride_contacts.contact IS 'keyed digest of the openid of who agreed to be told';
COMMENT ON COLUMN backend.ride_contacts.openid IS 'the same, sealed';
"""


def upgrade() -> None:
    """Create them."""
    op.execute(TABLES)


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP TABLE backend.ride_contacts, backend.rides, backend.erased_filings, backend.filing_supplements, backend.filings, backend.filing_numbers")
