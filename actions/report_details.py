"""Questions of a topic's own (`data/lookups/report_topics.yml`): asked when the story leaves them open, answered by any words, also 「不知道」."""

from __future__ import annotations

from functools import partial

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import report_words as words
from actions.base import BaseAction, Event
from actions.client import Json
from actions.field import Field, Slots
from actions.said import Said
from weijing.report_topics import Question, Topic, topic_of, topics

SLOTS = ("report_detail", "report_second_detail")
"""One for each question that a topic may have."""
UNKNOWN = "不清楚"
DONT_KNOW = {"title": "不知道", "payload": "不知道"}
LONGEST = 300
"""Characters of an answer that the API takes."""
ANSWERS = frozenset(answer for topic in topics().values() for question in topic.questions for answer in question.answers)
"""Words on our own buttons."""


def topic(slots: Slots) -> Topic:
    """The topic that is being told."""
    return topic_of(words.KINDS.get(str(slots.get("report_kind")), "tip"), str(slots.get("report_topic")))


def question(slots: Slots, place: int) -> Question | None:
    """The topic's question at this place, if it has one."""
    questions = topic(slots).questions
    return questions[place] if place < len(questions) else None


def details(slots: Slots) -> list[Json]:
    """The answers as the API takes them."""
    answers = ((question(slots, place), slots.get(slot)) for place, slot in enumerate(SLOTS))
    return [{"name": asked.name, "value": str(answer)[:LONGEST]} for asked, answer in answers if asked and answer]


class ActionAskReportFormReportDetail(BaseAction):
    """Asks the topic's first question, with the answers that most give."""

    place = 0

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Nobody has to know."""
        asked = question(tracker.slots, self.place)
        if asked:
            buttons = [{"title": one, "payload": one} for one in asked.answers]
            dispatcher.utter_message(response="utter_report_ask_detail", question=asked.ask, buttons=[*buttons, DONT_KNOW])
        return []


class ActionAskReportFormReportSecondDetail(ActionAskReportFormReportDetail):
    """Asks the second one."""

    place = 1


def _needed(place: int, slots: Slots) -> bool:
    asked = question(slots, place)
    if asked is None:
        return False
    story = f"{slots.get('report_content') or ''} {slots.get('report_place') or ''}"
    return slots.get(SLOTS[place]) is not None or asked.needed(story)


def _read(said: Said, slots: Slots) -> str | None:
    text = said.text.strip()
    return UNKNOWN if words.UNKNOWN.fullmatch(text) else text[:LONGEST] or None


DETAIL_FIELDS = (
    Field(SLOTS[0], "转账情况|投入情况|劝阻情况|单位和民警|单位|警号", _read, story=True, needed=partial(_needed, 0)),
    Field(SLOTS[1], "其他途径|途径", _read, story=True, needed=partial(_needed, 1)),
)
