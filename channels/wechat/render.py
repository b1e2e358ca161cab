"""A reply's bubbles as words: one text with links, for the passive reply and wherever a message of its own is too much. Shapes: docs/contracts.md."""

from __future__ import annotations

from typing import Any

from channels.wechat.cutting import LIMIT, size, split_text
from store.message import Bubble

__all__ = ["LIMIT", "anchor", "cut", "number", "passive_text", "payload", "words"]

_RESERVED = {ord(mark): f"%{ord(mark):02X}" for mark in "%&#+\"'<>= \n"}
_QUOTED = {ord(mark): f"%{ord(mark):02X}" for mark in "\"'<> \n"}


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
        if size(passive_text([*fit, bubble])) <= limit:
            fit.append(bubble)
            continue
        room = limit - size(passive_text(fit)) - 2
        head, tail = _cut_bubble(bubble, room)
        return [*fit, *head], [*tail, *bubbles[index + 1 :]]
    return fit, []


def words(bubble: Bubble) -> str:
    """A bubble without its buttons as text: a picture or a page becomes a link, for a text cannot hold it."""
    custom = bubble.get("custom") or {}
    parts = [str(bubble.get("text") or "").strip()]
    if bubble.get("image"):
        parts.append(anchor(str(bubble["image"]), "查看图片"))
    if custom.get("news"):
        parts.append(_news(custom["news"]))
    if custom.get("miniprogram"):
        parts.append(_mini_program(custom["miniprogram"]))
    return "\n".join(filter(None, parts))


def anchor(url: str, title: str, more: str = "") -> str:
    """A link as WeChat's texts know it; without an address the title alone."""
    shown = title.replace("<", "＜").replace(">", "＞")
    return f'<a href="{url.translate(_QUOTED)}"{more}>{shown}</a>' if url else shown


def payload(button: dict[str, Any]) -> str:
    """The words that a tap sends back."""
    return str(button.get("payload") or button.get("title") or "")


def _news(card: dict[str, Any]) -> str:
    return "\n".join(filter(None, [anchor(str(card.get("url") or ""), str(card.get("title") or "查看详情")), str(card.get("description") or "")]))


def _mini_program(card: dict[str, Any]) -> str:
    """A text link that opens the mini-program; clients too old for it open `url` (客服接口-发消息: data-miniprogram-appid)."""
    names = {"appid": "data-miniprogram-appid", "path": "data-miniprogram-path"}
    more = "".join(f' {theirs}="{str(card.get(ours) or "").translate(_QUOTED)}"' for ours, theirs in names.items())
    return anchor(str(card.get("url") or ""), str(card.get("title") or "打开小程序"), more)


def _cut_bubble(bubble: Bubble, room: int) -> tuple[list[Bubble], list[Bubble]]:
    head, tail = split_text(words(bubble), room)
    buttons = bubble.get("buttons") or []
    if head:
        return [{"text": head}], [{"text": tail, "buttons": buttons}] if tail or buttons else []
    fitting = 0
    while not tail and fitting < len(buttons) and size(passive_text([{"buttons": buttons[: fitting + 1]}])) <= room:
        fitting += 1
    first = [{"text": "", "buttons": buttons[:fitting]}] if fitting else []
    return first, [{"text": tail, "buttons": buttons[fitting:]}]


def _passive_bubble(bubble: Bubble) -> str:
    links = "\n".join(_link(button, index + 1) for index, button in enumerate(bubble.get("buttons") or []))
    return "\n\n".join(part for part in (words(bubble), links) if part)


def _link(button: dict[str, Any], position: int) -> str:
    """`weixin://bizmsgmenu`: a tap sends msgmenucontent back as the user's text."""
    shown, place = button.get("number", position), payload(button).translate(_RESERVED)
    title = str(button.get("title") or payload(button)).replace("<", "＜").replace(">", "＞")
    return f'{shown}. <a href="weixin://bizmsgmenu?msgmenucontent={place}&msgmenuid={shown}">{title}</a>'
