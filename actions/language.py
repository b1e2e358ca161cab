"""Messages that are not Chinese: English is answered about exit-entry matters, everything else goes to a person who can arrange an interpreter."""

from __future__ import annotations

import re
from datetime import datetime
from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BaseAction, Event, paused
from actions.guide_case import find_item
from actions.handoff import say_when
from actions.said import Said
from weijing.desk_hours import next_answer
from weijing.english_cards import EnglishCard, card_asked_for, english_cards, faults
from weijing.language import ENGLISH, language_of
from weijing.workdays import OFFICE_HOURS, SHANGHAI

OFFERED = ("visa_extension", "foreigner_lodging", "foreigner_residence_permit", "visa_replace")
"""Items offered where it is not clear what is asked."""
_PERSON = re.compile(
    r"\b(?:human|real person|a person|staff|agent|operator|representative|customer service|officer|(?:talk|speak) (?:to|with) (?:a|some|the|an))\b"
)
_OFFICE = re.compile(r"\b(?:opening|open|close|closed|hours|address|nearest|where is|where are|police station|office|near me)\b")
_PHONES = re.compile(r"\b(?:hotline|phone number|call|number|emergency|12367|110|12110|contact)\b")


class ActionAnswerForeign(BaseAction):
    """Answer in English, or hand over; a question in Chinese about languages is told both."""

    degraded: ClassVar[str] = "utter_language_english_away"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """English answers leave an open form open: Rasa asks its question again."""
        text = Said.latest(tracker).text
        language = language_of(text)
        if language is None:
            dispatcher.utter_message(response="utter_language_offer")
            return []
        if language != ENGLISH:
            return _hand_over(dispatcher, language)
        if _PERSON.search(text.lower()):
            now = datetime.now(SHANGHAI)
            dispatcher.utter_message(response="utter_language_english_staff" if next_answer(now) <= now else "utter_language_english_staff_later")
            return _to_staff(ENGLISH)
        await _answer_english(dispatcher, text)
        return []


async def _answer_english(dispatcher: CollectingDispatcher, text: str) -> None:
    card, lower = card_asked_for(text), text.lower()
    if card:
        await _say_card(dispatcher, card)
    elif _OFFICE.search(lower):
        dispatcher.utter_message(response="utter_language_english_office", hours=", ".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in OFFICE_HOURS))
    elif _PHONES.search(lower):
        dispatcher.utter_message(response="utter_language_english_phones")
    else:
        titles = [one.title for one in english_cards() if one.item in OFFERED]
        dispatcher.utter_message(response="utter_language_english_help", buttons=[*({"title": title, "payload": title} for title in titles), STAFF])


STAFF = {"title": "Talk to a person", "payload": "转人工"}


async def _say_card(dispatcher: CollectingDispatcher, card: EnglishCard) -> None:
    """The card, unless its item was changed, switched off or is past its review: then the hotline."""
    item = await find_item(card.item)
    if item is None or not item["active"] or item["expired"] or any(faults(card, item)):
        dispatcher.utter_message(response="utter_language_english_changing", title=card.title, buttons=[STAFF])
        return
    dispatcher.utter_message(text=f"{card.shown()}\nQuestions: 12367 (Chinese and English). In danger: 110.", buttons=[STAFF])


def _hand_over(dispatcher: CollectingDispatcher, language: str) -> list[Event]:
    dispatcher.utter_message(response="utter_language_other", language=language)
    say_when(dispatcher, datetime.now(SHANGHAI))
    return _to_staff(language)


def _to_staff(language: str) -> list[Event]:
    """Staff see the reason `language`, and which one in what the user was told; an open form ends."""
    return [SlotSet("language", language), ActiveLoop(None), SlotSet("requested_slot", None), *paused("language")]
