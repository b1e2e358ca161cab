from __future__ import annotations

from pathlib import Path

import pytest

from bot.evaluation import measures
from bot.evaluation.comparison import compare
from bot.evaluation.confusions import confusions
from bot.evaluation.floors import broken_floors, read_floors
from bot.evaluation.questions import FLOORS
from tests.bot.evaluation.answers import outcome
from weijing.errors import InputError

OUTCOMES = [
    outcome("greet", "greet"),
    outcome("greet", "thank", confidence=0.3),
    outcome("thank", "greet", also=("greet",)),
    outcome("emergency", "emergency", "emergency", text="有人拿刀砍人快救命"),
    outcome("emergency", "file_report", "clarify", offered=("emergency",), text="他说话很凶"),
    outcome("out_of_scope", "ask_guide", "answer", text="天气"),
    outcome("out_of_scope", "ask_guide", "clarify", text="股票"),
    outcome("out_of_scope", "smalltalk", "answer", text="唱歌"),
    outcome("smalltalk", "emergency", "emergency", text="笑死", source=f"{measures.NEAR[0]}:3"),
    outcome("ask_guide", "ask_guide", items=("a",), linked=("b", "a"), aspects=("fee",), aspect="fee"),
    outcome("ask_guide", "ask_guide", "clarify", items=("a",), linked=("a",), aspects=("overview",)),
]


def test_shares_are_counted() -> None:
    found = {name: (share.hits, share.total) for name, share in measures.shares(OUTCOMES).items()}
    assert found["accuracy"] == (5, 11)
    assert found["routed"] == (6, 11), "a clarification that offers the right intent routes right"
    assert found["false_accept"] == (1, 3), "asking back and small talk accept nothing"
    assert (found["emergency_recall"], found["emergency_screen"], found["emergency_alarms"], found["near_alarms"]) == ((1, 2), (1, 2), (1, 9), (1, 1))
    assert (found["item_top1"], found["item_top3"], found["aspect"]) == ((1, 2), (2, 2), (2, 2))
    assert found["handoff_recall"] == (0, 0)


def test_an_interval_holds_the_value_and_is_the_same_each_time() -> None:
    first, again = measures.shares(OUTCOMES)["accuracy"], measures.shares(OUTCOMES)["accuracy"]
    assert first == again and 0 < first.low < first.value < first.high < 1
    value, low, high = measures.macro_f1(OUTCOMES)
    assert low < value < high


def test_the_table_counts_a_second_right_label_as_right() -> None:
    rows = {row.intent: row for row in measures.table(OUTCOMES)}
    assert (rows["greet"].support, rows["greet"].precision, rows["greet"].recall) == (3, 1.0, pytest.approx(2 / 3))
    assert "thank" not in rows
    assert measures.macro_f1(OUTCOMES)[0] == pytest.approx(sum(row.f1 for row in rows.values()) / len(rows))


def test_confidence_is_that_of_all_items_together() -> None:
    assert OUTCOMES[9].confidence == pytest.approx(0.9)
    sure, right, count = measures.reliability(OUTCOMES)[0]
    assert (round(sure, 1), right, count) == (0.3, 0.0, 1)
    assert measures.calibration_error([OUTCOMES[0]]) == pytest.approx(0.1)


def test_confusions_name_their_messages() -> None:
    first = confusions(OUTCOMES)[0]
    assert (first.intent, first.predicted, first.count, first.examples) == ("out_of_scope", "ask_guide", 2, ("天气", "股票"))


def test_two_models_are_compared_message_by_message() -> None:
    before = {"天气": "out_of_scope", "greet greet": "thank", "greet thank": "thank", "gone": "greet"}
    found = compare("old", before, OUTCOMES)
    assert (found.shared, found.before, found.now) == (3, 1, 1)
    assert [change.text for change in found.better] == ["greet greet"] and [change.text for change in found.worse] == ["天气"]
    assert found.p_value == 1.0
    many = [outcome("greet", "greet", text=str(number)) for number in range(10)]
    assert compare("old", {str(number): "thank" for number in range(10)}, many).p_value == pytest.approx(2 / 2**10)
    with pytest.raises(InputError, match="other messages"):
        compare("old", {"x": "greet"}, OUTCOMES)


def test_a_broken_floor_is_named_and_a_kept_one_is_not() -> None:
    found, rows = measures.shares(OUTCOMES), measures.table(OUTCOMES)
    floors = {"accuracy": 0.5, "routed": 0.5, "false_accept": 0.3, "emergency_alarms": 0.2, "macro_f1": 0.9, "least_f1": 0.5}
    said = "\n".join(broken_floors(floors, found, 0.4, rows))
    assert "accuracy" in said and "false_accept" in said and "macro_f1" in said and "F1 of out_of_scope" in said
    assert "routed" not in said and "emergency_alarms" not in said and "F1 of greet" not in said


@pytest.mark.parametrize("text", ["accuraci: 0.9", "accuracy: 90", "accuracy: much"])
def test_a_floor_that_is_no_measure_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / FLOORS).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"floors\.yml"):
        read_floors(tmp_path)
