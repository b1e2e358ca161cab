"""What the desk tells the bot: a message of kind `staff`. It is no message of the user's and gets no answer; at its end the user is told that the bot is back.

Deeds come in the order of the inbox; one that is older than what last changed the owner (`OWNER_AT`, ms) changes nothing any more, as in PostgreSQL.
"""

from __future__ import annotations

import json
import time
from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, ConversationPaused, ConversationResumed, Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from store.context import current
from store.message import Bubble, Message

KIND = "staff"
OWNER_AT, STAFF_NAME, WAITING_TOLD = "owner_at", "staff_name", "waiting_told"
"""Slots: when the owner last changed (ms), who of the staff has the conversation, when the user was last told that he waits (s)."""
RETURNED = "工作人员已经把会话交还给我。我是微警，请接着问；还要找人，回复“人工”。"
CLOSED = "这次人工服务结束了，谢谢您。以后的问题我来答；还要找人，回复“人工”。"
RATABLE = ("solved", "transferred")
"""How a conversation ended that the user is asked about; the courier does so, once the backend has given it a number."""


def take_note(message: Message, tracker: DialogueStateTracker, domain: Domain) -> list[Bubble]:
    """Bring the tracker to what the staff did; returns what the user is told."""
    deed = message.data.get("deed", "")
    if deed == "said":
        said = [_said(bubble, message.data.get("by", "")) for bubble in json.loads(message.data["bubbles"])]
        tracker.update_with_events(said, domain)
        return []
    if message.at <= int(tracker.get_slot(OWNER_AT) or 0):
        return []
    paused = tracker.is_paused()
    tracker.update_with_events([SlotSet(OWNER_AT, message.at), SlotSet(STAFF_NAME, message.data.get("by") or None)], domain)
    if deed in ("claimed", "released"):
        tracker.update_with_events([SlotSet(WAITING_TOLD, None), *([] if paused else [ConversationPaused()])], domain)
        return []
    return _back(tracker, domain, _words(deed, message.data.get("end_state", ""))) if paused else []


def changed_owner(tracker: DialogueStateTracker, domain: Domain, at: int) -> None:
    """The user's own turn gave the conversation away, or took it back."""
    tracker.update_with_events([SlotSet(OWNER_AT, at), SlotSet(STAFF_NAME, None), SlotSet(WAITING_TOLD, None)], domain)


def _back(tracker: DialogueStateTracker, domain: Domain, words: list[Bubble]) -> list[Bubble]:
    events: list[Event] = [ConversationResumed(), *(BotUttered(bubble["text"], {"buttons": bubble.get("buttons")}) for bubble in words)]
    tracker.update_with_events([*events, ActionExecuted(ACTION_LISTEN_NAME)], domain)
    return words


def _words(deed: str, end_state: str) -> list[Bubble]:
    if deed == "returned":
        return [{"text": RETURNED}]
    if end_state == "spam":
        return []
    if end_state in RATABLE:
        context = current()
        context.defer("POST", "/v1/conversations", {"openid": context.openid}, context.idempotency_key("conversation_ended"), "conversation")
    return [{"text": CLOSED}]


def _said(bubble: Bubble, by: str) -> BotUttered:
    return BotUttered(bubble.get("text") or None, {"buttons": bubble.get("buttons"), "image": bubble.get("image")}, {"staff": by})


def staff_words(message: Message) -> list[str]:
    """The texts that a note of kind `said` brings."""
    bubbles = json.loads(message.data["bubbles"]) if message.data.get("deed") == "said" else []
    return [bubble["text"] for bubble in bubbles if bubble.get("text")]


def named_item(parse: dict[str, Any]) -> list[Event]:
    """What a person spoke of is what a follow-up question asks about, as after an answer of the bot."""
    items = [entity["value"] for entity in parse.get("entities", []) if entity["entity"] == "service_item"]
    if not items or parse.get("decision") != "answer":
        return []
    return [SlotSet("service_item", items[0]), SlotSet("service_item_at", time.time()), SlotSet("guide_answered", None), SlotSet("guide_choices", None)]
