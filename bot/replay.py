"""The states that rules look at, kept beside a live tracker and carried on by its new events only.

Stock Rasa replays the whole conversation for each prediction, twice. Here a prediction replays what came since the last one; where Rasa's history is not just
its events one after the other (forms, resets, undone actions) it is rebuilt, from `applied_events` as Rasa does it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import islice

from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActionReverted,
    ActiveLoop,
    Event,
    LoopInterrupted,
    Restarted,
    SessionStarted,
    UserUtteranceReverted,
)
from rasa.shared.core.trackers import DialogueStateTracker

REWRITES = (ActionReverted, UserUtteranceReverted, Restarted, SessionStarted, ActiveLoop, LoopInterrupted, ActionExecutionRejected)
"""Events after which the applied history is not the old one with something behind it."""
_NAME = "_weijing_replay"


@dataclass
class Replay:
    """How far a tracker's events are replayed.

    Args:
        consumed: events of the tracker that are in.
        tracker: a tracker of its own, in the state after them.
        states: the last states before an action.
        in_loop: a form was active then.
    """

    consumed: int
    tracker: DialogueStateTracker
    states: deque[State]
    in_loop: bool

    def follow(self, events: list[Event], domain: Domain) -> None:
        """Replay these too."""
        for event in events:
            if isinstance(event, ActionExecuted):
                self.states.append(domain.get_active_state(self.tracker))
            self.tracker.update(event)


def recent_states(tracker: DialogueStateTracker, domain: Domain, longest: int) -> list[State]:
    """The current state and the (at most `longest`) states before it, oldest first."""
    known: Replay | None = vars(tracker).get(_NAME)
    count = len(tracker.events)
    new = list(islice(tracker.events, known.consumed, None)) if known else []
    if known is None or known.in_loop or known.consumed > count or tracker.active_loop_name or any(isinstance(event, REWRITES) for event in new):
        known, new = Replay(0, tracker.init_copy(), deque(maxlen=longest), False), tracker.applied_events()
    known.follow(new, domain)
    known.consumed, known.in_loop = count, tracker.active_loop_name is not None
    vars(tracker)[_NAME] = known
    return [dict(state) for state in (*known.states, domain.get_active_state(known.tracker))]
