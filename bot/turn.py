"""A turn: from a message and a live user to the commit that records it. Nothing is written here."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from itertools import islice

from cryptography.fernet import Fernet
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, BotUttered, ConversationPaused, ConversationResumed, Event, UserUttered

from bot.follow_up import recalled
from bot.held_answers import Reviewed, review
from bot.live import LiveUser
from bot.processor import TurnProcessor
from bot.several import answer_parts
from bot.silence import while_paused
from bot.staff_notes import KIND, changed_owner, named_item, staff_words, take_note
from bot.turn_event import Happened
from bot.understanding import FORM, RESUME, opening, standing, to_user_message
from bot.window import dump, plan_cut
from store.commits import Commit
from store.context import CURRENT, TurnContext
from store.held import Held
from store.message import Bubble, Message
from store.turns import dumps, masked, now_ms
from weijing import easy_mode
from weijing.candidate_names import hide_candidates
from weijing.privacy import mask_for_log

SORRY = "抱歉，这条消息我没能处理好，已转给工作人员。着急的话请拨打 110（紧急）或 12345。"
EMPTY = "我没有听懂。您可以换个说法，或回复“人工”找工作人员。"
RESUMED = "好的，我是微警，请继续说。"
KEPT = "之前没能及时发给您的消息，先补在这里："
"""Comes before replies that waited for the user to write again."""
SHOW_ME = frozenset({"查看", "查看答复", "看看", "看答复", "答复", "回复", "继续"})
"""All that a user says who only wants to see what waits, as the edge told him to: no words for the bot."""
SLOW_SECONDS = 7.0
METADATA = frozenset({"utter_action", "template", "model_id", "assistant_id", "staff"})
"""What is kept of a bot event's metadata."""


@dataclass(frozen=True)
class TurnSettings:
    """What every turn of a worker shares.

    Args:
        cipher: encrypts the vault.
        data_commit: the commit of the data the model was trained from.
        slow_text: in test, a turn with exactly this text takes 7 s.
    """

    cipher: Fernet
    data_commit: str = ""
    slow_text: str = ""


class TurnRunner:
    """Runs turns on one loaded model."""

    def __init__(self, processor: TurnProcessor, settings: TurnSettings) -> None:
        self._processor = processor
        self._settings = settings
        self.domain = processor.domain
        self.model_id = processor.model_metadata.model_id

    async def run(self, message: Message, entry: str, user: LiveUser, held: Held = ()) -> Commit:
        """Answer the message on the user's tracker, or take note of what the desk did.

        Args:
            entry: the inbox entry, removed by the commit.
            held: replies that waited for the user to write again; they come first in the answer.

        Raises:
            Exception: whatever the turn raised; the tracker is then spoilt and must be dropped.
        """
        started = time.perf_counter()
        context = TurnContext(message.key, message.openid, message.channel, self._settings.cipher, user.vault)
        before = len(user.tracker.events)
        token = CURRENT.set(context)
        try:
            reviewed = await self._take_note(message, user) if message.kind == KIND else await self._reply(message, user, context, held)
        finally:
            CURRENT.reset(token)
        new = list(islice(user.tracker.events, before, None))
        bubbles = reviewed.bubbles
        if user.tracker.get_slot(easy_mode.SLOT) and bubbles and message.kind != KIND and not user.tracker.is_paused():
            bubbles = _eased(bubbles, new, context)
        held = () if message.kind == KIND else held  # a deed of the desk is no word of the user's: what waits for one goes on waiting
        shown = _shown(message, held, bubbles)
        cut = plan_cut(user.tracker, self.domain, user.header)
        milliseconds = round((time.perf_counter() - started) * 1000, 1)
        happened = Happened(message, user.tracker, new, masked(_kept(shown, context)), held if shown else (), milliseconds, context, reviewed.answer)
        return Commit(
            message, entry, user.length, shown, tracker=dump(_masked(new, context)), trim=cut.count if cut else 0, header=cut.header if cut else [],
            vault=context.added, events=[happened.event(self.model_id, self._settings.data_commit)], deferred=context.deferred,
            held=tuple(key for key, _ in held) if shown else (),
        )  # fmt: skip

    async def _take_note(self, message: Message, user: LiveUser) -> Reviewed:
        said = take_note(message, user.tracker, self.domain)
        for text in staff_words(message):
            user.tracker.update_with_events(named_item(await self._processor.parse(text)), self.domain)
        return Reviewed(said)

    async def _reply(self, message: Message, user: LiveUser, context: TurnContext, held: Held) -> Reviewed:
        """The answer as the user reads it; what is said of a delicate matter a person looks at first."""
        if _wants_kept(message, held):
            return Reviewed([])
        tracker, paused, before = user.tracker, user.tracker.is_paused(), len(user.tracker.events)
        reviewed = Reviewed(await self._answer(message, user, context))
        if not tracker.is_paused():
            reviewed = review(message, tracker, list(islice(tracker.events, before, None)), reviewed.bubbles, self.domain)
        if tracker.is_paused() != paused:
            changed_owner(tracker, self.domain, message.at or now_ms())
        return reviewed

    async def _answer(self, message: Message, user: LiveUser, context: TurnContext) -> list[Bubble]:
        if self._settings.slow_text and message.text == self._settings.slow_text:
            await asyncio.sleep(SLOW_SECONDS)
        tracker = user.tracker
        tracker.model_id = self.model_id
        context.about = recalled(tracker)
        rasa_message: UserMessage = to_user_message(message, tracker, context, self.domain.intents)
        if tracker.is_paused() and (rasa_message.text in RESUME or message.event.startswith("subscribe")):
            tracker.update(ConversationResumed(), self.domain)
            tracker.update(UserUttered(rasa_message.text, message_id=message.key, input_channel=message.channel), self.domain)
            tracker.update(ActionExecuted(ACTION_LISTEN_NAME), self.domain)
            return [{"text": RESUMED}]
        known = standing(message, tracker)
        deed = tracker.is_paused() and rasa_message.text == FORM
        if deed:  # what a page sent is done although staff own the conversation; no event, so the conversation stays theirs
            ConversationResumed().apply_to(tracker)
        said = await answer_parts(self._processor, rasa_message, tracker)
        topic = opening(rasa_message, tracker, self.domain.intents)
        said += await self._processor.turn(tracker, topic) if topic else []
        if deed:
            ConversationPaused().apply_to(tracker)
        bubbles = [bubble for bubble in said if bubble.get("text") not in known] or said
        return bubbles or (while_paused(message, tracker, self.domain) if tracker.is_paused() else [{"text": EMPTY}])

    def apology(self, message: Message, entry: str, length: int, cause: str) -> Commit:
        """The commit that sets a message aside after three tries: an apology, a handoff for staff, and the message kept for operators."""
        text = mask_for_log(hide_candidates(message.text, lambda kind, _: f"〔{kind}〕"))
        event = {
            "type": "turn", "key": message.key, "openid": message.openid, "channel": message.channel, "kind": message.kind, "text": text,
            "bubbles": [{"text": SORRY}], "intent": None, "confidence": None, "decision": "error", "candidates": [], "service_item": None, "aspect": None,
            "model": self.model_id, "data": self._settings.data_commit, "ms": 0, "at": message.at or now_ms(), "paused": False,
            "handoff": {"reason": "failure", "urgency": "normal"}, "resumed": False, "error": cause, "held": [],
        }  # fmt: skip
        sealed = self._settings.cipher.encrypt(message.dumps().encode()).decode()
        dead = dumps({"key": message.key, "openid": message.openid, "cause": cause, "message": sealed})
        return Commit(message, entry, length, [{"text": SORRY}], events=[dumps(event)], dead=dead)


def _wants_kept(message: Message, held: Held) -> bool:
    return message.kind == "text" and not message.emergency and message.text.strip(" 。.!！?？~“”\"") in SHOW_ME and any(waiting for _, waiting in held)


def _shown(message: Message, held: Held, bubbles: list[Bubble]) -> list[Bubble]:
    """What the user reads: what waited for him, then the answer. In an emergency the edge has shown the card, and nothing follows it."""
    if message.emergency:
        return []
    kept = [bubble for _, waiting in held for bubble in waiting]
    return [{"text": KEPT}, *kept, *bubbles] if kept else bubbles


def _eased(bubbles: list[Bubble], events: list[Event], context: TurnContext) -> list[Bubble]:
    """The reply for a user in easy mode; the tracker's last bubble gets the choices as they are numbered, so that a digit finds them."""
    eased = easy_mode.ease(bubbles, lambda text: mask_for_log(context.keepable(text)) == text)
    said = [event for event in events if isinstance(event, BotUttered)]
    for event in said:
        event.data = {**(event.data or {}), "buttons": eased.choices if event is said[-1] else None}
    return eased.bubbles


def _masked(events: list[Event], context: TurnContext) -> list[Event]:
    """What the bot said may quote a raw value (a query code is shown once); Rasa repeats a response's values in the metadata. Neither is stored."""
    for event in events:
        if isinstance(event, BotUttered):
            event.text = mask_for_log(context.keepable(event.text)) if event.text else event.text
            event.metadata = {name: value for name, value in event.metadata.items() if name in METADATA}
    return events


def _kept(bubbles: list[Bubble], context: TurnContext) -> list[Bubble]:
    return [{**bubble, "text": context.keepable(bubble["text"])} if bubble.get("text") else bubble for bubble in bubbles]
