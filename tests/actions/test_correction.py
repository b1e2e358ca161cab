"""How people say that something written before is wrong, and what only sounds like it."""

from __future__ import annotations

import pytest

from actions.correction import Correction, find_correction
from actions.report_fields import FIELDS
from actions.said import Said

WORDS = [field.words for field in FIELDS]
SLOTS = [field.slot for field in FIELDS]


@pytest.mark.parametrize(
    ("text", "slot", "value"),
    [
        ("地址改成人民路8号", "report_place", "人民路8号"),
        ("把地点改为中山公园", "report_place", "中山公园"),
        ("时间不对，是昨天晚上", "report_occurred_at", "昨天晚上"),
        ("时间写错了，应该是上周五。", "report_occurred_at", "上周五"),
        ("第3项改成有人在里面赌博", "report_content", "有人在里面赌博"),
        ("第十项改成13812345678", SLOTS[9], "13812345678"),
        ("第5项", "report_place", ""),
        ("我要改电话", "reporter_phone", ""),
        ("地点说错了", "report_place", ""),
        ("姓名应为李四", "reporter_name", "李四"),
        ("不对，时间应该是前天", "report_occurred_at", "前天"),
        ("地点不是人民路，是解放路", "report_place", "解放路"),
        ("方式换成匿名", "report_mode", "匿名"),
        ("手机号填错了，是13812345678", "reporter_phone", "13812345678"),
        ("请帮我修改一下时间", "report_occurred_at", ""),
    ],
)
def test_corrections(text: str, slot: str, value: str) -> None:
    assert find_correction(Said(text), WORDS) == Correction(SLOTS.index(slot), value)


@pytest.mark.parametrize(
    "text",
    ["时间是昨天晚上九点", "地点在人民路", "第99项改成什么", "确认", "昨天晚上", "我要改签证", "材料没有", "现在还在发生", "情况是这样，他们每晚来", "不对"],
)
def test_what_is_no_correction(text: str) -> None:
    assert find_correction(Said(text), WORDS) is None
