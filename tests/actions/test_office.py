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
