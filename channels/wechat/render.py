"""A reply's bubbles as WeChat shows them: one text for a passive reply, as few customer-service messages as possible for the sender."""

from __future__ import annotations

import re
from typing import Any

from store.message import Bubble

LIMIT = 2048
"""Bytes of UTF-8 in one text; SDKs cut there, the API refuses more with 45002."""

_ROOM = 60
"""In less room than this (bytes) a text is not begun."""
_END = re.compile(r"[。！？；\n](?=[^。！？；\n]*$)")
_RESERVED = {ord(mark): f"%{ord(mark):02X}" for mark in "%&#+\"'<>= \n"}


def number(bubbles: list[Bubble] | tuple[Bubble, ...]) -> list[Bubble]:
    """The bubbles with their buttons numbered through, for a number can be typed instead of a tap."""
    numbered, count = [], 0
    for bubble in bubbles:
        buttons = []
        for button in bubble.get("buttons") or []:
            count += 1
            buttons.append({"number": count, **button})
        numbered.append({**bubble, "buttons": buttons} if buttons else bubble)
    return numbered


def passive_text(bubbles: list[Bubble]) -> str:
    """One text: bubbles with an empty line between, buttons as numbered links whose tap sends the payload back."""
    return "\n\n".join(part for part in map(_passive_bubble, bubbles) if part)


def cut(bubbles: list[Bubble], limit: int) -> tuple[list[Bubble], list[Bubble]]:
    """(what fits into one passive text of `limit` bytes, the rest). Texts are cut at sentence ends, never inside a character or a link."""
    fit: list[Bubble] = []
    for index, bubble in enumerate(bubbles):
        if _size(passive_text([*fit, bubble])) <= limit:
            fit.append(bubble)
            continue
        room = limit - _size(passive_text(fit)) - 2
        head, tail = _cut_bubble(bubble, room)
        return [*fit, *head], [*tail, *bubbles[index + 1 :]]
    return fit, []


def split_text(text: str, limit: int) -> tuple[str, str]:
    """(head of at most `limit` bytes, the rest); the head is empty when there is no room worth it."""
    if _size(text) <= limit:
        return text, ""
    if limit < _ROOM:
        return "", text
    head = text.encode()[:limit].decode(errors="ignore")
    end = _END.search(head)
    if end and end.end() > len(head) // 2:
        head = head[: end.end()]
    if head.count("<a ") > head.count("</a>"):
        head = head[: head.rindex("<a ")] or head
    return head.rstrip("\n"), text[len(head) :].lstrip("\n")


def service_messages(bubbles: list[Bubble]) -> list[dict[str, Any]]:
    """Bodies (without `touser`) for message/custom/send; a bubble with buttons ends a message, as msgmenu."""
    messages: list[dict[str, Any]] = []
    texts: list[str] = []
    for bubble in bubbles:
        texts.append(_words(bubble))
        buttons = bubble.get("buttons") or []
        if buttons:
            messages += _menus("\n\n".join(filter(None, texts)), buttons)
            texts = []
    return messages + [_text(part) for part in _parts("\n\n".join(filter(None, texts)), LIMIT)]


def _menus(text: str, buttons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    items = [{"id": str(button.get("number", index + 1)), "content": _payload(button)} for index, button in enumerate(buttons)]
    room = LIMIT - sum(_size(item["content"]) for item in items)
    *before, head = _parts(text, max(room, _ROOM)) or ["请选择："]
    return [*map(_text, before), {"msgtype": "msgmenu", "msgmenu": {"head_content": head, "list": items, "tail_content": ""}}]


def _parts(text: str, limit: int) -> list[str]:
    parts = []
    while text:
        head, text = split_text(text, limit)
        parts.append(head)
    return parts


def _text(text: str) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": text}}


def _cut_bubble(bubble: Bubble, room: int) -> tuple[list[Bubble], list[Bubble]]:
    head, tail = split_text(_words(bubble), room)
    buttons = bubble.get("buttons") or []
    if head:
        return [{"text": head}], [{"text": tail, "buttons": buttons}] if tail or buttons else []
    fitting = 0
    while not tail and fitting < len(buttons) and _size(passive_text([{"buttons": buttons[: fitting + 1]}])) <= room:
        fitting += 1
    first = [{"text": "", "buttons": buttons[:fitting]}] if fitting else []
    return first, [{"text": tail, "buttons": buttons[fitting:]}]


def _passive_bubble(bubble: Bubble) -> str:
    links = "\n".join(_link(button, index + 1) for index, button in enumerate(bubble.get("buttons") or []))
    return "\n\n".join(part for part in (_words(bubble), links) if part)


def _words(bubble: Bubble) -> str:
    """A passive reply and a msgmenu hold no pictures of ours (they would need an upload), so a picture or a page becomes a link."""
    news = (bubble.get("custom") or {}).get("news") or {}
    parts = [str(bubble.get("text") or "").strip()]
    if bubble.get("image"):
        parts.append(f'<a href="{bubble["image"]}">查看图片</a>')
    if news.get("url"):
        parts.append(f'<a href="{news["url"]}">{news.get("title") or "查看详情"}</a>')
    return "\n".join(filter(None, parts))


def _link(button: dict[str, Any], position: int) -> str:
    """`weixin://bizmsgmenu`: a tap sends msgmenucontent back as the user's text."""
    shown, place = button.get("number", position), _payload(button).translate(_RESERVED)
    title = str(button.get("title") or _payload(button)).replace("<", "＜").replace(">", "＞")
    return f'{shown}. <a href="weixin://bizmsgmenu?msgmenucontent={place}&msgmenuid={shown}">{title}</a>'


def _payload(button: dict[str, Any]) -> str:
    return str(button.get("payload") or button.get("title") or "")


def _size(text: str) -> int:
    return len(text.encode())
