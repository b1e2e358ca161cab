"""The states of a work item, which may follow which, and how they and the statuses that the public sees belong together."""

from __future__ import annotations

from collections.abc import Mapping

STATES = {
    "received": "收件", "accepted": "受理", "refused": "不予受理", "supplement": "补正", "processing": "办理", "completed": "办结", "delivered": "送达",
    "followed_up": "回访", "withdrawn": "撤回",
}  # fmt: skip
"""How a state reads; also the name of the public step."""
ENDED = frozenset({"refused", "completed", "delivered", "followed_up", "withdrawn"})
"""No clock runs any more."""
OWED = frozenset({"refused", "completed", "supplement"})
"""States that the public must be told the reason of."""

_OPEN = {
    "received": frozenset({"accepted", "refused", "supplement"}),
    "accepted": frozenset({"processing", "supplement"}),
    "supplement": frozenset({"processing", "refused"}),
    "processing": frozenset({"supplement", "completed"}),
}
_BROUGHT = {**_OPEN, "completed": frozenset({"delivered", "followed_up"}), "delivered": frozenset({"followed_up"})}
_TOLD = {**_OPEN, "completed": frozenset({"followed_up"})}
_LETTER = {
    "received": frozenset({"accepted", "refused"}), "accepted": frozenset({"processing"}), "processing": frozenset({"completed"}),
    "completed": frozenset({"followed_up"}),
}  # fmt: skip
_FOLLOW_UP = {"received": frozenset({"processing"}), "processing": frozenset({"completed"})}
LEGAL: Mapping[str, Mapping[str, frozenset[str]]] = {
    "application": _BROUGHT, "filing": _BROUGHT, "report": _TOLD, "letter": _LETTER, "follow_up": _FOLLOW_UP,
}  # fmt: skip
"""Kind -> state -> what staff may bring it to. A matter is withdrawn by the public alone, and needs more (补正) once somebody said completely what it lacks."""
ASKED = frozenset({"report", "filing"})
"""Kinds whose citizen is asked through the bot, and whose answer brings the item back to `processing`."""

STATUS: Mapping[str, Mapping[str, str]] = {
    "application": {
        "received": "accepted", "accepted": "accepted", "refused": "rejected", "supplement": "supplement", "processing": "reviewing", "completed": "completed",
        "delivered": "completed", "followed_up": "completed", "withdrawn": "withdrawn",
    },
    "filing": {
        "received": "accepted", "accepted": "accepted", "refused": "rejected", "supplement": "supplement", "processing": "processing",
        "completed": "completed", "delivered": "completed", "followed_up": "completed",
    },
    "report": {
        "received": "received", "accepted": "accepted", "refused": "done", "supplement": "processing", "processing": "processing", "completed": "done",
        "followed_up": "done", "withdrawn": "withdrawn",
    },
    "letter": {
        "received": "received", "accepted": "processing", "refused": "answered", "processing": "processing", "completed": "answered", "followed_up": "answered",
    },
    "follow_up": {"received": "open", "processing": "open", "completed": "answered"},
}  # fmt: skip
"""Kind -> state -> the status of the matter."""
STATE: Mapping[str, Mapping[str, str]] = {
    "application": {
        "accepted": "accepted", "reviewing": "processing", "supplement": "supplement", "producing": "processing", "ready": "completed",
        "completed": "completed", "rejected": "refused", "withdrawn": "withdrawn",
    },
    "filing": {"accepted": "received", "processing": "processing", "supplement": "supplement", "completed": "completed", "rejected": "refused"},
    "report": {
        "received": "received", "accepted": "accepted", "processing": "processing", "transferred": "processing", "done": "completed", "withdrawn": "withdrawn",
    },
    "letter": {"received": "received", "processing": "processing", "transferred": "processing", "answered": "completed"},
    "follow_up": {"open": "received", "answered": "completed"},
}  # fmt: skip
"""Kind -> status of the matter -> the state that a bureau's own system brings the item to by it."""


def state_by(kind: str, state: str, status: str) -> str:
    """The state after the matter got this status; the one that it is in, where that has the status already."""
    return state if STATUS[kind].get(state) == status else STATE[kind].get(status, state)


def may_follow(kind: str, state: str) -> frozenset[str]:
    """What staff may bring an item in this state to."""
    return LEGAL[kind].get(state, frozenset())
