"""What a person can do on the phone, and what WeChat pushes for it (official account docs, 接收普通消息 and 接收事件推送)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Trigger = Literal["message", "tap", "none"]
"""What the action opens for customer-service messages: a message 5 in 48 h, a tap (menu, msgmenu, follow) 3 in 1 minute."""

_NUMERIC = {"CreateTime", "MsgId", "Location_X", "Location_Y", "Scale"}
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 does not allow; WeChat drops them."""

MAX_TEXT = 2000
"""Characters a user may send at once."""
PICTURE = "/simulator/static/picture.png"
"""The picture that the picture button sends."""
PICTURE_ID, RECORDING_ID, VIDEO_ID = "simulator-picture", "simulator-voice", "simulator-video"
"""Media ids of the presets (see `channels.simulator.media`)."""


@dataclass(frozen=True)
class Place:
    """A place that the location button offers."""

    name: str
    address: str
    latitude: str
    longitude: str


PLACES = (
    Place("人民广场", "上海市黄浦区人民大道120号", "31.230416", "121.473701"),
    Place("东单", "北京市东城区东单北大街1号", "39.909187", "116.417345"),
    Place("体育西路", "广州市天河区体育西路103号", "23.131520", "113.321830"),
)


@dataclass(frozen=True)
class Action:
    """One thing a person does.

    Args:
        label: how the trace heads it.
        fields: the push's own fields, in order, without the three common ones.
        trigger: what it opens for customer-service messages.
        kind: how the phone shows it on the right side; empty when it shows nothing.
        content: what the phone shows.
        consents: template id -> `accept` or `reject`, of who was asked about subscription notices.
    """

    label: str
    fields: Mapping[str, Any]
    trigger: Trigger
    kind: str = ""
    content: Mapping[str, Any] | None = None
    consents: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_event(self) -> bool:
        """Events carry no MsgId."""
        return bool(self.fields["MsgType"] == "event")


def say(words: str, menu_id: str = "") -> Action:
    """A text; with `menu_id` it comes from a tap on a msgmenu item, which counts as a menu click."""
    fields = {"MsgType": "text", "Content": words} | ({"bizmsgmenuid": menu_id} if menu_id else {})
    return Action(f"{'点选' if menu_id else '文字'}：{words}", fields, "tap" if menu_id else "message", "text", {"text": words})


def click(key: str, name: str) -> Action:
    """A tap on a click button of the bottom menu."""
    return Action(f"菜单：{name}", {"MsgType": "event", "Event": "CLICK", "EventKey": key}, "tap")


def view(url: str, name: str) -> Action:
    """A tap on a view button; the phone opens the page."""
    return Action(f"菜单：{name}", {"MsgType": "event", "Event": "VIEW", "EventKey": url}, "none")


def follow(scene: str = "") -> Action:
    """The account is followed; with `scene` by its QR code."""
    fields = {"MsgType": "event", "Event": "subscribe", "EventKey": f"qrscene_{scene}" if scene else ""} | ({"Ticket": "simulator"} if scene else {})
    return Action(f"扫码关注：{scene}" if scene else "关注公众号", fields, "tap", "system", {"text": "你已关注该公众号"})


def scan(scene: str) -> Action:
    """A follower scans the QR code of a scene."""
    fields = {"MsgType": "event", "Event": "SCAN", "EventKey": scene, "Ticket": "simulator"}
    return Action(f"扫码：{scene}", fields, "tap", "system", {"text": "你扫描了二维码"})


def unfollow() -> Action:
    """The account is followed no more; whatever it answers is shown to nobody."""
    return Action("取消关注", {"MsgType": "event", "Event": "unsubscribe", "EventKey": ""}, "none", "system", {"text": "你已取消关注该公众号"})


def consent(templates: list[str], answer: str) -> Action:
    """The user was asked about subscription notices (订阅通知) and answered; the platform pushes one list entry for each template."""
    rows = [{"TemplateId": template, "SubscribeStatusString": answer, "PopupScene": "2"} for template in templates]
    fields = {"MsgType": "event", "Event": "subscribe_msg_popup_event", "SubscribeMsgPopupEvent": {"List": rows}}
    said = "允许" if answer == "accept" else "拒绝"
    return Action(f"订阅通知：{said}", fields, "none", "system", {"text": f"你已{said}该公众号向你发送服务通知"}, dict.fromkeys(templates, answer))


def locate(place: Place) -> Action:
    """A location message."""
    fields = {"MsgType": "location", "Location_X": place.latitude, "Location_Y": place.longitude, "Scale": "16", "Label": place.address}
    return Action(f"位置：{place.name}", fields, "message", "location", {"name": place.name, "address": place.address})


def photograph(base: str) -> Action:
    """A picture message with the preset picture, which the simulator serves below `base`."""
    fields = {"MsgType": "image", "PicUrl": base + PICTURE, "MediaId": PICTURE_ID}
    return Action("图片", fields, "message", "image", {"url": PICTURE, "alt": "一张租房合同的照片"})


def speak(words: str) -> Action:
    """A voice message with its recognition."""
    fields = {"MsgType": "voice", "MediaId": RECORDING_ID, "Format": "amr", "Recognition": words}
    return Action(f"语音：{words}", fields, "message", "voice", {"text": words, "seconds": max(1, len(words) // 4)})


def record(media_id: str = RECORDING_ID) -> Action:
    """A voice message that WeChat has not recognised."""
    return Action("语音（未识别）", {"MsgType": "voice", "MediaId": media_id, "Format": "amr"}, "message", "media", {"media": "voice", "media_id": ""})


def film(media_id: str = VIDEO_ID) -> Action:
    """A video message."""
    fields = {"MsgType": "video", "MediaId": media_id, "ThumbMediaId": PICTURE_ID}
    return Action("视频", fields, "message", "media", {"media": "video", "media_id": ""})


def read_action(body: Mapping[str, Any], base: str) -> Action:
    """The action that a page or terminal asks for: `kind` and what belongs to it.

    Raises:
        ValueError: unknown kind, empty or too long words, no such place.
    """
    kind, words, name = body.get("kind"), str(body.get("text", "")).strip(), str(body.get("name", ""))
    if kind in {"text", "voice"} and not 0 < len(words) <= MAX_TEXT:
        raise ValueError(f"请输入 1 到 {MAX_TEXT} 个字")
    if kind == "location" and body.get("place") not in range(len(PLACES)):
        raise ValueError("没有这个位置")
    makers: dict[object, Callable[[], Action]] = {
        "text": lambda: say(words, str(body.get("menu_id", ""))),
        "voice": lambda: speak(words),
        "click": lambda: click(str(body.get("key", "")), name),
        "view": lambda: view(str(body.get("url", "")), name),
        "location": lambda: locate(PLACES[int(body["place"])]),
        "image": lambda: photograph(base),
        "recording": record,
        "video": film,
        "follow": lambda: follow(str(body.get("scene", ""))),
        "scan": lambda: scan(str(body.get("scene", ""))),
        "unfollow": unfollow,
        "consent": lambda: consent([str(template) for template in body.get("templates") or []], "accept" if body.get("answer") == "accept" else "reject"),
    }
    if kind not in makers:
        raise ValueError("模拟器不会发这种消息")
    return makers[kind]()


def push_fields(openid: str, account: str, action: Action, created: int, message_id: int) -> dict[str, Any]:
    """The elements of the push, in WeChat's order."""
    fields = {"ToUserName": account, "FromUserName": openid, "CreateTime": str(created), **action.fields}
    if not action.is_event:
        fields["MsgId"] = str(message_id)
    return fields


def write_xml(fields: Mapping[str, Any]) -> str:
    """The push as plain XML, laid out as WeChat lays it out."""
    return "<xml>\n" + "".join(_element(name, value) for name, value in fields.items()) + "</xml>"


def _element(name: str, value: Any) -> str:
    """One element; a list repeats it, a mapping is what lies inside."""
    if isinstance(value, list):
        return "".join(_element(name, one) for one in value)
    inside = "".join(_element(*pair) for pair in value.items()) if isinstance(value, Mapping) else _value(name, value)
    return f"<{name}>{inside}</{name}>\n"


def _value(name: str, value: str) -> str:
    if name in _NUMERIC:
        return value
    return f"<![CDATA[{_ILLEGAL.sub('', value).replace(']]>', ']]]]><![CDATA[>')}]]>"
