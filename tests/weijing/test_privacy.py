from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.context import TurnContext
from weijing.privacy import mask, mask_for_log


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("我的身份证11010519491231002X电话13800138000", "我的身份证〔身份证〕电话〔手机〕"),
        ("110105194912310021", "〔身份证〕"),
        ("京A12345违停", "〔车牌〕违停"),
        ("卡6222021234567890128被冻结", "卡〔银行卡〕被冻结"),
        ("发到li.si@example.com", "发到〔邮箱〕"),
        ("护照E12345678丢了", "护照〔证件〕丢了"),
        ("查 J2026-000123 码 7KQ2-M9XD", "查 J2026-000123 码 〔查询码〕"),
        ("我叫李建国，住建设路88号3栋502室", "我叫〔姓名〕，住建设路〔地址〕"),
        ("姓名：欧阳小红", "姓名：〔姓名〕"),
        ("我叫阿依古丽·买买提", "我叫〔姓名〕"),
        ("本人张三，身份证11010519491231002X", "本人〔姓名〕，身份证〔身份证〕"),
        ("联系人是王五 13800138000", "联系人是〔姓名〕 〔手机〕"),
        ("城东区建国大街12号院3号楼2单元501有人赌博", "城东区建国大街〔地址〕有人赌博"),
        ("我家在阳光小区3栋2单元501室", "我家在阳光小区〔地址〕"),
        ("文化巷１２号", "文化巷〔地址〕"),
    ],
)
def test_masks(text: str, masked: str) -> None:
    assert mask_for_log(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "打110还是12110", "补办身份证40元", "2026年11月22日上午9点", "治安管理处罚法第43条", "我叫了车他不来", "我叫什么名字好", "转人工",
        "我是高中生能办身份证吗",
        "坐2路公交到派出所", "地铁建设路10号线", "公安部令第142号", "孩子想叫张梓涵可以吗", "科目一考了90分", "本人能代办吗", "姓王的女孩起什么名字",
        "A2026-000123",
        "车牌号怎么选", "住满半年", "3年前的事", "我住二楼，楼下噪音大", "〔手机#1a2b3c4d〕",
    ],
)  # fmt: skip
def test_leaves_ordinary_words_alone(text: str) -> None:
    assert mask_for_log(text) == text


def test_masks_are_kept_once_and_reveal_the_text_again() -> None:
    context = TurnContext(message_key="m1", openid="o1")
    text = "我叫李建国，电话13800138000，再说一遍13800138000"
    masked = mask(text, context.keep)
    assert "138" not in masked and "李建国" not in masked
    assert len(context.raw) == 2
    assert context.reveal(masked) == text
    assert mask(masked, context.keep) == masked


@given(st.text(alphabet="我叫王小明号路栋室0123456789Xx-京A ，,〔#〕", max_size=40))
def test_masking_is_settled_and_can_be_undone(text: str) -> None:
    context = TurnContext(message_key="m", openid="o")
    once = mask(text, context.keep)
    assert mask(once, context.keep) == once
    assert sorted(_letters(context.reveal(once))) == sorted(_letters(text))


def _letters(text: str) -> str:
    return re.sub(r"[\s·-]", "", text).upper()
