"""What is said while the bot is paused: nothing once a person has the conversation, a line now and then while nobody has; danger always gets its card."""

from __future__ import annotations

import time

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.staff_notes import STAFF_NAME, WAITING_TOLD
from store.message import Bubble, Message
from weijing.emergency import CARD_TEXT, screen
from weijing.emergency_english import CARD_TEXT as ENGLISH_CARD
from weijing.language import ENGLISH, language_of

WAITING = "已记下，工作人员接手时会看到。有危险请直接拨打 110；要接着问我，请回复“返回机器人”。"
WAITING_EVERY_S = 600
"""Who writes several messages in a row is told once."""


def while_paused(message: Message, tracker: DialogueStateTracker, domain: Domain) -> list[Bubble]:
    """What the user reads in answer to a message that staff will read."""
    if message.emergency:
        return []  # the edge has shown the card
    said = tracker.get_last_event_for(UserUttered)
    if said is not None and said.intent_name == "emergency":
        card = screen(message.text)
        return [{"text": card.text if card else ENGLISH_CARD if language_of(message.text) == ENGLISH else CARD_TEXT}]
    now = time.time()
    if tracker.get_slot(STAFF_NAME) or now - float(tracker.get_slot(WAITING_TOLD) or 0) < WAITING_EVERY_S:
        return []
    tracker.update(SlotSet(WAITING_TOLD, now), domain)
    return [{"text": WAITING}]
