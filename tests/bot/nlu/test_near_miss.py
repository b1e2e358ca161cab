"""Matters beside ours that borrow our words; a crime in them, and our own matters in like words, are ours."""

from __future__ import annotations

import pytest

from bot.nlu.near_miss import near_miss
from weijing.service_items import load_service_items


@pytest.mark.parametrize(
    "text",
    [
        "游戏账号实名改不了", "QQ密码忘了", "给小兔子取个名字", "火锅店起名", "预约体检", "约个理发", "昨晚梦到蛇", "本周运势",
        "身份证能借多少钱", "房贷利率多少", "日本旅游签证要啥", "演唱会几点检票", "起个好听的网名",
    ],
)  # fmt: skip
def test_what_only_sounds_like_ours(text: str) -> None:
    assert near_miss(text)


@pytest.mark.parametrize(
    "text",
    [
        "游戏账号交易被骗", "有人盗用我QQ骗人", "给宝宝取名字", "预约办护照", "身份证被人拿去贷款", "演唱会安保许可怎么办", "恶劣天气封路吗", "外国基金会备案",
        "微信绑定我的身份", "外卖员闯红灯", "股票群荐股算犯法吗",
    ],
)  # fmt: skip
def test_what_is_ours_all_the_same(text: str) -> None:
    assert not near_miss(text)


def test_questions_of_the_catalogue_are_ours() -> None:
    asked = [question for item in load_service_items() for question in item.questions]
    lost = [question for question in asked if near_miss(question)]
    assert len(lost) <= len(asked) * 0.003, lost
