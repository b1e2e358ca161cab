"""The questions of a survey: which comes next, how it is put, and how an answer to it is read."""

from __future__ import annotations

import re
from typing import Any

from actions.said import Said

Question = dict[str, Any]

SKIP = {"title": "跳过", "payload": "跳过"}
_DIGITS = {**{str(number): number for number in range(1, 9)}, **dict(zip("一二三四五六七八", range(1, 9), strict=True)), "两": 2}
_INDEX = re.compile("(?:选|第)?(?P<index>[1-8一二三四五六七八两])[个项]?")
_MARK = re.compile("(?:打|给|我打|我给)?(?P<mark>[1-5一二三四五两])\\s?(?:分|颗?星)?")
_APART = re.compile("[、，,;；和\\s]+")


def next_question(survey: dict[str, Any], answers: dict[str, Any]) -> tuple[int, Question] | None:
    """The first question without an answer, with its number from 1; None when all are answered."""
    return next(((number, one) for number, one in enumerate(survey["questions"], start=1) if one["id"] not in answers), None)


def read_answer(question: Question, said: Said) -> Any:
    """The answer in a message, None if it holds none; empty for an optional question that is passed over."""
    text = said.text.strip(" 。.!！")
    if said.sent:
        return None
    if question.get("optional") and (said.skips or text in {"跳过", "没有"}):
        return ""
    if question["kind"] == "mark":
        found = _MARK.fullmatch(text)
        return _DIGITS[found["mark"]] if found else None
    if question["kind"] == "words":
        return text[:500] or None
    if question["kind"] == "one":
        return _option(question, text)
    chosen = [_option(question, part) for part in _APART.split(text) if part]
    return list(dict.fromkeys(chosen)) if chosen and None not in chosen else None


def buttons_of(question: Question) -> list[dict[str, str]]:
    """Buttons in the order of their numbers; of several choices none, for a tap could name but one."""
    if question["kind"] == "mark":
        return [{"title": f"{mark}分", "payload": f"{mark}分"} for mark in range(1, 6)]
    chosen = [{"title": one, "payload": one} for one in question["options"]] if question["kind"] == "one" else []
    return [*chosen, SKIP] if question.get("optional") else chosen


def hint_of(question: Question) -> str:
    """How several choices are answered."""
    if question["kind"] != "several":
        return ""
    options = "\n".join(f"{number} {one}" for number, one in enumerate(question["options"], start=1))
    return f"\n{options}\n可以选几个，发序号，比如“1 2”。"


def _option(question: Question, text: str) -> str | None:
    options: list[str] = question["options"]
    found = _INDEX.fullmatch(text)
    if found and _DIGITS[found["index"]] <= len(options):
        return options[_DIGITS[found["index"]] - 1]
    fitting = [one for one in options if one == text] or [one for one in options if one in text]
    return fitting[0] if len(fitting) == 1 else None
