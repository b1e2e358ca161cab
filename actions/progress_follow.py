"""「有变化告诉我」: hearing of changes to the matter that was just looked up, and hearing no more."""

from __future__ import annotations

import re
import time
from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BaseAction, Event
from actions.client import backend
from actions.notice_words import kind_names
from actions.phrases import Button
from actions.said import Said
from weijing.errors import BackendRefused

SEEN, SEEN_AT = "progress_seen", "progress_seen_at"
SEEN_S = 3600
"""How long the number that a proof opened may be followed without another proof."""
FINAL = frozenset({"completed", "rejected", "withdrawn", "done", "closed", "not_filed", "answered"})
"""Statuses after which nothing changes any more."""
FOLLOW: Button = {"title": "有变化告诉我", "payload": "有变化告诉我"}
_STOP = re.compile(r"别|不用|不要|不想|不必|停止|取消|退订")
_PROGRESS = re.compile(r"进度|办件|进展|变化|案件|案子|这件|[AJK]\d{4}-\d{6}")


class ActionFollowProgress(BaseAction):
    """Register the user for changes of the matter last opened, or end it all."""

    degraded: ClassVar[str] = "utter_progress_follow_unavailable"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Only what was opened by proof or binding within the hour can be followed."""
        if _STOP.search(Said.latest(tracker).text):
            await self._stop(dispatcher, tracker)
            return []
        number = last_seen(tracker)
        if not number:
            dispatcher.utter_message(response="utter_progress_follow_which")
            return []
        try:
            await backend().subscribe(tracker.sender_id, number)
        except BackendRefused as error:
            full = error.problem == "too_many_subscriptions"
            if error.status != 404 and not full:
                raise
            dispatcher.utter_message(response="utter_progress_follow_full" if full else "utter_progress_follow_which")
            return []
        dispatcher.utter_message(response="utter_progress_followed", number=number)
        return []

    async def _stop(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        """Who says no more than 「别再通知我」 wants no notices either; what ended is named, and one tap brings the warnings back."""
        await backend().unsubscribe(tracker.sender_id)
        only = _PROGRESS.search(Said.latest(tracker).text)
        ended = [] if only else await backend().unsubscribe_notices(tracker.sender_id)
        if ended:
            dispatcher.utter_message(response="utter_progress_unfollowed_all", what=kind_names(ended))
        else:
            dispatcher.utter_message(response="utter_progress_unfollowed")


def last_seen(tracker: Tracker) -> str | None:
    """The number opened last, if that is not longer ago than an hour."""
    number: str | None = tracker.get_slot(SEEN)
    return number if time.time() - float(tracker.get_slot(SEEN_AT) or 0) < SEEN_S else None


def seen(number: str) -> list[Event]:
    """Events that remember what was opened."""
    return [SlotSet(SEEN, number), SlotSet(SEEN_AT, time.time())]
