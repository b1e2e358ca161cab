"""Who is bound confirms instead of typing; others are brought along; numbers, late cancelling and limits."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta

import pytest

from actions.client import backend as client
from backend.demo import DEMO
from tests.actions.conftest import BackendProcess
from tests.actions.talk import Talk
from tests.actions.test_appointment import CONTACT, HALL, booked, day, talk_that_leaves_nothing
from weijing.workdays import SHANGHAI

__all__ = ["talk_that_leaves_nothing"]
PERSON = {"name": DEMO[10].applicant, "id_number": DEMO[10].proofs["id_number"], "phone": DEMO[10].proofs["phone"]}


async def to_confirmation(talk: Talk, workdays: int = 11) -> str:
    await talk.send("bind_identity", **PERSON)
    return await talk.say(f"约{day(workdays)}下午三点去{HALL}办身份证", "book_appointment")


async def test_who_is_bound_says_yes_and_nothing_is_typed_or_shown_whole(talk: Talk) -> None:
    summary = await to_confirmation(talk)
    assert "办事人：褚**，199****0011（您绑定的身份）" in summary
    assert "约好了" in await talk.say("确认", "affirm")
    assert PERSON["phone"] not in json.dumps([event.as_dict() for event in talk.tracker.events], ensure_ascii=False)
    (one,) = await client().appointments(talk.tracker.sender_id)
    listed = await talk.bubbles("我的办件", "query_progress")
    assert f"查{one['appointment_no']}" in str(listed)
    assert one["appointment_no"] in await talk.say(f"查{one['appointment_no']}", "query_progress") and talk.form is None


async def test_somebody_else_is_brought_by_name_and_phone(talk: Talk) -> None:
    await to_confirmation(talk, 12)
    assert "约好了" in await talk.say(CONTACT, "nlu_fallback")
    assert "办事人：褚**" in await to_confirmation(talk, 12)
    assert "约好了" in await talk.say("确认", "affirm"), "two people, two appointments"
    assert len(await client().appointments(talk.tracker.sender_id)) == 2


async def test_a_mother_is_not_the_user(talk: Talk) -> None:
    await to_confirmation(talk, 13)
    assert "请发来办事人的姓名和手机号" in await talk.say("不是我，给我妈办", "deny")
    assert "已退出" in await talk.say("退出", "cancel")
    assert "请发来办事人的姓名和手机号" in await talk.say(f"给我妈约{day(13)}下午三点去{HALL}办身份证", "book_appointment")


async def test_another_phone_alone_is_shown_again(talk: Talk) -> None:
    await to_confirmation(talk, 14)
    assert "姓名：褚**，电话：138****5678" in await talk.say("电话改成13812345678", "correct")
    assert "约好了" in await talk.say("确认", "affirm")


@pytest.mark.parametrize("words", ["嗯", "安排吧", "随便"])
async def test_what_is_no_yes_books_nothing_for_a_stranger(talk: Talk, words: str) -> None:
    await to_confirmation(talk, 15)
    await talk.say(words, "nlu_fallback")
    assert talk.slot("appointment_name") is None


async def test_unbound_meanwhile_is_asked_for_the_contact(talk: Talk) -> None:
    await to_confirmation(talk, 16)
    await client().unbind_identity(talk.tracker.sender_id)
    assert "请发来办事人的姓名和手机号" in await talk.say("确认", "affirm") and talk.form == "appointment_form"
    assert "约好了" in await talk.say(CONTACT, "nlu_fallback")


async def test_a_number_that_is_not_one_s_own_cancels_nothing(talk: Talk) -> None:
    number = await booked(talk, 12)
    assert "没有查到 Y2026-999999" in await talk.say("取消Y2026-999999", "cancel_appointment") and talk.form is None
    assert "没有查到 Y2026-999999" in await talk.say("查Y2026-999999", "query_progress") and talk.form is None
    assert number in await talk.say(f"查{number.lower()}", "query_progress")


async def test_late_cancelling_is_allowed_and_told(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    await booked(talk, 13, "9:30")
    assert "不到 2 小时" not in await talk.say("取消预约", "cancel_appointment")
    await talk.say("不取消了", "deny")
    (one,) = await client().appointments(talk.tracker.sender_id)
    soon = datetime.fromisoformat(one["starts_at"]) - timedelta(minutes=90)

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]  # the clock of the wall, 90 minutes before
            return soon.astimezone(SHANGHAI)

    monkeypatch.setattr("actions.appointment_asks.datetime", Clock)
    assert "不到 2 小时" in await talk.say("取消预约", "cancel_appointment")
    assert "已取消" in await talk.say("确认取消", "affirm")


async def test_a_district_names_its_only_office(talk: Talk) -> None:
    reply = await talk.say(f"约{day(12)}上午十点去黄浦办身份证", "book_appointment")
    assert "示例户政大厅" in reply and "上海市黄浦区" in reply and "10:00" in reply
    assert re.search("约好了", await talk.say(CONTACT, "nlu_fallback"))
    other = await talk.say("约明天上午十点去鼓楼办护照", "book_appointment")
    assert "去哪里办" in other and talk.slot("appointment_wish")


async def test_without_the_backend_a_booking_does_not_begin(talk: Talk, backend: BackendProcess) -> None:
    await talk.send("bind_identity", **PERSON)
    backend.kill()
    assert "看不到号" in await talk.say("预约办身份证", "book_appointment")
