"""What a deed of the desk is checked against, why it is refused, and how it is put on record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from store import desk_moves as moves
from weijing.deed_refused import DeedRefused


@dataclass(frozen=True)
class Ownership:
    """Whose a conversation is after a deed; `deed` is its number in `desk_deeds`."""

    openid: str
    owner: str
    owner_at: datetime
    assignee: str | None
    unit_id: str | None
    version: int
    previous: str | None
    deed: int = 0


async def refusal(connection: AsyncConnection, openid: str, by: str) -> DeedRefused:
    """Why a deed found nothing to change: in whose hands the conversation is."""
    row = (await connection.execute(moves.WHO, {"openid": openid})).first()
    if row is None:
        return DeedRefused("没有这个会话。", "unknown")
    if row.owner == "staff" and row.assignee != by:
        return DeedRefused(f"这个会话现在由{row.name or row.assignee}接待。", "taken", who=row.name or row.assignee)
    if row.owner == "staff":
        return DeedRefused("这个会话已经在您手上。", "taken", who=row.name or "")
    words = {"waiting": "这个会话还没有人接，请先接入。", "bot": "这个会话由机器人接待，没有人在等。"}
    return DeedRefused(words.get(row.owner, "这个会话已经结束。"), "not_yours" if row.owner == "waiting" else "not_waiting")


async def with_room(connection: AsyncConnection, staff: str) -> Any:
    """The member of the staff, locked, so that two claims of one person at once are counted one after the other.

    Raises:
        DeedRefused: there is none, or he has as many conversations as he may.
    """
    member = (await connection.execute(moves.LOCK_STAFF, {"staff": staff})).first()
    if member is None:
        raise DeedRefused("没有这位同事，或者账号已停用。", "no_colleague")
    if (await connection.execute(moves.LOAD, {"staff": staff})).scalar_one() >= member.capacity:
        raise DeedRefused(f"{member.name}手上已有 {member.capacity} 个会话，先结束或转出一个再接。", "full", who=member.name)
    return member


async def known_unit(connection: AsyncConnection, unit: str) -> None:
    """The unit exists.

    Raises:
        DeedRefused: it does not.
    """
    if (await connection.execute(sa.text("SELECT id FROM weijing.units WHERE id = :unit"), {"unit": unit})).first() is None:
        raise DeedRefused("没有这个单位，请重新选择。", "no_unit")


async def recorded(
    connection: AsyncConnection, owned: Ownership, deed: str, by: str | None, *, handoffs: str, note: str = "", end_state: str | None = None
) -> Ownership:
    """The deed on record, the handoffs as they follow from it, and whoever listens told at the commit."""
    closed = owned.owner_at if handoffs in ("done", "returned") else None
    state = {"openid": owned.openid, "state": handoffs, "closed_at": closed, "by": by if closed else None, "end_state": end_state}
    await connection.execute(moves.HANDOFFS, state)
    row = {"openid": owned.openid, "deed": deed, "by": by, "assignee": owned.assignee, "previous": owned.previous, "unit_id": owned.unit_id, "note": note}
    number = (await connection.execute(moves.RECORD, {**row, "at": owned.owner_at})).scalar_one()
    await connection.execute(moves.NOTIFY, {"what": "owner", "openids": [owned.openid]})
    return replace(owned, deed=number)
