"""The queue as staff see it: who waits, whose is what, what is held, what is closed; filtered, the most urgent first, in pages that do not shift."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from weijing.deed_refused import DeedRefused

View = Literal["waiting", "mine", "all", "held", "closed"]
Row = dict[str, Any]


@dataclass(frozen=True)
class Filters:
    """What the rows must be; None asks nothing.

    Args:
        confidence_below: the bot was less sure than this when it gave the conversation away.
        waited_minutes: the user waits at least so long.
        urgency: `urgent` is danger too, `normal` the rest.
        words: the end of the openid, or (two characters or more) something that the user said, masked.
        within: what this unit may see: its own, what is nobody's yet, and one's own.
    """

    owner: str | None = None
    assignee: str | None = None
    unit: str | None = None
    urgency: str | None = None
    reason: str | None = None
    topic: str | None = None
    intent: str | None = None
    item: str | None = None
    area: str | None = None
    confidence_below: float | None = None
    waited_minutes: int | None = None
    end_state: str | None = None
    words: str | None = None
    within: str | None = None


@dataclass(frozen=True)
class Page:
    """Rows, and the cursor of the next page or None."""

    rows: list[Row]
    next: str | None


_AT_DESK = {
    "owner": "c.owner = :owner", "assignee": "c.assignee = :assignee", "unit": "c.unit_id = :unit",
    "urgency": "c.rank BETWEEN CASE :urgency WHEN 'urgent' THEN 0 ELSE 2 END AND CASE :urgency WHEN 'urgent' THEN 1 ELSE 2 END",
}  # fmt: skip
_OF_HANDOFF = {name: f"h.{name} = :{name}" for name in ("reason", "topic", "intent", "item", "area", "end_state")}
_OF_HANDOFF["confidence_below"] = "h.confidence < :confidence_below"
FOUND = 2000
"""The newest messages with the words that are looked for: a word that everybody says costs no more than that."""
_WORDS = {"words": f"""c.openid IN (
    (SELECT openid FROM weijing.messages
    WHERE length(:words) > 1 AND direction = 'user' AND weijing.pairs(text) @> weijing.pairs(:words) AND strpos(lower(text), lower(:words)) > 0
    ORDER BY at DESC LIMIT {FOUND})
    UNION ALL SELECT openid FROM weijing.conversations
    WHERE reverse(openid) ~>=~ reverse(:words) AND reverse(openid) ~<~ (reverse(:words) || chr(1114111)))"""}  # noqa: S608  a constant of ours
_WITHIN = {"within": "(c.unit_id IS NULL OR c.unit_id = :within OR c.assignee = :me)"}
_WAITED = {"waited_minutes": "c.waiting_since < now() - make_interval(mins => :waited_minutes)"}
_ABOUT = "h.reason, h.topic, h.intent, h.confidence, h.item, h.area, h.opened_at, h.end_state"
_OPEN = f"""
    SELECT c.openid, c.channel, c.owner, c.assignee, s.name AS assignee_name, c.unit_id, c.urgency, c.rank, c.waiting_since, c.claimed_at, c.assignee_seen_at,
        c.last_at, c.last_user_at, c.version, c.handoff AS key, {_ABOUT}
    FROM weijing.conversations c LEFT JOIN weijing.handoffs h ON h.key = c.handoff LEFT JOIN weijing.staff s ON s.id = c.assignee"""  # noqa: S608
_CLOSED = f"""
    SELECT c.openid, c.channel, c.owner, h.closed_by AS assignee, s.name AS assignee_name, c.unit_id, h.closed_at, c.last_at, c.last_user_at,
        h.key, {_ABOUT}, CASE WHEN h.urgency = 'urgent' AND h.reason = 'emergency' THEN 'critical' ELSE h.urgency END AS urgency
    FROM weijing.handoffs h JOIN weijing.conversations c ON c.openid = h.openid LEFT JOIN weijing.staff s ON s.id = h.closed_by"""  # noqa: S608
_HELD = """
    SELECT h.key, h.openid, h.asked, h.bubbles, h.reason, h.intent, h.item, h.at, h.until, c.channel
    FROM weijing.held_answers h JOIN weijing.conversations c ON c.openid = h.openid"""
_LAST = """
    SELECT page.*, last.text AS last_text, last.kind AS last_kind FROM ({page}) AS page LEFT JOIN LATERAL (
        SELECT m.text, m.kind FROM weijing.messages m WHERE m.openid = page.openid AND m.direction = 'user' ORDER BY m.at DESC LIMIT 1
    ) AS last ON true ORDER BY {order}"""
_COUNTS = sa.text("""
    SELECT count(*) FILTER (WHERE owner <> 'staff') AS waiting, count(*) FILTER (WHERE assignee = :staff) AS mine, count(*) AS all,
        count(*) FILTER (WHERE owner <> 'staff' AND rank < 2) AS urgent,
        (SELECT count(*) FROM weijing.held_answers WHERE state = 'waiting') AS held
    FROM weijing.conversations WHERE owner IN ('waiting', 'staff', 'closed') AND waiting_since IS NOT NULL""")


@dataclass(frozen=True)
class _Shape:
    """How a view is read: from where, which rows, in which order, and what a cursor holds."""

    base: str
    where: str
    order: str
    after: str
    cursor: tuple[str, ...]
    fields: dict[str, str]


_DESK = {**_AT_DESK, **_OF_HANDOFF, **_WAITED, **_WORDS, **_WITHIN}
_BEHIND = "(c.rank, c.waiting_since, c.openid) > (CAST(:a0 AS smallint), CAST(:a1 AS timestamptz), :a2)"
_ORDER, _CURSOR = "rank, waiting_since, openid", ("rank", "waiting_since", "openid")
_SHAPES: dict[View, _Shape] = {
    "waiting": _Shape(_OPEN, "c.owner IN ('waiting', 'closed') AND c.waiting_since IS NOT NULL", _ORDER, _BEHIND, _CURSOR, _DESK),
    "mine": _Shape(_OPEN, "c.owner = 'staff' AND c.assignee = :me", _ORDER, _BEHIND, _CURSOR, _DESK),
    "all": _Shape(_OPEN, "c.owner IN ('waiting', 'staff', 'closed') AND c.waiting_since IS NOT NULL", _ORDER, _BEHIND, _CURSOR, _DESK),
    "closed": _Shape(
        _CLOSED, "h.state = 'done'", "closed_at DESC, key DESC", "(h.closed_at, h.key) < (CAST(:a0 AS timestamptz), :a1)", ("closed_at", "key"),
        {**_OF_HANDOFF, "assignee": "h.closed_by = :assignee", "unit": "c.unit_id = :unit", "urgency": "h.urgency = :urgency",
         **_WORDS, "within": "s.unit_id = :within"},
    ),
    "held": _Shape(
        _HELD, "h.state = 'waiting'", "until, key", "(h.until, h.key) > (CAST(:a0 AS timestamptz), :a1)", ("until", "key"),
        {name: _OF_HANDOFF[name] for name in ("reason", "intent", "item")},
    ),
}  # fmt: skip


_READ: dict[str, Callable[[Any], Any]] = {**dict.fromkeys(("waiting_since", "closed_at", "until"), datetime.fromisoformat), "rank": int}
"""How a cursor's values are read; the others are words."""


class DeskQueue:
    """Reads of the queue."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def page(self, view: View, *, me: str = "", filters: Filters = Filters(), after: str = "", limit: int = 50) -> Page:
        """One page of a view: waiting and staffed ones by urgency (danger first) and waiting time, held ones by their time limit, closed ones newest first.

        Raises:
            DeedRefused: `after` is no cursor of this view.
        """
        shape = _SHAPES[view]
        statement, values = _select(shape, filters, _opened(after, shape))
        async with self._engine.connect() as connection:
            rows = [dict(row) for row in (await connection.execute(statement, {**values, "me": me, "limit": limit + 1})).mappings()]
        return Page(rows[:limit], _cursor(rows[limit - 1], shape) if len(rows) > limit else None)

    async def counts(self, staff: str) -> dict[str, int]:
        """The numbers beside the views: `waiting`, `mine`, `all`, `urgent` (of those waiting) and `held`."""
        async with self._engine.connect() as connection:
            return dict((await connection.execute(_COUNTS, {"staff": staff})).mappings().one())


def _select(shape: _Shape, filters: Filters, after: list[Any]) -> tuple[sa.sql.elements.TextClause, Row]:
    asked = {name: value for name, value in asdict(filters).items() if value is not None and name in shape.fields}
    wanted = [shape.where, *(shape.fields[name] for name in asked), *([shape.after] if after else [])]
    page = f"{shape.base} WHERE {' AND '.join(wanted)} ORDER BY {shape.order} LIMIT :limit"
    return sa.text(_LAST.format(page=page, order=shape.order)), {**asked, **{f"a{number}": value for number, value in enumerate(after)}}


def _cursor(row: Row, shape: _Shape) -> str:
    values = [value.isoformat() if isinstance(value, datetime) else value for value in (row[name] for name in shape.cursor)]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


def _opened(after: str, shape: _Shape) -> list[Any]:
    if not after:
        return []
    try:
        values = json.loads(base64.urlsafe_b64decode(after))
        return [_READ.get(name, str)(value) for name, value in zip(shape.cursor, values, strict=True)]
    except (binascii.Error, ValueError, TypeError):
        raise DeedRefused("这一页的地址不对，请回到第一页。", "unknown") from None
