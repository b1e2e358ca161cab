"""A message from a user, as it lies in the inbox: the same shape for every channel."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

Bubble = dict[str, Any]
"""One piece of a reply, as Rasa's output channel collects it: `text`, `buttons` [{title, payload}], `image`, `custom`."""

MEDIA = frozenset({"image", "voice", "video"})
"""Kinds of messages whose file may become evidence (`store.evidence`); a `file` of WeChat's may not: the platform gives its name and size only."""

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class Message:
    """What a user did.

    Args:
        key: names the message for ever: the same for each repeat of a push (MsgId, FromUserName, CreateTime, Event, EventKey).
        openid: the user, = Rasa's sender_id.
        channel: `wechat`, `webchat`.
        kind: `text`, `event`, `location`, `image`, `voice`, `video`, `link`, `file`, `form` (an H5 page), `staff` (a deed of
            the desk: `deed`, `by`, … in `data`) or `unknown`.
        text: the words; for a voice message its recognition, else empty.
        event: lower-case event name, e.g. `subscribe`, `click`.
        event_key: its EventKey.
        data: what else the kind carries: `lat lng label`, `media_id`, `url`, …
        at: when the edge accepted it, ms since the epoch.
        emergency: the edge has answered with the emergency card already.
    """

    key: str
    openid: str
    channel: str = "wechat"
    kind: str = "text"
    text: str = ""
    event: str = ""
    event_key: str = ""
    data: dict[str, str] = field(default_factory=dict)
    at: int = 0
    emergency: bool = False

    def dumps(self) -> str:
        """JSON, for the inbox."""
        return _ENCODER.encode(vars(self))

    @staticmethod
    def loads(text: str) -> Message:
        """The inverse of `dumps`."""
        return Message(**json.loads(text))
