"""Each fault is planted into a project of its own, and is named with its file and line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.data_check import likeness, patterns, private, training
from bot.data_check.examples import Example, read_examples
from bot.evaluation.questions import Question
from bot.nlu.jieba_tokenizer import make_tokenizer, read_dictionary
from weijing.settings import ROOT

Plant = Callable[[str], list[Example]]


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    """Writes data/nlu/topic.yml and reads its examples; each block begins at line 3 or later."""

    def write(blocks: str) -> list[Example]:
        file = tmp_path / "data" / "nlu" / "topic.yml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f'version: "3.1"\nnlu:\n{blocks}', encoding="utf-8")
        return read_examples(tmp_path)

    return write


def block(name: str, *texts: str, kind: str = "intent", metadata: str = "") -> str:
    """One block; its first example is three lines below its head, or four with metadata."""
    head = f"- {kind}: {name}\n" + (f"  metadata: {metadata}\n" if metadata else "")
    return head + "  examples: |\n" + "".join(f"    - {text}\n" for text in texts)


def only(faults: Iterator[str]) -> str:
    """The one fault there is."""
    found = list(faults)
    assert len(found) == 1, found
    return found[0]


def test_an_example_knows_its_line(plant: Plant) -> None:
    rows = plant(block("greet", "你好", "您好") + "# a remark\n\n" + block("ask_guide", "[护照](paper)在哪办", metadata="{category: exit_entry}"))
    assert [(row.text, row.source) for row in rows] == [
        ("你好", "data/nlu/topic.yml:5"), ("您好", "data/nlu/topic.yml:6"), ("护照在哪办", "data/nlu/topic.yml:12"),
    ]  # fmt: skip
    assert (rows[2].category, rows[2].entities) == ("exit_entry", ((0, 2, "护照"),))


def test_an_example_in_a_list_knows_its_line(plant: Plant) -> None:
    rows = plant("- intent: greet\n  examples:\n  - text: |\n      你好\n  - text: 早\n")
    assert [(row.text, row.source) for row in rows] == [("你好", "data/nlu/topic.yml:5"), ("早", "data/nlu/topic.yml:7")]


def test_minimum_support(plant: Plant) -> None:
    rows = plant(block("greet", "你好") + block("thank", *(f"谢谢{number}" for number in range(25))))
    assert only(training.too_few(rows, ["greet", "thank", "nlu_fallback"])) == "intent greet has 1 examples, it needs 25"


def test_an_example_written_twice(plant: Plant) -> None:
    fault = only(training.twice(plant(block("greet", "再见") + block("goodbye", "再见?"))))
    assert fault.startswith("data/nlu/topic.yml:5: ") and "2 times" in fault and "data/nlu/topic.yml:8 (goodbye)" in fault


def test_a_category_that_is_none(plant: Plant) -> None:
    fault = only(training.unknown_categories(plant(block("ask_guide", "下雨吗", metadata="{category: weather}"))))
    assert fault.startswith("data/nlu/topic.yml:6: ") and "weather" in fault


def test_an_entity_inside_a_word(plant: Plant) -> None:
    tokenizer: Any = make_tokenizer(read_dictionary(ROOT / "data" / "dict"))
    fault = only(training.crooked_entities(plant(block("ask_guide", "补办[身份](paper)证", "补办[身份证](paper)")), tokenizer))
    assert fault.startswith("data/nlu/topic.yml:5: ") and "word borders" in fault


@pytest.mark.parametrize(
    "other",
    [
        "我昨天交的那举报处理得怎样了", "我昨天交的举报处理得怎么样了", "我昨天交的举报现处理得怎样了", "我昨天交的举报处理得怎样",
        "处理得怎样了我昨天交的举报处",
    ],
)
def test_near_doubles_of_two_intents(plant: Plant, other: str) -> None:
    text = "我昨天交的举报处理得怎样了"
    found = list(likeness.alike(plant(block("query_progress", text) + block("add_evidence", other))))
    near = other != "处理得怎样了我昨天交的举报处"
    assert [fault.startswith("data/nlu/topic.yml:5: ") and "data/nlu/topic.yml:8" in fault for fault in found] == [True] * near
    assert not list(likeness.alike(plant(block("query_progress", text, other)))), "one intent may say it in two ways"


@pytest.mark.parametrize(
    ("one", "other"), [("我要预约", "我要续约"), ("请问12389是什么电话号码", "请问12339是什么电话号码"), ("我昨天交的举报处理好了", "我昨天交的申请处理好了")]
)
def test_what_only_looks_alike(plant: Plant, one: str, other: str) -> None:
    assert not list(likeness.alike(plant(block("greet", one) + block("thank", other))))


@pytest.mark.parametrize("tested", ["护照丢了怎么补？", "你好，护照丢了怎么补", "護照丟了怎么补"])
def test_a_test_message_in_the_training_data(plant: Plant, tested: str) -> None:
    fault = only(likeness.leaks(plant(block("ask_guide", "护照丢了怎么补", "护照到期怎么换")), [Question(tested, "ask_guide", source="guide.yml:7")]))
    assert fault.startswith("data/nlu/topic.yml:5: ") and "guide.yml:7" in fault


def test_a_test_message_that_is_nearly_in_the_training_data(plant: Plant) -> None:
    rows = plant(block("ask_guide", "我的护照丢了应该怎么去补办") + block("greet", "你好"))
    tests = [Question("我的护照丢了应该咋么去补办", "ask_guide", source="guide.yml:7"), Question("你好", "greet", source="talk.yml:2")]
    assert "guide.yml:7" in only(likeness.leaks(rows, tests)), "and a greeting is no leak"


@pytest.mark.parametrize("kind", ["regex", "lookup"])
def test_a_border_beside_chinese(plant: Plant, tmp_path: Path, kind: str) -> None:
    rows = plant(block("office", r"\b派出所\b", r"\bpolice\b", kind=kind))
    fault = only(patterns.borders(tmp_path, rows))
    assert fault.startswith("data/nlu/topic.yml:5: ") and r"\b" in fault


def test_a_border_beside_chinese_in_a_lookup_file(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "lookups"
    folder.mkdir(parents=True)
    (folder / "a.yml").write_text("- asked: '\\bvisa\\b|签注'\n  name: x\n- {asked: 'car\\b', name: 车}\n", encoding="utf-8")
    assert only(patterns.borders(tmp_path, [])).startswith("data/lookups/a.yml:1: ")


def test_words_that_no_message_holds(plant: Plant, tmp_path: Path) -> None:
    (tmp_path / "data" / "dict").mkdir(parents=True)
    (tmp_path / "data" / "dict" / "words.txt").write_text("护照 9 n\n護照 9 n\n", encoding="utf-8")
    rows = plant(block("office", "派出所", "派出所Ａ", kind="lookup"))
    found = list(patterns.never_met(tmp_path, rows))
    assert [fault.split(": ")[0] for fault in found] == ["data/nlu/topic.yml:6", "data/dict/words.txt:2"]


def test_full_width_digits(plant: Plant, tmp_path: Path) -> None:
    rows = plant(block("find_office", "１１０怎么打", "110怎么打？"))
    assert only(patterns.wide(tmp_path, rows)).startswith("data/nlu/topic.yml:5: ")


@pytest.mark.parametrize(
    ("text", "what"), [("我的身份证11010519491231002X", "identity number"), ("电话13652718394", "phone number"), ("卡号6222021234567890128", "bank card")]
)
def test_private_data(plant: Plant, text: str, what: str) -> None:
    fault = only(private.private_values(plant(block("correct", text))))
    assert fault.startswith("data/nlu/topic.yml:5: ") and what in fault and not any(part in fault for part in ("110105", "13652718394", "62220"))


@pytest.mark.parametrize("text", ["我的身份证110105194912310021", "电话13812345678", "电话13900001234", "〔身份证#1a2b3c4d〕", "A2026-000123", "拨打12389"])
def test_what_is_plainly_nobodys(plant: Plant, text: str) -> None:
    assert not list(private.private_values(plant(block("correct", text))))
