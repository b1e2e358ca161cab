"""The three modes of the callback."""

from __future__ import annotations

import hashlib
from xml.etree import ElementTree

import pytest

from channels.simulator.actions import push_fields, say, write_xml
from channels.simulator.envelope import Envelope
from weijing.errors import ReplyRejected
from weijing.settings import load_settings

ANSWER = "<xml><ToUserName>oUser</ToUserName><FromUserName>{account}</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>好</Content></xml>"


def envelope(mode: str) -> Envelope:
    return Envelope(load_settings().copy(update={"wechat_mode": mode}))


def push(sender: Envelope) -> str:
    return write_xml(push_fields("oUser", sender.account, say("你好"), 1714036504, 42))


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
def test_the_body_shows_and_hides_what_the_mode_says(mode: str) -> None:
    sender = envelope(mode)
    sealed = sender.seal(push(sender), "oUser", 1714036504)
    root = ElementTree.fromstring(sealed.body)
    assert (root.find("Content") is not None) is (mode != "safe")
    assert (root.find("Encrypt") is not None) is (mode != "plain") is ("msg_signature" in sealed.query)
    assert root.findtext("ToUserName") == sender.account


def test_the_signatures_follow_the_rule() -> None:
    settings = load_settings()
    sealed = envelope("safe").seal(push(envelope("safe")), "oUser", 1714036504)
    token, stamp, nonce = settings.wechat_token.get_secret_value(), sealed.query["timestamp"], sealed.query["nonce"]
    cipher = ElementTree.fromstring(sealed.body).findtext("Encrypt", "")
    assert stamp == "1714036504"
    assert sealed.query["signature"] == hashlib.sha1("".join(sorted([token, stamp, nonce])).encode()).hexdigest()
    assert sealed.query["msg_signature"] == hashlib.sha1("".join(sorted([token, stamp, nonce, cipher])).encode()).hexdigest()


@pytest.mark.parametrize("mode", ["plain", "compatible"])
def test_a_plain_reply_is_good_outside_safe_mode(mode: str) -> None:
    sender = envelope(mode)
    assert sender.open(ANSWER.format(account=sender.account), "oUser").text == "好"


def test_a_plain_reply_is_refused_in_safe_mode() -> None:
    sender = envelope("safe")
    with pytest.raises(ReplyRejected, match="没有加密"):
        sender.open(ANSWER.format(account=sender.account), "oUser")


@pytest.mark.parametrize("change", [("CreateTime>1<", "CreateTime>soon<"), ("text", "poem"), ("<xml>", "<html>"), ("好</Content>", "好")])
def test_malformed_replies_are_refused(change: tuple[str, str]) -> None:
    sender = envelope("plain")
    with pytest.raises(ReplyRejected):
        sender.open(ANSWER.format(account=sender.account).replace(*change), "oUser")


def test_news_gives_its_articles() -> None:
    sender = envelope("plain")
    item = "<item><Title>指南</Title><Description>说明</Description><PicUrl></PicUrl><Url>https://example.com/</Url></item>"
    articles = f"<ArticleCount>1</ArticleCount><Articles>{item}</Articles>"
    news = ANSWER.format(account=sender.account).replace("text", "news").replace("<Content>好</Content>", articles)
    assert sender.open(news, "oUser").articles == [{"Title": "指南", "Description": "说明", "PicUrl": "", "Url": "https://example.com/"}]
