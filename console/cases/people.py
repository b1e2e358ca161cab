"""The staff as cases name them."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web
from sqlalchemy import text

from console.context import console_of

PEOPLE = web.RequestKey("people", dict)
_ALL = text("SELECT id, name, unit_id, active AND roles && ARRAY['agent', 'supervisor'] AS works FROM weijing.staff ORDER BY name")


@dataclass(frozen=True)
class Colleague:
    """Somebody of the staff; `works` = cases can be given to them."""

    id: str
    name: str
    unit: str
    works: bool


async def colleagues(request: web.Request) -> dict[str, Colleague]:
    """Everybody by id, asked for once in a request."""
    if PEOPLE in request:
        known: dict[str, Colleague] = request[PEOPLE]
        return known
    async with console_of(request).engine.connect() as connection:
        rows = (await connection.execute(_ALL)).all()
    request[PEOPLE] = {row.id: Colleague(row.id, row.name, row.unit_id or "", row.works) for row in rows}
    return await colleagues(request)


def name_of(known: dict[str, Colleague], who: str | None) -> str:
    """A name for an id; the id of who is gone, nothing for nobody."""
    return known[who].name if who in known else who or ""
