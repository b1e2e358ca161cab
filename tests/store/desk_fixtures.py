"""A desk on a real PostgreSQL and Redis, with a unit and three members of the staff."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from store import desk_tables, tables

USER = "o-user"
LI, WANG, ZHAO = "li", "wang", "zhao"


async def furnish(engine: AsyncEngine) -> None:
    """Empty tables, a unit, 李 and 王 who have room for two, 赵 whose account is switched off."""
    async with engine.begin() as connection:
        names = ", ".join(f"weijing.{table.name}" for table in tables.metadata.tables.values())
        await connection.execute(sa.text(f"TRUNCATE {names}"))
        units = [{"id": "desk", "name": "在线坐席", "kind": "desk"}, {"id": "east", "name": "东城所", "kind": "station"}]
        await connection.execute(insert(desk_tables.units), units)
        people = [(LI, "李四", True), (WANG, "王五", True), (ZHAO, "赵六", False)]
        rows = [{"id": id_, "name": name, "unit_id": "desk", "password_hash": "", "capacity": 2, "active": active} for id_, name, active in people]
        await connection.execute(insert(desk_tables.staff), rows)


async def put(engine: AsyncEngine, openid: str = USER, owner: str = "waiting", **changes: Any) -> datetime:
    """A conversation in this state, with the handoff that goes with it; returns when it came into it."""
    at = datetime.now(timezone.utc) - timedelta(minutes=5)
    desk = owner in ("waiting", "staff")
    row = {"openid": openid, "channel": "wechat", "owner": owner, "owner_at": at, "first_at": at, "last_at": at, "last_user_at": at}
    row |= {"waiting_since": at if desk else None, "handoff": f"h-{openid}" if desk else None}
    row |= {"assignee": LI, "assignee_seen_at": at, "claimed_at": at, "unit_id": "desk"} if owner == "staff" else {}
    handoff = {"key": f"h-{openid}", "openid": openid, "reason": "request", "urgency": row.get("urgency", "normal"), "opened_at": at}
    async with engine.begin() as connection:
        await connection.execute(insert(tables.conversations), [{**row, **changes}])
        if desk:
            await connection.execute(insert(tables.handoffs), [{**handoff, "state": "taken" if owner == "staff" else "waiting"}])
    return at


async def conversation(engine: AsyncEngine, openid: str = USER) -> Any:
    """The conversation's row."""
    async with engine.connect() as connection:
        return (await connection.execute(sa.select([tables.conversations]).where(tables.conversations.c.openid == openid))).one()


async def column(engine: AsyncEngine, table: sa.Table, name: str) -> list[Any]:
    """All values of a column, in the order of the first column."""
    async with engine.connect() as connection:
        return list((await connection.execute(sa.select([table.c[name]]).order_by(next(iter(table.c))))).scalars())
