"""The nearest offices, their distances and whether they are open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from backend.demo_offices import COUNTER, HALL
from backend.offices import hours_text, today
from tests.backend.conftest import Api
from weijing.workdays import SHANGHAI

SQUARE = "lat=31.230416&lng=121.473701"


async def test_the_nearest_three_come_first_with_their_distance(api: Api) -> None:
    answer = await api("GET", f"/v1/offices?{SQUARE}")
    offices = answer.json["offices"]
    assert [office["name"] for office in offices] == ["示例一号派出所（演示）", "示例户政大厅（演示）", "示例二号派出所（演示）"]
    assert [office["metres"] for office in offices] == sorted(office["metres"] for office in offices)
    assert abs(offices[0]["metres"] - 528) <= 1, "0.004° north and 0.003° east at 31.23° north"
    assert all("演示" in office["name"] and "演示数据" in office["address"] and "上海" in office["address"] for office in offices)


async def test_the_limit_is_the_callers(api: Api) -> None:
    assert len((await api("GET", f"/v1/offices?{SQUARE}&limit=1")).json["offices"]) == 1
    assert len((await api("GET", f"/v1/offices?{SQUARE}&limit=20")).json["offices"]) == 15


async def test_words_find_by_district_name_and_service(api: Api) -> None:
    async def found(query: str) -> list[dict[str, Any]]:
        offices: list[dict[str, Any]] = (await api("GET", f"/v1/offices?{query}")).json["offices"]
        return offices

    assert [office["address"][:6] for office in await found("q=东城区%20派出所")] == ["北京市东城区"] * 2
    assert len(await found("q=派出所&limit=20")) == 6 and {office["metres"] for office in await found("q=派出所")} == {None}
    assert "车管所" in (await found("q=黄浦区%20驾驶证"))[0]["name"], "a service is found too"
    nearest = await found(f"q=车管所&{SQUARE}")
    assert "上海" in nearest[0]["address"] and nearest[0]["metres"] < nearest[1]["metres"]
    assert await found("q=月球%20派出所") == await found("q=%25") == await found("q=_") == [], "no pattern, and every word counts"


async def test_across_the_earth_it_is_half_its_girth_at_most(api: Api) -> None:
    answer = await api("GET", "/v1/offices?lat=-31.230416&lng=-58.526299&limit=1")
    assert 18_000_000 < answer.json["offices"][0]["metres"] < 20_020_000


@pytest.mark.parametrize("query", [
    "", "lat=31&lng=", "lat=91&lng=0", "lat=0&lng=180.1", "lat=nan&lng=0", "lat=1e5&lng=0", f"{SQUARE}&limit=21", f"{SQUARE}&limit=0",
    "q=", "q=%20", "q=%00", "q=" + "长" * 65, "lat=31.2&q=派出所", "lng=121",
])  # fmt: skip
async def test_what_is_no_place_is_refused(api: Api, query: str) -> None:
    assert (await api("GET", f"/v1/offices?{query}")).status == 400


@pytest.mark.parametrize(("moment", "words"), [
    ("2026-11-20 10:00", "今天9:00—12:00、14:30—17:30"),
    ("2026-11-20 17:29", "今天9:00—12:00、14:30—17:30"),
    ("2026-11-20 17:30", "今天已经下班，11月23日（周一）9:00开门"),
    ("2026-11-22 10:00", "今天休息，11月23日（周一）9:00开门"),
    ("2026-10-01 10:00", "今天休息，10月8日（周四）9:00开门"),
    ("2026-10-10 10:00", "今天9:00—12:00、14:30—17:30"),
])  # fmt: skip
def test_a_counter_keeps_the_national_calendar(moment: str, words: str) -> None:
    assert today(COUNTER, datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)) == words


def test_a_hall_and_a_duty_room() -> None:
    sunday = datetime(2026, 11, 22, 10, 0, tzinfo=SHANGHAI)
    assert today(HALL, sunday) == "今天9:00—12:00"
    assert hours_text(HALL) == "工作日9:00—17:00；休息日9:00—12:00"
    assert today({"always": []}, sunday) == "今天24小时值班" and hours_text({"always": []}) == "24小时值班"
