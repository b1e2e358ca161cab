"""Easy mode in conversation: remembered, answered by digits, in and out of forms."""

from __future__ import annotations

import pytest

from tests.actions.conftest import BackendProcess
from tests.actions.person import Person
from tests.actions.talk import Talk, TurnProcessor
from weijing.easy_mode import FOOT


@pytest.fixture
def person(whole: TurnProcessor, backend: BackendProcess) -> Person:
    return Person(whole)


async def test_letters_are_explained_the_first_time_and_when_asked_about(talk: Talk) -> None:
    assert "关怀模式" in await talk.say("简洁模式", "easy_mode") and talk.slot("easy_mode") is True
    assert "关怀模式" not in await talk.say("简洁模式", "easy_mode")
    assert "关怀模式" in await talk.say("字还是太小", "easy_mode")
    assert "恢复普通模式" in await talk.say("恢复普通模式", "easy_mode") and talk.slot("easy_mode") is False


@pytest.mark.parametrize("words", ["简洁模式", "看不清，字大一点", "老人版", "我眼睛不好", "我岁数大了，说得简单点"])
async def test_ways_to_ask_for_it(person: Person, words: str) -> None:
    said = await person.say(words)
    assert said.endswith(FOOT) and "您回数字就行" in said


async def test_a_card_is_read_by_digits_alone(person: Person) -> None:
    await person.say("简洁模式")
    first = await person.say("第一次办护照要带什么材料")
    assert first.startswith("【护照首次申请】材料") and "\n1 继续\n2 " in first and first.endswith(FOOT) and "<a " not in first
    second = await person.say("1")
    assert second.startswith("【护照首次申请】材料") and second != first and not set(second.splitlines()[1:3]) & set(first.splitlines())
    assert await person.say("9") == second
    assert "正在为您转给" in (handed := await person.say("0")) or "已为您转给" in handed
    assert person.user.tracker.is_paused()


async def test_a_digit_picks_the_button_that_stands_beside_it(person: Person) -> None:
    await person.say("简洁模式")
    card = await person.say("身份证丢了怎么补办要带什么")
    number = next(line.split()[0] for line in card.splitlines() if line.endswith(" 费用"))
    assert "【身份证丢失补领】费用" in await person.say(number)


async def test_a_form_goes_by_digits_with_an_aside_and_leaves_with_a_word(person: Person) -> None:
    await person.say("简洁模式")
    asked = await person.say("我要举报")
    assert "个人信息保护法" in asked and "\n1 赌博\n2 涉黄\n" in asked
    assert "请说说经过" in await person.say("1") and person.user.tracker.get_slot("report_topic") == "赌博"
    aside = await person.say("身份证丢了补办多少钱？")
    assert "40元" in aside and "请说说经过" in aside and aside.endswith(FOOT)
    assert "已退出" in await person.say("退出") and person.user.tracker.get_slot("easy_mode") is True


async def test_a_wrong_digit_is_asked_back(person: Person) -> None:
    await person.say("简洁模式")
    await person.say("我要举报")
    assert "没看懂" in await person.say("7") and person.user.tracker.active_loop_name == "report_form"


async def test_going_on_without_easy_mode_repeats(person: Person) -> None:
    card = await person.turn("身份证丢了怎么补办要带什么")
    assert "buttons" in card.bubbles[0], "buttons stay buttons"
    assert (await person.say("继续")).startswith("【身份证丢失补领】材料")


async def test_it_is_remembered_and_danger_is_shown_whole(person: Person) -> None:
    await person.say("简洁模式")
    said = await person.say("我老公在打我救命")
    assert "110" in said and FOOT not in said
    assert "微警" in await person.say("返回机器人")
    assert (await person.say("你好")).endswith(FOOT)
    assert not (await person.say("恢复普通模式")).endswith(FOOT)
