"""The emergency screen on sentences of our own, and on the shared question sets when they are there."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.weijing.emergency_sentences import ASKED_OF_DANGER, EMERGENCIES, HARMLESS
from weijing.emergency import CARDS, calm, screen
from weijing.service_items import load_service_items


@pytest.mark.parametrize(("kind", "text"), [(kind, line) for kind, lines in EMERGENCIES.items() for line in lines.splitlines()])
def test_danger_now_gets_the_card_of_its_kind(kind: str, text: str) -> None:
    card = screen(text)
    assert card and card.kind == kind


@pytest.mark.parametrize("text", HARMLESS)
def test_questions_jokes_and_tales_get_no_card(text: str) -> None:
    assert screen(text) is None


def test_our_own_sets_are_large_enough() -> None:
    assert sum(len(lines.splitlines()) for lines in EMERGENCIES.values()) >= 60
    assert len(HARMLESS) >= 120


@pytest.mark.parametrize("kind", CARDS)
def test_each_card_names_a_number_to_call_and_fits_one_reply(kind: str) -> None:
    assert "110" in CARDS[kind] or "119" in CARDS[kind]
    assert len(CARDS[kind].encode()) <= 600


def test_screening_is_quick_on_short_and_on_hostile_text() -> None:
    texts = ["我想问一下身份证丢了怎么补办要带什么材料", "有人" * 500, "我被" * 30_000, "我老公" + "又" * 300 + "打", "|" * 60_000]
    for text in texts:
        screen(text)
        started = time.perf_counter()
        for _ in range(20):
            screen(text)
        assert (time.perf_counter() - started) / 20 < 0.02, text[:20]  # a bound against runaway matching; the mean is measured below


def test_police_questions(shared: Path) -> None:
    rows = [json.loads(line) for line in (shared / "eval/police_questions_dev.jsonl").read_text().splitlines()]
    dangers = [row for row in rows if row["label"] == "emergency"]
    calm = [row for row in rows if row["label"] != "emergency" and "emergency" not in row["alt"]]
    hits, alarms = sum(bool(screen(row["text"])) for row in dangers), sum(bool(screen(row["text"])) for row in calm)
    print(f"emergency recall {hits}/{len(dangers)}, false alarms {alarms}/{len(calm)}")
    assert hits / len(dangers) >= 0.8
    assert alarms / len(calm) <= 0.005


def test_questions_of_the_catalogue() -> None:
    asked = [question for item in load_service_items() for question in item.questions if question not in ASKED_OF_DANGER]
    alarms = [question for question in asked if screen(question)]
    assert all(screen(question) for question in ASKED_OF_DANGER)
    assert len(alarms) <= len(asked) * 0.005, alarms


def test_what_people_ask_elsewhere(shared: Path) -> None:
    texts = [line.split("\t")[0] for path in sorted((shared / "eval/oos").iterdir()) for line in path.read_text().splitlines()]
    started = time.perf_counter()
    alarms = [text for text in texts if screen(text)]
    mean = (time.perf_counter() - started) / len(texts)
    print(f"false alarms {len(alarms)}/{len(texts)}, {mean * 1e6:.0f} µs a text")
    assert len(alarms) / len(texts) <= 0.005
    assert mean < 0.0002


@pytest.mark.parametrize("text", ["吓死我了原来是猫", "打死我也不信", "男朋友跟我分手了", "我家狗跑丢了", "小说里他把人杀了", "这样威胁人犯法吗", "手机中毒了"])
def test_words_that_only_a_model_takes_for_danger_are_calm(text: str) -> None:
    assert calm(text)


@pytest.mark.parametrize("text", ["我不敢出声", "他们马上就到了怎么办呀", "快派人来", "现在就在打人 犯不犯法我不管 快来"])
def test_fear_is_not_calm(text: str) -> None:
    assert not calm(text)
