"""What a push is to us: a message for the bot, the end of a relation, or nothing that needs an answer."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Literal

from channels.wechat.xml import Fields
from store.ledger import Contact
from store.message import Message
from store.turns import now_ms
from weijing.errors import PushRejected

TURN_EVENTS = frozenset({"subscribe", "click", "scan"})
"""Events that a user makes and expects an answer to; every other one is noted by WeChat alone and answered `success`."""

UNSUPPORTED = "【收到不支持的消息类型，暂无法显示】"
"""What WeChat puts into Content for a sticker and the like."""

_DATA: dict[str, dict[str, str]] = {
    "location": {"lat": "Location_X", "lng": "Location_Y", "label": "Label", "scale": "Scale"},
    "image": {"media_id": "MediaId", "url": "PicUrl"},
    "voice": {"media_id": "MediaId", "format": "Format"},
    "video": {"media_id": "MediaId", "thumb_media_id": "ThumbMediaId"},
    "link": {"title": "Title", "description": "Description", "url": "Url"},
    "file": {"title": "Title", "media_id": "FileKey", "md5": "FileMd5", "size": "FileTotalLen"},
    "event": {"ticket": "Ticket", "openid": "OpenID"},
    "text": {"menu_id": "bizmsgmenuid"},
}
"""Message.data by kind: our name -> WeChat's element."""

_KINDS = {"shortvideo": "video"}
_NUMBER = re.compile(r"[0-9]{1,20}")
_DECIMAL = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,10})?")
_OPENID = re.compile(r"[^\s\x00-\x1f]{1,128}")


@dataclass(frozen=True)
class Push:
    """One push, read.

    Args:
        account: ToUserName, which a reply names as its sender.
        deed: `turn` (the bot answers), `unsubscribe`, `revoke` (authorised profile data must go) or `none`.
        contact: what it allows us to send unasked: `message`, `tap` or nothing.
    """

    message: Message
    account: str = ""
    deed: Literal["turn", "unsubscribe", "revoke", "none"] = "none"
    contact: Contact = ""


def read_push(fields: Fields) -> Push:
    """Understand the fields of a push.

    Raises:
        PushRejected: no sender, or a number that is none.
    """
    kind = fields.get("MsgType", "").lower()
    if not kind or kind.startswith("device_") or (_KINDS.get(kind, kind) not in _DATA and not fields.get("MsgId")):
        return Push(Message("", ""))  # a probe of WeChat's hosting (CheckContainerPath), a device, a form that we do not know
    openid, created, message_id = fields.get("FromUserName", ""), fields.get("CreateTime", ""), fields.get("MsgId", "")
    if not _OPENID.fullmatch(openid) or not _NUMBER.fullmatch(created) or (message_id and not _NUMBER.fullmatch(message_id)):
        raise PushRejected("the push has no valid FromUserName, CreateTime or MsgId")
    message = _message(kind, openid, fields)
    return Push(message, fields.get("ToUserName", ""), _deed(message), _contact(message))


def message_key(fields: Fields) -> str:
    """The same for each repeat. MsgId alone is not unique across users, nor is a second across events of one user."""
    parts = [fields.get(name, "") for name in ("MsgId", "FromUserName", "CreateTime", "Event", "EventKey")]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def _message(kind: str, openid: str, fields: Fields) -> Message:
    kind = _KINDS.get(kind, kind)
    if kind not in _DATA or fields.get("Content") == UNSUPPORTED:
        kind = "unknown"
    text = fields.get({"text": "Content", "voice": "Recognition"}.get(kind, ""), "")
    data = {ours: fields[theirs] for ours, theirs in _DATA.get(kind, {}).items() if fields.get(theirs)}
    if kind == "location" and not all(_DECIMAL.fullmatch(data.get(name, "")) for name in ("lat", "lng")):
        raise PushRejected("the location has no valid coordinates")
    event, event_key = (fields.get("Event", "").lower(), fields.get("EventKey", "")) if kind == "event" else ("", "")
    if kind == "text" and not text:
        kind = "unknown"
    return Message(message_key(fields), openid, "wechat", kind, text, event, event_key, data, now_ms())


def _deed(message: Message) -> Literal["turn", "unsubscribe", "revoke", "none"]:
    if message.kind != "event" or message.event in TURN_EVENTS:
        return "turn"
    if message.event == "unsubscribe":
        return "unsubscribe"
    return "revoke" if message.event == "user_authorization_revoke" else "none"


def _contact(message: Message) -> Contact:
    """客服消息下发条数: a tap on a msgmenu item counts as a menu click, not as a message of the user's."""
    if message.kind == "event" or "menu_id" in message.data:
        return "tap"
    return "message"
