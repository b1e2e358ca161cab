"""Several questions in one message: 「身份证丢了怎么补，多少钱，还有护照过期了怎么办」 is answered part by part, in order.

A message is split only where every part by itself is understood surely, and never in the middle of a form: a story has commas as well. The parts run as
turns of the one message (`bot.turn`).
"""

from __future__ import annotations

import re
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.shared.core.trackers import DialogueStateTracker

from bot.follow_up import bare_aspect
from bot.nlu.aspects import find_aspect
from bot.nlu.wording import GUIDE
from bot.processor import TurnProcessor
from store.message import Bubble
from weijing.emergency import screen

LONGEST = 90
"""Characters; who writes more tells a story."""
MOST = 3
SURE = 0.6
"""The confidence that each part needs."""
MORE = "一次最多回答三个问题，其余的请再发一遍。"
_ASIDES = frozenset({GUIDE, "find_office"})
"""What is answered in the middle of a form, and so may follow a part that opens one."""
_ALSO = _ASIDES | {"query_progress", "query_case", "book_appointment", "ask_notice", "track_delivery", "bind_identity", "request_handoff"}
_LINK = r"(?:顺便|顺带|另外|还有就?是?|以及|同时|对了|然后|接着)"
_ASK = r"(?:也|还|再|想)*(?:请)?(?:想|要)?(?:请?问|咨询|了解)(?:一下|下)?"
_BORDER = re.compile(rf"[,，。.;；!！?？\n]+|(?=(?:{_LINK}|再(?:请?问|咨询)(?:一下|下)?))")
_LEAD = re.compile(rf"^(?:{_LINK}|{_ASK}|再(?=[请问查])|那么?|[,，:： ])+")
_WISH = re.compile(r"查|办到|进度|预约|人工|导航|公告|绑定|〔[^〔〕]*〕|[A-Z]\d{4}-\d{6}")


async def answer_parts(processor: TurnProcessor, message: UserMessage, tracker: DialogueStateTracker) -> list[Bubble]:
    """What is said to a message, part by part where it asks several things; only what was said last offers buttons, for a number picks one of those."""
    messages = await several(processor, message, tracker) or [message]
    said: list[Bubble] = []
    for part in messages[:MOST]:
        more = await processor.turn(tracker, part)
        repeated = {bubble.get("text") for bubble in more}  # a form asks its open question again
        said = [{name: value for name, value in bubble.items() if name != "buttons"} for bubble in said if bubble.get("text") not in repeated] + more
    return [*said, {"text": MORE}] if len(messages) > MOST else said


async def several(processor: TurnProcessor, message: UserMessage, tracker: DialogueStateTracker) -> list[UserMessage]:
    """The parts of a message as messages that are parsed already, one more than are answered at most; nothing when it is to be read whole.

    Danger in a part comes alone.
    """
    text = message.text or ""
    if message.parse_data or tracker.active_loop_name or tracker.is_paused() or len(text) > LONGEST or screen(text):
        return []
    found: list[dict[str, Any]] = []
    for part in parts(text):
        parsed = _bare(part, found) or await processor.parse(part)
        if parsed.get("decision") == "emergency":
            return [_message(message, parsed)]
        if not _sure(parsed):
            return []
        found.append(parsed)
    return [_message(message, parsed) for parsed in found[: MOST + 1]] if len(found) > 1 and _fit_together(found) else []


def parts(text: str) -> list[str]:
    """The text cut where something is asked; what asks nothing goes with what follows it, or at the end with what stands before. At least two, or none."""
    found: list[str] = []
    waiting = ""
    for clause in filter(None, map(_clause, _BORDER.split(text))):
        if find_aspect(clause) or _WISH.search(clause):
            found.append(f"{waiting}，{clause}".lstrip("，"))
            waiting = ""
        else:
            waiting = f"{waiting}，{clause}".lstrip("，")
    if waiting and found:
        found[-1] = f"{found[-1]}，{waiting}"
    return found if len(found) > 1 else []


def _clause(raw: str) -> str:
    return _LEAD.sub("", raw.strip()).strip()


def _bare(part: str, before: list[dict[str, Any]]) -> dict[str, Any] | None:
    """「多少钱」 after a question about a service item asks about the same."""
    aspect = bare_aspect(part) if before and before[-1]["intent"]["name"] == GUIDE else ""
    if not aspect:
        return None
    entity = {"entity": "aspect", "value": aspect, "start": 0, "end": 0}
    return {"text": part, "intent": {"name": GUIDE, "confidence": 1.0}, "entities": [entity], "decision": "answer", "candidates": []}


def _sure(parsed: dict[str, Any]) -> bool:
    intent = parsed["intent"]
    named = any(entity["entity"] == "service_item" for entity in parsed["entities"]) or not parsed["candidates"]
    return (
        parsed["decision"] in ("answer", "handoff") and intent["name"] in _ALSO and intent["confidence"] >= SURE and (named or intent["name"] != GUIDE)
    )


def _fit_together(found: list[dict[str, Any]]) -> bool:
    """One part at most opens a form, and a person is asked for last: nothing is answered after it."""
    intents = [parsed["intent"]["name"] for parsed in found]
    return sum(intent not in _ASIDES for intent in intents) <= 1 and "request_handoff" not in intents[:-1]


def _message(whole: UserMessage, parsed: dict[str, Any]) -> UserMessage:
    return UserMessage(parsed["text"], sender_id=whole.sender_id, input_channel=whole.input_channel, message_id=whole.message_id, parse_data=parsed)
