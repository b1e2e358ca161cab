"""Fills the tables of the desk for a load test: `python -m bench.desk_seed DATABASE_URL [conversations] [messages]`, by COPY, in seconds.

The people are invented and the words say what number they are. Ids begin with `seed-`; what was seeded before goes first.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import asyncpg

CONVERSATIONS, MESSAGES = 10_000, 200_000
OWNERS = ("bot", "waiting", "staff", "closed")
SHARES = (60, 25, 5, 10)
TOPICS = ("户政", "身份证", "出入境", "交管", "治安", "反诈")
INTENTS = ("request_handoff", "ask_guide", "file_report", "nlu_fallback", "emergency")
AREAS = ("东城区", "西城区", "南城区", "北城区")
STAFF = tuple(f"seed-{number:03d}" for number in range(50))
DESK = (
    "openid", "channel", "owner", "owner_at", "first_at", "last_at", "last_user_at", "user_messages", "assignee", "unit_id", "waiting_since",
    "urgency", "handoff", "assignee_seen_at",
)  # fmt: skip
HANDOFF = ("key", "openid", "reason", "urgency", "state", "opened_at", "closed_at", "topic", "intent", "confidence", "area", "closed_by", "end_state")
TURN = ("key", "openid", "intent", "confidence", "decision", "at")
MESSAGE = ("openid", "key", "direction", "kind", "text", "bubbles", "at")
CLEAR = ("conversations", "messages", "turns", "handoffs", "deliveries")


def _conversation(number: int, chance: random.Random, now: datetime) -> tuple[tuple[Any, ...], tuple[Any, ...] | None]:
    """A row of `conversations`, and of `handoffs` where staff have or had it."""
    openid, owner = f"seed-{number:06d}", chance.choices(OWNERS, SHARES)[0]
    since = now - timedelta(seconds=chance.randrange(30, 86_400))
    at_desk, haste = owner in ("waiting", "staff"), chance.random()
    urgency = "critical" if haste < 0.01 else "urgent" if haste < 0.1 else "normal"
    assignee = chance.choice(STAFF) if owner == "staff" else None
    handoff = f"{openid}-handoff" if owner != "bot" else None
    row = (
        openid, "wechat", owner, since, since, since, since, 10, assignee, "seed" if assignee else None, since if at_desk else None,
        urgency if at_desk else "normal", handoff if at_desk else None, now if assignee else None,
    )  # fmt: skip
    if handoff is None:
        return row, None
    state = {"waiting": "waiting", "staff": "taken", "closed": "done"}[owner]
    ended = (chance.choice(STAFF), "solved") if state == "done" else (None, None)
    about = (chance.choice(TOPICS), chance.choice(INTENTS), round(chance.random(), 3), chance.choice(AREAS))
    why = ("emergency" if urgency == "critical" else "request", "normal" if urgency == "normal" else "urgent")
    return row, (handoff, openid, *why, state, since, now if state == "done" else None, *about, *ended)


def _messages(conversations: int, messages: int, now: datetime) -> Iterator[tuple[Any, ...]]:
    """What was said, the user and the bot by turns, the same number in each conversation; conversations on each of the last 30 days."""
    for number in range(messages):
        openid, place = f"seed-{number % conversations:06d}", number // conversations
        at = now - timedelta(days=number % conversations % 30, seconds=30 * (messages // conversations - place))
        key = f"{openid}-{place // 2}"
        if place % 2:
            yield openid, key, "bot", "text", "", json.dumps([{"text": f"第{place}句答复"}]), at
        else:
            yield openid, key, "user", "text", f"第{place}句话", "[]", at


def _turns(conversations: int, messages: int, now: datetime) -> Iterator[tuple[Any, ...]]:
    for openid, key, direction, *_, at in _messages(conversations, messages, now):
        if direction == "user":
            yield key, openid, INTENTS[len(key) % len(INTENTS)], 0.9, "answer", at


async def seed(url: str, conversations: int = CONVERSATIONS, messages: int = MESSAGES) -> float:
    """Write so many rows; returns the seconds that it took."""
    started, now, chance = time.perf_counter(), datetime.now(timezone.utc), random.Random(7)
    made = [_conversation(number, chance, now) for number in range(conversations)]
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            for table in CLEAR:
                await connection.execute(f"DELETE FROM weijing.{table} WHERE openid LIKE 'seed-%'")
            await connection.execute("DELETE FROM weijing.staff WHERE id LIKE 'seed-%'")
            people = [(one, f"坐席{one[-3:]}", "seed", ["agent"], "") for one in STAFF]
            await _copy(connection, "staff", ("id", "name", "unit_id", "roles", "password_hash"), people)
            await _copy(connection, "conversations", DESK, [row for row, _ in made])
            await _copy(connection, "handoffs", HANDOFF, [handoff for _, handoff in made if handoff])
            await _copy(connection, "messages", MESSAGE, _messages(conversations, messages, now))
            await _copy(connection, "turns", TURN, _turns(conversations, messages, now))
        await connection.execute("ANALYZE weijing.conversations, weijing.messages, weijing.turns, weijing.handoffs")
    finally:
        await connection.close()
    return time.perf_counter() - started


async def _copy(connection: asyncpg.Connection, table: str, columns: tuple[str, ...], rows: Any) -> None:
    await connection.copy_records_to_table(table, schema_name="weijing", columns=columns, records=rows)


if __name__ == "__main__":
    sizes = [int(word) for word in sys.argv[2:4]]
    print(f"seeded in {asyncio.run(seed(sys.argv[1], *sizes)):.1f} s")
