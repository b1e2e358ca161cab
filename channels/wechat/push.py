"""What a push is to us: a message for the bot, the end of a relation, something to note, or nothing that needs an answer."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Literal

from channels.wechat.xml import Fields
from store.keys import channel_of
from store.ledger import Contact
from store.message import Message
from store.turns import now_ms
from weijing.errors import PushRejected

Deed = Literal["turn", "unsubscribe", "revoke", "consent", "note", "none"]
"""`turn`: the bot answers. `unsubscribe`: the user goes. `revoke`: authorised profile data must go. `consent`: to subscription notices. `note`: for the log."""

EVENTS: dict[str, Deed] = {
    # What a user did and waits for an answer to.
    "subscribe": "turn", "click": "turn", "scan": "turn", "scancode_waitmsg": "turn",
    # What he sent comes as a message of its own, right after the event.
    "pic_sysphoto": "none", "pic_photo_or_album": "none", "pic_weixin": "none", "location_select": "none",
    # The phone has shown him what he asked for.
    "scancode_push": "none", "view": "none", "view_miniprogram": "none",
    # He did nothing: his phone tells where it is when the chat is opened.
    "location": "none", "enter": "none", "user_enter_tempsession": "none",
    # Staff of WeChat's own desk took him over.
    "kf_create_session": "none", "kf_close_session": "none", "kf_switch_session": "none",
    # What must be forgotten, and what he allowed or refused.
    "unsubscribe": "unsubscribe", "user_authorization_revoke": "revoke", "user_info_modified": "none",
    "subscribe_msg_popup_event": "consent", "subscribe_msg_change_event": "consent",
    # What became of our own messages, and of the account: an operator may ask.
    "subscribe_msg_sent_event": "note", "templatesendjobfinish": "note", "masssendjobfinish": "note", "publishjobfinish": "note",
    "qualification_verify_success": "note", "qualification_verify_fail": "note", "naming_verify_success": "note", "naming_verify_fail": "note",
    "annual_renew": "note", "verify_expired": "note",
    "debug_demo": "none",
}  # fmt: skip
"""Event -> what it is to us. Those not named (cards, shops, Wi-Fi, devices, and what WeChat invents tomorrow) need nothing but `success`.

A photograph or a place chosen from the menu comes twice, as an event and as a message; only the message has the MediaId.
"""

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
_LISTS = {"subscribe_msg_popup_event": "SubscribeMsgPopupEvent.List", "subscribe_msg_change_event": "SubscribeMsgChangeEvent.List"}
_KEY = ("MsgId", "FromUserName", "CreateTime", "Event", "EventKey", "UserCardCode")
_NUMBER = re.compile(r"[0-9]{1,20}")
_DECIMAL = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,10})?")
_OPENID = re.compile(r"[!-~]{1,128}")


@dataclass(frozen=True)
class Push:
    """One push, read.

    Args:
        account: ToUserName, which a reply names as its sender.
        contact: what it allows us to send unasked: `message`, `tap` or nothing.
        note: what the log says of a `note`.
    """

    message: Message
    account: str = ""
    deed: Deed = "none"
    contact: Contact = ""
    note: str = ""


def read_push(fields: Fields) -> Push:
    """Understand the fields of a push.

    Raises:
        PushRejected: no sender, or a number that is none.
    """
    kind = fields.get("MsgType", "").lower()
    if not kind or kind.startswith("device_") or (_KINDS.get(kind, kind) not in _DATA and not fields.get("MsgId")):
        return Push(Message("", ""))  # a probe of WeChat's hosting (CheckContainerPath), a device, a form that we do not know
    openid, created, message_id = fields.get("FromUserName", ""), fields.get("CreateTime", ""), fields.get("MsgId", "")
    if not _is_openid(openid) or not _NUMBER.fullmatch(created) or (message_id and not _NUMBER.fullmatch(message_id)):
        raise PushRejected("the push has no valid FromUserName, CreateTime or MsgId")
    event = fields.get("Event", "").lower() if kind == "event" else ""
    message, deed = _event(openid, event, fields) if kind == "event" else (_words(kind, openid, fields), "turn")
    # 客服消息下发条数: a tap on a msgmenu item counts as a menu click, not as a message of the user's.
    contact: Contact = "tap" if kind == "event" or "menu_id" in message.data else "message"
    note = f"{event} {fields.get('Status', '') or fields.get('FailReason', '')}".strip() if deed == "note" else ""
    return Push(message, fields.get("ToUserName", ""), deed, contact, note)


def _is_openid(name: str) -> bool:
    """Whether it can be a user of WeChat's: a visitor of the web chat has a name of another form, and no push may speak for him."""
    return bool(_OPENID.fullmatch(name)) and channel_of(name) == "wechat"


def message_key(fields: Fields) -> str:
    """The same for each repeat. MsgId alone is not unique across users, nor is a second across events of one user; a card may be used up several at once.

    `MsgID` with a capital D, as in TEMPLATESENDJOBFINISH, names a message of ours and no push.
    """
    parts = [fields.get(name, "") for name in _KEY]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def _event(openid: str, event: str, fields: Fields) -> tuple[Message, Deed]:
    key, event_key = message_key(fields), fields.get("EventKey", "")
    if event == "scancode_waitmsg":  # the phone shows that it waits; what was scanned is as if typed
        words = _scanned(fields)
        return Message(key, openid, "wechat", "text" if words else "unknown", words, at=now_ms()), "turn"
    data = _consents(_LISTS[event], fields) if event in _LISTS else _data("event", fields)
    return Message(key, openid, "wechat", "event", "", event, event_key, data, now_ms()), EVENTS.get(event, "none")


def _words(kind: str, openid: str, fields: Fields) -> Message:
    """A message: what it says, and what it carries."""
    kind = _KINDS.get(kind, kind)
    text = fields.get({"text": "Content", "voice": "Recognition"}.get(kind, ""), "")
    if kind not in _DATA or text == UNSUPPORTED or (kind == "text" and not text):
        kind, text = "unknown", ""
    data = _data(kind, fields)
    if kind == "location" and not all(_DECIMAL.fullmatch(data.get(name, "")) for name in ("lat", "lng")):
        raise PushRejected("the location has no valid coordinates")
    return Message(message_key(fields), openid, "wechat", kind, text, data=data, at=now_ms())


def _data(kind: str, fields: Fields) -> dict[str, str]:
    return {ours: fields[theirs] for ours, theirs in _DATA.get(kind, {}).items() if fields.get(theirs)}


def _scanned(fields: Fields) -> str:
    """What was scanned; a barcode comes with its kind before it: `CODE_128,A2026`."""
    result = fields.get("ScanCodeInfo.ScanResult", "")
    return result.partition(",")[2] if fields.get("ScanCodeInfo.ScanType") == "barcode" and "," in result else result


def _consents(path: str, fields: Fields) -> dict[str, str]:
    """Template id -> `accept` or `reject`; a popup names one or several."""
    templates, answers = (fields.get(f"{path}.{name}", "").split("\n") for name in ("TemplateId", "SubscribeStatusString"))
    return {template: answer for template, answer in zip(templates, answers, strict=False) if template and answer in ("accept", "reject")}
