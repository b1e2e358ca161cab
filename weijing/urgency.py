"""How urgent a complaint or tip is, and why: a small set of rules in `data/lookups/urgency.yml`, the same for the bot and for the backend.

It orders the work of staff and says nothing about the truth of a report; the 110 card is `weijing/emergency.py`'s and does not wait for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML

from weijing.report_topics import topic_of
from weijing.settings import ROOT

LEVELS = ("critical", "high", "normal", "low")
"""From the most urgent to the least."""
URGENT = LEVELS[:2]
"""Levels at which a conversation that is handed over goes to the head of the queue."""


@dataclass(frozen=True)
class Urgency:
    """A level and what speaks for it, in Chinese, for staff."""

    level: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """One line of the file, its words compiled."""

    reason: str
    now: str
    past: str
    words: re.Pattern[str]
    detail: re.Pattern[str] | None = None
    topics: tuple[str, ...] = ()
    topics_only: tuple[str, ...] = ()

    def applies(self, topic: str, story: str, details: str) -> bool:
        """Whether the topic, the story or the answers speak for it."""
        if self.topics_only and topic not in self.topics_only:
            return False
        answered = self.detail is not None and self.detail.search(details) is not None
        return topic in self.topics or answered or self.words.search(story) is not None


def judge(report: Mapping[str, Any]) -> Urgency:
    """The urgency of a report as `POST /v1/reports` takes it; what is not known yet may be missing."""
    kind, topic, now = report["kind"], str(report.get("topic") or ""), bool(report.get("happening_now"))
    found = [*_told(report, topic, now), *_usual(kind, topic, now)]
    level = min((level for level, _ in found), key=LEVELS.index)
    return Urgency(level, tuple(reason for _, reason in found if reason))


def _told(report: Mapping[str, Any], topic: str, now: bool) -> Iterator[tuple[str, str]]:
    story = f"{report.get('content') or ''} {report.get('place') or ''}"
    details = " ".join(one["value"] for one in report.get("details") or [])
    for rule in _rules():
        if rule.applies(topic, f"{story} {details}", details):
            yield (rule.now if now else rule.past), rule.reason


def _usual(kind: str, topic: str, now: bool) -> Iterator[tuple[str, str]]:
    """The level that the topic has by itself; the word for it only when something is happening."""
    usual = topic_of(kind, topic)
    yield (usual.now, f"{topic or usual.name}正在发生") if now else (usual.past, "")


@lru_cache(maxsize=1)
def _rules() -> tuple[Rule, ...]:
    lines: list[dict[str, Any]] = YAML(typ="safe").load((ROOT / "data" / "lookups" / "urgency.yml").read_text(encoding="utf-8"))
    return tuple(_rule(line) for line in lines)


def _rule(line: dict[str, Any]) -> Rule:
    detail = re.compile(line["detail"]) if "detail" in line else None
    lists = {name: tuple(line.get(name, ())) for name in ("topics", "topics_only")}
    return Rule(line["reason"], line["now"], line["past"], re.compile(line["words"]), detail, **lists)
