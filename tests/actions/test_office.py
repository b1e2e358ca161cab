"""The nearest offices from the real backend, and how they are asked for."""

from __future__ import annotations

import re

import pytest

from actions.office import distance
from store.message import Message
from tests.actions.conftest import BackendProcess
from tests.actions.talk import Talk

SQUARE = {"lat": "31.230416", "lng": "121.473701", "label": "上海市黄浦区人民大道120号"}


def location(**data: str) -> Message:
    """A location message."""
    return Message("0123456789abcdef0123456789abcdef", "", kind="location", data=data)


async def test_a_location_is_answered_with_the_nearest_three(talk: Talk) -> None:
    reply = await talk.take(location(**SQUARE))
    assert re.findall(r"(?m)^\d\. (\S+?)（演示），约", reply) == ["示例一号派出所", "示例户政大厅", "示例二号派出所"]
    assert "约 530 米" in reply and "电话：110" in reply and "今天24小时值班" in reply and "演示数据" in reply
    assert "https://apis.map.qq.com/uri/v1/geocoder?coord=31.234416,121.476701&referer=weijing" in reply
    assert len(reply.encode()) < 2048, "fits into one passive reply"
    assert SQUARE["lat"] not in str(talk.tracker.current_slot_values()), "used once, not kept"


async def test_words_are_told_how_to_send_the_location(talk: Talk) -> None:
    reply = await talk.say("附近派出所", "find_office")
    assert "发送位置" in reply and len(reply) < 80
    assert "发送位置" in await talk.say("〔位置〕我瞎写的", "find_office"), "typed brackets are no location"


async def test_an_office_is_found_by_district_and_by_name(talk: Talk) -> None:
    reply = await talk.say("天河区出入境大厅在哪", "find_office")
    assert reply.count("地址：") == 1 and "示例出入境接待大厅" in reply and "广州市天河区" in reply and "约" not in reply
    assert "工作日9:00—12:00、14:30—17:30；今天" in reply and "可办：护照" in reply
    reply = await talk.say("示例一号派出所几点下班", "find_office")
    assert reply.count("地址：") == 3 and reply.count("今天24小时值班") == 3 and len(reply.encode()) < 2048


async def test_a_place_that_is_not_there_is_said(talk: Talk) -> None:
    reply = await talk.say("城关镇派出所电话多少", "find_office")
    assert "没有查到“城关镇 派出所”" in reply and "12345" in reply and "位置" in reply


async def test_a_number_is_answered_without_the_backend(talk: Talk, backend: BackendProcess) -> None:
    backend.kill()
    reply = await talk.say("报警电话是多少", "find_office")
    assert reply.startswith("110 报警") and "12110" in reply and "12367" not in reply
    assert "12367 出入境咨询" in await talk.say("出入境咨询电话", "find_office")
    assert len((await talk.say("常用电话有哪些", "find_office")).encode()) < 2048


async def test_hours_alone_are_told_by_the_calendar(talk: Talk) -> None:
    for words in ("派出所几点下班", "周末上班吗", "国庆节办证大厅开吗"):
        reply = await talk.say(words, "find_office")
        assert "9:00—12:00、14:30—17:30" in reply and "110" in reply and ("日（周" in reply or "放假安排" in reply)


async def test_what_can_be_done_there_comes_from_the_offices(talk: Talk) -> None:
    assert "派出所可以办：报警求助、居住登记、开具证明。" in await talk.say("派出所能办什么", "find_office")
    assert "驾驶证" in await talk.say("车管所可以办哪些业务", "find_office")
    assert "发送位置" in await talk.say("看守所能办什么", "find_office"), "a kind that the backend does not know"


async def test_words_that_name_a_service_item_are_told_where_it_is_done(talk: Talk) -> None:
    reply = await talk.say("办护照去哪个单位", "find_office", service_item="passport_first")
    assert "护照" in reply and "发送位置" in reply


async def test_without_the_backend_it_is_said_whom_to_ask(talk: Talk, backend: BackendProcess) -> None:
    backend.kill()
    reply = await talk.take(location(**SQUARE))
    assert "12345" in reply and "110" in reply


@pytest.mark.parametrize(("metres", "words"), [(3, "10 米"), (528, "530 米"), (994, "990 米"), (1234, "1.2 公里"), (15_400, "15 公里")])
def test_a_distance_is_said_as_people_say_it(metres: int, words: str) -> None:
    assert distance(metres) == words
