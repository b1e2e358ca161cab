"""The pieces of the pipeline, each by itself; `tests/bot/test_parse.py` looks at the trained whole."""

from __future__ import annotations

import logging

import pytest
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.aspects import find_aspect
from bot.nlu.decider import Candidate, Decider, Thresholds, decide, find_candidates
from bot.nlu.identifier_extractor import extract
from bot.nlu.item_index import ItemIndex
from bot.nlu.jieba_tokenizer import make_tokenizer, read_dictionary
from bot.nlu.wording import SCORES, affirmed, neutral
from weijing.service_items import load_service_items
from weijing.settings import ROOT

T = Thresholds()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A2026-000123到哪了", [("application_no", "A2026-000123")]),
        ("J2026-000045 查询码7KQ2-M9XD", [("report_no", "J2026-000045"), ("query_code", "7KQ2-M9XD")]),
        ("电话〔手机#1a2b3c4d〕车牌〔车牌#aabbccdd〕", [("phone", "〔手机#1a2b3c4d〕"), ("plate", "〔车牌#aabbccdd〕")]),
        ("身份证〔身份证#1a2b3c4d〕", [("id_number", "〔身份证#1a2b3c4d〕")]),
        ("昨天晚上8点在建设路〔地址#1a2b3c4d〕有人赌博", [("date", "昨天"), ("time", "晚上8点"), ("place", "建设路〔地址#1a2b3c4d〕")]),
        ("离我最近的城关派出所怎么走", [("place", "城关派出所")]),
        ("附近的派出所在哪", []),
        ("身份证丢了怎么补办", []),
    ],
)
def test_entities(text: str, found: list[tuple[str, str]]) -> None:
    entities = extract(text)
    assert [(entity["entity"], entity["value"]) for entity in entities] == found
    assert all(text[entity["start"] : entity["end"]] == entity["value"] for entity in entities)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("不是身份证，是护照丢了", " " * 5 + "，是护照丢了"), ("我问的不是居住证，而是居住登记", "我问的" + " " * 5 + "，而是居住登记"),
        ("是不是要带户口簿", None), ("不是本地人要什么材料", None), ("是护照不是身份证", None),
    ],
)  # fmt: skip
def test_what_is_denied_is_not_linked(text: str, left: str | None) -> None:
    assert affirmed(text) == (left or text)


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("身份证丢了怎么补办要带什么", "materials"), ("补办身份证多少钱", "fee"), ("护照几天能拿到", "time_limit"), ("居住证有效期多长", "validity"),
        ("在哪里办护照", "where"), ("网上能办吗", "online"), ("小孩几岁可以办身份证", "conditions"), ("如何迁户口", "procedure"),
        ("酒驾的法律依据是什么", "legal_basis"), ("闯红灯罚多少钱", None), ("身份证", None),
        ("可以代办吗", "who"), ("帮我查办件进度", None), ("帮我妈办行吗", "who"),
        ("让我妈代办要带什么", "materials"),
        ("孩子也能办吗", "who"), ("要预约吗", "where"), ("过期了怎么办", "time_limit"), ("身份证过期了怎么换", "procedure"), ("能用复印件吗", "materials"),
    ],
)  # fmt: skip
def test_aspect(text: str, aspect: str | None) -> None:
    found = find_aspect(text)
    assert (found[0] if found else None) == aspect


def test_neutral_hides_identifiers_and_courtesies() -> None:
    assert neutral("您好，请问13800138000是谁的") == neutral("您好，请问〔手机#1a2b3c4d〕是谁的").replace("手机", "phone")
    assert neutral("你好") == "你好"


def test_tokenizers_do_not_share_words() -> None:
    plain, own = make_tokenizer([]), make_tokenizer(["饕餮证办理处 100000 n"])
    assert "饕餮证办理处" in own.lcut("饕餮证办理处在哪") and "饕餮证办理处" not in plain.lcut("饕餮证办理处在哪")
    logging.getLogger("jieba").setLevel(logging.WARNING)


def test_dictionary_lines_are_words_with_frequencies() -> None:
    lines = read_dictionary(ROOT / "data" / "dict")
    assert len({line.split()[0] for line in lines}) == len(lines) > 100
    assert all(line.split()[1].isdigit() for line in lines)


def test_items_are_found_by_questions_that_were_held_out() -> None:
    from dataclasses import replace

    items = load_service_items()
    known = ItemIndex([replace(item, questions=item.questions[1:]) for item in items])
    asked = [(item, item.questions[0]) for item in items]
    right = sum(known.links(question, {item.category: 0.85})[0].item == item.id for item, question in asked)
    assert right / len(asked) > 0.75


def test_a_new_item_is_linked_without_training() -> None:
    from dataclasses import replace

    item = replace(load_service_items()[0], id="space_walk", name="太空行走许可", aliases=("太空漫步证",), questions=("怎么申请太空行走",))
    best = ItemIndex([*load_service_items(), item]).links("太空漫步证要多少钱", {})[0]
    assert (best.item, best.start, best.end) == ("space_walk", 0, 5)
    assert best.share > 0.9


def test_no_items_and_no_words_give_no_links() -> None:
    assert ItemIndex([]).links("身份证", {}) == []
    assert ItemIndex(load_service_items()).links("〜", {}) == []


def one(intent: str, confidence: float, **more: object) -> Candidate:
    return {"intent": intent, "confidence": confidence, **more}


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        ([one("greet", 0.9)], ("greet", "answer")),
        ([one("greet", T.sure - 0.01), one("thank", 0.1)], ("nlu_clarify", "clarify")),
        ([one("greet", 0.5), one("thank", 0.45)], ("nlu_clarify", "clarify")),
        ([one("greet", T.half - 0.01)], ("nlu_fallback", "fallback")),
        ([one("out_of_scope", 0.9)], ("out_of_scope", "fallback")),
        ([one("out_of_scope", 0.4), one("ask_naming", 0.3)], ("nlu_clarify", "clarify")),
        ([one("request_handoff", 0.9)], ("request_handoff", "handoff")),
        ([one("file_report", 0.5), one("emergency", T.short)], ("emergency", "emergency")),
        ([one("file_report", 0.5), one("emergency", T.emergency)], ("nlu_clarify", "clarify")),
        ([one("ask_guide", 0.8, service_item="a", share=0.9)], ("ask_guide", "answer")),
        ([one("ask_guide", 0.8, service_item="a", share=0.2)], ("nlu_clarify", "clarify")),
        ([one("ask_guide", 0.4, service_item="a", share=0.5), one("ask_guide", 0.3, service_item="b", share=0.3)], ("ask_guide", "answer")),
        ([one("ask_guide", 0.8)], ("ask_guide", "answer")),
        ([], ("nlu_fallback", "fallback")),
    ],
)
def test_decision(candidates: list[Candidate], expected: tuple[str, str]) -> None:
    assert decide("随便", candidates, T) == expected


def test_a_whole_sentence_is_a_danger_sooner_than_a_word_or_two() -> None:
    assert decide("我们这里的情况非常不好", [one("emergency", T.emergency)], T) == ("emergency", "emergency")


@pytest.mark.parametrize(
    ("text", "candidates", "expected"),
    [
        ("我把后来拍的照片发来", [one("add_evidence", T.careful - 0.01)], "clarify"),
        ("我把后来拍的照片发来", [one("add_evidence", T.careful)], "answer"),
        ("非常感谢你们的帮忙", [one("thank", T.sure)], "answer"),
        ("那行吧", [one("thank", T.short - 0.01)], "clarify"),
        ("那行吧？？", [one("thank", T.short)], "answer"),
        ("给小猫起个名字", [one("ask_naming", 0.95)], "fallback"),
        ("给宝宝起个名字", [one("ask_naming", 0.95)], "answer"),
    ],
)
def test_what_costs_the_user_and_what_is_short_needs_more(text: str, candidates: list[Candidate], expected: str) -> None:
    assert decide(text, candidates, T)[1] == expected


@pytest.mark.parametrize(("text", "danger"), [("小说里他拿着刀", False), ("打死我也不去", False), ("他又来了我好怕", True)])
def test_a_danger_that_only_the_classifier_sees_gives_way_to_a_tale(text: str, *, danger: bool) -> None:
    message = Message({TEXT: text, SCORES: {"emergency": 0.8, "smalltalk": 0.15, "out_of_scope": 0.05}})
    found = find_candidates(message)
    assert (found[0]["intent"] == "emergency") is danger
    assert sum(candidate["confidence"] for candidate in found) == pytest.approx(1.0)


def test_what_the_words_say_outright_stands_first_among_the_candidates() -> None:
    message = Message({TEXT: "我要举报有人开赌场", SCORES: {"out_of_scope": 0.7, "file_report": 0.3}})
    (decided,) = Decider(T).process([message])
    assert (decided.get("intent")["name"], decided.get("candidates")[0]) == ("file_report", {"intent": "file_report", "confidence": 1.0})


def test_marks_at_the_end_mean_nothing() -> None:
    assert neutral("身份证丢了怎么办？？") == neutral("身份证丢了怎么办") and neutral("？") == "？"


def test_another_language_is_no_matter_of_scores() -> None:
    assert decide("how do i extend my visa", [one("file_report", 1.0)], T) == ("foreign_language", "answer")
    assert decide("继续", [one("file_report", 1.0)], T) == ("repeat", "answer")


@pytest.mark.parametrize(
    ("text", "expected"), [("人工", ("request_handoff", "handoff")), ("转人工！", ("request_handoff", "handoff")), ("退出。", ("cancel", "answer"))]
)
def test_exact_words_win_over_everything(text: str, expected: tuple[str, str]) -> None:
    assert decide(text, [one("out_of_scope", 1.0)], T) == expected
