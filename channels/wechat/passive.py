"""The passive reply: the XML that answers a push (被动回复用户消息)."""

from __future__ import annotations

import time

from channels.wechat.render import LIMIT, cut, number, passive_text
from channels.wechat.xml import cdata
from store.message import Bubble

FOLLOWS = "\n（未完，余下内容随后发给您）"
ASK_FOR_REST = "\n（未完，回复“继续”看余下内容）"


def compose(bubbles: tuple[Bubble, ...], *, verified: bool) -> tuple[str, list[Bubble]]:
    """(text of the reply, bubbles that did not fit). What does not fit goes into the outbox as a message of its own, and the text says so.

    Args:
        verified: the account may send customer-service messages; else the rest waits until the user writes.
    """
    numbered = number(bubbles)
    whole = passive_text(numbered)
    if len(whole.encode()) <= LIMIT:
        return whole, []
    note = FOLLOWS if verified else ASK_FOR_REST
    fit, rest = cut(numbered, LIMIT - len(note.encode()))
    return passive_text(fit) + note, rest


def text_reply(openid: str, account: str, text: str) -> str:
    """The plain XML of a text reply."""
    return (
        f"<xml><ToUserName>{cdata(openid)}</ToUserName><FromUserName>{cdata(account)}</FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content>{cdata(text)}</Content></xml>"
    )
