"""「我的身份证寄到哪了」「缴费了吗」: answered at once for who is bound, by number and a proof for everybody else."""

from __future__ import annotations

from uuid import uuid4

import pytest

from actions.client import backend as client
from backend.demo import DEMO, DemoApplication
from backend.demo_matters import DEMO_DELIVERIES
from tests.actions.conftest import BackendProcess
from tests.actions.talk import Talk
from weijing.links import payment_link
from weijing.settings import load_settings

PARCEL = DEMO_DELIVERIES[0]
ON_ITS_WAY, UNPAID, FREE = DEMO[5], DEMO[4], DEMO[7]


async def bind(talk: Talk, demo: DemoApplication) -> None:
    await talk.send("bind_identity", name=demo.applicant, id_number=demo.proofs["id_number"], phone=demo.proofs["phone"])


async def test_who_is_bound_asks_once(talk: Talk) -> None:
    await bind(talk, ON_ITS_WAY)
    reply = await talk.say("我的通行证寄到哪了", "track_delivery")
    assert "证件邮寄：正在派送" in reply and PARCEL.delivery_no in reply and "寄往上海市黄浦区***" in reply and "示例路" not in reply
    assert "· 2026-11-22 08:40 黄浦区 正在派送" in reply and talk.form is None


async def test_by_its_number_and_four_digits_with_a_slip_on_the_way(talk: Talk) -> None:
    assert "先<a" in await talk.say("我的证寄到哪了", "track_delivery") and talk.form == "progress_form"
    assert "有没有写错一位" in await talk.say("EA100000018CN", "track_delivery")
    assert "后四位" in await talk.say(PARCEL.delivery_no.lower(), "track_delivery")
    assert "还可以试 2 次" in await talk.say("1234", "nlu_fallback")
    assert "港澳通行证办理邮寄：正在派送" in await talk.say("0006", "nlu_fallback") and talk.form is None


@pytest.mark.parametrize("words", ["EMS单号{}，尾号0006", "查{}，手机19900000006"])
async def test_number_and_digits_in_one_message(talk: Talk, words: str) -> None:
    assert "正在派送" in await talk.say(words.format(PARCEL.delivery_no), "track_delivery") and talk.form is None


async def test_by_application_number_and_proof_and_what_was_not_posted_is_said(talk: Talk) -> None:
    assert "再发一项证明" in await talk.say(f"查邮寄{ON_ITS_WAY.application_no}", "track_delivery")
    reply = await talk.say("19900000006", "nlu_fallback")
    assert "现在：待领取" in reply and "证件邮寄：正在派送" in reply
    assert "还没有寄出的记录" in await talk.say("A2026-000110的证寄了吗，手机19900000010", "track_delivery")
    await bind(talk, DEMO[9])
    assert "还没有寄出的记录" in await talk.say("我的证寄了吗", "track_delivery")


async def test_three_wrong_digits_close_it_and_other_ways_out(talk: Talk) -> None:
    await talk.say(PARCEL.delivery_no, "track_delivery")
    assert "【身份证丢失补领】" in await talk.say("身份证补办要带什么？", "ask_guide", service_item="id_card_replacement", aspect="materials")
    assert "认不出来" in await talk.say("不记得了", "nlu_fallback")
    replies = [await talk.say(tail, "nlu_fallback") for tail in ("1111", "2222", "3333")]
    assert "试的次数太多" in replies[-1] and talk.form is None
    await talk.say(PARCEL.delivery_no, "track_delivery")
    assert "已退出" in await talk.say("退出", "cancel") and talk.form is None
    await talk.say(DEMO_DELIVERIES[1].delivery_no, "track_delivery")
    await talk.say("人工", "request_handoff", decision="handoff")
    assert talk.tracker.is_paused()


async def test_a_backend_that_is_away_is_said(talk: Talk, backend: BackendProcess) -> None:
    await talk.say(DEMO_DELIVERIES[1].delivery_no, "track_delivery")
    backend.kill()
    assert "过几分钟再查" in await talk.say("0007", "nlu_fallback") and talk.form is None


async def test_what_is_unpaid_names_amount_basis_day_and_page(talk: Talk) -> None:
    await bind(talk, UNPAID)
    reply = await talk.say("怎么缴费", "query_progress")
    assert "待缴 60 元（依据：" in reply and "收费标准文件" in reply and "2026-12-31 前缴" in reply
    assert '<a href="https://pay.example.com/orders/105">点这里缴费</a>' in reply and "不要在聊天里发银行卡号" in reply


async def test_paid_free_and_nothing_to_pay(talk: Talk) -> None:
    assert "已缴 120 元" in await talk.say("A2026-000103缴费了吗，手机19900000003", "query_progress")
    assert "这项不收费（依据：《居住证暂行条例》第二十一条）" in await talk.say("A2026-000108要缴费吗，手机19900000008", "query_progress")
    await bind(talk, DEMO[9])
    assert "没有查到要在这里缴的费用" in await talk.say("缴费了吗", "query_progress")


async def test_one_open_supplement_says_what_is_wanted_first(talk: Talk) -> None:
    reply = await talk.say("A2026-000105，手机19900000005", "query_progress")
    assert "现在：等您补材料\n要补的：缺与赴台事由相应的证明\n怎么办：请补交" in reply and "承诺办结" not in reply
    await bind(talk, UNPAID)
    listed = await talk.bubbles("我的办件", "query_progress")
    assert "有 1 件等您补材料" in listed[0]["text"] and "待补充材料，待缴费" in listed[0]["buttons"][0]["title"]


async def test_fifty_are_followed_and_the_next_is_told_kindly(talk: Talk) -> None:
    for number in range(50):
        body = {"kind": "tip", "topic": "赌博", "content": f"示例路{uuid4().hex}", "mode": "anonymous"}
        receipt = await client().submit_report(body, uuid4().hex)
        await client().subscribe(talk.tracker.sender_id, receipt["report_no"])
        del number
    await talk.say("A2026-000110，手机19900000010", "query_progress")
    assert "已经跟了 50 件" in await talk.say("有变化告诉我", "follow_progress")


@pytest.mark.parametrize(
    ("link", "good"),
    [
        ("https://pay.example.gov.cn/o/1?a=b", True),
        ("http://pay.example.gov.cn/o/1", False),
        ("https://pay.example.gov.cn.evil.example/o/1", False),
        ("https://pay.example.gov.cn@evil.example/", False),
        ("https://evil.example/pay.example.gov.cn", False),
        ('https://pay.example.gov.cn/"><script>', False),
        ("https://pay.example.com/1", False),
        ("", False),
    ],
)
def test_only_allowed_hosts_get_a_link(link: str, good: bool) -> None:
    settings = load_settings().copy(update={"weijing_env": "production", "payment_hosts": "pay.example.gov.cn, other.example"})
    assert bool(payment_link(settings, link)) is good
