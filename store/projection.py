"""What a batch of events writes to the SQL tables, each event once.

Nothing here depends on the order in which several projectors write: counts are added, times only grow, the owner of a conversation follows
its newest event, and words from before an unsubscription stay erased.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from store.desk_moves import NOTIFY
from store.desk_tables import held_answers
from store.erasure import ERASE
from store.events import DeliveryEvent, Event, PostEvent, StaffEvent, TurnEvent, UnsubscribeEvent
from store.owner_moves import LEAVE, RAISE, REOPEN, RETURN, WAIT
from store.tables import conversations, deliveries, handoffs, messages, turns

Row = dict[str, Any]

CLAIM = sa.text("""
    INSERT INTO weijing.projected (partition, entry) SELECT * FROM unnest(CAST(:partitions AS smallint[]), CAST(:ids AS text[]))
    ON CONFLICT DO NOTHING RETURNING partition, entry""")
CLAIM_EVIDENCE = sa.text("""
    INSERT INTO weijing.evidence AS e (id, openid, kind, received_at, report_no, keep_until)
    SELECT :id, :openid, :kind, at, report_no, coalesce(until, 'infinity')
    FROM (SELECT CAST(:at AS timestamptz) AS at, CAST(:report_no AS text) AS report_no, CAST(:until AS timestamptz) AS until) AS new
    ON CONFLICT (id) DO UPDATE SET report_no = coalesce(excluded.report_no, e.report_no),
    keep_until = CASE WHEN e.report_no IS NULL OR excluded.report_no IS NOT NULL THEN excluded.keep_until ELSE e.keep_until END
    WHERE e.openid = excluded.openid""")
RELEASE_EVIDENCE = sa.text("UPDATE weijing.evidence SET report_no = NULL, keep_until = :at WHERE report_no = :number AND openid = :openid")
"""Behind the user's wish: the next sweep deletes the files."""


@dataclass(frozen=True)
class Entry:
    """An event and the stream entry that names it for ever."""

    partition: int
    id: str
    event: Event


@dataclass
class _Batch:
    conversations: dict[str, Row] = field(default_factory=dict)
    messages: list[Row] = field(default_factory=list)
    turns: list[Row] = field(default_factory=list)
    handoffs: list[Row] = field(default_factory=list)
    deliveries: list[Row] = field(default_factory=list)
    waits: list[Row] = field(default_factory=list)
    leaves: list[Row] = field(default_factory=list)
    urgent: dict[str, str] = field(default_factory=dict)
    held: list[Row] = field(default_factory=list)
    evidence: list[Row] = field(default_factory=list)
    released: list[Row] = field(default_factory=list)

    def touch(self, event: TurnEvent | PostEvent | StaffEvent | UnsubscribeEvent) -> Row:
        """The conversation's row, its times stretched over the event."""
        empty = {"channel": "wechat", "user_messages": 0, "replies": 0, "last_user_at": None, "erased_at": None}
        row = self.conversations.setdefault(event.openid, {"openid": event.openid, "first_at": event.at, "last_at": event.at, **empty})
        row["first_at"], row["last_at"] = min(row["first_at"], event.at), max(row["last_at"], event.at)
        return row

    def say(self, event: TurnEvent | PostEvent | StaffEvent, direction: str, text: str, bubbles: list[Row], staff_id: str | None = None) -> None:
        row = {"openid": event.openid, "key": event.key, "direction": direction, "kind": event.kind, "text": text, "bubbles": bubbles, "at": event.at}
        self.messages.append({**row, "staff_id": staff_id})

    def claim(self, event: TurnEvent | PostEvent) -> None:
        for one in event.evidence:
            row = {"id": one.id, "openid": event.openid, "kind": one.kind, "at": event.at, "report_no": one.report_no or None}
            self.evidence.append({**row, "until": None if one.report_no and not one.days else event.at + timedelta(days=one.days)})

    def leave(self, event: TurnEvent | StaffEvent | UnsubscribeEvent, owner: str) -> None:
        self.leaves.append({"openid": event.openid, "owner": owner, "at": event.at})

    def add(self, event: Event) -> None:
        if isinstance(event, TurnEvent):
            self._turn(event)
        elif isinstance(event, DeliveryEvent):
            self.deliveries.append(event.dict(exclude={"type"}))
        elif isinstance(event, PostEvent):
            self.touch(event)["replies"] += 1
            self.say(event, "staff" if event.kind == "staff" else "notice", "", event.bubbles, event.staff_id)
            self.claim(event)
        elif isinstance(event, StaffEvent):
            self._staff(event)
        elif isinstance(event, UnsubscribeEvent):
            row = self.touch(event)
            row["erased_at"] = _later(row["erased_at"], event.at)
            self.leave(event, "closed")

    def _turn(self, event: TurnEvent) -> None:
        conversation = self.touch(event)
        conversation["channel"], conversation["last_user_at"] = event.channel, _later(conversation["last_user_at"], event.at)
        conversation["user_messages"] += int(event.kind != "event")
        conversation["replies"] += int(bool(event.bubbles))
        self.say(event, "user", event.text, [])
        self.claim(event)
        self.released += [{"number": number, "openid": event.openid, "at": event.at} for number in event.released]
        if event.bubbles:
            self.say(event, "bot", "", event.bubbles)
        row = event.dict(include={"key", "openid", "intent", "confidence", "decision", "service_item", "aspect", "slots", "ms", "error", "at"})
        self.turns.append({**row, "ranking": event.candidates, "model_id": event.model, "data_commit": event.data})
        carried = {"openid": event.openid, "via": "next_turn", "outcome": "delivered", "errcode": 0, "at": event.at}
        self.deliveries += [{**carried, "key": key} for key in event.held]
        if event.handoff:
            opened = {"key": event.key, "openid": event.openid, "opened_at": event.at, **event.handoff.dict()}
            self.handoffs.append(opened)
            self.waits.append({"key": event.key, "openid": event.openid, "urgency": event.urgency, "at": event.at})
        elif event.resumed:
            self.leave(event, "bot")
        if event.urgency != "normal" and self.urgent.get(event.openid) != "critical":
            self.urgent[event.openid] = event.urgency
        if event.answer:
            answer = event.answer.dict()
            self.held.append({"key": event.key, "openid": event.openid, "at": event.at, "asked": event.text, "intent": event.intent, **answer})

    def rows(self) -> list[tuple[sa.Table, list[Row]]]:
        tables = (turns, self.turns), (messages, self.messages), (handoffs, self.handoffs), (deliveries, self.deliveries), (held_answers, self.held)
        return [*tables]

    def _staff(self, event: StaffEvent) -> None:
        conversation = self.touch(event)
        if event.bubbles:
            conversation["replies"] += 1
            self.say(event, "bot", "", event.bubbles)


def _later(old: datetime | None, new: datetime) -> datetime:
    return max(old, new) if old else new


async def project(connection: AsyncConnection, entries: Sequence[Entry]) -> int:
    """Write the events that are not written yet, in the caller's transaction; returns how many were new."""
    claimed = await connection.execute(CLAIM, {"partitions": [entry.partition for entry in entries], "ids": [entry.id for entry in entries]})
    new = {(row.partition, row.entry) for row in claimed}
    batch = _Batch()
    for entry in entries:
        if (entry.partition, entry.id) in new:
            batch.add(entry.event)
    if batch.conversations:
        await _write_conversations(connection, batch)
    for table, rows in batch.rows():
        if rows:
            await connection.execute(insert(table).on_conflict_do_nothing(), rows)
    if batch.evidence:
        await connection.execute(CLAIM_EVIDENCE, batch.evidence)
    if batch.released:
        await connection.execute(RELEASE_EVIDENCE, batch.released)
    if batch.conversations or batch.deliveries:
        await _settle(connection, {*batch.conversations, *(row["openid"] for row in batch.deliveries)})
        await _tell(connection, batch)
    return len(new)


async def _write_conversations(connection: AsyncConnection, batch: _Batch) -> None:
    statement = insert(conversations)
    new, old = statement.excluded, conversations.c
    sets = {
        "first_at": sa.func.least(old.first_at, new.first_at), "last_at": sa.func.greatest(old.last_at, new.last_at),
        "user_messages": old.user_messages + new.user_messages, "replies": old.replies + new.replies,
        "last_user_at": sa.func.greatest(old.last_user_at, new.last_user_at), "erased_at": sa.func.greatest(old.erased_at, new.erased_at),
    }  # fmt: skip
    rows = sorted(batch.conversations.values(), key=lambda row: str(row["openid"]))  # one order for all projectors, so that none waits for another in a ring
    await connection.execute(statement.on_conflict_do_update(index_elements=["openid"], set_=sets), rows)
    for row in sorted([*batch.waits, *batch.leaves], key=lambda row: (row["openid"], row["at"])):
        await connection.execute(LEAVE if "owner" in row else WAIT, row)
    if batch.urgent:
        openids = sorted(batch.urgent)
        await connection.execute(RAISE, {"openids": openids, "urgencies": [batch.urgent[openid] for openid in openids]})


async def _settle(connection: AsyncConnection, openids: Iterable[str]) -> None:
    """What follows from the owner and the erasure, whichever event came first."""
    for statement in (REOPEN, RETURN, *ERASE):
        await connection.execute(statement, {"openids": list(openids)})


async def _tell(connection: AsyncConnection, batch: _Batch) -> None:
    """Whoever looks at these conversations hears of it at the commit."""
    changed = {
        "message": set(batch.conversations), "owner": {row["openid"] for row in (*batch.waits, *batch.leaves)},
        "delivery": {row["openid"] for row in batch.deliveries}, "held": {row["openid"] for row in batch.held},
    }  # fmt: skip
    for what, openids in changed.items():
        if openids:
            await connection.execute(NOTIFY, {"what": what, "openids": sorted(openids)})
