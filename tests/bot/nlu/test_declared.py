"""Complaints, calls for a person, easy mode and the own menu are heard when declared in so many words; questions about them are not."""

from __future__ import annotations

import pytest

from bot.nlu.declared import declared, declares_report, wants_person_in_english
from weijing.service_items import load_service_items


@pytest.mark.parametrize(
    "text",
    [
        "我想投诉你们窗口态度太差", "我要举报有人开赌场", "投诉", "举报隔壁卖假证",
        "您好，我要实名举报一个诈骗窝点", "匿名举报有人吸毒", "我要投诉办证大厅的民警推诿",
        "怕被报复，想保密举报一个赌场", "担心别人知道，我想匿名举报村长", "悄悄举报隔壁吸毒", "我妈被人骗走八万块钱", "俺爹让卖药的骗了五千块",
        "院子里的三轮车没了我要报案", "手机让人摸走了想立案", "看到有人往井里倒油漆我要举报", "上礼拜买东西被骗来报警备案", "举报诈骗电话",
    ],
)  # fmt: skip
def test_a_declared_wish_is_heard(text: str) -> None:
    assert declares_report(text)


@pytest.mark.parametrize(
    "text",
    [
        "怎么投诉民警", "举报有奖吗", "投诉电话多少", "我的投诉有结果了没", "举报材料要写哪些", "我被人举报了怎么办",
        "我想投诉快递公司", "投诉淘宝商家不退款", "撤销举报", "我朋友想投诉", "12389投诉受理哪些", "我要举报游戏账号",
        "举报会保密吗", "怕被报复怎么举报", "我要投诉机器人转人工", "我被骗了三万怎么办", "我被骗了两万报案一个月没消息", "骗子骗了多少人",
        "丢了手机要不要报案", "我不想报案", "这种事能立案吗", "投诉撤了吧", "被偷了去哪报案",
    ],
)  # fmt: skip
def test_questions_about_it_and_other_matters_are_not(text: str) -> None:
    assert not declares_report(text)


@pytest.mark.parametrize(
    "text",
    [
        "叫你们领导来", "有没有活人", "把你们所长叫来", "我不想和机器讲话", "能不能让警察跟我讲", "别机器人了", "喊你们负责人出来听电话", "找个真人来",
        "请值班民警给我回复", "别让机器人回我了", "俺要跟活人说话", "不要自动回复",
        "在线客服在吗", "值班民警还在吗", "安排个警官联系我", "那真人在哪",
        "我这事拖了半年窗口每次说的都不一样网上也查不到麻烦给我转个明白人行吗", "孩子随我姓可他爸不同意这种情况我问了三遍了请直接帮我接人工，谢谢！",
        "拆迁分户那年村里的章盖错了现在哪儿都不认这个证明你也看不明白请帮我转给办过拆迁的民警",
    ],
)  # fmt: skip
def test_a_call_for_a_person_is_heard(text: str) -> None:
    assert declared(text) == "request_handoff"


@pytest.mark.parametrize(
    "text",
    [
        "你是真人吗", "真人秀怎么报名", "给你们领导写信", "所长信箱在哪", "警察来我家要看证件吗", "民警找我谈话要去吗", "我老公跟别的女人聊天",
        "派出所所长电话多少", "举报真人百家乐", "叫什么名字好", "请警察来看看楼下打架的",
        "我出差回不去身份证要过期了能不能让家里人帮我找个人代办", "昨天有人冒充银行的说我的卡有问题还说要给我转接民警", "楼上打起来了玻璃都砸了请赶紧叫警察来",
        "对方说是公司的客服让我把三万块钱直接转给他们的人",
    ],
)  # fmt: skip
def test_words_about_persons_are_not(text: str) -> None:
    assert declared(text) != "request_handoff"


def test_no_catalogue_question_is_taken_for_a_call_or_a_report() -> None:
    asked = [question for item in load_service_items() for question in item.questions]
    heard = [question for question in asked if declared(question) in {"request_handoff", "file_report"}]
    assert len(heard) <= len(asked) * 0.005, heard


@pytest.mark.parametrize("text", ["简洁模式", "看不清，字大一点", "老人版", "我眼睛不好", "恢复普通模式", "字太小了", "退出简洁模式", "关怀模式"])
def test_easy_mode_is_heard(text: str) -> None:
    assert declared(text) == "easy_mode"


@pytest.mark.parametrize("text", ["我的菜单", "常用", "把居住证签注加到我的菜单", "从菜单删掉查进度", "把这个从我的菜单删掉"])
def test_the_own_menu_is_heard(text: str) -> None:
    assert declared(text) == "show_menu"


@pytest.mark.parametrize(
    "text", ["监控看不清怎么办", "我眼睛不好能考驾照吗", "证件照片看不清", "常用地址怎么改", "普通护照", "老年证怎么办", "名字里的字太小", "菜单", "一般要多久"]
)
def test_questions_about_eyes_and_letters_are_not(text: str) -> None:
    assert declared(text) == ""


@pytest.mark.parametrize(
    "text", ["查A2026-000123", "查一下 j2026-000045 的进度", "X2026-000001", "B2026-000012到哪了", "帮我查Y2026-000001", "查K2026-000001进展"]
)
def test_a_number_alone_is_looked_up(text: str) -> None:
    assert declared(text) == ("query_case" if "K" in text else "query_progress")


@pytest.mark.parametrize("text", ["撤回J2026-000045", "补充J2026-000045 又看到他了", "A2026-000123怎么缴费", "取消Y2026-000001"])
def test_a_number_with_another_wish_is_not(text: str) -> None:
    assert declared(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "can I talk to a person", "real human", "human", "I need to speak with an officer", "live agent please", "put me through to your staff",
        "contact customer support",
    ],
)  # fmt: skip
def test_a_person_is_wanted_in_english(text: str) -> None:
    assert wants_person_in_english(text)


@pytest.mark.parametrize(
    "text",
    [
        "is human trafficking a crime", "the customer service of my bank was hacked", "transfer my car to a person abroad",
        "travel agent registration", "I lost my passport", "where can a foreign person register",
    ],
)  # fmt: skip
def test_other_english_words_want_nobody(text: str) -> None:
    assert not wants_person_in_english(text)
