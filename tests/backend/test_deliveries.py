"""Certificates on their way: posted once, opened by what stands on the parcel, told to who follows the application."""

from __future__ import annotations

from uuid import uuid4

import asyncpg
import pytest

from backend.deliveries import masked_address
from backend.demo import DEMO
from backend.demo_matters import DEMO_DELIVERIES
from tests.backend.conftest import Answer, Api

NUMBER, APPLICATION = "EA123456785CN", DEMO[2].application_no
NEW = {"delivery_no": NUMBER, "address": "江苏省南京市鼓楼区示例路3号5栋", "phone": "139 0000 4321", "place": "示例市"}
TAIL = {"phone_tail": "4321"}


async def post(api: Api, application: str = APPLICATION, key: str = "", **changes: str) -> Answer:
    return await api("POST", f"/v1/applications/{application}/deliveries", key=key or uuid4().hex, json={**NEW, **changes})


async def step(api: Api, number: str, status: str, **more: str) -> Answer:
    return await api("POST", f"/v1/deliveries/{number}/steps", key=uuid4().hex, json={"status": status, **more})


async def ask(api: Api, number: str, tail: str) -> Answer:
    return await api("POST", f"/v1/deliveries/{number}/progress-queries", json={"phone_tail": tail})


async def test_posted_followed_and_signed_for(api: Api, database: asyncpg.Connection) -> None:
    openid = f"o-{uuid4().hex}"
    await api("PUT", f"/v1/users/{openid}/subscriptions/{APPLICATION}")
    key = uuid4().hex
    for _ in range(2):
        assert (await post(api, key=key)).json == {"number": NUMBER, "status": "posted", "status_text": "已寄出", "told": 1}
    assert (await post(api)).json["code"] == "known_delivery"
    assert (await step(api, NUMBER, "transit", place="示例市分拣中心")).json["told"] == 0, "a parcel passes many places"
    assert (await step(api, NUMBER, "delivering", place="鼓楼区")).json["told"] == 1
    before = (await ask(api, NUMBER, "4321")).json
    assert before["to"] == "江苏省南京市鼓楼区***" and before["signed_at"] is None and before["steps"][-1]["place"] == "鼓楼区"
    await step(api, NUMBER, "signed", note="本人签收")
    found = (await ask(api, NUMBER, "4321")).json
    assert found["status_text"] == "已签收" and found["signed_at"] == found["steps"][-1]["at"] and found["application_no"] == APPLICATION
    assert (await api.progress(APPLICATION, query_code=DEMO[2].query_code)).json["delivery"] == found
    told = [one for one in (await api("GET", "/v1/changes")).json["changes"] if one["openid"] == openid]
    assert [one["status_text"] for one in told] == ["证件已寄出", "证件正在派送", "证件已签收"] and {one["number"] for one in told} == {APPLICATION}
    rows = str([dict(row) for row in await database.fetch("SELECT * FROM backend.deliveries")])
    assert "示例路3号" not in rows and "4321" not in rows


async def test_wrong_digits_and_unknown_numbers_look_the_same_and_five_close_the_door(api: Api) -> None:
    demo = DEMO_DELIVERIES[1]
    right = demo.application.proofs["phone"][-4:]
    assert (await ask(api, demo.delivery_no, right)).json["status_text"] == "已签收"
    wrong = [await ask(api, number, "9999") for number in (demo.delivery_no, "EA999999998CN")]
    assert [one.status for one in wrong] == [404, 404] and wrong[0].json == wrong[1].json
    for _ in range(4):
        await ask(api, demo.delivery_no, "9999")
    assert (await ask(api, demo.delivery_no, right)).json["code"] == "too_many_attempts"


async def test_what_is_no_postal_number_or_no_application_is_refused(api: Api) -> None:
    assert (await post(api, delivery_no="EA123456784CN")).status == 422, "the check digit"
    assert (await post(api, application="A2026-999999", delivery_no="EA123456799CN")).status == 404
    assert (await step(api, "EA999999998CN", "signed")).status == 404 and (await ask(api, "1234", "4321")).status == 404


@pytest.mark.parametrize(
    ("address", "shown"),
    [("上海市黄浦区示例路9号", "上海市黄浦区***"), ("浙江省义乌市示例街1号", "浙江省义乌市***"),
     ("四川省凉山彝族自治州西昌市示例路", "四川省凉山彝族自治州西昌市***"), ("示例大厦1楼", "示例大***")],
)  # fmt: skip
def test_an_address_is_shown_down_to_the_district(address: str, shown: str) -> None:
    assert masked_address(address) == shown
