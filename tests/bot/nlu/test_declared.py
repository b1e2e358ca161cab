"""Complaints and tips that are declared in so many words are heard; questions about them and other people's matters are not taken for them."""

from __future__ import annotations

import pytest

from bot.nlu.declared import declares_report


@pytest.mark.parametrize(
    "text",
    [
        "我想投诉你们窗口态度太差", "我要举报有人开赌场", "投诉", "举报隔壁卖假证",
        "您好，我要实名举报一个诈骗窝点", "匿名举报有人吸毒", "我要投诉办证大厅的民警推诿",
    ],
)  # fmt: skip
def test_a_declared_wish_is_heard(text: str) -> None:
    assert declares_report(text)


@pytest.mark.parametrize(
    "text",
    [
        "怎么投诉民警", "举报有奖吗", "投诉电话多少", "我的投诉有结果了没", "举报材料要写哪些", "我被人举报了怎么办",
        "我想投诉快递公司", "投诉淘宝商家不退款", "撤销举报", "我朋友想投诉", "12389投诉受理哪些", "我要举报游戏账号",
    ],
)  # fmt: skip
def test_questions_about_it_and_other_matters_are_not(text: str) -> None:
    assert not declares_report(text)
