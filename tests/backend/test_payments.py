"""How a fee stands: written by the bureau's system, told with its basis and to who follows; free is what the catalogue says."""

from __future__ import annotations

from uuid import uuid4

import pytest

from backend.demo import DEMO
from tests.backend.conftest import Answer, Api

FEE = {"state": "unpaid", "amount": 40, "due_on": "2026-12-31", "link": "https://pay.example.com/orders/1"}


async def write(api: Api, number: str, **changes: object) -> Answer:
    return await api("POST", f"/v1/applications/{number}/payment", key=uuid4().hex, json={**FEE, **changes})


async def payment(api: Api, demo: int) -> dict[str, object]:
    return (await api.progress(DEMO[demo].application_no, query_code=DEMO[demo].query_code)).json["payment"]  # type: ignore[no-any-return]


async def test_unpaid_paid_and_refunded_reach_who_follows(api: Api) -> None:
    number, openid = DEMO[0].application_no, f"o-{uuid4().hex}"
    await api("PUT", f"/v1/users/{openid}/subscriptions/{number}")
    assert (await write(api, number)).json == {"number": number, "status": "unpaid", "status_text": "待缴费", "told": 1}
    found = await payment(api, 0)
    assert found["state_text"] == "待缴费" and found["amount"] == 40 and found["due_on"] == "2026-12-31" and "《居民身份证法》第二十一条" in str(found["basis"])
    for state, words in (("paid", "已缴费"), ("refunded", "已退费")):
        await write(api, number, state=state, amount=40.5, due_on=None, link=None)
        assert (await payment(api, 0))["state_text"] == words
    told = [one for one in (await api("GET", "/v1/changes")).json["changes"] if one["openid"] == openid]
    assert [one["step"]["note"] for one in told] == ["40 元，请在 2026-12-31 前缴", "40.50 元", "40.50 元"]


async def test_what_the_catalogue_calls_free_is_free_and_silence_says_nothing(api: Api) -> None:
    assert (await payment(api, 7))["state"] == "free" and (await payment(api, 7))["basis"] == "《居住证暂行条例》第二十一条"
    assert await payment(api, 8) is None


@pytest.mark.parametrize("change", [
    {"link": "http://pay.example.com/1"}, {"link": "javascript:alert(1)"}, {"amount": 0}, {"due_on": "2026-02-31"}, {"state": "lost"},
])  # fmt: skip
async def test_what_breaks_the_contract_is_refused(api: Api, change: dict[str, object]) -> None:
    assert (await write(api, DEMO[0].application_no, **change)).status == 422
    assert (await write(api, "A2026-999999")).status == 404
