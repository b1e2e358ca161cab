from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.evaluation.command import TESTS
from bot.evaluation.measures import NEAR
from bot.evaluation.questions import read_questions
from bot.nlu import aspects
from weijing.errors import InputError
from weijing.service_items import CATEGORIES, load_service_items
from weijing.settings import ROOT

QUESTIONS = read_questions(TESTS)
DOMAIN = YAML(typ="safe").load((ROOT / "domain.yml").read_text(encoding="utf-8"))
INTENTS = set(DOMAIN["intents"]) - {"nlu_clarify", "nlu_fallback"}
ITEMS = {item.id: item for item in load_service_items()}


def test_there_are_enough_of_everything() -> None:
    counts = Counter(question.intent for question in QUESTIONS)
    assert not {intent: counts[intent] for intent in INTENTS if counts[intent] < 20}, "write messages for these under tests/nlu"
    assert (counts["ask_guide"] >= 250, counts["out_of_scope"] >= 120, counts["emergency"] >= 60, counts["request_handoff"] >= 30) == (True,) * 4
    near = [question for question in QUESTIONS if question.source.startswith(NEAR)]
    assert len(near) >= 60 and not [question for question in near if question.intent == "emergency"]


def test_the_labels_exist() -> None:
    known = {aspect for aspect, _ in aspects._LEXICON} | {"overview"}
    for question in QUESTIONS:
        assert question.intents <= INTENTS and set(question.items) <= set(ITEMS) and set(question.aspects) <= known, question.source
        assert question.intent == "ask_guide" or not question.items, question.source


def test_guide_questions_know_their_item_and_spread_over_the_categories() -> None:
    guide = [question for question in QUESTIONS if question.intent == "ask_guide"]
    itemised = [question for question in guide if not question.source.startswith("fresh_")]  # the fresh slice asks for the route alone
    assert all(question.items and question.aspects for question in itemised)
    counts = Counter(ITEMS[question.items[0]].category for question in itemised)
    assert not {category for category in CATEGORIES if counts[category] < 12}, counts


def test_no_message_is_there_twice() -> None:
    counts = Counter(re.sub(r"\W", "", question.text) for question in QUESTIONS)
    assert not [text for text, count in counts.items() if count > 1]


def test_a_source_is_a_file_and_a_line() -> None:
    for question in (QUESTIONS[0], QUESTIONS[-1]):
        name, _, line = question.source.partition(":")
        assert question.text in (TESTS / name).read_text(encoding="utf-8").splitlines()[int(line) - 1]


@pytest.mark.parametrize("text", ["- {text: 你好}\n", "- 你好\n", "- {text: 你好, intent: greet, mood: good}\n", "- {text: 你好\n"])
def test_a_record_that_is_none_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "talk.yml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"talk\.yml"):
        read_questions(tmp_path)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no messages"):
        read_questions(tmp_path)
