"""A reply as customer-service messages, as few as can be: five in 48 h are all that the platform takes (客服接口-发消息)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from channels.wechat.cutting import LIMIT, pieces, size
from channels.wechat.render import payload, words
from store.message import Bubble

HEAD_BYTES = 300
"""A msgmenu keeps this much of a text's limit for its head; more items than fit beside it go into a further one."""
CHOOSE = "请选择："
_ITEM_CHARACTERS = 100
_TITLE_CHARACTERS = 64

Owned = Callable[[str], bool]
"""Whether an address is a picture of ours, which can be uploaded."""


@dataclass(frozen=True)
class Part:
    """One message.

    Args:
        message: its body without `touser`; where there is a `picture`, without the media id.
        bubbles: what it says, as bubbles: whatever is not sent can be kept.
        picture: address of the picture to upload for it.
    """

    message: dict[str, Any]
    bubbles: tuple[Bubble, ...]
    picture: str = ""

    def filled(self, media_id: str) -> dict[str, Any]:
        """The body, with its picture; as a text with a link when there is no picture to be had."""
        if not self.picture:
            return self.message
        if not media_id:
            return text_message("\n".join(map(words, self.bubbles)))
        kind = self.message["msgtype"]
        name = "media_id" if kind == "image" else "thumb_media_id"
        return {**self.message, kind: {**self.message[kind], name: media_id}}


def pack(bubbles: list[Bubble], owned: Owned, limit: int = LIMIT) -> list[Part]:
    """The messages, in the bubbles' order. Texts are merged; buttons end a message, as msgmenu; pictures of ours and cards are messages of their own.

    Args:
        bubbles: numbered.
        limit: bytes of a text.
    """
    parts: list[Part] = []
    texts: list[str] = []
    for bubble in bubbles:
        plain, cards = _separate(bubble, owned)
        texts.append(words(plain))
        if plain.get("buttons"):
            parts += _menus("\n\n".join(filter(None, texts)), plain["buttons"], limit)
            texts = []
        if cards:
            parts += _texts(texts, limit)
            texts = []
        parts += cards
    return parts + _texts(texts, limit)


def text_message(text: str) -> dict[str, Any]:
    """The body of a text."""
    return {"msgtype": "text", "text": {"content": text}}


def _texts(texts: list[str], limit: int) -> list[Part]:
    return [Part(text_message(piece), ({"text": piece},)) for piece in pieces("\n\n".join(filter(None, texts)), limit) if piece]


def _menus(text: str, buttons: list[dict[str, Any]], limit: int) -> list[Part]:
    """The text, its end as the head of the menu; a second menu where the items are too many for one."""
    groups = _groups(buttons, limit - HEAD_BYTES)
    *before, head = pieces(text, limit, limit - _weight(groups[0]))
    return [*_texts_of(before), *(_menu(head if index == 0 else "", group) for index, group in enumerate(groups))]


def _texts_of(found: list[str]) -> list[Part]:
    return [Part(text_message(piece), ({"text": piece},)) for piece in found]


def _menu(head: str, buttons: list[dict[str, Any]]) -> Part:
    items = [{"id": str(button.get("number", index + 1)), "content": _item(button)} for index, button in enumerate(buttons)]
    menu = {"head_content": head or CHOOSE, "list": items, "tail_content": ""}
    return Part({"msgtype": "msgmenu", "msgmenu": menu}, ({"text": head, "buttons": buttons},))


def _groups(buttons: list[dict[str, Any]], room: int) -> list[list[dict[str, Any]]]:
    groups: list[list[dict[str, Any]]] = [[]]
    for button in buttons:
        if groups[-1] and _weight([*groups[-1], button]) > room:
            groups.append([])
        groups[-1].append(button)
    return groups


def _weight(buttons: list[dict[str, Any]]) -> int:
    return sum(size(_item(button)) for button in buttons)


def _item(button: dict[str, Any]) -> str:
    """A tap sends the item's words, so it shows the payload."""
    return payload(button)[:_ITEM_CHARACTERS]


def _separate(bubble: Bubble, owned: Owned) -> tuple[Bubble, list[Part]]:
    """(what is words and buttons, what is a message of its own)."""
    plain, cards, custom = dict(bubble), [], dict(bubble.get("custom") or {})
    picture = str(bubble.get("image") or "")
    if picture and owned(picture):
        del plain["image"]
        cards.append(Part({"msgtype": "image", "image": {}}, ({"image": picture},), picture))
    for name, make in (("news", _news), ("miniprogram", _mini_program)):
        card = make(custom.get(name) or {}, owned)
        if card:
            del custom[name]
            cards.append(card)
    return {**plain, "custom": custom}, cards


def _news(card: dict[str, Any], owned: Owned) -> Part | None:
    """One article; the platform takes no more (45008). WeChat fetches its picture itself, so only one of ours is named."""
    if not str(card.get("url") or "").startswith(("http://", "https://")):
        return None
    article = {"title": str(card.get("title") or "查看详情")[:_TITLE_CHARACTERS], "description": str(card.get("description") or ""), "url": str(card["url"])}
    picture = str(card.get("picture") or "")
    if picture and owned(picture):
        article["picurl"] = picture
    return Part({"msgtype": "news", "news": {"articles": [article]}}, ({"custom": {"news": card}},))


def _mini_program(card: dict[str, Any], owned: Owned) -> Part | None:
    """A card must have a cover; without a picture of ours it is a link in the text."""
    picture = str(card.get("picture") or "")
    if not (card.get("appid") and picture and owned(picture)):
        return None
    page = {"title": str(card.get("title") or "打开小程序")[:_TITLE_CHARACTERS], "appid": str(card["appid"]), "pagepath": str(card.get("path") or "")}
    return Part({"msgtype": "miniprogrampage", "miniprogrampage": page}, ({"custom": {"miniprogram": card}},), picture)
