"""Cases, whose matters are whose, who wants to hear of changes, and the changes that they are to hear of."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"

TABLES = """
CREATE TABLE backend.cases (
    case_no     text PRIMARY KEY,
    item_name   text NOT NULL,
    status      text NOT NULL,
    opened_on   date NOT NULL,
    promised_on date,
    steps       jsonb NOT NULL,
    next_step   text NOT NULL,
    office      text NOT NULL,
    phone       text NOT NULL,
    person      text
);
CREATE INDEX cases_person ON backend.cases (person);
COMMENT ON COLUMN backend.cases.person IS 'the party, as backend.people holds them';

ALTER TABLE backend.applications ADD COLUMN person text;
CREATE INDEX applications_person ON backend.applications (person);
COMMENT ON COLUMN backend.applications.person IS 'the applicant, as backend.people holds them';

ALTER TABLE backend.reports ADD COLUMN sender text;
CREATE INDEX reports_sender ON backend.reports (sender, received_at);
COMMENT ON COLUMN backend.reports.sender IS 'keyed digest of the openid that filed it under a name; null for an anonymous report';

CREATE TABLE backend.subscriptions (
    number     text NOT NULL,
    subscriber text NOT NULL,
    openid     text NOT NULL,
    since      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (number, subscriber)
);
CREATE INDEX subscriptions_subscriber ON backend.subscriptions (subscriber);
COMMENT ON COLUMN backend.subscriptions.subscriber IS 'keyed digest of the openid';
COMMENT ON COLUMN backend.subscriptions.openid IS 'sealed: needed to tell the user';

CREATE TABLE backend.changes (
    id         bigserial PRIMARY KEY,
    subscriber text NOT NULL,
    openid     text NOT NULL,
    change     jsonb NOT NULL,
    at         timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX changes_at ON backend.changes (at);
COMMENT ON TABLE backend.changes IS 'one row for each change and subscriber; written under a lock, so that ids become visible in their order';
"""


def upgrade() -> None:
    """Create them."""
    op.execute(TABLES)


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP TABLE backend.changes, backend.subscriptions, backend.cases")
    op.execute("ALTER TABLE backend.applications DROP COLUMN person")
    op.execute("ALTER TABLE backend.reports DROP COLUMN sender")
