"""Whose conversation it is: what a member of the staff may see. What he may do with it is `store.desk`'s to refuse."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from sqlalchemy import text
from sqlalchemy.sql.elements import TextClause

from console.context import console_of
from console.staff import Staff

_READS = text("""
    SELECT 1 FROM weijing.conversations c WHERE c.openid = :name AND (:any OR c.assignee = :staff
        OR (c.waiting_since IS NOT NULL AND (c.unit_id IS NULL OR c.unit_id = :unit))
        OR EXISTS (SELECT FROM weijing.desk_deeds d WHERE d.openid = c.openid AND :staff IN (d.by, d.assignee) AND d.at > now() - interval '30 days')
        OR EXISTS (SELECT FROM weijing.handoffs h JOIN weijing.staff s ON s.id = h.closed_by WHERE h.openid = c.openid AND s.unit_id = :unit)
        OR EXISTS (SELECT FROM weijing.held_answers a WHERE a.openid = c.openid AND a.state = 'waiting'))""")
_HELD = text("SELECT 1 FROM weijing.held_answers WHERE key = :name")


async def reads(request: web.Request, staff: Staff) -> bool:
    """A supervisor every conversation; an agent what waits for or is with his unit, what he or his unit had, and what waits to be approved."""
    values = {"staff": staff.id, "unit": staff.unit_id, "any": staff.has("supervisor")}
    return await _finds(_READS, request, {"name": request.match_info["openid"], **values})


async def decides(request: web.Request, staff: Staff) -> bool:
    """Every agent looks at held answers, whoever asked: they wait for whoever is free."""
    del staff
    return await _finds(_HELD, request, {"name": request.match_info["key"]})


async def _finds(statement: TextClause, request: web.Request, values: dict[str, Any]) -> bool:
    async with console_of(request).engine.connect() as connection:
        return (await connection.execute(statement, values)).first() is not None
