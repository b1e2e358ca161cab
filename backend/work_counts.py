"""How many work items fit, told apart by state, unit or level of supervision: what stands on the tabs of a list, in one call."""

from __future__ import annotations

from aiohttp import web

from backend.database import POOL, connected
from backend.work_list import COUNTED, conditions
from backend.work_states import STATES

BY = {
    "state": f"SELECT unnest(ARRAY[{', '.join(map(repr, STATES))}]) AS value", "unit": "SELECT id AS value FROM backend.units",
    "supervision": "SELECT generate_series(0, 3)::smallint AS value",
}  # fmt: skip
"""Column -> the values that it may have; a unit that the house does not know is not told."""


async def count_work(request: web.Request) -> web.StreamResponse:
    """Each value that fits at least once; every count stops at COUNTED, so that it costs little however much there is.

    Raises:
        Problem: 400 for a day that there is not.
    """
    by = request.query["by"]
    where, values = conditions(request.query)
    count = f"SELECT count(*) FROM (SELECT FROM backend.work WHERE {where} AND {by} = one.value LIMIT {COUNTED + 1}) AS fitting"  # noqa: S608  our own words
    async with connected(request.app[POOL]) as connection:
        rows = await connection.fetch(f"SELECT value::text, ({count}) AS count FROM ({BY[by]}) AS one ORDER BY value", *values)  # noqa: S608
    told = [{"value": row["value"], "count": min(row["count"], COUNTED), "more": row["count"] > COUNTED} for row in rows if row["count"]]
    return web.json_response({"by": by, "counts": told})
