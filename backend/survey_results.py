"""Counting the answers to one question of a survey."""

from __future__ import annotations

from collections import Counter
from typing import Any

MARKS = ("1", "2", "3", "4", "5")


def counted(question: dict[str, Any], given: list[dict[str, Any]]) -> dict[str, Any]:
    """The question with how often each option was chosen, the mean of marks (two places; null without any), and the free words.

    Args:
        given: the answers of everybody, by question id.
    """
    answers = [one[question["id"]] for one in given if one.get(question["id"])]
    head = {name: question[name] for name in ("id", "kind", "text")} | {"answered": len(answers)}
    if question["kind"] == "words":
        return head | {"counts": {}, "mean": None, "words": sorted(answers)}
    chosen = Counter(str(choice) for answer in answers for choice in (answer if isinstance(answer, list) else [answer]))
    mean = round(sum(answers) / len(answers), 2) if question["kind"] == "mark" and answers else None
    options = MARKS if question["kind"] == "mark" else question["options"]
    return head | {"counts": {option: chosen[option] for option in options}, "mean": mean, "words": []}
