"""Answers about delicate matters (`data/lookups/answer_risk.yml`): of medium risk a person looks first, of high risk a person answers himself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, ConversationPaused, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from store.message import Bubble, Message
from store.turns import masked, now_ms
from weijing.answer_risk import answer_risk
from weijing.desk_hours import next_answer
from weijing.workdays import SHANGHAI

LOOK = timedelta(hours=2)
"""How long staff have, in office hours as far as can be."""
WINDOW = timedelta(hours=47)
"""The platform takes our messages for 48 h after the user's (客服消息下发条数)."""
HELD = "这件事关系重大，我的答复先请工作人员核对，最晚{until}发给您。着急请打 12345；有危险请打 110。"
GIVEN = "这件事由工作人员直接答复您，已经转过去了，{when}。有危险请打 110；想问别的，回复“返回机器人”。"
_DAYS = "一二三四五六日"


@dataclass(frozen=True)
class Reviewed:
    """What the user reads now, and the answer that waits for a person (`store.events.HeldAnswer`)."""

    bubbles: list[Bubble] = field(default_factory=list)
    answer: dict[str, Any] | None = None


def review(message: Message, tracker: DialogueStateTracker, new: list[Event], bubbles: list[Bubble], domain: Domain) -> Reviewed:
    """Let an answer go, hold it, or give the conversation to staff."""
    said = next((event for event in new if isinstance(event, UserUttered)), None)
    item = next((str(event.value) for event in new if isinstance(event, SlotSet) and event.key == "service_item" and event.value), None)
    risk = answer_risk(str(said.intent_name) if said else "", item)
    if message.emergency or not bubbles or risk == "low":
        return Reviewed(bubbles)
    now = datetime.fromtimestamp((message.at or now_ms()) / 1000, SHANGHAI)
    if risk == "high":
        opens = next_answer(now)
        text = GIVEN.format(when="请稍等" if opens <= now else f"{_spoken(opens)}上班后")
        tracker.update_with_events([SlotSet("handoff_reason", "risk"), ConversationPaused()], domain)
        return Reviewed(_instead(text, new))
    until = decided_by(now)
    answer = {"bubbles": masked(bubbles), "reason": "risk", "item": item, "until": until.isoformat()}
    return Reviewed(_instead(HELD.format(until=_spoken(until)), new), answer)


def decided_by(now: datetime) -> datetime:
    """By when staff have looked: two hours after the office is open, and never beyond the platform's window."""
    return min(next_answer(next_answer(now) + LOOK), now + WINDOW)


def _instead(text: str, new: list[Event]) -> list[Bubble]:
    """The tracker keeps what was said, not what was held: else 「再说一遍」 would tell it."""
    said = [event for event in new if isinstance(event, BotUttered)]
    for event in said:
        event.text, event.data = (text if event is said[0] else None), {}
    return [{"text": text}]


def _spoken(moment: datetime) -> str:
    return f"{moment.month}月{moment.day}日（周{_DAYS[moment.weekday()]}）{moment:%H:%M}"
