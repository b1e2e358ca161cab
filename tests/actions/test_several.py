"""Several questions in one message through the whole trained bot, real backend behind it: one reply with the parts in order."""

from __future__ import annotations

import json
from uuid import uuid4

from cryptography.fernet import Fernet

from bot.live import LiveUser
from bot.processor import TurnProcessor
from bot.turn import TurnRunner, TurnSettings
from bot.window import restore
from channels.wechat.cutting import LIMIT
from channels.wechat.render import passive_text
from store.commits import Commit
from store.message import Message
from tests.actions.conftest import BackendProcess


class Turns:
    """One user whose turns run as a worker runs them, uncommitted."""

    def __init__(self, processor: TurnProcessor) -> None:
        self._openid = f"o-{uuid4().hex}"
        self._runner = TurnRunner(processor, TurnSettings(Fernet(Fernet.generate_key())))
        self.user = LiveUser(restore(self._openid, processor.domain, [], []), 0, 0, {})

    async def say(self, text: str) -> Commit:
        """The commit of a message."""
        commit = await self._runner.run(Message(uuid4().hex, self._openid, text=text), "1-1", self.user)
        self.user.vault.update(commit.vault)
        return commit


def order(commit: Commit, *words: str) -> list[int]:
    """Where the words first stand in the reply; -1 for those that do not."""
    text = passive_text(list(commit.bubbles))
    return [text.find(word) for word in words]


async def test_three_questions_are_answered_in_order_in_one_reply(whole: TurnProcessor, backend: BackendProcess) -> None:
    turns = Turns(whole)
    commit = await turns.say("身份证丢了怎么补，多少钱，还有护照过期了怎么办")
    places = order(commit, "【身份证丢失补领】办理流程", "【身份证丢失补领】费用", "【护照")
    assert places == sorted(places) and -1 not in places, passive_text(list(commit.bubbles))
    assert [bool(bubble.get("buttons")) for bubble in commit.bubbles] == [False, False, True], "a number picks what was offered last"
    assert len(passive_text(list(commit.bubbles)).encode()) < LIMIT
    (event,) = map(json.loads, commit.events)
    assert event["text"] == "身份证丢了怎么补，多少钱，护照过期了怎么办"


async def test_a_look_up_with_a_question_goes_on_with_the_look_up(whole: TurnProcessor, backend: BackendProcess) -> None:
    turns = Turns(whole)
    commit = await turns.say("查一下A2026-000101，顺便问居住证要什么材料")
    text = passive_text(list(commit.bubbles))
    assert "【居住证申领】材料" in text and text.count("再发一项证明") == 1, text
    assert "身份证丢失补领（A2026-000101）" in passive_text(list((await turns.say("19900000001")).bubbles))


async def test_a_number_after_several_answers_picks_from_the_last(whole: TurnProcessor, backend: BackendProcess) -> None:
    turns = Turns(whole)
    await turns.say("护照首次申请多少钱，还有居住证要什么材料")
    assert "【居住证申领】" in passive_text(list((await turns.say("1")).bubbles))


async def test_a_fourth_question_is_asked_for_again(whole: TurnProcessor, backend: BackendProcess) -> None:
    commit = await Turns(whole).say("身份证丢了怎么补，多少钱，多久能拿到，在哪办，护照怎么办")
    assert "其余的请再发一遍" in commit.bubbles[-1]["text"] and len(commit.bubbles) == 4


async def test_danger_in_a_part_is_all_that_is_answered(whole: TurnProcessor, backend: BackendProcess) -> None:
    text = passive_text(list((await Turns(whole).say("身份证怎么补办，有人拿刀追我怎么办")).bubbles))
    assert "110" in text and "【身份证" not in text
