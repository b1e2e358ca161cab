"""The whole model: what staff spoke of is what a follow-up asks about; delicate questions as people ask them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.actions.conftest import BackendProcess
from tests.actions.desk_talk import DeskTalk
from tests.actions.talk import load_rules


@pytest.fixture
def talk(model: Path, backend: BackendProcess) -> DeskTalk:
    return DeskTalk(load_rules(model))


async def test_a_question_after_the_hand_back_is_about_what_staff_spoke_of(talk: DeskTalk) -> None:
    await talk.write("转人工")
    await talk.staff("claimed", "李四")
    await talk.say("您这种情况办普通护照换发")
    await talk.staff("returned")
    shown = await talk.write("要多少钱")
    assert "护照" in shown and "元" in shown


async def test_delicate_questions_are_held_or_handed_over(talk: DeskTalk) -> None:
    assert "请工作人员核对" in await talk.write("国家赔偿怎么申请")
    assert talk.event["decision"] == "held" and talk.event["answer"]["item"] == "state_compensation"
    assert "由工作人员直接答复您" in await talk.write("什么算正当防卫")
    assert talk.event["handoff"]["reason"] == "risk" and talk.tracker.is_paused()
