"""A tracker is restored as a window: a header that sets the slots, then the events since a checkpoint.

So a turn costs the same at message 5 and at message 500. Where a cut is allowed, and why, was found by comparing thousands of random turns with
stock Rasa (`tests/bot/test_window.py`): only at an `action_listen` before a user message (or, while the conversation is paused, at a user message), only
where no form is active, with at least `KEEP_TURNS` turns kept, and behind a filler action, lest the cut look like the start of a conversation.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ConversationPaused, Event, SessionStarted, SlotSet, UserUttered, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker

CUT_AT = 90
"""Events in the window at which it is cut …"""
KEEP_EVENTS = 45
"""… down to at least these: with room between the two a cut happens once in several turns."""
KEEP_TURNS = 6
"""More than the longest rule."""


@dataclass(frozen=True)
class Cut:
    """Drop `count` events of the window and put `header` before what is left."""

    count: int
    header: list[str]


def restore(openid: str, domain: Domain, header: Sequence[str], events: Sequence[str]) -> DialogueStateTracker:
    """The user's tracker from stored JSON events; `tracker.events` holds header and window."""
    stored = deserialise_events([json.loads(text) for text in (*header, *events)])
    return DialogueStateTracker.from_events(openid, stored, slots=domain.slots)


def plan_cut(tracker: DialogueStateTracker, domain: Domain, header_length: int) -> Cut | None:
    """Where to cut the window, or None while it is short or no place is allowed."""
    events = list(tracker.events)
    size = len(events) - header_length
    if size < CUT_AT:
        return None
    places = _places(events, header_length)
    if not places:
        return None
    replay = DialogueStateTracker(tracker.sender_id, domain.slots)
    best: Cut | None = None
    last = max(places)
    for index, event in enumerate(events[: last + 1]):
        if index in places and replay.active_loop_name is None and replay.followup_action is None and (_is_listen(event) or replay.is_paused()):
            best = Cut(index - header_length, _header(replay, domain))
        replay.update(event)
    return best


def _places(events: Sequence[Event], header_length: int) -> set[int]:
    turns = 0
    places = set()
    for index in range(len(events) - 1, header_length, -1):
        if isinstance(events[index], UserUttered):
            turns += 1
            if turns >= KEEP_TURNS and len(events) - index + 1 >= KEEP_EVENTS:
                places.add(index - 1 if _is_listen(events[index - 1]) else index)
    return {place for place in places if place > header_length}


def _is_listen(event: Event) -> bool:
    return isinstance(event, ActionExecuted) and event.action_name == ACTION_LISTEN_NAME


def _header(replay: DialogueStateTracker, domain: Domain) -> list[str]:
    initial = {slot.name: slot.initial_value for slot in domain.slots}
    header: list[Event] = [SessionStarted()]
    header += [SlotSet(name, slot.value) for name, slot in replay.slots.items() if slot.value != initial.get(name)]
    header.append(ActionExecuted("..."))
    if replay.is_paused():
        header.append(ConversationPaused())
    return dump(header)


def dump(events: Iterable[Event]) -> list[str]:
    """Events as JSON texts, as they are stored."""
    return [json.dumps(event.as_dict(), ensure_ascii=False, separators=(",", ":")) for event in events]
