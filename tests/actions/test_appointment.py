"""Appointments with the real backend: booked in four turns, moved, cancelled, and what goes wrong on the way."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from uuid import uuid4

import pytest
import pytest_asyncio

from actions.client import backend as client
from store.message import Message
from tests.actions.conftest import BackendProcess
from tests.actions.talk import Talk
from weijing.errors import BackendUnavailable
from weijing.workdays import SHANGHAI, add_workdays

CONTACT = "李小明 13812345678"
HALL = "上海示例户政大厅"


@pytest_asyncio.fixture(name="talk")
async def talk_that_leaves_nothing(talk: Talk) -> AsyncIterator[Talk]:
    """Slots are shared by all tests: what a test booked is given back."""
    yield talk
    with suppress(BackendUnavailable):
        for one in await client().appointments(talk.tracker.sender_id):
            await client().cancel_appointment(one["appointment_no"], talk.tracker.sender_id)


def day(workdays: int) -> str:
    """「11月25日」, so many workdays ahead."""
    ahead = add_workdays(datetime.now(SHANGHAI).date(), workdays)
    return f"{ahead.month}月{ahead.day}日"


async def to_contact(talk: Talk, workdays: int = 3, clock: str = "9:00") -> str:
    """Up to the summary."""
    await talk.say("预约办身份证", "book_appointment")
    await talk.say(HALL, "find_office")
    return await talk.say(f"{day(workdays)}{clock}", "nlu_fallback")


async def booked(talk: Talk, workdays: int = 3, clock: str = "9:00") -> str:
    """A booked appointment's number."""
    await to_contact(talk, workdays, clock)
    (number,) = re.findall(r"预约号 (Y\d{4}-\d{6})", await talk.say(CONTACT, "nlu_fallback"))
    return str(number)


async def test_booking_takes_four_turns(talk: Talk) -> None:
    first = await talk.bubbles("预约补办身份证", "book_appointment", service_item="id_card_replacement")
    assert {"title": "示例户政大厅（演示），上海", "payload": HALL} in first[0]["buttons"]
    offered = await talk.bubbles(HALL, "find_office")
    assert 2 <= len(offered[0]["buttons"]) <= 6 and all(len(button["payload"]) <= 20 for button in offered[0]["buttons"])
    summary = await talk.say(offered[0]["buttons"][-1]["payload"], "nlu_clarify")
    assert "还没有约上" in summary and "业务：身份证" in summary and "上海市黄浦区示例路3号" in summary
    receipt = await talk.bubbles(CONTACT, "out_of_scope", decision="fallback")
    text = receipt[0]["text"]
    assert re.search(r"预约号 Y\d{4}-\d{6}", text) and "上海市黄浦区示例路3号" in text and "【身份证丢失补领】请带材料原件" in text
    assert "改约" in text and "取消预约" in text and "以窗口审核为准" in text
    assert [button["title"] for button in receipt[0]["buttons"]] == ["要带什么材料", "改时间", "取消预约"]
    assert talk.form is None and talk.slot("appointment_phone") is None


async def test_all_but_the_contact_in_one_message_takes_two_turns(talk: Talk) -> None:
    summary = await talk.say(f"我想预约{day(4)}上午十点去上海示例户政大厅办身份证", "book_appointment")
    assert "还没有约上" in summary and "10:00" in summary
    assert "约好了" in await talk.say("我叫李小明，电话13812345678", "nlu_fallback")


async def test_name_and_phone_are_masked_everywhere_and_revealed_to_the_backend_alone(talk: Talk) -> None:
    await booked(talk)
    events = json.dumps([event.as_dict() for event in talk.tracker.events], ensure_ascii=False)
    assert "13812345678" not in events and "李小明" not in events and "〔姓名#" in events and "〔手机#" in events


async def test_a_location_chooses_the_nearest_office(talk: Talk) -> None:
    await talk.say("预约办身份证", "book_appointment")
    reply = await talk.take(Message(uuid4().hex, "", kind="location", data={"lat": "39.909187", "lng": "116.417345", "label": "北京站"}))
    assert "示例户政大厅（演示），约 1.3 公里" in reply and talk.slot("appointment_office")["address"].startswith("北京")
    assert "39.909187" not in str(talk.tracker.current_slot_values())


async def test_the_item_asked_about_before_is_the_one_that_is_booked(talk: Talk) -> None:
    await talk.say("护照怎么办", "ask_guide", service_item="passport_first")
    assert "预约出入境业务" in await talk.say("帮我预约", "book_appointment")


async def test_a_time_wished_before_the_office_is_kept(talk: Talk) -> None:
    await talk.say(f"预约{day(5)}下午办身份证", "book_appointment")
    summary = await talk.say(HALL, "find_office")
    assert day(5) in summary and "13:00" in summary


async def test_a_time_that_is_not_free_is_said_and_others_offered(talk: Talk) -> None:
    await talk.say("预约办身份证", "book_appointment")
    assert "去哪里办" in await talk.say("下周日上午", "nlu_fallback")
    bubbles = await talk.bubbles(HALL, "find_office")
    assert "您要的时间没有空号" in bubbles[0]["text"] and bubbles[0]["buttons"]
    again = await talk.say("凌晨三点四十", "nlu_fallback")
    assert "没有空号" in again and talk.slot("requested_slot") == "appointment_start"


async def test_corrections_of_time_office_and_service(talk: Talk) -> None:
    await to_contact(talk)
    assert f"{day(6)}" in await talk.say(f"时间改成{day(6)}下午三点半", "correct")
    assert talk.slot("appointment_start")[11:16] == "15:30"
    reply = await talk.say("地点改成北京示例户政大厅", "correct")
    assert "这些时间有空号" in reply and talk.slot("appointment_office")["address"].startswith("北京")
    assert "预约出入境业务" in await talk.say("业务改成护照", "correct") and talk.slot("appointment_start") is None


async def test_another_time_said_at_the_last_question_counts_and_is_no_name(talk: Talk) -> None:
    await to_contact(talk)
    assert day(7) in await talk.say(f"{day(7)}下午", "nlu_fallback")
    assert "这些时间有空号" in await talk.say("换个时间", "book_appointment")
    await talk.say(f"{day(3)}上午", "nlu_fallback")
    for words in ("周末", "改天再说", "明天"):
        await talk.say(words, "nlu_fallback")
        assert talk.slot("appointment_name") is None and talk.form == "appointment_form"


async def test_a_question_in_the_middle_is_answered_and_the_form_goes_on(talk: Talk) -> None:
    await to_contact(talk)
    reply = await talk.say("身份证补办要带什么？", "ask_guide", service_item="id_card_replacement", aspect="materials")
    assert "【身份证丢失补领】材料" in reply and "还没有约上" in reply
    assert "等会儿办" in await talk.say("查办件进度", "query_progress") and talk.form == "appointment_form"
    assert "约好了" in await talk.say(CONTACT, "nlu_fallback")


@pytest.mark.parametrize(("words", "intent"), [("退出", "cancel"), ("取消预约", "cancel_appointment")])
async def test_leaving_books_nothing(talk: Talk, words: str, intent: str) -> None:
    await to_contact(talk)
    assert "已退出" in await talk.say(words, intent) and talk.form is None and talk.slot("appointment_office") is None
    assert await client().appointments(talk.tracker.sender_id) == []
    assert "没有预约" in await talk.say("取消预约", "cancel_appointment") and talk.form is None


async def test_a_person_in_the_middle(talk: Talk) -> None:
    await to_contact(talk)
    assert "一并交给工作人员" in await talk.say("人工", "request_handoff", decision="handoff") and talk.tracker.is_paused()


async def test_three_answers_that_are_none_offer_a_person(talk: Talk) -> None:
    await to_contact(talk)
    replies = [await talk.say(words, "nlu_fallback") for words in ("不知道", "12345", "啊啊")]
    assert ["可以请工作人员帮您" in reply for reply in replies] == [False, False, True]


async def test_a_slot_taken_meanwhile_offers_the_next_ones(talk: Talk) -> None:
    await to_contact(talk, 8, "11:00")
    slot = {"office_id": "demo_hukou_31", "service": "id_card", "starts_at": talk.slot("appointment_start")}
    others = [await client().book({**slot, "openid": f"o-{uuid4().hex}", "name": "示例", "phone": "19900000001"}, uuid4().hex) for _ in range(3)]
    bubbles = await talk.bubbles(CONTACT, "nlu_fallback")
    assert "刚刚约满" in bubbles[0]["text"] and bubbles[1]["buttons"]
    summary = await talk.say(f"{day(8)}十一点半", "nlu_fallback")
    assert "姓名：李**" in summary and "138****5678" in summary and "11:30" in summary
    assert "约好了" in await talk.say("确认", "affirm")
    for one in others:
        await client().cancel_appointment(one["appointment_no"], one["openid"])


async def test_a_second_one_for_the_same_service_shows_the_first(talk: Talk) -> None:
    number = await booked(talk)
    await to_contact(talk, 4)
    reply = await talk.say(CONTACT, "nlu_fallback")
    assert "已经有一个预约" in reply and number in reply and talk.form is None


async def test_moving_and_listing(talk: Talk) -> None:
    number = await booked(talk)
    assert number in await talk.say("我的预约", "book_appointment") and talk.form is None
    bubbles = await talk.bubbles("改约", "book_appointment")
    assert "这些时间有空号" in bubbles[0]["text"]
    ask = await talk.say(f"{day(5)}下午两点", "nlu_fallback")
    assert number in ask and day(3) in ask and f"{day(5)}" in ask
    assert "改好了" in await talk.say("确认改约", "affirm")
    (one,) = await client().appointments(talk.tracker.sender_id)
    assert one["appointment_no"] == number and one["starts_at"][11:16] == "14:00"
    await talk.say(f"改约到{day(6)}上午", "book_appointment")
    assert "什么都没有动" in await talk.say("不改了", "nlu_fallback")


async def test_cancelling_asks_first_and_which_one_when_there_are_two(talk: Talk) -> None:
    number = await booked(talk)
    await talk.say("预约办户口迁移", "book_appointment")
    await talk.say(HALL, "find_office")
    await talk.say(f"{day(3)}9:00", "nlu_fallback")
    await talk.say(CONTACT, "nlu_fallback")
    which = await talk.bubbles("取消预约", "cancel_appointment")
    assert len(which[0]["buttons"]) == 2
    assert f"{number}，身份证" in await talk.say(number, "nlu_fallback")
    assert "什么都没有动" in await talk.say("不取消了", "deny")
    assert f"{number}，身份证" in await talk.say("取消身份证预约", "cancel_appointment"), "the service names it"
    assert f"已取消 {number}" in await talk.say("确认取消", "affirm")
    assert len(await client().appointments(talk.tracker.sender_id)) == 1


async def test_a_backend_that_is_away_promises_nothing_and_keeps_the_form(talk: Talk, backend: BackendProcess) -> None:
    await to_contact(talk)
    backend.kill()
    reply = await talk.say(CONTACT, "nlu_fallback")
    assert "不会约重" in reply and not talk.context.deferred and talk.form == "appointment_form"
    assert "已退出" in await talk.say("退出", "cancel"), "leaving needs no backend"
    assert "看不到号" in await talk.say("取消预约", "cancel_appointment") and talk.form is None
    assert "看不到号" in await talk.say("预约办护照", "book_appointment")


async def test_a_backend_that_comes_back_books_at_the_next_yes(talk: Talk, backend: BackendProcess) -> None:
    await to_contact(talk, 9)
    backend.kill()
    await talk.say(CONTACT, "nlu_fallback")
    backend.start()
    assert "约好了" in await talk.say("确认", "affirm")


async def test_driving_tests_are_booked_elsewhere(talk: Talk) -> None:
    assert "交管12123" in await talk.say("科目三怎么约考", "book_appointment") and talk.form is None
