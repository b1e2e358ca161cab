"""What complaints and tips are about 投诉举报的种类: words, unit, guidance and the questions that a topic needs, from `data/lookups/report_topics.yml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML

from weijing.settings import ROOT

PATH = ROOT / "data" / "lookups" / "report_topics.yml"
OTHER = "其他"
MOST_QUESTIONS = 2
"""Questions of its own that a topic may ask: more would lose the reporter."""


@dataclass(frozen=True)
class Question:
    """What a topic needs to know beside the story; nobody has to answer.

    Args:
        name: what the answer is called in the summary and in the report's `details`.
        told: matches a story that says it already; then it is not asked.
        only: matches the stories of which it is asked at all; None for every one.
    """

    name: str
    ask: str
    answers: tuple[str, ...]
    told: re.Pattern[str] | None
    only: re.Pattern[str] | None

    def needed(self, story: str) -> bool:
        """Whether the story leaves it open."""
        told = self.told is not None and self.told.search(story) is not None
        return not told and (self.only is None or self.only.search(story) is not None)


@dataclass(frozen=True)
class Topic:
    """One topic of complaints (`complaint`) or tips (`tip`).

    Args:
        unit: who gets a tip of this topic; complaints go to the inspectors whatever they are about.
        now, past: level of urgency while it happens, and otherwise.
        hotline: the number to call beside 110; empty if there is none of its own.
        basis: law and article behind the guidance and the questions.
    """

    kind: str
    name: str
    words: str
    unit: str = ""
    now: str = "high"
    past: str = "normal"
    hotline: str = ""
    guidance: str = ""
    basis: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True)
class Elsewhere:
    """A matter that another office is competent for, and its number.

    Args:
        words: match a story that plainly is this matter; None if a story never is by its words alone.
        unless: words by which it is ours all the same.
        asked: matches a question that is already known not to be ours, so it may be wider than `words`.
    """

    matter: str
    office: str
    number: str
    words: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None
    asked: re.Pattern[str] | None = None

    def told(self, story: str) -> bool:
        """Whether a story plainly is this matter and not ours."""
        return _found(self.words, story) and not _found(self.unless, story)


@lru_cache(maxsize=1)
def topics() -> Mapping[tuple[str, str], Topic]:
    """Every topic by kind and name, in the order of the file."""
    return {(kind, raw["name"]): _topic(kind, raw) for kind in ("tip", "complaint") for raw in _lookup()[kind]}


def topic_of(kind: str, name: str) -> Topic:
    """The topic of that name, or the one for everything else."""
    return topics().get((kind, name)) or topics()[kind, OTHER]


def elsewhere(story: str) -> Elsewhere | None:
    """Whose matter a story plainly is, when it is not the police's (公安机关办理行政案件程序规定 art. 61: told at once)."""
    return next((one for one in _elsewhere() if one.told(story)), None)


def asked_elsewhere(question: str) -> Elsewhere | None:
    """Whose matter a question is that is not about the police's."""
    return next((one for one in _elsewhere() if one.told(question) or _found(one.asked, question)), None)


def _found(pattern: re.Pattern[str] | None, text: str) -> bool:
    return pattern is not None and pattern.search(text) is not None


@lru_cache(maxsize=1)
def _elsewhere() -> tuple[Elsewhere, ...]:
    return tuple(_other_office(raw) for raw in _lookup()["elsewhere"])


def _other_office(raw: dict[str, str]) -> Elsewhere:
    words, unless, asked = (re.compile(raw[name]) if name in raw else None for name in ("words", "unless", "asked"))
    return Elsewhere(raw["matter"], raw["office"], raw["number"], words, unless, asked)


@lru_cache(maxsize=1)
def _lookup() -> dict[str, Any]:
    lookup: dict[str, Any] = YAML(typ="safe").load(PATH.read_text(encoding="utf-8"))
    return lookup


def _topic(kind: str, raw: dict[str, Any]) -> Topic:
    questions = tuple(_question(one) for one in raw.get("questions", ()))
    past = raw.get("past", "normal")
    return Topic(kind, **{**raw, "now": raw.get("now", "high"), "past": past, "questions": questions, "basis": tuple(raw.get("basis", ()))})


def _question(raw: dict[str, Any]) -> Question:
    told, only = (re.compile(raw[name]) if name in raw else None for name in ("told", "only"))
    return Question(raw["name"], raw["ask"], tuple(raw.get("answers", ())), told, only)
