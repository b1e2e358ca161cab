"""The tables of the supervisor's figures: sums of whole days, with nobody's openid in them; and the hours at which the desk answers."""

from __future__ import annotations

import sqlalchemy as sa

from store.columns import metadata


def _counts(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.BigInteger, nullable=False, server_default="0") for name in names]


daily_visits = sa.Table(
    "daily_visits", metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("intent", sa.Text, primary_key=True),
    *_counts("visits", "turns", "handed", "contained", "satisfied", "answered", "clarified", "fallbacks", "emergencies"),
)  # fmt: skip
"""Visits by the day (Shanghai) on which they began and by what they were about; see `console.board.daily` for what a visit is and when it is contained."""

daily_desk = sa.Table(
    "daily_desk", metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("reason", sa.Text, primary_key=True),
    *_counts("handoffs", "answered", "in_60s", "in_5min", "answer_s", "ended", "end_s"),
)  # fmt: skip
"""Handoffs by the day on which they were opened and by reason; `answer_s` and `end_s` are sums of seconds to staff's first answer and to the end."""

office_hours = sa.Table(
    "office_hours", metadata,
    sa.Column("weekday", sa.SmallInteger, primary_key=True),
    sa.Column("opens", sa.Time, primary_key=True),
    sa.Column("closes", sa.Time, nullable=False),
    sa.CheckConstraint("weekday BETWEEN 1 AND 7 AND opens < closes", name="hours_known"),
)  # fmt: skip
"""When the desk answers: Monday is 1. Without a row the hours are those of `weijing.workdays`."""
