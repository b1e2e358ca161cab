"""The events on `wj:{p}:events` as the projector reads them: what happened, in masked words."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any, Literal, cast

from pydantic import BaseModel, Field, ValidationError, validator

from weijing.errors import EventMalformed


class _Event(BaseModel):
    openid: str = Field(min_length=1)
    at: datetime

    @validator("at", pre=True)
    def _from_ms(cls, value: Any) -> datetime:
        return datetime.fromtimestamp(float(value) / 1000, timezone.utc)


class Handoff(BaseModel):
    """Why a conversation goes to staff, and what it was about: `intent` and `confidence` of the message that gave it, the service `item`, the district."""

    reason: str
    urgency: Literal["normal", "urgent"] = "normal"
    topic: str | None = None
    intent: str | None = None
    confidence: float | None = None
    item: str | None = None
    area: str | None = None


class HeldAnswer(BaseModel):
    """An answer that a person looks at before it goes, at the latest `until`."""

    bubbles: list[dict[str, Any]]
    reason: str
    item: str | None = None
    until: datetime


class EvidenceClaim(BaseModel):
    """Evidence belongs to a report or filing (`report_no`) and is kept `days` from now; 0 with a number is for good."""

    id: str
    kind: Literal["image", "voice", "video", "file"]
    report_no: str = ""
    days: int = 0


class TurnEvent(_Event):
    """A turn was committed.

    `slots`: what it took in, name -> masked words; `paused`: the bot is silent now; `resumed`: it speaks again; `held`: replies that waited
    and were given with this one; `released`: numbers erased.
    """

    type: Literal["turn"]
    key: str = Field(min_length=1)
    channel: str = "wechat"
    kind: str = "text"
    text: str = ""
    bubbles: list[dict[str, Any]] = []
    intent: str | None
    confidence: float | None
    decision: str | None
    candidates: list[Any] = []
    service_item: str | None
    aspect: str | None
    slots: dict[str, str] = {}
    model: str | None
    data: str | None
    ms: float | None
    error: str | None
    paused: bool = False
    resumed: bool = False
    handoff: Handoff | None
    held: list[str] = []
    evidence: list[EvidenceClaim] = []
    released: list[str] = []
    answer: HeldAnswer | None

    @property
    def urgency(self) -> str:
        """`critical` where a danger is told; else what the handoff says."""
        if self.intent == "emergency" or (self.handoff and self.handoff.reason == "emergency"):
            return "critical"
        return self.handoff.urgency if self.handoff else "normal"


class DeliveryEvent(_Event):
    """A reply was delivered, or given up."""

    type: Literal["delivery"]
    key: str = Field(min_length=1)
    via: str
    outcome: str
    errcode: int = 0


class PostEvent(_Event):
    """The house spoke unasked; `kind` `staff` is a person, everything else a notice."""

    type: Literal["post"]
    key: str = Field(min_length=1)
    kind: str
    bubbles: list[dict[str, Any]] = []
    evidence: list[EvidenceClaim] = []
    staff_id: str | None


class StaffEvent(_Event):
    """The bot took note of a deed of the desk; `bubbles` are what it said to the user about it."""

    type: Literal["staff"]
    key: str = Field(min_length=1)
    kind: str = "staff"
    deed: str
    bubbles: list[dict[str, Any]] = []


class UnsubscribeEvent(_Event):
    """The user left: the conversation is closed and its words are erased."""

    type: Literal["unsubscribe"]


class RevokeEvent(_Event):
    """The user took back the authorisation of profile data. The tables hold none, so nothing is written."""

    type: Literal["authorization_revoke"]


Event = TurnEvent | DeliveryEvent | PostEvent | StaffEvent | UnsubscribeEvent | RevokeEvent

_KINDS: dict[str, type[_Event]] = {
    "turn": TurnEvent, "delivery": DeliveryEvent, "post": PostEvent, "staff": StaffEvent, "unsubscribe": UnsubscribeEvent, "authorization_revoke": RevokeEvent,
}  # fmt: skip


def parse_event(raw: str) -> Event:
    """An event from its JSON; unknown members are left out.

    Raises:
        EventMalformed: it is no event of ours; the sentence names the member and never quotes a value.
    """
    try:
        value = json.loads(raw)
        return cast(Event, _KINDS[value["type"]].parse_obj(_storable(value)))
    except ValidationError as error:
        first = error.errors()[0]
        raise EventMalformed(f"{'.'.join(str(part) for part in first['loc'])}: {first['type']}") from None
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise EventMalformed(type(error).__name__) from None


def _storable(value: Any) -> Any:
    """PostgreSQL takes no NUL and no half of a surrogate pair."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_storable(name): _storable(member) for name, member in value.items()}
    return [_storable(member) for member in value] if isinstance(value, list) else value
