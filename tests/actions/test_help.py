"""Help shows what works now, and knows every topic of the rules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from actions import client
from actions.help_topics import NOT_LISTED, TOPICS
from actions.smalltalk import FORMS
from tests.actions.conftest import BackendProcess
from tests.actions.talk import Talk
from weijing.settings import ROOT


def started() -> set[str]:
    """The intents that a rule begins with."""
    files: list[Path] = sorted((ROOT / "data" / "rules").glob("*.yml"))
    rules: list[dict[str, Any]] = [rule for file in files for rule in YAML(typ="safe").load(file.read_text(encoding="utf-8"))["rules"]]
    return {one["intent"] for rule in rules for one in rule["steps"][0].get("or", [rule["steps"][0]]) if "intent" in one}


def test_every_intent_a_user_can_start_is_in_help_or_deliberately_not() -> None:
    listed = [intent for topic in TOPICS for intent in topic.intents]
    assert len(listed) == len(set(listed)) and not NOT_LISTED & set(listed)
    assert started() == {*listed, *NOT_LISTED}


def test_every_form_has_a_topic() -> None:
    forms = {name: topic for topic in TOPICS for name in topic.forms}
    assert set(forms) == set(FORMS) == set(YAML(typ="safe").load((ROOT / "domain.yml").read_text(encoding="utf-8"))["forms"])


async def test_what_works_is_listed(talk: Talk) -> None:
    bubbles = await talk.bubbles("能帮我做什么", "help")
    assert len(bubbles) == 1
    for topic in TOPICS:
        assert f"· {topic.name}：" in bubbles[0]["text"], topic.name
    assert "110" in bubbles[0]["text"] and "12110" in bubbles[0]["text"] and len(bubbles[0]["text"].encode()) < 2048


async def test_it_says_when_a_person_answers(talk: Talk) -> None:
    text = await talk.say("能帮我做什么", "help")
    assert "现在有人在" in text or "起有人答复" in text


def test_a_person_in_and_out_of_office_hours() -> None:
    from datetime import datetime

    from actions.help import _person
    from weijing.workdays import SHANGHAI

    assert _person(datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)) == "现在有人在"
    assert _person(datetime(2026, 11, 22, 10, 0, tzinfo=SHANGHAI)) == "11月23日（周一）09:00 起有人答复，可以先留言"


async def test_while_the_backend_is_away_it_says_what_waits_and_what_is_kept(talk: Talk, backend: BackendProcess) -> None:
    backend.kill()
    client.backend()._cache.clear()
    kept, waiting = (await talk.say("能帮我做什么", "help")).splitlines()[1:3]
    assert kept.startswith("照常收") and "投诉举报，可以匿名" in kept
    assert waiting.startswith("要等一等的") and "预约到窗口" in waiting and "孩子的名字" not in waiting


@pytest.mark.parametrize(
    ("words", "intent", "name"), [("查进度", "query_progress", "查进度"), ("我要举报", "file_report", "投诉举报"), ("撤回举报", "withdraw_report", "撤回")]
)
async def test_inside_a_form_it_tells_how_to_get_on_and_out(talk: Talk, words: str, intent: str, name: str) -> None:
    await talk.say(words, intent)
    form = talk.form
    reply = await talk.say("怎么填", "help")
    assert reply.startswith(f"您正在填：{name}") and "退出" in reply and "改成" in reply and len(reply.splitlines()) >= 2 and talk.form == form
