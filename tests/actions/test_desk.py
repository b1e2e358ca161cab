"""A conversation that staff have: the bot's silence, their words in its memory, the way back, and danger all the while."""

from __future__ import annotations

import json

import pytest
from rasa.shared.core.events import BotUttered

from bot.processor import TurnProcessor
from bot.silence import WAITING
from bot.staff_notes import CLOSED, RETURNED
from bot.turn import RESUMED
from store.events import StaffEvent, TurnEvent, parse_event
from tests.actions.desk_talk import DeskTalk


@pytest.fixture
def talk(processor: TurnProcessor) -> DeskTalk:
    return DeskTalk(processor)


async def test_who_waits_is_told_so_once_and_who_is_served_hears_the_staff_alone(talk: DeskTalk) -> None:
    assert "转给工作人员" in await talk.click("request_handoff")
    assert await talk.write("我的证丢了") == WAITING
    assert await talk.write("还有一件事") == "", "not to every message"
    assert await talk.staff("claimed", "李四") == []
    assert await talk.write("在吗") == ""
    assert talk.tracker.get_slot("staff_name") == "李四"
    assert (talk.event["type"], talk.event["paused"], talk.event["text"]) == ("turn", True, "在吗"), "and every word is recorded"


async def test_what_staff_said_is_in_the_memory_of_the_bot_and_the_way_back_is_told(talk: DeskTalk) -> None:
    await talk.click("request_handoff")
    await talk.staff("claimed", "李四")
    assert await talk.say("请带户口簿到东城所，电话 13912345678") == []
    said = talk.tracker.get_last_event_for(BotUttered)
    assert said is not None and said.metadata == {"staff": "li"} and "请带户口簿" in said.text and "13912345678" not in said.text
    assert await talk.staff("returned") == [{"text": RETURNED}]
    assert not talk.tracker.is_paused()
    assert await talk.click("thank"), "the first message is answered"


async def test_a_repeat_says_what_staff_said_last(talk: DeskTalk) -> None:
    await talk.click("request_handoff")
    await talk.staff("claimed", "李四")
    await talk.staff("returned")
    await talk.say("材料齐了就能办")
    assert "材料齐了就能办" in await talk.click("repeat")


async def test_a_conversation_that_is_closed_is_asked_about_and_spam_is_not(talk: DeskTalk) -> None:
    for end_state, told, asked in (("solved", [CLOSED], 1), ("no_answer", [CLOSED], 0), ("spam", [], 0)):
        await talk.click("request_handoff")
        await talk.staff("claimed", "李四")
        bubbles = await talk.staff("closed", end_state=end_state)
        assert [bubble["text"] for bubble in bubbles] == told
        assert not talk.tracker.is_paused() and talk.commit and len(talk.commit.deferred) == asked
    assert (await talk.click("thank")) != ""


async def test_deeds_are_no_messages_of_the_user(talk: DeskTalk) -> None:
    await talk.click("request_handoff")
    assert isinstance(parse_event(json.dumps(talk.event)), TurnEvent)
    await talk.staff("claimed", "李四")
    event = parse_event(json.dumps(talk.event))
    assert isinstance(event, StaffEvent) and event.deed == "claimed"
    talk.held = (("old", ({"text": "早先的答复"},)),)
    assert await talk.say("您好") == [] and talk.commit and talk.commit.held == (), "what waits for a word of the user's goes on waiting"


async def test_danger_gets_its_card_whoever_has_the_conversation(talk: DeskTalk) -> None:
    await talk.click("request_handoff")
    await talk.staff("claimed", "李四")
    assert "110" in await talk.click("emergency") and talk.event["intent"] == "emergency"
    assert await talk.click("emergency", emergency=True) == "", "the edge has shown it"


async def test_going_back_to_the_bot_ends_the_silence_and_an_older_claim_does_not_bring_it_back(talk: DeskTalk) -> None:
    await talk.click("request_handoff")
    claimed_at = talk.at + 500
    assert await talk.write("返回机器人") == RESUMED and talk.event["resumed"]
    await talk.staff("claimed", "李四", at=claimed_at)
    assert not talk.tracker.is_paused(), "the user went back after the claim: in PostgreSQL it is the bot's as well"
    await talk.staff("claimed", "李四")
    assert talk.tracker.is_paused(), "a claim after that counts"
    assert await talk.staff("returned", at=claimed_at) == [] and talk.tracker.is_paused(), "and a return from before it does not"


async def test_a_claim_silences_a_bot_that_was_not_paused(talk: DeskTalk) -> None:
    await talk.click("thank")
    await talk.staff("claimed", "李四")
    assert await talk.click("thank") == ""
    await talk.staff("returned")
    assert await talk.click("thank") != ""


async def test_a_released_conversation_is_one_that_waits(talk: DeskTalk) -> None:
    await talk.click("request_handoff")
    await talk.write("在吗")
    await talk.staff("claimed", "李四")
    assert await talk.write("在吗") == ""
    await talk.staff("released")
    assert await talk.write("在吗") == WAITING


async def test_words_of_the_staff_survive_the_cut_of_the_window(talk: DeskTalk) -> None:
    await talk.click("request_handoff")
    await talk.staff("claimed", "李四")
    for number in range(60):
        await talk.write(f"第{number}句")
        await talk.say(f"答{number}")
    assert talk._header, "the window was cut"
    texts = [event.text for event in talk.tracker.events if isinstance(event, BotUttered)]
    assert texts[-6:] == [f"答{number}" for number in range(54, 60)] and talk.tracker.get_slot("staff_name") == "李四" and talk.tracker.is_paused()


async def test_a_handoff_tells_what_it_is_about(talk: DeskTalk) -> None:
    await talk.click("request_handoff")
    handoff = talk.event["handoff"]
    assert (handoff["reason"], handoff["urgency"], handoff["intent"], handoff["confidence"]) == ("request", "normal", "request_handoff", 1.0)
