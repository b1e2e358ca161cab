"""What a looked-up matter lets its owner do: follow it, answer what staff asked, read the outcome, rate it."""

from __future__ import annotations

from typing import Any

from actions.client import Json
from actions.phrases import Button
from actions.progress_follow import FINAL, FOLLOW

SUPPLEMENT: Button = {"title": "现在补", "payload": "补材料"}


def answer_button(number: str) -> Button:
    """Begins the answer to what staff asked."""
    return {"title": "回答", "payload": f"补充{number}"}


def next_buttons(found: Json, number: str) -> list[Button]:
    """What is still open may be followed; a question comes first. What is done is offered to be rated by a line of its own."""
    answer = [answer_button(number)] if found.get("question") else [SUPPLEMENT] if number.startswith("B") and found["status"] == "supplement" else []
    if found["status"] in FINAL:
        return []
    return [*answer, FOLLOW]


def asked_and_done(found: Json) -> list[dict[str, Any]]:
    """Responses for an open question and for an outcome."""
    asked = [{"response": "utter_report_question", "question": found["question"]}] if found.get("question") else []
    return asked + ([{"response": "utter_report_outcome", "outcome": found["outcome"]}] if found.get("outcome") else [])
