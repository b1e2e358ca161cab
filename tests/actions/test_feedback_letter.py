"""Letters to the director: written in few turns, corrected, routed, kept while the backend is away, answered once."""

from __future__ import annotations

import json
import re

from actions.changes import Changes
from actions.client import backend as client
from actions.courier import Courier
from store.keys import key, partition
from store.redis import Redis
from tests.actions.conftest import BackendProcess
from tests.actions.talk import Talk
from tests.actions.test_changes import posted

FIRST = "我要给局长写信，建议在示例路小学门口早晚高峰各派一名辅警疏导交通"


async def write(talk: Talk, first: str = FIRST, contact: str = "欧阳小明 13812345678") -> str:
    """Up to the summary."""
    await talk.say(first, "write_letter")
    return await talk.say(contact, "nlu_fallback")


async def told(redis: Redis, openid: str) -> list[str]:
    """The words that wait for this user."""
    part = partition(openid)
    turns = [await redis.hgetall(key(part, "turn", one)) for one in await redis.zrange(key(part, "due"), 0, -1)]
    return [json.loads(turn["reply"])[0]["text"] for turn in turns if turn["openid"] == openid]


async def test_three_turns_when_the_first_message_holds_the_letter(talk: Talk) -> None:
    summary = await write(talk)
    assert "1 类型：建议" in summary and "2 内容：建议在示例路小学门口" in summary and "13812345678" not in summary
    reply = await talk.say("确认寄出", "affirm")
    assert re.search(r"编号 X\d{4}-\d{6}，查询码", reply) and "信访部门" in reply and "最晚 20" in reply and talk.form is None
    assert "13812345678" not in str([event.as_dict() for event in talk.tracker.events])


async def test_five_turns_question_by_question(talk: Talk) -> None:
    assert "是哪一类" in await talk.say("给局长写信", "write_letter")
    assert "请写信的内容" in await talk.say("咨询", "nlu_fallback")
    assert "请留姓名和手机号" in await talk.say("请问外地户口的孩子转学要不要先办居住证？", "ask_guide")
    summary = await talk.say("不留", "nlu_fallback")
    assert "姓名：不留" in summary and "转学" in summary
    assert "请用编号和查询码查看答复" in await talk.say("确认", "affirm")


async def test_corrections_a_name_after_all_and_none_after_all(talk: Talk) -> None:
    await write(talk)
    assert "1 类型：意见" in await talk.say("第1项改成意见", "correct")
    assert "示例路菜市场没有停车的地方" in await talk.say("内容改成示例路菜市场没有停车的地方", "correct")
    assert "姓名：不留" in await talk.say("姓名改成不留", "correct") and talk.slot("letter_phone") == ""
    assert "联系电话" in await talk.say("姓名改成张三丰", "correct")
    assert "4 电话：" in await talk.say("13812345678", "nlu_fallback")


async def test_too_short_three_times_then_a_question_and_a_person(talk: Talk) -> None:
    await talk.say("给局长写信", "write_letter")
    await talk.say("意见", "nlu_fallback")
    for words in ("太乱", "不好", "很吵"):
        reply = await talk.say(words, "nlu_fallback")
    assert "至少写十个字" in reply and "可以请工作人员帮您" in reply
    reply = await talk.say("身份证丢了怎么补办？", "ask_guide", service_item="id_card_replacement")
    assert "【身份证丢失补领】" in reply and "请写信的内容" in reply
    assert "转给" in await talk.say("人工", "request_handoff", decision="handoff") and talk.form is None


async def test_danger_comes_first(talk: Talk) -> None:
    await talk.say("给局长写信", "write_letter")
    await talk.say("求助", "nlu_fallback")
    assert "先打 110" in await talk.say("我们小区楼下现在正在打架，已经有二十多个人了", "nlu_fallback")
    assert "拨打 110" in await talk.say("有人拿刀追我", "emergency", decision="emergency")
    talk.resume()
    assert talk.form == "letter_form"


async def test_a_complaint_about_the_police_goes_to_the_inspectors(talk: Talk) -> None:
    await write(talk, "给局长写信，我有个意见，示例派出所的民警态度恶劣，对老人又吼又骂")
    reply = await talk.say("确认", "affirm")
    assert "督察部门" in reply and "12389" in reply


async def test_leaving_keeps_nothing(talk: Talk) -> None:
    await write(talk)
    assert "已退出" in await talk.say("退出", "cancel") and talk.slot("letter_content") is None


async def test_the_answer_reaches_the_writer_once_and_progress_shows_it(talk: Talk, redis: Redis) -> None:
    await write(talk)
    reply = await talk.say("确认", "affirm")
    number = re.findall(r"X\d{4}-\d{6}", reply)[0]
    code = re.findall(r"查询码 (\w{4}-\w{4})", reply)[0]
    for _ in range(2):
        await client()._call("POST", f"/v1/letters/{number}/replies", {"words": "您的建议已采纳。"}, f"reply-{number}")
        await Changes(redis).follow(client())
    (told,) = await posted(redis, talk.tracker.sender_id)
    assert "您的建议已采纳。" in str(told["text"]) and "欢迎评价" in str(told["text"]) and "建议在示例路" not in str(told)
    shown = await talk.say(f"查{number}，查询码{code}", "query_progress")
    assert "局长信箱：建议" in shown and "您的建议已采纳。" in shown and "欢迎评价" in shown
    assert number in await talk.say("评价", "rate_service")


async def test_a_backend_killed_in_the_middle_keeps_it_and_it_is_filed_once(talk: Talk, backend: BackendProcess, redis: Redis) -> None:
    await write(talk)
    backend.kill()
    reply = await talk.say("确认", "affirm")
    assert "本地回执 L-" in reply and talk.form is None
    (sealed,) = talk.context.deferred
    cipher, openid = talk.context.cipher, talk.tracker.sender_id
    assert cipher and json.loads(cipher.decrypt(sealed.encode()))["body"]["writer"] == {"name": "欧阳小明", "phone": "13812345678"}
    backend.start()
    for _ in range(2):
        await redis.xadd(key(partition(openid), "deferred"), {"c": sealed})
        assert await Courier(redis, cipher).deliver_all(client()) == 1
    (text,) = await told(redis, openid)
    assert re.search(r"信已正式登记，编号 X\d{4}-\d{6}，查询码 \w{4}-\w{4}", text) and "最晚 20" in text
