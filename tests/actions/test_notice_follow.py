"""Subscribing to notices in one message, what one is subscribed to, and stopping one kind or all."""

from __future__ import annotations

from actions.client import backend as client
from tests.actions.conftest import BackendProcess
from tests.actions.talk import Talk
from tests.actions.test_notice import buttons
from tests.actions.test_progress_matters import told


async def mine(talk: Talk) -> dict[str, list[str]]:
    """Kind -> districts, as the bureau's system knows it."""
    return {one["kind"]: one["areas"] for one in await client().notice_subscriptions(talk.tracker.sender_id)}


async def test_kind_and_district_in_one_message(talk: Talk) -> None:
    reply = await talk.say("订阅鼓楼区的交通管制", "subscribe_notice")
    assert "订好了：交通管制（鼓楼区）" in reply and "晚 9 点" in reply and "不要再发公告了" in reply
    assert await mine(talk) == {"traffic": ["鼓楼区"]}
    await talk.say("台江区的交通管制也订阅", "subscribe_notice")
    assert set((await mine(talk))["traffic"]) == {"台江区", "鼓楼区"}


async def test_warnings_come_from_everywhere_and_closed_roads_can_be_narrowed(talk: Talk) -> None:
    assert buttons(await talk.bubbles("以后有反诈预警告诉我", "subscribe_notice")) == {"不要反诈预警了": "退订反诈预警"}
    offered = buttons(await talk.bubbles("有交通管制提前通知我", "subscribe_notice"))
    assert await mine(talk) == {"fraud": [], "traffic": []}
    await talk.say(offered["只要台江区的"], "subscribe_notice")
    assert await mine(talk) == {"fraud": [], "traffic": ["台江区"]}


async def test_only_the_kind_is_asked_for_and_the_district_is_not_lost(talk: Talk) -> None:
    bubbles = await talk.bubbles("订阅台江区的通知", "subscribe_notice")
    assert "哪一类" in bubbles[0]["text"] and await mine(talk) == {}
    await talk.say(buttons(bubbles)["治安提醒"], "subscribe_notice")
    assert await mine(talk) == {"safety": ["台江区"]}
    await talk.say(buttons(bubbles)["全部"], "subscribe_notice")
    assert set(await mine(talk)) == {"fraud", "traffic", "service", "safety", "other"}


async def test_a_district_that_is_not_ours_is_told_and_nothing_is_kept(talk: Talk) -> None:
    assert "思明区不在我们这里" in await talk.say("订阅思明区的交通管制", "subscribe_notice")
    assert await mine(talk) == {}


async def test_one_kind_is_stopped_then_all_then_there_is_nothing(talk: Talk) -> None:
    await talk.say("订阅反诈预警和交通管制", "subscribe_notice")
    listed = await talk.bubbles("我订阅了什么", "subscribe_notice")
    assert listed[0]["text"] == "您订阅了：反诈预警、交通管制。" and list(buttons(listed).values()) == ["退订反诈预警", "退订交通管制"]
    assert "交通管制不再发了。您还订着：反诈预警" in await talk.say("退订交通管制", "subscribe_notice")
    assert "反诈预警都不再发了" in await talk.say("不要再发公告了", "subscribe_notice")
    assert await mine(talk) == {}
    assert "没有订阅" in await talk.say("不要再发公告了", "subscribe_notice")
    assert "没有订阅" in await talk.say("我订阅了什么", "subscribe_notice")


async def test_no_more_at_all_ends_progress_and_notices_and_progress_alone_leaves_them(talk: Talk) -> None:
    await talk.say("以后有反诈预警告诉我", "subscribe_notice")
    await talk.say("查A2026-000109，手机19900000009", "query_progress")
    await talk.say("有变化告诉我", "follow_progress")
    assert "反诈预警" not in await talk.say("取消进度通知", "follow_progress")
    assert await mine(talk) == {"fraud": []} and await told("A2026-000109", "completed") == 0
    await talk.say("有变化告诉我", "follow_progress")
    bubbles = await talk.bubbles("别再通知我", "follow_progress")
    assert "办件进度和反诈预警都不再通知" in bubbles[0]["text"] and await mine(talk) == {} and await told("A2026-000109", "completed") == 0
    await talk.say(buttons(bubbles)["还要反诈预警"], "subscribe_notice")
    assert await mine(talk) == {"fraud": []}


async def test_in_the_middle_of_a_report_it_is_done_and_the_report_goes_on(talk: Talk) -> None:
    await talk.say("我要举报", "file_report")
    await talk.say("订阅反诈预警", "subscribe_notice")
    assert talk.form == "report_form"


async def test_backend_away_nothing_is_promised(talk: Talk, backend: BackendProcess) -> None:
    backend.kill()
    assert "没有办成" in await talk.say("订阅反诈预警", "subscribe_notice")
    backend.start()
    assert await mine(talk) == {}
