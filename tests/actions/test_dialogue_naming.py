"""Names through the trained bot as the worker runs it: turns counted, each button tapped, and nothing of a name in what is committed."""

from __future__ import annotations

import json
import re
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from rasa.core.agent import Agent
from rasa.shared.core.trackers import DialogueStateTracker

from bot.live import LiveUser
from bot.processor import TurnProcessor
from bot.turn import TurnRunner, TurnSettings
from store.commits import Commit
from store.context import NOT_KEPT
from store.message import Message
from tests.actions.conftest import BackendProcess
from tests.actions.talk import load_rules
from weijing.model_file import fresh_model
from weijing.settings import ROOT, load_settings


class Parent:
    """A user whose turns run as in a worker."""

    def __init__(self, processor: TurnProcessor) -> None:
        self.openid = f"o-{uuid4().hex}"
        self.user = LiveUser(DialogueStateTracker(self.openid, processor.domain.slots), 0, 0, {})
        self._runner = TurnRunner(processor, TurnSettings(Fernet(Fernet.generate_key())))

    async def commit(self, text: str) -> Commit:
        """The turn's commit."""
        return await self._runner.run(Message(uuid4().hex, self.openid, text=text), "1-1", self.user)

    async def say(self, text: str) -> str:
        """The reply."""
        return "\n".join(bubble.get("text") or "" for bubble in (await self.commit(text)).bubbles)


@pytest.fixture(scope="module")
def whole(agent: Agent) -> TurnProcessor:
    """The trained bot; the fixture `agent` has seen to a model."""
    model = fresh_model(ROOT / "models") or fresh_model(load_settings().weijing_var / "models")
    assert model
    return load_rules(model)


@pytest.fixture
def parent(whole: TurnProcessor, backend: BackendProcess) -> Parent:
    return Parent(whole)


@pytest.mark.parametrize(
    "text",
    [
        "帮我看看王梓涵这个名字",
        "王梓涵这个名字可以吗",
        "孩子叫王梓涵能上户口吗",
        "爸爸姓王，给女儿取名王梓涵好不好",
        "想给宝宝起名王梓涵",
        "叫王梓涵的有多少人",
    ],
)
async def test_one_turn(parent: Parent, text: str) -> None:
    assert "【王梓涵】没看出问题" in await parent.say(text)


async def test_rules_names_and_each_way_to_the_register(parent: Parent) -> None:
    assert "各地登记口径" in await parent.say("取名有什么规定")
    assert "2 个名字比一比" in await parent.say("王梓涵、王沐宸")
    buttons = (await parent.commit("王若汐")).bubbles[-1]["buttons"]
    names = ["新生儿出生登记", "非婚生育子女出生登记", "无出生医学证明上户口", "父母一方是外国人的出生登记", "国（境）外出生子女落户", "补报出生登记"]
    for number, name in enumerate(names, start=1):
        assert f"【{name}】" in await parent.say(buttons[number - 1]["payload"]), "a tap"
        await parent.say("帮我看看王若汐这个名字")
        assert f"【{name}】" in await parent.say(str(number)), "a number"
    await parent.say("取名有什么规定")
    assert "【孩子姓氏怎么定】" in await parent.say("1")


async def test_nothing_of_a_name_is_committed(parent: Parent) -> None:
    for text in ("帮我看看王梓涵这个名字", "王沐宸、阿依古丽·买买提", "重复"):
        commit = await parent.commit(text)
        shown = json.dumps(commit.bubbles, ensure_ascii=False)
        stored = json.dumps([commit.tracker, commit.header, commit.events, commit.vault, commit.deferred], ensure_ascii=False, default=str)
        assert not any(part in stored for part in ("梓涵", "沐宸", "阿依古丽", "zǐ hán", "mù chén")), text
        assert ("梓涵" in shown) == (text.startswith("帮我")) and commit.vault == {}
    assert NOT_KEPT in shown
    assert "梓涵" not in str(parent.user.tracker.current_state()) and "梓涵" not in str([vars(event) for event in parent.user.tracker.events])


async def test_no_value_of_a_response_is_committed_beside_its_text(parent: Parent) -> None:
    """Rasa writes them into the bot event's metadata: a name here, the query code of a report there."""
    for text in ("我要举报", "赌博", "棋牌室天天半夜打牌赌钱", "昨天晚上", "人民路菜市场门口", "不是", "没有", "匿名"):
        await parent.say(text)
    commit = await parent.commit("确认提交")
    code = re.search(r"查询码 ([0-9A-Z]{4}-[0-9A-Z]{4})", commit.bubbles[0]["text"])
    assert code and code[1] not in json.dumps([commit.tracker, commit.events], default=str)


async def test_after_names_one_can_do_anything_else(parent: Parent) -> None:
    await parent.say("帮我看看王梓涵这个名字")
    assert "不客气" in await parent.say("谢谢")
    await parent.say("帮我看看王梓涵这个名字")
    assert "请发来编号" in await parent.say("查办件进度")
    await parent.say("退出")
    await parent.say("给宝宝起个名字")
    assert "110" in await parent.say("我老公在打我救命")
