"""A ride's contact: the passenger's code, what the friend reads, a yes, a no, and no more."""

from __future__ import annotations

import re
from typing import Any

from actions.client import backend as api
from tests.actions.conftest import BackendProcess
from tests.actions.talk import Talk, TurnProcessor
from tests.actions.test_rides import ride


async def invited(talk: Talk) -> str:
    """A ride with a contact wished; the sentence for the friend."""
    reply = await ride(talk, contact="要")
    return re.findall(r"当联系人 B\d{4}-\d{6} \w{4}-\w{4}", reply)[0]


async def contact(talk: Talk) -> Any:
    """Who agreed for the passenger's latest ride."""
    return (await api().own_rides(talk.tracker.sender_id))[0]["contact"]


async def test_a_friend_reads_who_asks_and_agrees(talk: Talk, processor: TurnProcessor) -> None:
    sentence, friend = await invited(talk), Talk(processor)
    bubbles = await friend.bubbles(f"我坐车备了案，想请你当联系人。请关注这个公安公众号，给它发：{sentence}", "ride_contact")
    text = bubbles[0]["text"]
    assert text.startswith("李**坐车备了案") and "李小明" not in text and "不愿意也没关系" in text and "打 110" in text
    assert [button["payload"] for button in bubbles[0]["buttons"]] == ["同意当联系人", "不当联系人"]
    assert await contact(talk) is None, "sending the code agrees to nothing"
    assert "您已是这次乘车的联系人" in await friend.say("同意当联系人", "ride_contact")
    assert (await contact(talk))["openid"] == friend.tracker.sender_id
    assert sentence.split()[2] not in str([event.as_dict() for event in friend.tracker.events]), "the code is a secret"


async def test_a_bare_yes_agrees_only_under_the_question(talk: Talk, processor: TurnProcessor) -> None:
    sentence, friend = await invited(talk), Talk(processor)
    await friend.say(sentence, "ride_contact")
    await friend.say("谢谢", "thank")
    assert "您要办什么事" in await friend.say("好的", "affirm") and await contact(talk) is None
    await friend.say(sentence, "ride_contact")
    assert "您已是这次乘车的联系人" in await friend.say("好的", "affirm") and await contact(talk)


async def test_a_no_and_no_more(talk: Talk, processor: TurnProcessor) -> None:
    sentence, friend = await invited(talk), Talk(processor)
    await friend.say(sentence, "ride_contact")
    assert "没有登记您为联系人" in await friend.say("不当联系人", "ride_contact") and await contact(talk) is None
    assert "不是谁的乘车联系人" in await friend.say("我不当联系人了", "ride_contact")
    await friend.say(sentence, "ride_contact")
    await friend.say("同意当联系人", "ride_contact")
    assert "您不再是联系人了" in await friend.say("我不当联系人了", "ride_contact") and await contact(talk) is None


async def test_what_cannot_be_agreed_is_said(talk: Talk, processor: TurnProcessor) -> None:
    sentence, friend, third = await invited(talk), Talk(processor), Talk(processor)
    number = sentence.split()[1]
    assert "邀请码不对" in await friend.say(f"当联系人 {number} 2222-22AA", "ride_contact")
    assert "把转给您的那句话发给我" in await friend.say("当联系人", "ride_contact")
    await talk.say(sentence, "ride_contact")
    assert "您自己的乘车备案" in await talk.say("同意当联系人", "ride_contact")
    for one, answer in ((friend, "您已是"), (third, "已经有联系人了")):
        await one.say(sentence, "ride_contact")
        assert answer in await one.say("同意当联系人", "ride_contact")
    await talk.say("平安到达", "check_in")
    assert "已经平安到达" in await third.say(sentence, "ride_contact")


async def test_another_code_needs_a_wish_once_somebody_agreed(talk: Talk, processor: TurnProcessor) -> None:
    assert "没有在路上的乘车备案" in await talk.say("要邀请码", "ride_contact")
    sentence, friend = await invited(talk), Talk(processor)
    newer = re.findall(r"当联系人 B\S+ \S+", await talk.say("要邀请码", "ride_contact"))[0]
    assert newer != sentence and "邀请码不对" in await friend.say(sentence, "ride_contact")
    await friend.say(newer, "ride_contact")
    await friend.say("同意当联系人", "ride_contact")
    assert "要换人，请说" in await talk.say("要邀请码", "ride_contact") and await contact(talk)
    assert "当联系人 B" in await talk.say("换联系人", "ride_contact") and await contact(talk) is None


async def test_a_backend_that_is_away_changes_nothing(talk: Talk, processor: TurnProcessor, backend: BackendProcess) -> None:
    sentence, friend = await invited(talk), Talk(processor)
    await friend.say(sentence, "ride_contact")
    backend.kill()
    assert "联系人的事没有变" in await friend.say("同意当联系人", "ride_contact")
    backend.start()
    assert "您已是这次乘车的联系人" in await friend.say("同意当联系人", "ride_contact"), "asked again, agreed once"
