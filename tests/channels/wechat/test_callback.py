"""Signatures, modes, keys, budgets and hostile bodies."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from channels.simulator.envelope import Envelope
from channels.wechat.callback import PATH
from channels.wechat.crypto import Keyring, MessageCipher
from channels.wechat.signature import Signer, sign
from channels.wechat.xml import cdata, read
from tests.channels.conftest import KEY, OLD_KEY, Bot, StartEdge, event_push, settings_with, text_push
from weijing.errors import PushRejected, SettingsError


def vectors(shared: Path) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads((shared / "fixtures/wechat/vectors/vectors.json").read_text())
    return loaded


def test_vectors_of_independent_sdks(shared: Path) -> None:
    signed = opened = 0
    for vector in vectors(shared):
        if vector.get("kind") == "jssdk":
            continue
        rejected = vector.get("expect") == "reject"
        if "signature" in vector and "token" in vector:
            query = {"signature": vector["signature"], "timestamp": vector["timestamp"], "nonce": vector["nonce"]}
            Signer(vector["token"]).check(query)
            signed += 1
        if "msg_signature" in vector:
            query = {"msg_signature": vector["msg_signature"], "timestamp": vector["timestamp"], "nonce": vector["nonce"]}
            assert Signer(vector["token"]).fits(query, vector["encrypt"]) is not rejected, vector["id"]
            signed += 1
        if "encodingAESKey" in vector:
            opened += 1
            cipher = MessageCipher(vector["encodingAESKey"], vector["appid"])
            if rejected:
                with pytest.raises(PushRejected):
                    cipher.open(vector["encrypt"])
                continue
            plain = cipher.open(vector["encrypt"]).decode()
            assert "plaintext" not in vector or plain == vector["plaintext"], vector["id"]
            assert all(part in plain for part in vector.get("plaintext_contains", [])), vector["id"]
    assert signed >= 15
    assert opened >= 12


def test_what_we_seal_another_implementation_opens() -> None:
    cipher = MessageCipher(KEY, "wx2c2769f8efd9abc2")
    for text in ("", "短", "长" * 5000, "x" * 44):
        assert cipher.open(cipher.seal(text)).decode() == text
    with pytest.raises(PushRejected):
        MessageCipher(KEY, "wx0000000000000000").open(cipher.seal("别的公众号"))
    with pytest.raises(PushRejected):
        MessageCipher(OLD_KEY, "wx2c2769f8efd9abc2").open(cipher.seal("别的密钥"))


@pytest.mark.parametrize("broken", ["", "AAAA", "not base64!", "A" * 44, "é"])
def test_broken_ciphertext_is_refused(broken: str) -> None:
    with pytest.raises(PushRejected):
        Keyring([KEY, OLD_KEY], "wx2c2769f8efd9abc2").open(broken)


def test_an_account_without_token_or_with_a_bad_key_does_not_start() -> None:
    with pytest.raises(SettingsError):
        Signer("")
    with pytest.raises(SettingsError):
        MessageCipher("短", "wx")


async def test_url_verification_echoes_verbatim(start_edge: StartEdge) -> None:
    edge = await start_edge(wechat_token="AAAAA")
    query = {"signature": "f464b24fc39322e44b38aa78f5edd27bd1441696", "timestamp": "1714036504", "nonce": "1514711492", "echostr": "4375120948345356249"}
    async with edge.http.get(edge.server.make_url(PATH), params=query) as response:
        assert (response.status, await response.text(), response.content_type) == (200, "4375120948345356249", "text/plain")
    for wrong in ({"signature": "0" * 40}, {"signature": "签名"}, {"timestamp": "17140365041", "nonce": "514711492"}, {"nonce": "<script>"}):
        async with edge.http.get(edge.server.make_url(PATH), params={**query, **wrong}) as response:
            assert (response.status, await response.text()) == (403, "")
    async with edge.http.get(edge.server.make_url(PATH)) as response:
        assert response.status == 403


@pytest.mark.parametrize("mode", ["safe", "compatible", "plain"])
async def test_each_mode_answers_as_it_was_asked(start_edge: StartEdge, busy_bot: Bot, openid: str, mode: str) -> None:
    edge = await start_edge(wechat_mode=mode)
    reply = await edge.push(text_push(openid, "你好 ]]> & <b>"), openid)
    assert reply.text == "答：你好 ]]> & <b>"


async def test_a_plain_body_in_safe_or_compatible_mode_is_a_downgrade(start_edge: StartEdge, bot: Bot, openid: str) -> None:
    for mode in ("safe", "compatible"):
        edge = await start_edge(wechat_mode=mode)
        plain = Envelope(settings_with("", wechat_mode="plain")).seal(text_push(openid, "你好"), openid, int(time.time()))
        assert (await edge.post(plain.query, plain.body)) == (403, "")
        assert (await edge.post({**plain.query, "encrypt_type": "aes", "msg_signature": plain.query["signature"]}, plain.body)) == (403, "")
    assert await bot.waiting() == []


async def test_compatible_mode_believes_only_what_is_encrypted(start_edge: StartEdge, busy_bot: Bot, openid: str) -> None:
    edge = await start_edge(wechat_mode="compatible")
    sealed = edge.envelope.seal(text_push(openid, "真的"), openid, int(time.time()))
    forged = sealed.body.replace("真的", "<![CDATA[假的]]>").replace(openid, "somebody-else", 1)
    assert (await edge.post(sealed.query, forged))[0] == 200
    assert [(message.text, message.openid) for message in busy_bot.seen] == [("真的", openid)]


async def test_words_that_look_like_an_encrypt_element_do_no_harm(start_edge: StartEdge, busy_bot: Bot, openid: str) -> None:
    edge = await start_edge(wechat_mode="compatible")
    assert (await edge.push(text_push(openid, "<Encrypt>AAAA</Encrypt>"), openid)).text == "答：<Encrypt>AAAA</Encrypt>"


async def test_the_previous_key_opens_and_seals_its_own_reply(start_edge: StartEdge, busy_bot: Bot, openid: str) -> None:
    edge = await start_edge(wechat_aes_key_previous=OLD_KEY)
    old = Envelope(settings_with("", wechat_aes_key=OLD_KEY))
    assert (await edge.push(text_push(openid, "旧密钥"), openid, old)).text == "答：旧密钥"
    assert (await edge.push(text_push(openid, "新密钥"), openid)).text == "答：新密钥"
    stranger = Envelope(settings_with("", wechat_aes_key="A" * 43))
    sealed = stranger.seal(text_push(openid, "别人"), openid, int(time.time()))
    assert (await edge.post(sealed.query, sealed.body))[0] == 403


async def test_safe_mode_looks_at_msg_signature_only(start_edge: StartEdge, busy_bot: Bot, openid: str) -> None:
    edge = await start_edge()
    sealed = edge.envelope.seal(text_push(openid, "你好"), openid, int(time.time()))
    assert (await edge.post({**sealed.query, "signature": "0" * 40}, sealed.body))[0] == 200
    for wrong in ({"msg_signature": sealed.query["signature"]}, {"msg_signature": "签"}, {"nonce": "1"}, {"timestamp": ""}):
        assert await edge.post({**sealed.query, **wrong}, sealed.body) == (403, "")


HOSTILE = {
    "json": b'{"ToUserName":"x"}',
    "empty": b"",
    "not xml": b"<xml><a></xml>",
    "doctype": b'<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><MsgType>&a;</MsgType></xml>',
    "bare doctype": b'<!DOCTYPE xml SYSTEM "http://127.0.0.1:9/x.dtd"><xml><MsgType>text</MsgType></xml>',
    "laughs": b'<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xml><Content>&b;</Content></xml>',
    "deep": b"<xml>" + b"<a>" * 50 + b"</a>" * 50 + b"</xml>",
    "wide": b"<xml>" + b"<a>1</a>" * 500 + b"</xml>",
    "long value": b"<xml><Content>" + b"x" * 30_000 + b"</Content></xml>",
    "other root": b"<html><body>1</body></html>",
    "bytes": b"<xml><Content>\xff\xfe</Content></xml>",
    "twice": b"<xml><MsgType>text</MsgType><FromUserName>a</FromUserName><FromUserName>b</FromUserName><CreateTime>1</CreateTime><MsgId>1</MsgId></xml>",
    "number": b"<xml><MsgType>text</MsgType><FromUserName>a</FromUserName><CreateTime>soon</CreateTime><MsgId>1</MsgId></xml>",
    "message id": b"<xml><MsgType>text</MsgType><FromUserName>a</FromUserName><CreateTime>1</CreateTime><MsgId>1; DROP</MsgId></xml>",
    "nobody": b"<xml><MsgType>text</MsgType><CreateTime>1</CreateTime><MsgId>1</MsgId></xml>",
    "coordinates": b"<xml><MsgType>location</MsgType><FromUserName>a</FromUserName><CreateTime>1</CreateTime><MsgId>1</MsgId><Location_X>N</Location_X></xml>",
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_bodies_are_refused_without_an_echo(start_edge: StartEdge, bot: Bot, name: str) -> None:
    edge = await start_edge(wechat_mode="plain")
    stamp = str(int(time.time()))
    query = {"timestamp": stamp, "nonce": "1", "signature": sign("tokenOfTheTest", stamp, "1")}
    assert await edge.post(query, HOSTILE[name]) == (400, "")
    assert await bot.waiting() == []


async def test_too_large_a_body_is_cut_off(start_edge: StartEdge) -> None:
    edge = await start_edge()
    status, text = await edge.post({}, b"<xml>" + b"x" * 100_000)
    assert status == 413
    assert "xxx" not in text


async def test_control_characters_of_a_user_do_not_break_the_push(start_edge: StartEdge, busy_bot: Bot, openid: str) -> None:
    edge = await start_edge()
    assert (await edge.push(text_push(openid, "a\x08b\x00c"), openid)).text == "答：abc"


def test_cdata_cannot_be_left() -> None:
    evil = "]]></Content><MsgType><![CDATA[news]]></MsgType>\x08\ud800"
    assert read(f"<xml><Content>{cdata(evil)}</Content></xml>".encode()) == {"Content": "]]></Content><MsgType><![CDATA[news]]></MsgType>"}


EVENTS = ["TEMPLATESENDJOBFINISH", "VIEW", "LOCATION", "kf_create_session", "card_pass_check", "some_new_event", "debug_demo"]
PROBES = ["<xml><action>CheckContainerPath</action></xml>", *(event_push("u", event) for event in EVENTS)]


@pytest.mark.parametrize("xml", PROBES)
async def test_what_needs_no_bot_is_answered_success(start_edge: StartEdge, bot: Bot, xml: str) -> None:
    edge = await start_edge()
    sealed = edge.envelope.seal(xml, "u", int(time.time()))
    assert await edge.post(sealed.query, sealed.body) == (200, "success")
    assert await bot.waiting() == []


async def test_health_and_metrics(start_edge: StartEdge, busy_bot: Bot, openid: str) -> None:
    edge = await start_edge()
    await edge.push(text_push(openid, "你好"), openid)
    async with edge.http.get(edge.server.make_url("/readyz")) as response:
        assert (response.status, await response.json()) == (200, {"ready": True, "redis": True, "worker": True})
    async with edge.http.get(edge.server.make_url("/metrics")) as response:
        text = await response.text()
    for name in ('weijing_pushes_total{outcome="reply"}', "weijing_reply_seconds_bucket", "weijing_inbox_depth", "weijing_waiting_pushes 0.0"):
        assert name in text
