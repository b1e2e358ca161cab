"""Service items for one's own situation and place: one question, remembered, changed; follow-ups that keep the item."""

from __future__ import annotations

import time
from uuid import uuid4

import pytest
from rasa.shared.core.events import SlotSet

from actions.guide_next import next_buttons
from actions.phrases import ASPECT_QUESTIONS, candidate_buttons
from store.message import Bubble, Message
from tests.actions.talk import Talk
from weijing.service_items import load_service_items
from weijing.settings import load_settings

ITEMS = {item.id: item for item in load_service_items()}
MARRIED = "父母已婚"


async def ask(talk: Talk, text: str) -> str:
    """Say words as the worker hears them; only follow-ups are understood without a trained model."""
    return await talk.take(Message(uuid4().hex, talk.tracker.sender_id, text=text))


async def first(talk: Talk) -> list[Bubble]:
    """The first question about birth registration."""
    return await talk.bubbles("新生儿上户口要什么材料", "ask_guide", service_item="birth_registration", aspect="materials")


async def test_the_first_answer_holds_the_common_materials_and_one_question(talk: Talk) -> None:
    bubbles = await first(talk)
    text = bubbles[0]["text"]
    assert len(bubbles) == 1 and "出生医学证明（原件）" in text and "结婚证（原件）——父母已婚" in text
    assert text.count("告诉我，我按您的情况列准") == 1 and "孩子的父母是哪种情况？" in text
    assert [button["payload"] for button in bubbles[0]["buttons"]] == ["父母已婚", "父母未婚", "一方是外国人", "在国外出生"]


async def test_the_choice_leads_to_the_item_that_answers_and_is_shown(talk: Talk) -> None:
    await first(talk)
    reply = await ask(talk, "父母未婚")
    assert reply.startswith("【非婚生育子女出生登记】材料\n您的情况：父母未婚\n") and "孩子落在谁的户口上？" in reply
    reply = await ask(talk, "随爸爸")
    assert "您的情况：父母未婚、随父亲落户" in reply and "亲子鉴定证明（原件）\n" in reply and "我按您的情况" not in reply
    reply = await ask(talk, "那跟妈妈呢？")
    assert "您的情况：父母未婚、随母亲落户" in reply and "亲子鉴定" not in reply


async def test_the_choice_holds_for_the_next_question_and_is_changed_back(talk: Talk) -> None:
    await first(talk)
    await ask(talk, "没领证")
    assert (await ask(talk, "那在哪里办？")).startswith("【非婚生育子女出生登记】办理地点\n您的情况：父母未婚")
    assert "【新生儿出生登记】办理地点\n您的情况：父母已婚" in await ask(talk, "如果是已婚呢")
    assert talk.slot("service_item") == "birth_registration" and talk.slot("guide_choices") == [MARRIED]


async def test_naming_the_item_that_answers_keeps_the_choices(talk: Talk) -> None:
    await first(talk)
    await ask(talk, "未婚")
    reply = await talk.say("非婚生育子女出生登记去哪里办", "ask_guide", service_item="birth_registration_unmarried", aspect="where")
    assert "您的情况：父母未婚" in reply and talk.slot("service_item") == "birth_registration"


async def test_another_item_knows_nothing_of_it(talk: Talk) -> None:
    await first(talk)
    await ask(talk, "已婚")
    assert "您的情况" not in await talk.say("护照多少钱", "ask_guide", service_item="passport_first", aspect="fee")
    assert talk.slot("guide_choices") == []


async def test_who_tells_it_at_once_is_not_asked(talk: Talk) -> None:
    bubbles = await talk.bubbles("我们没结婚，孩子随妈妈上户口要什么", "ask_guide", service_item="birth_registration", aspect="materials")
    assert "您的情况：父母未婚、随母亲落户" in bubbles[0]["text"] and "我按您的情况" not in bubbles[0]["text"]
    assert bubbles[0]["buttons"][0]["title"] != "父母已婚"


async def test_an_aspect_that_is_the_same_for_all_is_not_asked_about(talk: Talk) -> None:
    reply = await talk.say("身份证丢了补办多少钱", "ask_guide", service_item="id_card_replacement", aspect="fee")
    assert "40元" in reply and "我按您的情况" not in reply


@pytest.mark.parametrize(
    ("text", "title", "holds"),
    [
        ("那要多少钱？", "费用", "20元"), ("在哪里办？", "办理地点", "派出所"), ("孩子也可以吗？", "谁来办", "您的情况：到期或改名、未满16周岁"),
        ("那我老公呢", "材料", "您的情况：到期或改名、满16周岁"), ("网上能办吗", "网上办理", "窗口"), ("要多久", "办理时限", "60日"),
        ("可以代办吗", "谁来办", "本人"), ("需要本人去吗", "谁来办", "本人"), ("过期了怎么办", "办理时限", "60日"), ("要预约吗", "办理地点", "回复“预约办事”"),
        ("要照片吗", "材料", "居民户口簿"), ("没带户口本行吗", "材料", "居民户口簿"), ("我是外地户口", "材料", "您的情况：到期或改名、在外地办"),
        ("在厦门办也一样吗", "材料", "请打厦门的12345问清楚"), ("有效期多久", "有效期", "10年"), ("能加急吗", "办理时限", "60日"),
    ],
)  # fmt: skip
async def test_follow_ups_keep_the_item(talk: Talk, text: str, title: str, holds: str) -> None:
    await talk.say("身份证到期换新要什么材料", "ask_guide", service_item="id_card_renewal", aspect="materials")
    reply = await ask(talk, text)
    assert reply.startswith(f"【身份证到期换领】{title}") and holds in reply, reply
    assert talk.slot("service_item") == "id_card_renewal"


@pytest.mark.parametrize("text", ["给孩子起个名字", "我要投诉", "谢谢", "可以吗", "孩子的护照怎么办", "我老公打我", "查一下进度", "周末上班吗"])
async def test_other_words_are_no_follow_ups(talk: Talk, text: str) -> None:
    await talk.say("身份证到期换新要什么材料", "ask_guide", service_item="id_card_renewal", aspect="materials")
    assert "【身份证到期换领】" not in await ask(talk, text)


async def test_after_an_hour_nothing_is_a_follow_up(talk: Talk) -> None:
    await first(talk)
    talk.tracker.update(SlotSet("service_item_at", time.time() - 3700))
    assert "出生登记" not in await ask(talk, "父母未婚")


async def test_a_form_hears_its_own_answers(talk: Talk) -> None:
    await first(talk)
    await talk.say("我要举报有人赌博", "file_report")
    assert talk.form == "report_form"
    assert "出生登记】" not in await ask(talk, "多少钱")


async def test_a_place_of_its_own_rule_says_whose(talk: Talk) -> None:
    await talk.say("居住登记多久内要办", "ask_guide", service_item="residence_registration", aspect="time_limit")
    reply = await ask(talk, "在杭州办呢")
    assert "以下是浙江、杭州的规定" in reply and "3个工作日" in reply and "《杭州市流动人口服务管理规定》第九条" in reply
    assert "杭州的12345" in await ask(talk, "去哪里办"), "no rule of its own about this"


async def test_the_bureaus_own_rule_comes_first(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUREAU_REGION", "宁波")
    load_settings.cache_clear()
    try:
        reply = await talk.say("居住登记要钱吗", "ask_guide", service_item="residence_registration", aspect="fee")
        assert "以下是浙江的规定" in reply and "不收费" in reply
        assert "12345" not in await ask(talk, "在浙江办要带什么")
        assert "12345" in await ask(talk, "在成都呢")
    finally:
        monkeypatch.undo()
        load_settings.cache_clear()


async def test_the_page_follows_the_choice(talk: Talk) -> None:
    await first(talk)
    reply = await ask(talk, "未婚，随妈妈")
    assert "/h5/items/birth_registration_unmarried?choice=" in reply


async def test_an_item_without_situations_answers_who(talk: Talk) -> None:
    await talk.say("酒驾怎么处罚", "ask_guide", service_item="drunk_driving")
    reply = await ask(talk, "可以代办吗")
    assert "】谁来办\n适用：" in reply and "没有全国统一的明确规定" in reply


async def test_buttons_offer_the_counter_and_the_nearest_place(talk: Talk) -> None:
    bubbles = await talk.bubbles("护照首次申请多少钱", "ask_guide", service_item="passport_first", aspect="fee")
    assert {"title": "预约窗口", "payload": "预约办事"} in bubbles[0]["buttons"]
    bubbles = await talk.bubbles("去哪里办", "ask_guide", aspect="where")
    assert {"title": "离我最近的办理点", "payload": "找派出所"} in bubbles[0]["buttons"]
    bubbles = await talk.bubbles("冒用身份证", "ask_guide", service_item="id_card_misuse")
    assert "预约办事" not in [button["payload"] for button in bubbles[0]["buttons"]]


def test_a_choice_among_items_keeps_the_aspect() -> None:
    for item in ITEMS.values():
        candidates = [{"intent": "ask_guide", "confidence": 0.3, "service_item": item.id, "name": item.name}]
        for aspect, question in ASPECT_QUESTIONS.items():
            assert candidate_buttons(candidates, aspect)[0]["payload"] == item.name + question


def test_an_item_that_is_filed_here_offers_it() -> None:
    item = {**ITEMS["bank_identity"].as_dict(), "expired": False}
    assert next_buttons(item, "overview", None)[0]["payload"] == "银行身份核查异常"
    assert all("填报" not in one["title"] for one in next_buttons({**item, "id": "passport_apply"}, "overview", None))
