"""The house keeps its own order: names, siblings, sizes, and nothing said that is not written down."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk.executor import ActionExecutor
from ruamel.yaml import YAML

from console.board.words import TOPICS as BOARD_TOPICS
from weijing.filing import load_filings
from weijing.intent_words import intent_words
from weijing.settings import ROOT, Settings

TOPICS = (
    "guide", "progress", "report", "handoff", "emergency", "smalltalk", "fallback", "identity", "feedback", "office", "appointment", "naming", "notice",
    "help", "easy", "menu", "language", "filings",
)  # fmt: skip
"""Topics in force."""
DEFINED = ("residence",)
"""Topics that are filings by definition alone: `data/filings` is their code."""
DECIDED = {"nlu_clarify", "nlu_fallback"}
"""Intents that the decider sets; nobody says them, so they have no examples."""
ROOMS = ("weijing", "store", "bot", "actions", "channels", "backend", "console")
LONGEST_FILE = 200
FILES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
PYTHON = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "actions").glob("*.py"))


def read(path: Path) -> Any:
    """A YAML file."""
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


DOMAIN = read(ROOT / "domain.yml")
RULES = [rule for path in sorted((ROOT / "data" / "rules").glob("*.yml")) for rule in read(path)["rules"]]


def steps() -> list[dict[str, Any]]:
    """Every step of every rule, alternatives one by one."""
    flat = [one for rule in RULES for step in rule["steps"] for one in step.get("or", [step])]
    return [*flat, *(condition for rule in RULES for condition in rule.get("condition", []))]


def action_names() -> set[str]:
    """The names of our action classes."""
    executor = ActionExecutor()
    executor.register_package("actions")
    return {name for name, run in executor.actions.items() if run.__self__.__class__.__module__.startswith("actions")}  # type: ignore[attr-defined]  # bound


def test_every_action_has_a_class_and_every_class_a_domain_entry() -> None:
    assert action_names() == {name for name in DOMAIN["actions"] if not name.startswith("utter_")}


def test_every_action_of_a_rule_exists() -> None:
    known = {*DOMAIN["actions"], *DOMAIN["responses"], *DOMAIN["forms"], "action_listen", "action_default_fallback"}
    assert {step["action"] for step in steps() if "action" in step} <= known


def test_every_form_has_a_validator_and_asks_for_and_refuses_each_slot() -> None:
    for form, config in DOMAIN["forms"].items():
        assert f"validate_{form}" in DOMAIN["actions"]
        for slot in config["required_slots"]:
            assert slot in DOMAIN["slots"]
            assert f"utter_ask_{form}_{slot}" in DOMAIN["responses"] or f"action_ask_{form}_{slot}" in DOMAIN["actions"], f"{form} cannot ask for {slot}"
            assert f"utter_{form}_invalid_{slot}" in DOMAIN["responses"], f"{form} cannot say what is wrong with {slot}"


def test_every_response_used_in_python_exists_and_every_response_is_used() -> None:
    used = set(re.findall(r"utter_[a-z0-9_]*[a-z0-9](?![a-z0-9_{])", PYTHON)) - {"utter_message"}
    built = {f"utter_{form}_invalid_{slot}" for form, config in DOMAIN["forms"].items() for slot in config["required_slots"]}
    built |= {f"utter_ask_{form}_{slot}" for form, config in DOMAIN["forms"].items() for slot in config["required_slots"]}
    used_by_rules = {step["action"] for step in steps() if step.get("action", "").startswith("utter_")}
    assert used - built <= set(DOMAIN["responses"]), "used in Python, not in domain.yml"
    assert set(DOMAIN["responses"]) <= used | built | used_by_rules, "in domain.yml, used nowhere"


def test_every_intent_has_an_example_and_a_rule() -> None:
    examples = {block["intent"] for path in (ROOT / "data" / "nlu").glob("*.yml") for block in read(path)["nlu"] if "intent" in block}
    ruled = {step["intent"] for step in steps() if "intent" in step}
    intents = set(DOMAIN["intents"])
    assert ruled == intents
    assert {intent.partition("/")[0] for intent in examples} == intents - DECIDED


def test_staff_read_words_for_every_intent() -> None:
    assert list(intent_words()) == DOMAIN["intents"] and len(set(intent_words().values())) == len(DOMAIN["intents"])
    assert {intent for intents in BOARD_TOPICS.values() for intent in intents} <= set(DOMAIN["intents"])


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_opens_every_room(topic: str) -> None:
    places = ("data/nlu/{}.yml", "data/rules/{}.yml", "actions/{}.py", "tests/actions/test_{}.py", "tests/conversations/test_{}.yml")
    missing = [place.format(topic) for place in places if not (ROOT / place.format(topic)).is_file()]
    assert not missing


@pytest.mark.parametrize("topic", DEFINED)
def test_a_topic_without_code_of_its_own_has_definitions_words_and_tests(topic: str) -> None:
    assert any(filing.topic == topic for filing in load_filings().values())
    assert all((ROOT / place.format(topic)).is_file() for place in ("data/nlu/{}.yml", "tests/actions/test_{}.py", "tests/conversations/test_{}.yml"))


@pytest.mark.parametrize("folder", ["data/rules", "tests/conversations"])
def test_no_file_belongs_to_no_topic(folder: str) -> None:
    stems = {path.stem.removeprefix("test_") for path in (ROOT / folder).glob("*.yml")}
    assert stems <= {*TOPICS, *DEFINED}


def test_a_button_sends_back_plain_words_that_fit() -> None:
    buttons = [button for variants in DOMAIN["responses"].values() for variant in variants for button in variant.get("buttons", [])]
    assert buttons and all(0 < len(button["payload"]) <= 20 and not button["payload"].startswith("/") for button in buttons)


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(ROOT)) for path in FILES])
def test_no_file_is_too_long(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


def test_no_module_is_a_drawer() -> None:
    assert not [path for path in FILES if path.stem in {"utils", "common", "helpers", "misc"}]


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert not [name for name in sorted(Settings.__fields__) if f"`{name.upper()}`" not in text]


def test_only_settings_reads_the_environment() -> None:
    readers = {path.relative_to(ROOT) for path in FILES if re.search(r"os\.environ(?!\.setdefault)|os\.getenv", path.read_text(encoding="utf-8"))}
    assert readers <= {Path("weijing/settings.py")}
