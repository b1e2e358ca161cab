"""What is answered to names, characters and questions about the rules."""

from __future__ import annotations

import pytest

from tests.actions.talk import Talk


async def test_a_name_is_answered_at_once(talk: Talk) -> None:
    reply = await talk.say("帮我看看王梓涵这个名字", "check_name")
    assert "【王梓涵】没看出问题" in reply and "wáng zǐ hán" in reply and "4+11+11，共 26 画" in reply and "很常见" in reply
    assert "法律规定" in reply and "登记口径" in reply and "登记机关审核为准" in reply
    assert len(reply.encode()) < 2048


async def test_names_alone_after_they_were_asked_for(talk: Talk) -> None:
    assert "连姓发来" in await talk.say("给宝宝起个名字", "ask_naming")
    reply = await talk.say("王梓涵、王峯、王A梓", "check_name")
    assert "3 个名字比一比" in reply and "1. 王梓涵：没看出问题" in reply and "“峯”的规范字是“峰”" in reply and "3. 王A梓：多半登记不了" in reply
    assert "【李沐阳】" in await talk.say("那李沐阳呢", "check_name")


async def test_more_than_five_are_looked_at_in_two_goes(talk: Talk) -> None:
    reply = await talk.say("名字有王一一、王二二、王三三、王四四、王五五、王六六、王七七，哪个好", "check_name")
    assert "5. 王五五" in reply and "王六六" not in reply and "另外 2 个" in reply and len(reply.encode()) < 2048


async def test_the_longest_answers_fit_one_reply(talk: Talk) -> None:
    many = "、".join(["欧阳A犇犇𬭎", "欧阳B犇犇𬭎", "欧阳C犇犇𬭎", "欧阳D犇犇𬭎", "欧阳E犇犇𬭎"])
    assert len((await talk.say(f"名字{many}", "check_name")).encode()) < 2048
    assert len((await talk.say("看看王李犇𬭎这个名字", "check_name")).encode()) < 2048


async def test_the_parents_surnames_decide(talk: Talk) -> None:
    assert "随父姓或母姓" in await talk.say("爸爸姓王妈妈姓李，名字叫李沐阳可以吗", "check_name")
    assert "第一千零一十五条" in await talk.say("爸爸姓王妈妈姓李，名字叫陈沐阳可以吗", "check_name")


async def test_a_name_of_a_minority_gets_its_sign(talk: Talk) -> None:
    reply = await talk.say("帮我看看阿依古丽.买买提这个名字", "check_name")
    assert "【阿依古丽·买买提】" in reply and "本民族习惯" in reply and "常见程度" not in reply


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("犇字能用来上户口取名吗", "三级字"),
        ("梓这个字能取名吗", "可以用来取名"),
        ("峯这个字可以吗", "规范字是“峰”"),
        ("名字里带茜字好吗", "读 qiàn或 xī"),
        ("龘这个字", "换字"),
    ],
)
async def test_a_character_alone(talk: Talk, text: str, words: str) -> None:
    assert words in await talk.say(text, "check_name")


@pytest.mark.parametrize(
    "text", ["取名有什么规定", "名字可以用繁体字吗", "名字最多几个字", "名字里能带字母吗", "这个字电脑打不出来能用来取名吗", "可以用爸妈两个姓取名登记吗"]
)
async def test_the_rules(talk: Talk, text: str) -> None:
    reply = await talk.say(text, "ask_naming")
    assert "法律规定" in reply and "各地登记口径" in reply


async def test_nothing_of_a_name_is_left_in_slots_or_texts_of_the_user(talk: Talk) -> None:
    kept = {"menu_used"}  # that names were asked about, not which
    before = {slot: value for slot, value in talk.tracker.current_slot_values().items() if slot not in kept}
    await talk.say("帮我看看王梓涵这个名字", "check_name")
    await talk.say("王沐宸", "check_name")
    after = {slot: value for slot, value in talk.tracker.current_slot_values().items() if slot not in kept}
    assert after == before and talk.context.added == {} and set(talk.slot("menu_used") or {}) <= {"check_name"}
    heard = [event.text for event in talk.tracker.events if event.type_name == "user"]
    assert len(heard) == 2 and not any(name in text for name in ("梓涵", "沐宸") for text in heard)


async def test_in_a_form_and_under_staff_a_name_stays_readable(talk: Talk) -> None:
    await talk.say("我要举报", "file_report")
    await talk.say("举报", "file_report")
    await talk.say("其他", "file_report")
    await talk.say("老板的名字叫王强，天天半夜施工", "file_report")
    assert "取名" not in str(talk.slot("report_content")) and talk.context.reveal(talk.slot("report_content")).count("王强") == 1
