"""The tables of the workbench: what the bot got wrong and waits for a trainer, labels, and edits of service items that wait for a second person."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from store.columns import metadata, one_of, time

REASONS = ("fallback", "clarify", "staff", "rating", "abandoned")
REVIEW_STATES = ("open", "labelled", "skipped", "flagged", "private")
LABEL_STATES = ("proposed", "approved", "rejected", "committed")


def _words(name: str) -> sa.Column:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


review = sa.Table(
    "review", metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("openid", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    _words("bare"),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("intent", sa.Text),
    sa.Column("item", sa.Text),
    sa.Column("ranking", JSONB, nullable=False, server_default="[]"),
    sa.Column("gain", sa.Float, nullable=False, server_default="0"),
    sa.Column("group_id", sa.BigInteger),
    sa.Column("state", sa.Text, nullable=False, server_default="open"),
    sa.Column("by", sa.Text),
    time("decided_at", nullable=True),
    time("at"),
    one_of("reason", REASONS), one_of("state", REVIEW_STATES),
    sa.UniqueConstraint("key", "reason", name="review_once"),
    sa.Index("review_queue", "state", sa.text("gain DESC"), "id"),
    sa.Index("review_by_group", "group_id"),
    sa.Index("review_by_reason", "reason", "at"),
    sa.Index("review_by_user", "openid"),
)  # fmt: skip
"""Messages, masked, by the key of their turn. `group_id` is the first of its near-duplicates; `gain` what labelling the group is worth."""

labels = sa.Table(
    "labels", metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("review_id", sa.BigInteger, sa.ForeignKey("weijing.review.id", ondelete="SET NULL")),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("intent", sa.Text, nullable=False),
    sa.Column("aspect", sa.Text),
    sa.Column("item", sa.Text),
    sa.Column("entities", JSONB, nullable=False, server_default="[]"),
    sa.Column("taken", JSONB, nullable=False, server_default="[]"),
    sa.Column("held_out", sa.Boolean, nullable=False, server_default="false"),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("approved_by", sa.Text),
    _words("commit"),
    time("at", now=True),
    time("decided_at", nullable=True),
    one_of("state", LABEL_STATES),
    sa.CheckConstraint("approved_by IS NULL OR approved_by <> by", name="approver_known"),
    sa.Index("labels_by_state", "state", "at"),
)  # fmt: skip
"""What a message means, by a trainer. `taken`: near-duplicates that are labelled with it; `held_out`: it becomes a test, not an example."""

item_edits = sa.Table(
    "item_edits", metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("item", sa.Text, nullable=False),
    sa.Column("before", JSONB, nullable=False),
    sa.Column("after", JSONB, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("effective_on", sa.Date, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False, server_default="proposed"),
    sa.Column("approved_by", sa.Text),
    _words("commit"),
    time("at", now=True),
    time("decided_at", nullable=True),
    one_of("state", LABEL_STATES),
    sa.CheckConstraint("approved_by IS NULL OR approved_by <> by", name="approver_known"),
    sa.Index("item_edits_by_state", "state", "effective_on"),
)  # fmt: skip
"""Edits of a service item, field by field; committed on the day from which they hold."""
