"""The SQL tables of the house, in the schema `weijing`: what consoles and reports read. Written by the projector; texts are masked."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from store.columns import metadata, one_of, time

OWNERS = ("bot", "waiting", "staff", "closed")
DIRECTIONS = ("user", "bot", "staff", "notice")
HANDOFF_STATES = ("waiting", "taken", "done", "returned")
URGENCIES = ("normal", "urgent")
RANKED = ("normal", "urgent", "critical")
EVIDENCE_STATES = ("wanted", "kept", "refused", "expired")
END_STATES = ("solved", "transferred", "no_answer", "spam")


conversations = sa.Table(
    "conversations", metadata,
    sa.Column("openid", sa.Text, primary_key=True),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False, server_default="bot"),
    time("owner_at", nullable=True),
    time("first_at"),
    time("last_at"),
    time("last_user_at", nullable=True),
    sa.Column("user_messages", sa.Integer, nullable=False, server_default="0"),
    sa.Column("replies", sa.Integer, nullable=False, server_default="0"),
    time("erased_at", nullable=True),
    sa.Column("assignee", sa.Text),
    sa.Column("unit_id", sa.Text),
    time("claimed_at", nullable=True),
    time("assignee_seen_at", nullable=True),
    time("waiting_since", nullable=True),
    sa.Column("urgency", sa.Text, nullable=False, server_default="normal"),
    sa.Column("handoff", sa.Text),
    sa.Column("version", sa.Integer, nullable=False, server_default="0"),
    sa.Column("rank", sa.SmallInteger, sa.Computed("CASE urgency WHEN 'critical' THEN 0 WHEN 'urgent' THEN 1 ELSE 2 END", persisted=True), nullable=False),
    one_of("owner", OWNERS),
    one_of("urgency", RANKED),
    sa.Index("conversations_by_owner", "owner", "last_at"),
    sa.Index("conversations_by_last", "last_at"),
    sa.Index(
        "conversations_queue", "rank", "waiting_since", "openid", postgresql_include=["owner", "assignee"],
        postgresql_where=sa.text("waiting_since IS NOT NULL"),
    ),
    sa.Index("conversations_by_end", sa.text("reverse(openid) text_pattern_ops")),
    sa.Index("conversations_by_assignee", "assignee", "owner"),
)  # fmt: skip
"""One row a user. `owner_at` is when the owner last changed, if ever; `last_user_at` opens the platform's 48 h; texts up to `erased_at` are
erased (the user unsubscribed). While the desk has it: `waiting_since` when the user began to wait, `urgency` and `handoff` of the handoff that is open
(`critical`: a danger was told; `rank` puts it first),
`assignee` and `assignee_seen_at`, the last sign of life of whoever has it. `version` grows with every deed of the desk."""

messages = sa.Table(
    "messages", metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("openid", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("direction", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False, server_default=""),
    sa.Column("bubbles", JSONB, nullable=False, server_default="[]"),
    sa.Column("staff_id", sa.Text),
    time("at"),
    one_of("direction", DIRECTIONS),
    sa.UniqueConstraint("key", "direction", name="messages_once"),
    sa.Index("messages_by_user", "openid", "at"),
    sa.Index("messages_by_words", sa.text("weijing.pairs(text)"), postgresql_using="gin", postgresql_where=sa.text("direction = 'user'")),
)  # fmt: skip
"""What was said. A user's message and the bot's reply share the turn's key; `kind` is the message's kind, or a post's."""

turns = sa.Table(
    "turns", metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("openid", sa.Text, nullable=False),
    sa.Column("intent", sa.Text),
    sa.Column("confidence", sa.Float),
    sa.Column("decision", sa.Text),
    sa.Column("ranking", JSONB, nullable=False, server_default="[]"),
    sa.Column("service_item", sa.Text),
    sa.Column("aspect", sa.Text),
    sa.Column("model_id", sa.Text),
    sa.Column("data_commit", sa.Text),
    sa.Column("ms", sa.Float),
    sa.Column("error", sa.Text),
    time("at"),
    sa.Column("slots", JSONB, nullable=False, server_default="{}"),
    sa.Index("turns_by_time", "at"),
    sa.Index("turns_by_user", "openid", "at"),
    sa.Index("turns_by_decision", "decision", "at"),
    sa.Index("turns_by_intent", "intent", "at"),
)  # fmt: skip
"""What the bot understood, took into its slots (masked) and decided, with the model and the data commit that did it."""

handoffs = sa.Table(
    "handoffs", metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("openid", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("urgency", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False, server_default="waiting"),
    time("opened_at"),
    time("closed_at", nullable=True),
    sa.Column("topic", sa.Text),
    sa.Column("intent", sa.Text),
    sa.Column("confidence", sa.Float),
    sa.Column("item", sa.Text),
    sa.Column("area", sa.Text),
    sa.Column("closed_by", sa.Text),
    sa.Column("end_state", sa.Text),
    one_of("state", HANDOFF_STATES),
    one_of("urgency", URGENCIES),
    one_of("end_state", END_STATES),
    sa.Index("handoffs_queue", "state", "urgency", "opened_at"),
    sa.Index("handoffs_by_user", "openid", "opened_at"),
    sa.Index("handoffs_by_end", "state", "closed_at"),
    sa.Index("handoffs_by_opening", "opened_at"),
)  # fmt: skip
"""Conversations given to staff, by the key of the turn that gave them."""

deliveries = sa.Table(
    "deliveries", metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("openid", sa.Text, nullable=False),
    sa.Column("via", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("errcode", sa.Integer, nullable=False, server_default="0"),
    time("at"),
    sa.Index("deliveries_by_key", "key", "at"),
    sa.Index("deliveries_by_outcome", "outcome", "at"),
)  # fmt: skip
"""How a reply reached the user: `via` passive, customer_service, notice or next_turn (it had waited until the user wrote again)."""

evidence = sa.Table(
    "evidence", metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("openid", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False, server_default=""),
    sa.Column("channel", sa.Text, nullable=False, server_default="wechat"),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("media_type", sa.Text),
    sa.Column("bytes", sa.Integer),
    sa.Column("sha256", sa.Text),
    sa.Column("source", sa.Text, nullable=False, server_default="wechat"),
    sa.Column("state", sa.Text, nullable=False, server_default="wanted"),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    time("received_at"),
    time("kept_at", nullable=True),
    time("keep_until"),
    sa.Column("report_no", sa.Text),
    sa.Column("content", sa.LargeBinary),
    one_of("state", EVIDENCE_STATES),
    sa.Index("evidence_by_user", "openid", "received_at"),
    sa.Index("evidence_by_report", "report_no"),
    sa.Index("evidence_by_end", "keep_until"),
)  # fmt: skip
"""Files that users sent (see `store.evidence`). `content` is sealed; `sha256` is of the file as sent. Deleted after `keep_until`: a day after it came, a month
after a report that is being filled took it, never once it is filed (`report_no`)."""

projected = sa.Table(
    "projected", metadata,
    sa.Column("partition", sa.SmallInteger, primary_key=True),
    sa.Column("entry", sa.Text, primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    sa.Index("projected_by_time", "at"),
)  # fmt: skip
"""Stream entries that are written: an event that comes a second time is left out. Kept for a week."""
