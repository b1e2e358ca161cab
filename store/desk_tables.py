"""The tables of the staff: who they are, what they may do, whose conversations are, and what they write without sending it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from store.columns import metadata, one_of, time

ROLES = ("agent", "supervisor", "trainer", "auditor", "admin")
DEEDS = ("claimed", "transferred", "returned", "closed", "released", "left")
HELD_STATES = ("waiting", "sent", "edited", "refused", "expired")


def _words(name: str) -> sa.Column:
    return sa.Column(name, ARRAY(sa.Text), nullable=False, server_default="{}")


staff = sa.Table(
    "staff", metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("unit_id", sa.Text, nullable=False),
    _words("roles"),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("totp_sealed", sa.Text, nullable=False, server_default=""),
    sa.Column("must_change", sa.Boolean, nullable=False, server_default="true"),
    sa.Column("capacity", sa.Integer, nullable=False, server_default="8"),
    sa.Column("active", sa.Boolean, nullable=False, server_default="true"),
    sa.Column("failed", sa.Integer, nullable=False, server_default="0"),
    time("locked_until", nullable=True),
    time("created_at", now=True),
    sa.Column("totp_step", sa.BigInteger, nullable=False, server_default="0"),
    time("password_until", nullable=True),
    sa.Column("demo", sa.Boolean, nullable=False, server_default="false"),
    time("attended_at", nullable=True),
    sa.CheckConstraint(f"roles <@ ARRAY[{', '.join(map(repr, ROLES))}] AND NOT roles @> ARRAY['admin', 'auditor']", name="roles_known"),
)  # fmt: skip
"""Who may log in. `capacity` is how many conversations one person has at a time; nobody is administrator and auditor in one. `totp_step`: the half minute
of the last code that was used; `password_until`: when a password that somebody else gave ends; `demo`: made by the demo, with the demo's password and codes;
`attended_at`: the last sign of life of an open console of theirs."""

staff_codes = sa.Table(
    "staff_codes", metadata,
    sa.Column("staff_id", sa.Text, primary_key=True),
    sa.Column("code_hash", sa.Text, primary_key=True),
    time("used_at", nullable=True),
)  # fmt: skip
"""Recovery codes, each good once instead of a code of the authenticator."""

staff_sessions = sa.Table(
    "staff_sessions", metadata,
    sa.Column("id_hash", sa.Text, primary_key=True),
    sa.Column("staff_id", sa.Text, nullable=False),
    time("created_at", now=True),
    time("seen_at", now=True),
    time("expires_at"),
    sa.Column("address", sa.Text, nullable=False, server_default=""),
    sa.Column("agent", sa.Text, nullable=False, server_default=""),
    time("revoked_at", nullable=True),
    sa.Index("staff_sessions_by_staff", "staff_id", "expires_at"),
)  # fmt: skip
"""Who is logged in; the key is the SHA-256 of the token in the cookie."""

units = sa.Table(
    "units", metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("parent", sa.Text),
    sa.Column("kind", sa.Text, nullable=False),
    _words("areas"),
)  # fmt: skip

audit = sa.Table(
    "audit", metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    time("at"),
    sa.Column("staff_id", sa.Text),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("object", sa.Text, nullable=False, server_default=""),
    sa.Column("detail", JSONB, nullable=False, server_default="{}"),
    sa.Column("previous", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Index("audit_by_time", "at"),
    sa.Index("audit_by_staff", "staff_id", "at"),
    sa.Index("audit_by_object", "object", "at"),
)  # fmt: skip
"""Who did or read what. Each row's `hash` covers the row and the `previous` one's hash."""

desk_deeds = sa.Table(
    "desk_deeds", metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("openid", sa.Text, nullable=False),
    sa.Column("deed", sa.Text, nullable=False),
    sa.Column("by", sa.Text),
    sa.Column("assignee", sa.Text),
    sa.Column("previous", sa.Text),
    sa.Column("unit_id", sa.Text),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    time("at", now=True),
    time("told_at", nullable=True),
    one_of("deed", DEEDS),
    sa.Index("desk_deeds_by_user", "openid", "at"),
    sa.Index("desk_deeds_by_deed", "deed", "at"),
    sa.Index("desk_deeds_untold", "at", postgresql_where=sa.text("told_at IS NULL")),
)  # fmt: skip
"""Every change of a conversation's owner: from `previous` to `assignee`; `told_at`: when the bot was told.
`released`: the assignee gave no sign of life (the supervisor looks for these);
`left`: the user went back to the bot or unsubscribed; `by` is null where no member of the staff did it."""

notes = sa.Table(
    "notes", metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("openid", sa.Text, nullable=False),
    sa.Column("staff_id", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    time("at", now=True),
    sa.Index("notes_by_user", "openid", "at"),
)  # fmt: skip
"""What staff write for each other; never sent."""

held_answers = sa.Table(
    "held_answers", metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("openid", sa.Text, nullable=False),
    sa.Column("bubbles", JSONB, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("intent", sa.Text),
    sa.Column("item", sa.Text),
    sa.Column("asked", sa.Text, nullable=False, server_default=""),
    sa.Column("state", sa.Text, nullable=False, server_default="waiting"),
    sa.Column("by", sa.Text),
    time("at"),
    time("decided_at", nullable=True),
    time("until"),
    one_of("state", HELD_STATES),
    sa.Index("held_answers_queue", "state", "until"),
    sa.Index("held_answers_by_user", "openid", "at"),
)  # fmt: skip
"""The bot's answers that a person looks at before they go, by the key of the turn; `until` is when the conversation is handed over instead."""

saved_views = sa.Table(
    "saved_views", metadata,
    sa.Column("staff_id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("query", sa.Text, nullable=False),
)  # fmt: skip

canned = sa.Table(
    "canned", metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("shortcut", sa.Text, nullable=False, server_default=""),
    sa.Column("topic", sa.Text, nullable=False, server_default=""),
    sa.Column("unit_id", sa.Text),
    sa.Column("active", sa.Boolean, nullable=False, server_default="true"),
)  # fmt: skip
"""Replies that staff pick instead of typing; `unit_id` null is everybody's."""
