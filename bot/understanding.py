"""A message becomes what Rasa takes: words are cleaned and masked, everything else becomes an intent."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.shared.core.constants import ACTION_LISTEN_NAME, REQUESTED_SLOT
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.follow_up import follow_up
from store.context import TurnContext
from store.evidence import evidence_id
from store.message import MEDIA as KEPT
from store.message import Message
from weijing import easy_mode
from weijing.candidate_names import hide_candidates
from weijing.filing import load_filings
from weijing.privacy import Keep, mask, mask_name, mask_people

MEDIA = {"image": "〔图片〕", "voice": "〔语音〕", "video": "〔视频〕", "file": "〔文件〕", "link": "〔链接〕"}
RESUME = {"返回机器人", "回到机器人", "机器人"}
"""Words that bring the bot back while a conversation is paused."""
NOTHING = "〔不支持的消息〕"
NAMES = {"reporter_name", "appointment_name", "appointment_confirmed"}
"""Slots whose question a bare name answers (the last: who is bound names somebody else)."""
_SYNTAX = re.compile("^[\\s/／\x00-\x1f\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+")
"""Slashes at the beginning, with all that a reader may skip before or between them: Rasa strips white space and then looks for one."""
WELCOMED = ("subscribe", "scan")
AGAIN, AGAIN_S = ":", 60
"""Before a scene, and seconds: who was welcomed just now gets one sentence, not the whole welcome a second time."""
FORM = "〔表单〕"
"""What an H5 page sent; actions know it by this text (`actions/said.py`)."""
WHOLE = {"name": "姓名", "id_number": "身份证", "phone": "手机"}
"""Fields of a page whose value is masked whole: entity -> word in the mask."""


Hide = Callable[[str, Keep], str]


def clean(message: Message, tracker: DialogueStateTracker, context: TurnContext) -> str:
    """The user's words, masked; a leading slash is Rasa syntax and goes. The pipeline normalises them itself, after rare characters are safe in the vault."""
    hide = _hiding(tracker)
    text = message.text
    if not tracker.active_loop_name and not tracker.is_paused():  # in a form a name is an answer; staff must be able to read it
        text = hide_candidates(text, context.hold, asked=_last_action(tracker) == "action_check_name")
    return _SYNTAX.sub("", hide(text, context.keep)).strip() or NOTHING


def _hiding(tracker: DialogueStateTracker) -> Hide:
    """How the answer to the open question is masked: where a name or several people are asked for, bare names are as well."""
    asked = tracker.get_slot(REQUESTED_SLOT)
    if asked != "filing_confirmed":
        return mask_name if asked in NAMES else mask
    filing = load_filings().get(str(tracker.get_slot("filing_kind")))
    kind = next((one.type for one in filing.fields if one.id == tracker.get_slot("filing_asked")), "") if filing else ""
    return {"name": mask_name, "people": mask_people}.get(kind, mask)


def to_user_message(message: Message, tracker: DialogueStateTracker, context: TurnContext, intents: list[str]) -> UserMessage:
    """What Rasa is given: plain words for its NLU, or ready `parse_data` for everything that is not words.

    Args:
        intents: the domain's; a menu click names one of them.
    """
    text, parse_data = _parts(message, tracker, context, intents)
    if parse_data is not None:
        parse_data = {"text": text, **parse_data}
    return UserMessage(text, sender_id=message.openid, input_channel=message.channel, message_id=message.key, parse_data=parse_data)


def _parts(message: Message, tracker: DialogueStateTracker, context: TurnContext, intents: list[str]) -> tuple[str, dict[str, Any] | None]:
    if message.emergency:
        return clean(message, tracker, context), _intent("emergency")
    if message.kind == "event" and message.event in WELCOMED:
        scene = _scene(message)
        if _just_welcomed(scene, tracker):
            scene = AGAIN + scene
        return f"〔{message.event}〕", _intent("greet", [("scene", scene)] if scene else [])
    if message.kind == "event":
        return f"〔{message.event}〕", _intent(message.event_key if message.event_key in intents else "help")
    if message.kind == "form":
        return _form(message, context, intents)
    if message.kind == "location":
        place = mask(message.data.get("label", ""), context.keep)
        entities = [("place", place), ("lat", message.data.get("lat", "")), ("lng", message.data.get("lng", ""))]
        return f"〔位置〕{place}", _intent("find_office", [(name, value) for name, value in entities if value])
    if message.kind == "voice" and message.text:
        context.spoken = evidence_id(message.key)
    if message.text:
        text = chosen(clean(message, tracker, context), tracker)
        about = follow_up(text, tracker)
        return text, _intent("ask_guide", about) if about is not None else None
    if message.kind in MEDIA:
        return MEDIA[message.kind], _intent("add_evidence", [("media", one) for one in _evidence(message, context)])
    return NOTHING, _intent("help")


def opening(welcome: UserMessage, tracker: DialogueStateTracker, intents: list[str]) -> UserMessage | None:
    """The topic that begins at once after the welcome: the scene of the QR code names its intent. Nothing begins in the middle of a form."""
    scene = next((entity["value"] for entity in (welcome.parse_data or {}).get("entities", []) if entity["entity"] == "scene"), "")
    if scene not in intents or tracker.active_loop_name or tracker.is_paused():
        return None
    parse_data = {"text": welcome.text, **_intent(scene, [("scene", scene)])}
    return UserMessage(welcome.text, sender_id=welcome.sender_id, input_channel=welcome.input_channel, message_id=welcome.message_id, parse_data=parse_data)


def _scene(message: Message) -> str:
    """What stands before the colon in a QR code's scene: a scan's key is the scene, a follow's has `qrscene_` before it (扫描带参数二维码事件)."""
    scanned = message.event == "scan" or message.event_key.startswith("qrscene_")
    return message.event_key.removeprefix("qrscene_").partition(":")[0] if scanned else ""


def _just_welcomed(scene: str, tracker: DialogueStateTracker) -> bool:
    """Whether the last thing that happened was the same welcome: a follow and a scan may come together, and people scan twice."""
    last = tracker.get_last_event_for(UserUttered)
    if last is None or last.text not in {f"〔{event}〕" for event in WELCOMED} or time.time() - last.timestamp > AGAIN_S:
        return False
    return not scene or scene in {str(entity["value"]).removeprefix(AGAIN) for entity in last.entities if entity["entity"] == "scene"}


def _evidence(message: Message, context: TurnContext) -> list[str]:
    """What a report refers to: the id under which the file is kept, or a link's address; nothing for a file that cannot be had."""
    if message.kind == "link":
        return [mask(message.data.get("url", ""), context.keep)[:500]] if message.data.get("url") else []
    return [evidence_id(message.key)] if message.kind in KEPT or message.channel != "wechat" else []


def _form(message: Message, context: TurnContext, intents: list[str]) -> tuple[str, dict[str, Any]]:
    """The page names the intent; evidence reads as pictures do, so that a form takes it."""
    if message.event_key not in intents:
        return NOTHING, _intent("help")
    if message.event_key == "add_evidence":
        return MEDIA["image"], _intent("add_evidence", [("media", one) for one in message.data.get("media", "").split()])
    entities = [(name, context.hold(WHOLE[name], value) if name in WHOLE else mask(value, context.hold)) for name, value in message.data.items() if value]
    return FORM, _intent(message.event_key, entities)


def _intent(name: str, entities: list[tuple[str, str]] | None = None) -> dict[str, Any]:
    found = [{"entity": entity, "value": value, "start": 0, "end": 0} for entity, value in entities or []]
    return {"intent": {"name": name, "confidence": 1.0}, "entities": found, "decision": "answer", "candidates": []}


def chosen(text: str, tracker: DialogueStateTracker) -> str:
    """A bare number picks a button of the last reply, in easy mode also the two that are always there; other words are returned as they are."""
    digits = text.strip("。.、 ")
    if not digits.isdigit() or len(digits) > 2:
        return text
    buttons = offered(tracker)
    number = int(digits)
    if tracker.get_slot(easy_mode.SLOT) and number in easy_mode.ALWAYS:
        return easy_mode.ALWAYS[number]
    return str(buttons[number - 1].get("payload") or buttons[number - 1]["title"]) if 1 <= number <= len(buttons) else text


def offered(tracker: DialogueStateTracker) -> list[dict[str, Any]]:
    """The buttons of the last reply, in the order in which they were shown."""
    return [button for bubble in reversed(_last_reply(tracker)) for button in bubble.data.get("buttons") or []]


def standing(message: Message, tracker: DialogueStateTracker) -> set[str]:
    """Texts of the last reply that need no repeating: several pictures in a row get one line each, and the open question stands above them."""
    return {event.text for event in _last_reply(tracker)} if message.kind in MEDIA and not message.text else set()


def _last_action(tracker: DialogueStateTracker) -> str:
    """What answered the last message."""
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, ActionExecuted) and event.action_name != ACTION_LISTEN_NAME:
            return str(event.action_name)
    return ""


def _last_reply(tracker: DialogueStateTracker) -> list[BotUttered]:
    """Newest bubble first."""
    bubbles: list[BotUttered] = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, BotUttered):
            bubbles.append(event)
    return bubbles
