"""Handing over: the pause, the hours, and coming back."""

from __future__ import annotations

from datetime import datetime

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.handoff import say_when
from tests.actions.talk import Talk
from weijing.workdays import SHANGHAI


async def test_a_person_is_asked_for_and_the_bot_is_silent(talk: Talk) -> None:
    assert "转给工作人员" in await talk.say("人工", "request_handoff", decision="handoff")
    assert talk.tracker.is_paused() and talk.slot("handoff_reason") == "request"
    assert await talk.say("身份证丢了怎么办", "ask_guide", service_item="id_card_replacement") == ""


async def test_the_first_message_after_coming_back_is_answered(talk: Talk) -> None:
    await talk.say("人工", "request_handoff")
    await talk.say("在吗", "greet")
    talk.resume()
    assert "【身份证丢失补领】" in await talk.say("身份证丢了怎么办", "ask_guide", service_item="id_card_replacement")


@pytest.mark.parametrize(
    ("now", "response", "opening"),
    [
        (datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI), "utter_handoff_open", None),
        (datetime(2026, 11, 22, 10, 0, tzinfo=SHANGHAI), "utter_handoff_closed", "11月23日（周一）09:00"),
        (datetime(2026, 11, 23, 13, 0, tzinfo=SHANGHAI), "utter_handoff_closed", "11月23日（周一）14:30"),
        (datetime(2026, 10, 1, 10, 0, tzinfo=SHANGHAI), "utter_handoff_closed", "10月8日（周四）09:00"),
    ],
)
def test_the_user_is_told_when_a_person_answers(now: datetime, response: str, opening: str | None) -> None:
    dispatcher = CollectingDispatcher()
    say_when(dispatcher, now)
    assert dispatcher.messages[0]["response"] == response and dispatcher.messages[0].get("opening") == opening
