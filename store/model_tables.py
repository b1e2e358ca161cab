"""The tables of the trainers' models: the work that is done on them one after the other, and what is known of each."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from store.columns import metadata, one_of, time

KINDS = ("train", "evaluate", "crossval", "release", "rollback", "replay")
JOB_STATES = ("queued", "running", "done", "failed", "cancelled")
MODEL_STATES = ("candidate", "canary", "released", "retired", "refused")

jobs = sa.Table(
    "jobs", metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("args", JSONB, nullable=False, server_default="{}"),
    sa.Column("state", sa.Text, nullable=False, server_default="queued"),
    sa.Column("progress", sa.Integer, nullable=False, server_default="0"),
    sa.Column("step", sa.Text, nullable=False, server_default=""),
    sa.Column("log", sa.Text, nullable=False, server_default=""),
    sa.Column("result", JSONB, nullable=False, server_default="{}"),
    sa.Column("by", sa.Text),
    time("at", now=True),
    time("started_at", nullable=True),
    time("seen_at", nullable=True),
    time("finished_at", nullable=True),
    sa.Column("commit", sa.Text, nullable=False, server_default=""),
    sa.Column("model", sa.Text, nullable=False, server_default=""),
    one_of("kind", KINDS),
    one_of("state", JOB_STATES),
    sa.Index("jobs_queue", "state", "id"),
    sa.Index("jobs_by_time", "at"),
)  # fmt: skip
"""Work of the trainer's process, done in the order of `id`. `by` is null where nobody asked (a canary that went back by itself); `seen_at` is the
running job's last sign of life; `step` and `log` are what the page shows."""

models = sa.Table(
    "models", metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("commit", sa.Text, nullable=False, server_default=""),
    time("trained_at"),
    sa.Column("by", sa.Text),
    sa.Column("state", sa.Text, nullable=False, server_default="candidate"),
    sa.Column("report", JSONB, nullable=False, server_default="{}"),
    sa.Column("gate", JSONB, nullable=False, server_default="{}"),
    time("released_at", nullable=True),
    sa.Column("released_by", sa.Text),
    sa.Column("override", sa.Text, nullable=False, server_default=""),
    sa.UniqueConstraint("file", name="models_once"),
    one_of("state", MODEL_STATES),
    sa.Index("models_by_time", "trained_at"),
)  # fmt: skip
"""Model files. `report` is what `weijing evaluate --json` printed, `gate` its verdict; `override` is the supervisor's reason to release a refused one."""
