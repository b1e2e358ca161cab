"""Whose cases are whose: one rule, asked for every row of a list and before every page and deed.

- An agent sees the cases of the own unit, those given to them, and those at a desk that nobody has.
- A supervisor sees all, but complaints about the police only as a supervisor of a supervision unit.
- A complaint is seen by the unit that has it, if that is supervision or petitions, and never by the unit complained of
  (人民警察法 art. 47, 信访工作条例 art. 30).
"""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from console.api import Json
from console.cases.client import Unit, work_of
from console.staff import Staff
from weijing.errors import BackendRefused

CASE = web.RequestKey("case", dict)
"""The case that the address names, read by the reach."""
UNITS = web.RequestKey("units", dict)
INDEPENDENT = frozenset({"supervision", "petitions"})


def may_see(staff: Staff, item: Json, units: Mapping[str, Unit]) -> bool:
    """Whether this case is within a person's reach."""
    own = units.get(staff.unit_id or "")
    if item["complaint"]:
        return own is not None and own.kind in INDEPENDENT and own.name != item["against"] and (item["unit"] == own.id or sees_complaints(staff, units))
    if staff.has("supervisor"):
        return True
    held = units.get(item["unit"])
    free = held is not None and held.kind == "desk" and item["assignee"] is None
    return staff.has("agent") and (item["unit"] == staff.unit_id or item["assignee"] == staff.id or free)


def sees_complaints(staff: Staff, units: Mapping[str, Unit]) -> bool:
    """Whether a person sees complaints of every unit but against their own: supervisors of supervision."""
    own = units.get(staff.unit_id or "")
    return staff.has("supervisor") and own is not None and own.kind == "supervision"


async def reach(request: web.Request, staff: Staff) -> bool:
    """Read the case that the address names, and whether it is within reach; what is kept for the handler."""
    number = request.match_info["number"]
    try:
        item, units = await work_of(request).read(number), await units_of(request)
    except BackendRefused:
        return False
    request[CASE] = item
    return may_see(staff, item, units)


async def units_of(request: web.Request) -> dict[str, Unit]:
    """The units, asked for once in a request."""
    if UNITS not in request:
        request[UNITS] = await work_of(request).units()
    known: dict[str, Unit] = request[UNITS]
    return known


def unit_name(units: Mapping[str, Unit], unit: str) -> str:
    """The name of a unit; its id where nobody knows it."""
    return units[unit].name if unit in units else unit


def case_of(request: web.Request) -> Json:
    """The case, behind `reach`."""
    item: Json = request[CASE]
    return item
