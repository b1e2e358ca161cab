"""The list of work items: filters, orders, pages, figures, and that it stays quick when there is much."""

from __future__ import annotations

import base64
import json
from collections import Counter
from typing import Any

import asyncpg
import pytest

from backend.work_list import ORDERS, conditions, page
from tests.backend.conftest import Api

MANY = """
    INSERT INTO backend.work (number, kind, topic, title, words, state, unit, urgency, area, mode, complaint, received_at, promised_on, yellow_on, ended_at)
    SELECT 'J2020-' || lpad(n::text, 6, '0'), 'report', '批量', '举报：批量', 'j2020 举报：批量 门口有人摆摊 ' || n,
           CASE WHEN n % 4 = 0 THEN 'received' ELSE 'completed' END, 'public_order', (ARRAY['high', 'normal', 'low'])[1 + n % 3]::backend.urgency,
           '批量区' || n % 20, 'anonymous', false, now() - make_interval(mins => n), CASE WHEN n % 3 = 0 THEN current_date + n % 90 - 20 END,
           CASE WHEN n % 3 = 0 THEN current_date + n % 90 - 25 END, CASE WHEN n % 4 > 0 THEN now() END
      FROM generate_series(1, 50000) AS n
"""
VIEWS: tuple[dict[str, str], ...] = (
    {}, {"warning": "red"}, {"state": "received", "sort": "urgency"}, {"unit": "public_order", "sort": "received"}, {"area": "批量区7"}, {"q": "摆摊 49999"},
)  # fmt: skip


def hour(one: dict[str, Any]) -> int:
    """In Shanghai, as answers have it."""
    return int(one["received_at"][11:13])


async def listed(api: Api, **query: str) -> Any:
    answer = await api("GET", "/v1/work", params=query)
    assert answer.status == 200
    return answer.json


async def test_a_new_house_shows_work_in_every_state(api: Api) -> None:
    work = (await listed(api, limit="100"))["work"]
    assert 55 <= len(work) <= 80
    assert {one["kind"] for one in work} == {"application", "report", "letter", "filing", "follow_up"}
    assert {"received", "accepted", "processing", "supplement", "refused", "completed", "followed_up"} <= {one["state"] for one in work}
    assert {one["warning"] for one in work} == {"none", "yellow", "red"}
    units = {one["id"] for one in (await api("GET", "/v1/units")).json["units"]}
    assert {"desk", "supervision", "station_1"} <= units and {one["unit"] for one in work} <= units


async def test_complaints_and_what_nobody_has_are_told_apart(api: Api) -> None:
    complaints, others = [(await listed(api, complaint=which, limit="100"))["work"] for which in ("true", "false")]
    assert complaints and others and all(one["complaint"] for one in complaints) and not any(one["complaint"] for one in others)
    assert {one["unit"] for one in complaints} <= {"supervision", "supervision_above", "petitions"}
    free = (await listed(api, unassigned="true", limit="100"))["work"]
    assert free and all(one["assignee"] is None for one in free)
    assert {one["against"] for one in complaints} & {"示例市公安局户政窗口"}, "who is complained of is told, so that they never see it"


@pytest.mark.parametrize("sort", ["due", "received", "urgency"])
async def test_pages_give_every_item_once_and_in_order(api: Api, sort: str) -> None:
    whole = (await listed(api, sort=sort, limit="100"))["work"]
    seen, after = [], {}
    while True:
        one = await listed(api, sort=sort, limit="7", **after)
        seen += one["work"]
        if one["next"] is None:
            break
        after = {"after": one["next"]}
    assert seen == whole and len({one["number"] for one in seen}) == one["total"] == len(seen)


async def test_each_filter_leaves_what_fits(api: Api) -> None:
    whole = (await listed(api, limit="100"))["work"]
    for name in ("kind", "state", "unit", "urgency", "topic", "warning", "area", "assignee"):
        value = next(one[name] for one in whole if one[name])
        found = await listed(api, limit="100", **{name: value})
        assert [one["number"] for one in found["work"]] == [one["number"] for one in whole if one[name] == value], name
        assert found["total"] == len(found["work"]) > 0
    one = whole[0]
    assert [found["number"] for found in (await listed(api, q=one["number"].lower()))["work"]] == [one["number"]]
    day = one["received_at"][:10]
    assert {found["received_at"][:10] for found in (await listed(api, received_from=day, received_to=day))["work"]} == {day}


@pytest.mark.parametrize("query", [{"after": "bm8="}, {"received_from": "2026-02-30"}, {"sort": "colour"}, {"limit": "101"}, {"warning": "blue"}])
async def test_what_is_no_filter_is_refused(api: Api, query: dict[str, str]) -> None:
    refused = await api("GET", "/v1/work", params=query)
    assert (refused.status, refused.json["code"]) == (400, "invalid_parameter")


async def test_a_cursor_of_another_order_is_refused(api: Api) -> None:
    after = (await listed(api, limit="1"))["next"]
    assert (await api("GET", "/v1/work", params={"after": after, "sort": "received"})).status == 400
    for keys in (["urgency", "red", "2026-11-01T00:00:00+08:00", "J"], ["due", "2026-11-01", "\u0000"], "due", 7):
        made_up = base64.urlsafe_b64encode(json.dumps(keys).encode()).decode()
        assert (await api("GET", "/v1/work", params={"after": made_up, "sort": str(keys[0] if isinstance(keys, list) else "due")})).status == 400, keys


@pytest.mark.parametrize("by", ["state", "unit", "supervision"])
async def test_counts_are_those_of_the_list(api: Api, by: str) -> None:
    for query in ({}, {"warning": "red"}, {"kind": "report", "complaint": "false"}):
        rows = (await listed(api, limit="100", **query))["work"]
        told = (await api("GET", "/v1/work/counts", params={"by": by, **query})).json
        assert told["by"] == by and not any(one["more"] for one in told["counts"])
        assert {one["value"]: one["count"] for one in told["counts"]} == Counter(str(row[by]) for row in rows), query
    level = rows[0]["supervision"]
    assert {one["supervision"] for one in (await listed(api, supervision=str(level)))["work"]} == {level}
    assert (await api("GET", "/v1/work/counts", params={"by": "colour"})).status == 400


async def test_the_board_has_its_figures(api: Api) -> None:
    figures = (await api("GET", "/v1/work/statistics")).json
    whole = (await listed(api, limit="100"))["work"]
    inside = [one for one in whole if one["received_at"][:10] >= figures["from"]]
    assert sum(row["count"] for row in figures["by_day"]) == sum(row["count"] for row in figures["by_state"]) == len(inside)
    assert {one["number"] for one in figures["overdue"]} == {one["number"] for one in whole if one["warning"] == "red"}
    reports = [one for one in inside if one["kind"] == "report"]
    assert {(row["area"], row["hour"]): row["count"] for row in figures["by_area_and_hour"]} == Counter((one["area"], hour(one)) for one in reports)
    assert {(row["day"], row["kind"]): row["count"] for row in figures["by_day"]} == Counter((one["received_at"][:10], one["kind"]) for one in inside)
    assert sum(row["count"] for row in figures["by_weekday_and_hour"]) == len(reports) and sum(row["count"] for row in figures["by_topic"]) == len(inside)
    assert figures["time_to_end"] and all(row["hours"] > 0 for row in figures["time_to_end"])
    for query in ({"from": "2026-02-30"}, {"from": "2026-03-01", "to": "2026-02-01"}, {"from": "2020-01-01", "to": "2026-01-01"}):
        assert (await api("GET", "/v1/work/statistics", params=query)).status == 400


async def test_fifty_thousand_items_are_listed_by_index(api: Api, database: asyncpg.Connection) -> None:
    await database.execute(MANY)
    await database.execute("ANALYZE backend.work")
    try:
        for view in VIEWS:
            where, values = conditions(view)
            query, *args = page(ORDERS[view.get("sort", "due")], where, values, [], 51)
            plans = [json.loads(await database.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {query}", *args))[0] for _ in range(3)]
            assert "Seq Scan" not in str(plans), view
            assert min(plan["Execution Time"] for plan in plans) < 50, view
            assert len((await listed(api, **view))["work"]) > 0
        assert (await listed(api))["total"] == 1000 and (await listed(api))["more"] is True
    finally:
        await database.execute("DELETE FROM backend.work WHERE topic = '批量'")
