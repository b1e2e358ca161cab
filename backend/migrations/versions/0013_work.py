"""Work items with their history, units, and the openings of sealed reporters."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"

TABLES = """
CREATE TABLE backend.units (
    id     text PRIMARY KEY,
    name   text NOT NULL UNIQUE,
    parent text REFERENCES backend.units,
    kind   text NOT NULL CHECK (kind IN ('desk', 'department', 'station', 'supervision', 'petitions')),
    areas  jsonb NOT NULL DEFAULT '[]'
);
COMMENT ON COLUMN backend.units.name IS 'as backend/routing.py names it';

CREATE TABLE backend.work (
    number          text PRIMARY KEY,
    kind            text NOT NULL CHECK (kind IN ('application', 'report', 'letter', 'filing', 'follow_up')),
    topic           text NOT NULL,
    title           text NOT NULL,
    words           text NOT NULL,
    state           text NOT NULL CHECK (state IN ('received', 'accepted', 'refused', 'supplement', 'processing', 'completed', 'delivered', 'followed_up',
                                                   'withdrawn')),
    unit            text NOT NULL,
    assignee        text,
    urgency         backend.urgency NOT NULL DEFAULT 'normal',
    urgency_reasons jsonb NOT NULL DEFAULT '[]',
    area            text NOT NULL DEFAULT '',
    mode            text NOT NULL CHECK (mode IN ('anonymous', 'named', 'sealed')),
    complaint       boolean NOT NULL,
    against         text NOT NULL DEFAULT '',
    received_at     timestamptz NOT NULL,
    promised_on     date,
    legal_on        date,
    workdays        boolean NOT NULL DEFAULT false,
    yellow_on       date,
    waiting_since   date,
    ended_at        timestamptz,
    supervision     smallint NOT NULL DEFAULT 0 CHECK (supervision BETWEEN 0 AND 3),
    merged_into     text REFERENCES backend.work,
    version         integer NOT NULL DEFAULT 1,
    due_on          date GENERATED ALWAYS AS (LEAST(promised_on, legal_on)) STORED,
    due_key         date NOT NULL GENERATED ALWAYS AS (
        CASE WHEN ended_at IS NULL THEN coalesce(LEAST(promised_on, legal_on), 'infinity'::date) ELSE 'infinity'::date END) STORED
);
COMMENT ON COLUMN backend.work.words IS 'what the list is searched by: number, title and the first words of what was told, in lower case';
COMMENT ON COLUMN backend.work.unit IS 'id of a unit; the name by which it was routed where no unit has it';
COMMENT ON COLUMN backend.work.complaint IS 'about how the police behaved: only supervision and petitions may have it';
COMMENT ON COLUMN backend.work.against IS 'name of the unit complained of, where it is known';
COMMENT ON COLUMN backend.work.workdays IS 'whether the legal limit counts workdays';
COMMENT ON COLUMN backend.work.waiting_since IS 'the clock stands since that day, until the citizen has answered';
COMMENT ON COLUMN backend.work.due_key IS 'what the list is sorted by: what has ended or has no limit comes last';

CREATE INDEX work_by_due ON backend.work (due_key, number) WHERE merged_into IS NULL;
CREATE INDEX work_by_received ON backend.work (received_at DESC, number DESC) WHERE merged_into IS NULL;
CREATE INDEX work_by_urgency ON backend.work (urgency, received_at, number) WHERE merged_into IS NULL;
CREATE INDEX work_of_unit ON backend.work (unit, state);
CREATE INDEX work_of_assignee ON backend.work (assignee) WHERE assignee IS NOT NULL;
CREATE INDEX work_of_state ON backend.work (state);
CREATE INDEX work_of_topic ON backend.work (topic, area, received_at);
CREATE INDEX work_merged ON backend.work (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE backend.work_history (
    id         bigserial PRIMARY KEY,
    number     text NOT NULL REFERENCES backend.work ON DELETE CASCADE,
    at         timestamptz NOT NULL DEFAULT now(),
    staff      text NOT NULL,
    act        text NOT NULL,
    from_state text NOT NULL DEFAULT '',
    to_state   text NOT NULL DEFAULT '',
    reason     text NOT NULL DEFAULT ''
);
CREATE INDEX work_history_number ON backend.work_history (number, id);
COMMENT ON TABLE backend.work_history IS 'internal: the public sees the steps of the matter, never this';
COMMENT ON COLUMN backend.work_history.staff IS 'empty for what the public or the clock did';

CREATE TABLE backend.seal_openings (
    id          bigserial PRIMARY KEY,
    report_no   text NOT NULL REFERENCES backend.reports,
    asked_by    text NOT NULL,
    reason      text NOT NULL,
    asked_at    timestamptz NOT NULL DEFAULT now(),
    approved_by text CHECK (approved_by <> asked_by),
    approved_at timestamptz
);
CREATE TABLE backend.seal_readings (
    opening bigint NOT NULL REFERENCES backend.seal_openings,
    staff   text NOT NULL,
    at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX seal_readings_opening ON backend.seal_readings (opening, at);
"""


def upgrade() -> None:
    """Create them; `backend/work.py` fills in the matters that are there at the next start."""
    op.execute(TABLES)


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP TABLE backend.seal_readings, backend.seal_openings, backend.work_history, backend.work, backend.units")
