"""Answers about delicate matters: a person looks first, or answers himself."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from rasa.shared.core.events import BotUttered
from ruamel.yaml import YAML

from bot.held_answers import WINDOW, decided_by
from bot.processor import TurnProcessor
from store.events import TurnEvent, parse_event
from tests.actions.conftest import BackendProcess
from tests.actions.desk_talk import DeskTalk
from weijing.answer_risk import FILE, answer_risk
from weijing.service_items import load_service_items
from weijing.workdays import SHANGHAI, is_open

MEDIUM, HIGH, LOW = "state_compensation", "self_defence", "id_card_replacement"


@pytest.fixture
def talk(processor: TurnProcessor, backend: BackendProcess) -> DeskTalk:
    return DeskTalk(processor)


async def test_an_answer_of_medium_risk_is_held_and_the_user_knows_by_when(talk: DeskTalk) -> None:
    shown = await talk.ask(MEDIUM)
    assert "请工作人员核对，最晚" in shown and "国家赔偿" not in shown
    event = parse_event(json.dumps(talk.event))
    assert isinstance(event, TurnEvent) and event.answer and event.decision == "held" and event.handoff is None
    assert event.answer.item == MEDIUM and "国家赔偿" in event.answer.bubbles[0]["text"] and event.answer.until > event.at
    assert "国家赔偿" not in await talk.click("repeat"), "nor by asking to hear it again"
    assert not talk.tracker.is_paused()
    assert "身份证" in await talk.ask(LOW) and talk.event["answer"] is None


async def test_an_approved_answer_is_in_the_memory_of_the_bot(talk: DeskTalk) -> None:
    await talk.ask(MEDIUM)
    await talk.say(talk.event["answer"]["bubbles"][0]["text"])
    assert "国家赔偿" in await talk.click("repeat")


async def test_a_matter_of_high_risk_is_answered_by_a_person(talk: DeskTalk) -> None:
    shown = await talk.ask(HIGH)
    assert "由工作人员直接答复您" in shown and "正当防卫" not in shown
    assert talk.tracker.is_paused() and (talk.event["handoff"]["reason"], talk.event["handoff"]["item"]) == ("risk", HIGH)
    said = [event.text for event in talk.tracker.events if isinstance(event, BotUttered) and event.text]
    assert not any("正当防卫" in text for text in said)
    assert await talk.write("返回机器人") and not talk.tracker.is_paused()


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-23 10:30", "2026-11-23 14:30"),
        ("2026-11-23 15:00", "2026-11-23 17:00"),
        ("2026-11-23 17:00", "2026-11-24 09:00"),
        ("2026-11-22 20:00", "2026-11-23 11:00"),
        ("2026-10-01 10:00", "2026-10-03 09:00"),
    ],
)
def test_staff_have_two_hours_of_the_office_and_never_more_than_the_platform_gives(now: str, until: str) -> None:
    asked = datetime.fromisoformat(now).replace(tzinfo=SHANGHAI)
    decided = decided_by(asked)
    assert f"{decided:%Y-%m-%d %H:%M}" == until and decided - asked <= WINDOW < timedelta(hours=48)
    assert is_open(decided) or decided - asked == WINDOW


def test_all_that_is_listed_is_ours_and_what_is_not_listed_is_of_low_risk(processor: TurnProcessor) -> None:
    raw = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    items = [*raw["medium"]["items"], *raw["high"]["items"]]
    intents = [*raw["medium"]["intents"], *raw["high"]["intents"]]
    assert set(items) <= {item.id for item in load_service_items()} and {MEDIUM, HIGH} <= set(items)
    assert set(intents) <= set(processor.domain.intents)
    assert (answer_risk("ask_guide", MEDIUM), answer_risk("ask_guide", HIGH), answer_risk("ask_guide", LOW), answer_risk("greet", None)) == (
        "medium", "high", "low", "low",
    )  # fmt: skip
