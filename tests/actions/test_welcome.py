"""Welcomes by QR code: through the whole turn, from the event to the bubbles."""

from __future__ import annotations

from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from rasa.shared.core.events import ConversationPaused, UserUttered

from bot.live import LiveUsers
from bot.processor import TurnProcessor
from bot.turn import TurnRunner, TurnSettings
from channels.wechat.menu import domain_intents
from channels.wechat.scenes import read_scenes
from store.commits import UserState
from store.message import Message
from tests.actions.conftest import BackendProcess

USUAL = "我是微警。办证"


class Follower:
    """A user whose events go through the turn as the worker runs it."""

    def __init__(self, processor: TurnProcessor) -> None:
        self._runner = TurnRunner(processor, TurnSettings(Fernet(Fernet.generate_key())))
        self.openid = f"o-{uuid4().hex}"
        self.user = LiveUsers().restore(self.openid, processor.domain, UserState())

    async def does(self, event: str, key: str = "", kind: str = "event", text: str = "") -> str:
        """The texts of the reply."""
        message = Message(uuid4().hex, self.openid, kind=kind, event=event, event_key=key, text=text)
        commit = await self._runner.run(message, "1-1", self.user)
        return "\n".join(bubble.get("text") or "" for bubble in commit.bubbles)

    def later(self, seconds: float) -> None:
        """Let time pass."""
        for event in self.user.tracker.events:
            event.timestamp -= seconds


@pytest.fixture
def follower(processor: TurnProcessor, backend: BackendProcess) -> Follower:
    return Follower(processor)


@pytest.mark.parametrize(
    ("event", "key", "words"),
    [
        ("subscribe", "", USUAL),
        ("subscribe", "qrscene_hall", "取号前"),
        ("subscribe", "qrscene_hall:east", "取号前"),
        ("scan", "hall", "取号前"),
        ("scan", "station", "身边的民警"),
        ("scan", "12345", USUAL),
        ("subscribe", "qrscene_nobody-knows", USUAL),
        ("subscribe", "last_trade_no_4008432001202206", USUAL),
        ("scan", "", USUAL),
        ("scan", ":hall", USUAL),
        ("scan", "/restart{}", USUAL),
    ],
)
async def test_each_scene_has_its_welcome_and_an_unknown_one_the_usual(follower: Follower, event: str, key: str, words: str) -> None:
    said = await follower.does(event, key)
    assert words in said and said.count("您好") == 1


async def test_a_scene_that_names_an_intent_begins_its_topic_after_a_short_welcome(follower: Follower) -> None:
    said = await follower.does("subscribe", "qrscene_file_report:poster")
    welcome, topic = said.split("\n", 1)
    assert welcome.startswith("您好，我是微警") and USUAL not in said
    assert "投诉" in topic and follower.user.tracker.active_loop_name == "report_form"
    intents = [event.intent_name for event in follower.user.tracker.events if isinstance(event, UserUttered)]
    assert intents == ["greet", "file_report"]
    guide = await Follower(follower._runner._processor).does("scan", "file_residence")
    assert "居住登记" in guide and guide.startswith("您好")


async def test_a_follow_and_a_scan_at_once_welcome_once(follower: Follower) -> None:
    assert "取号前" in await follower.does("subscribe", "qrscene_hall")
    again = await follower.does("scan", "hall")
    assert again == "我在，请直接说您要办的事。"
    assert await follower.does("scan", "hall") == again, "nor the third time"
    assert "身边的民警" in await follower.does("scan", "station"), "another code is another question"
    follower.later(61)
    assert "身边的民警" in await follower.does("scan", "station"), "a minute later he means it"


async def test_a_topic_does_not_begin_twice_nor_in_the_middle_of_a_form(follower: Follower) -> None:
    await follower.does("subscribe", "qrscene_file_report")
    follower.later(61)
    await follower.does("scan", "file_residence")
    intents = [event.intent_name for event in follower.user.tracker.events if isinstance(event, UserUttered)]
    assert intents == ["greet", "file_report", "greet"] and follower.user.tracker.active_loop_name == "report_form"
    other = Follower(follower._runner._processor)
    await other.does("scan", "file_residence")
    assert (await other.does("scan", "file_residence")).split("\n") == ["我在，请直接说您要办的事。", "请问您的姓名？"]


async def test_while_staff_own_the_conversation_a_scan_opens_nothing(follower: Follower) -> None:
    await follower.does("subscribe")
    follower.user.tracker.update(ConversationPaused())
    said = await follower.does("scan", "file_report")
    assert "工作人员" in said and follower.user.tracker.active_loop_name is None


async def test_words_after_a_scan_are_greeted_as_ever(follower: Follower) -> None:
    await follower.does("scan", "hall")
    follower.later(3600)
    assert USUAL in await follower.does("subscribe")


def test_the_scenes_of_the_project_mean_something() -> None:
    from actions.smalltalk import WELCOMES

    heads = {scene.scene.partition(":")[0] for scene in read_scenes()}
    assert heads <= domain_intents() | set(WELCOMES)
