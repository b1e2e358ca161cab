"""Follow-ups of bad ratings, letters to the director, surveys and their answers."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"

TABLES = """
CREATE TABLE backend.serial_numbers (
    series text NOT NULL,
    year   integer NOT NULL,
    last   integer NOT NULL,
    PRIMARY KEY (series, year)
);
COMMENT ON COLUMN backend.serial_numbers.series IS 'the letter that the numbers begin with';

CREATE TABLE backend.follow_ups (
    follow_up_no text PRIMARY KEY,
    matter       text NOT NULL,
    rater        text NOT NULL,
    rated_unit   text NOT NULL,
    unit         text NOT NULL CHECK (unit <> rated_unit),
    status       text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'answered')),
    steps        jsonb NOT NULL,
    next_step    text NOT NULL,
    opened_at    timestamptz NOT NULL,
    due_on       date NOT NULL,
    UNIQUE (matter, rater)
);
CREATE INDEX follow_ups_due ON backend.follow_ups (unit, due_on) WHERE status = 'open';
COMMENT ON COLUMN backend.follow_ups.rater IS 'keyed digest of the openid; with the matter it is the key of the rating';
COMMENT ON COLUMN backend.follow_ups.unit IS 'who looks at it: supervision, never the unit that was rated';

CREATE TABLE backend.letters (
    letter_no   text PRIMARY KEY,
    kind        text NOT NULL,
    content     text NOT NULL,
    contact     text,
    sender      text,
    fingerprint text,
    unit        text NOT NULL,
    status      text NOT NULL DEFAULT 'received',
    steps       jsonb NOT NULL,
    next_step   text NOT NULL,
    received_at timestamptz NOT NULL,
    promised_on date NOT NULL
);
CREATE INDEX letters_sender ON backend.letters (sender, received_at);
CREATE INDEX letters_fingerprint ON backend.letters (fingerprint, received_at);
CREATE INDEX letters_due ON backend.letters (unit, promised_on) WHERE status <> 'answered';
COMMENT ON COLUMN backend.letters.contact IS 'name and phone of the writer, sealed; null for a letter without a name';
COMMENT ON COLUMN backend.letters.sender IS 'keyed digest of the openid; null for a letter without a name';
COMMENT ON COLUMN backend.letters.fingerprint IS 'keyed digest of sender and words; recognises a repeat';

CREATE TABLE backend.surveys (
    id        text PRIMARY KEY,
    title     text NOT NULL,
    intro     text NOT NULL,
    unit      text NOT NULL,
    questions jsonb NOT NULL,
    opens_on  date NOT NULL,
    closes_on date NOT NULL
);

CREATE TABLE backend.survey_answers (
    survey_id   text NOT NULL REFERENCES backend.surveys ON DELETE CASCADE,
    person      text NOT NULL,
    answers     jsonb NOT NULL,
    words       text NOT NULL,
    answered_on date NOT NULL,
    PRIMARY KEY (survey_id, person)
);
COMMENT ON COLUMN backend.survey_answers.person IS 'keyed digest of survey and openid: tells neither who it was nor that two surveys were answered by one';
COMMENT ON COLUMN backend.survey_answers.words IS 'the free words by question, sealed';
"""


def upgrade() -> None:
    """Create them."""
    op.execute(TABLES)


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP TABLE backend.survey_answers, backend.surveys, backend.letters, backend.follow_ups, backend.serial_numbers")
