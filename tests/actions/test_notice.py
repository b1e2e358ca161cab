"""Asking for notices: lists, one in full, the next page, what is elsewhere, what is genuine."""

from __future__ import annotations

from uuid import uuid4

import pytest

from actions.client import backend as client
from actions.notice_words import read_question
from store.message import Bubble
from tests.actions.conftest import BackendProcess
from tests.actions.talk import Talk
from weijing.emergency import screen

AREAS = ("鼓楼区", "台江区", "黄浦区", "东城区", "天河区")


async def publish(**fields: object) -> int:
    """A notice of the bureau's; its id."""
    body = {"kind": "service", "title": "系统维护", "body": "今晚网上办事暂停。", **fields}
    return int((await client()._call("POST", "/v1/notices", body, uuid4().hex))["notice"]["id"])


def buttons(bubbles: list[Bubble]) -> dict[str, str]:
    """Title -> payload."""
    return {button["title"]: button["payload"] for bubble in bubbles for button in bubble.get("buttons", [])}


async def test_what_frauds_there_are_and_one_of_them_in_full(talk: Talk) -> None:
    bubbles = await talk.bubbles("最近有什么诈骗", "ask_notice")
    offered = buttons(bubbles)
    assert "96110" in bubbles[0]["text"] and "马上打 110" in bubbles[0]["text"] and next(iter(offered)).startswith("刷单返利都是诈骗（")
    assert list(offered.values())[-2:] == ["更多通知", "订阅反诈预警"] and len(offered) == 6
    whole = await talk.say(next(iter(offered.values())), "ask_notice")
    assert whole.startswith("【反诈预警】刷单返利都是诈骗\n") and "怎么办：" in whole and whole.endswith("发布）")


async def test_the_next_page_goes_on_and_ends(talk: Talk) -> None:
    first = buttons(await talk.bubbles("最近有什么诈骗", "ask_notice"))
    second = buttons(await talk.bubbles("更多通知", "ask_notice"))
    assert list(second.values())[1:] == ["订阅反诈预警"] and not set(first) & {next(iter(second))}
    again = await talk.bubbles("更多通知", "ask_notice")
    assert "最近的通知" in again[0]["text"], "nothing is left to go on with: all kinds from the beginning"


async def test_where_the_roads_are_closed_by_district_and_by_half_its_name(talk: Talk) -> None:
    here = buttons(await talk.bubbles("鼓楼今天哪里管制", "ask_notice"))
    assert [title for title in here if "（鼓楼区）" in title] and not [title for title in here if "台江区" in title]
    assert here["有新的交通管制告诉我"] == "订阅鼓楼区交通管制"
    assert len(buttons(await talk.bubbles("交通管制", "ask_notice"))) == 3


async def test_a_district_without_notices_and_one_that_is_not_ours(talk: Talk) -> None:
    bubbles = await talk.bubbles("东城区有什么交通管制", "ask_notice")
    assert bubbles[0]["text"] == "现在没有东城区交通管制。" and "最近有什么通知" in buttons(bubbles).values()
    foreign = await talk.say("思明区有什么交通管制", "ask_notice")
    assert "思明区不在我们这里" in foreign and "鼓楼区" in foreign


@pytest.mark.parametrize(("asked", "where"), [("今天限行吗", "交管部门"), ("招警公告", "官网"), ("拍卖公告", "发布单位")])
async def test_what_no_notice_covers_is_said_honestly(talk: Talk, asked: str, where: str) -> None:
    reply = await talk.say(asked, "ask_notice")
    assert "我这里没有" in reply and where in reply


async def test_what_a_notice_does_cover_is_shown(talk: Talk) -> None:
    number = await publish(kind="other", title="招聘辅警二十名", body="报名到月底。")
    assert f"看通知{number}" in buttons(await talk.bubbles("你们招辅警吗", "ask_notice")).values()
    await client()._call("POST", f"/v1/notices/{number}/withdraw", {"reason": "试"}, uuid4().hex)
    assert "已经撤下" in await talk.say(f"看通知{number}", "ask_notice")


async def test_a_notice_tells_its_districts_its_end_and_its_link(talk: Talk) -> None:
    number = await publish(areas=["天河区"], link="https://example.com/n", expires_at="2099-12-31T00:00:00+08:00")
    whole = await talk.say(f"看通知{number}", "ask_notice")
    assert "系统维护（天河区）" in whole and "有效到 12月31日" in whole and whole.endswith("https://example.com/n")


@pytest.mark.parametrize("asked", ["收到一条公安通知是真的吗", "群里的公告真的假的", "这条短信通知可信吗"])
async def test_how_to_tell_a_genuine_one(talk: Talk, asked: str) -> None:
    reply = await talk.say(asked, "ask_notice")
    assert "96110" in reply and "安全账户" in reply and "不转账" in reply


async def test_backend_away_says_later_and_still_gives_the_numbers(talk: Talk, backend: BackendProcess) -> None:
    backend.kill()
    reply = await talk.say("最近有什么诈骗", "ask_notice")
    assert "过几分钟再问" in reply and "96110" in reply and "110" in reply


async def test_in_the_middle_of_a_report_it_is_answered_and_the_report_goes_on(talk: Talk) -> None:
    await talk.say("我要举报", "file_report")
    reply = await talk.say("今天哪里管制", "ask_notice")
    assert "最近的交通管制" in reply and "举报的是哪方面" in reply and talk.form == "report_form"


@pytest.mark.parametrize("said", ["我刚被骗了转了钱", "我刚刚给骗子转了两万块钱", "正在和骗子共享屏幕"])
def test_a_fraud_that_is_running_gets_the_card_first(said: str) -> None:
    card = screen(said)
    assert card and card.kind == "fraud" and "96110" in card.text and "110" in card.text


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("最近有什么诈骗", {"kinds": ("fraud",)}),
        ("我们小区最近有什么诈骗", {"kinds": ("fraud",)}),
        ("订阅鼓楼和台江区的交通管制", {"kinds": ("traffic",), "areas": ("鼓楼区", "台江区")}),
        ("浦东新区最近有什么通知", {"unknown": "浦东新区"}),
        ("闽侯县有没有封路", {"kinds": ("traffic",), "unknown": "闽侯县"}),
        ("哪个区有管制", {"kinds": ("traffic",)}),
        ("我们这个区有什么公告", {}),
        ("还有别的通知吗", {"more": True}),
        ("不要再发公告了", {"stop": True}),
        ("都订阅了啥", {"mine": True}),
        ("看通知1005", {"number": "1005"}),
        ("这个通知靠谱吗", {"check": True}),
    ],
)
def test_what_a_message_says(said: str, read: dict[str, object]) -> None:
    found = vars(read_question(said, AREAS))
    assert {name: found[name] for name in found if found[name] and not (name == "kinds" and found["mine"])} == read
