"""wechatpy as the oracle: where it is sound we agree with it, and each of its traps is shown here with what the edge does instead."""

from __future__ import annotations

import base64
import csv
import struct
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from wechatpy import create_reply, parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidSignatureException
from wechatpy.messages import TextMessage, UnknownMessage
from wechatpy.utils import check_signature

from channels.wechat.crypto import MessageCipher
from channels.wechat.passive import text_reply
from channels.wechat.push import Push, read_push
from channels.wechat.signature import Signer, sign
from channels.wechat.xml import Fields, read
from tests.channels.conftest import KEY, event_push, text_push
from weijing.errors import PushRejected, SettingsError

APP_ID = "wx2c2769f8efd9abc2"
TOKEN = "tokenOfTheTest"
NONCE, STAMP = "7", "1714036504"


def bodies(shared: Path) -> dict[str, bytes]:
    """Every published push."""
    folder = shared / "fixtures/wechat/messages"
    rows = csv.DictReader((folder / "INDEX.tsv").open(encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE)
    return {row["file"]: (folder / row["file"]).read_bytes() for row in rows}


def ours(body: bytes) -> tuple[Fields, Push]:
    fields = read(body)
    return fields, read_push(fields)


# Where it is sound: the same payloads, read the same.


def test_what_wechatpy_reads_we_read_alike(shared: Path) -> None:
    compared = 0
    for name, body in bodies(shared).items():
        try:
            theirs = parse_message(body)
        except (KeyError, TypeError, AttributeError, ValueError, ExpatError):
            continue  # its traps, below
        fields, push = ours(body)
        assert fields.get("FromUserName", "") == (theirs.source or ""), name
        assert fields.get("ToUserName", "") == (theirs.target or ""), name
        if not push.message.openid:
            continue  # a device or a probe: we need no more of it
        compared += 1
        assert push.message.openid == theirs.source, name
        if isinstance(theirs, TextMessage):
            assert push.message.text in (theirs.content.strip(), ""), name
        if getattr(theirs, "event", None):
            event = "subscribe" if theirs.event.startswith("subscribe_scan") else theirs.event.replace("_", "").replace("wificc", "wific")
            assert push.message.event.replace("_", "") == event or push.message.kind == "text", name
        if push.message.kind in ("image", "voice", "location", "link"):
            assert push.message.kind == theirs.type, name
    assert compared >= 140


def test_each_opens_what_the_other_seals() -> None:
    crypto, cipher = WeChatCrypto(TOKEN, KEY, APP_ID), MessageCipher(KEY, APP_ID)
    for text in ("你好", "x" * 44, "长" * 600):
        sealed = read(crypto.encrypt_message(f"<xml><Content>{text}</Content></xml>", NONCE, STAMP).encode())
        assert Signer(TOKEN).fits({"timestamp": STAMP, "nonce": NONCE, "msg_signature": sealed["MsgSignature"]}, sealed["Encrypt"])
        assert cipher.open(sealed["Encrypt"]).decode() == f"<xml><Content>{text}</Content></xml>"
        encrypt = cipher.seal(text)
        envelope = f"<xml><Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>"
        assert crypto.decrypt_message(envelope, sign(TOKEN, STAMP, NONCE, encrypt), STAMP, NONCE) in (text, text.encode())


# Its traps (each one reproduced), and what we do.

STRUCTURES: dict[str, tuple[bytes, type[Exception]]] = {
    "no MsgType": (b"<xml><a>1</a></xml>", KeyError),
    "another root": (b"<html><a>1</a></html>", KeyError),
    "nothing inside": (b"<xml/>", TypeError),
    "MsgType twice": (b"<xml><MsgType>text</MsgType><MsgType>image</MsgType></xml>", AttributeError),
    "MsgType with an attribute": (b'<xml><MsgType a="1">text</MsgType></xml>', AttributeError),
    "broken off": (b"<xml><MsgType>te", ExpatError),
    "no UTF-8": (b"<xml><MsgType>\xff</MsgType></xml>", UnicodeDecodeError),
    "an entity": (b'<!DOCTYPE x [<!ENTITY a "b">]><xml><MsgType>&a;</MsgType></xml>', ValueError),
}


@pytest.mark.parametrize("name", STRUCTURES)
def test_structures_on_which_wechatpy_raises_whatever_comes_up(name: str) -> None:
    body, raised = STRUCTURES[name]
    with pytest.raises(raised):
        parse_message(body)
    try:
        _, push = ours(body)
    except PushRejected:
        return  # one error, answered 400
    assert push.deed == "none", "answered success"


def test_wechatpy_takes_a_dtd_and_an_empty_body_for_messages() -> None:
    dtd = b"<!DOCTYPE xml SYSTEM 'http://127.0.0.1:9/x.dtd'><xml><MsgType>text</MsgType></xml>"
    assert parse_message(dtd).type == "text" and parse_message(b"") is None
    for body in (dtd, b""):
        with pytest.raises(PushRejected):
            ours(body)


def test_a_field_twice_makes_a_list_in_wechatpy_and_an_error_here() -> None:
    body = text_push("victim", "你好").replace("<CreateTime>", "<FromUserName>attacker</FromUserName><CreateTime>").encode()
    assert parse_message(body).source == ["victim", "attacker"]
    with pytest.raises(PushRejected):
        ours(body)


def test_numbers_that_are_none_are_found_late_by_wechatpy_and_at_once_here() -> None:
    body = text_push("u", "你好").replace("<MsgId>", "<MsgId>x").encode()
    message = parse_message(body)
    with pytest.raises(ValueError):
        _ = message.id
    with pytest.raises(PushRejected):
        ours(body)
    huge = text_push("u", "你好", created=10**18).encode()
    with pytest.raises((ValueError, OverflowError, OSError)):
        _ = parse_message(huge).create_time
    assert ours(huge)[1].deed == "turn", "a time that no clock shows is only part of a name"


@pytest.mark.parametrize("event", ["user_info_modified", "user_authorization_revoke", "PUBLISHJOBFINISH", "debug_demo", "ENTER"])
def test_events_that_wechatpy_does_not_know(event: str) -> None:
    body = event_push("u", event).encode()
    unknown: Any = parse_message(body)
    assert isinstance(unknown, UnknownMessage) and not hasattr(unknown, "event")
    assert ours(body)[1].message.event == event.lower()


def test_wechatpy_renames_a_follow_by_qr_code() -> None:
    body = event_push("u", "subscribe", "qrscene_8", "<Ticket>T</Ticket>").encode()
    theirs: Any = parse_message(body)
    assert (theirs.event, theirs.scene_id) == ("subscribe_scan", "8")
    push = ours(body)[1]
    assert (push.message.event, push.message.event_key) == ("subscribe", "qrscene_8")


def test_wechatpy_believes_an_empty_token() -> None:
    forged = sign("", STAMP, NONCE)
    check_signature("", forged, STAMP, NONCE)
    with pytest.raises(InvalidSignatureException):
        check_signature(TOKEN, forged, STAMP, NONCE)
    with pytest.raises(SettingsError):
        Signer("")


def encrypted(plain: bytes) -> str:
    """What only the holder of the key can make, padding included."""
    key = base64.b64decode(KEY + "=")
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


BROKEN = {
    "padding of 0": encrypted(b"r" * 16 + struct.pack(">I", 2) + b"ok" + APP_ID.encode() + b"\0" * 8),
    "padding of 255": encrypted(b"r" * 31 + b"\xff"),
    "padding longer than the text": encrypted(b"\x20" * 16),
    "shorter than its head": encrypted(b"r" * 8 + b"\x08" * 24),
    "length beyond the end": encrypted(b"r" * 16 + struct.pack(">I", 2**31) + b"\x0c" * 12),
    "no whole block": base64.b64encode(b"r" * 33).decode(),
    "no UTF-8": encrypted(b"r" * 16 + struct.pack(">I", 2) + b"ok" + b"\xff\xfe" + b"\x08" * 8),
    "no base64": "%%%",
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_plaintexts_are_one_error_here(name: str) -> None:
    with pytest.raises(PushRejected):
        MessageCipher(KEY, APP_ID).open(BROKEN[name])


def test_the_errors_of_wechatpy_on_those_bodies() -> None:
    """A caller who expects its own exceptions answers these with a 5xx."""
    raised: dict[str, str] = {}
    for name, encrypt in BROKEN.items():
        try:
            WeChatCrypto(TOKEN, KEY, APP_ID).decrypt_message(
                f"<xml><Encrypt>{encrypt}</Encrypt></xml>", sign(TOKEN, STAMP, NONCE, encrypt), STAMP, NONCE
            )
        except Exception as error:  # noqa: BLE001  that is what is shown
            raised[name] = type(error).__name__
    assert set(raised.values()) >= {"error", "ValueError", "UnicodeDecodeError", "IndexError"}, raised


def test_wechatpy_lets_a_reply_be_injected_and_leaves_an_empty_one_empty() -> None:
    evil = "]]></Content><MsgType><![CDATA[news]]></MsgType><Content><![CDATA[x"
    message = parse_message(text_push("u", "你好"))
    assert create_reply(evil, message).render().count("<MsgType>") == 2
    assert "<Content>" not in create_reply("", message).render()
    fields = read(text_reply("u", "gh", evil).encode())
    assert (fields["MsgType"], fields["Content"]) == ("text", evil)
    with pytest.raises(ExpatError):
        parse_message(create_reply("a\x08b", message).render())
    assert read(text_reply("u", "gh", "a\x08b").encode())["Content"] == "ab"
