"""Pushes of the bench: sealed as WeChat seals them, or wrongly on purpose."""

from __future__ import annotations

import base64
import hashlib
import itertools
import secrets
import struct
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bench.edge_sides import ACCOUNT, Side
from bench.wire import encode
from channels.simulator.envelope import Envelope
from weijing.settings import Settings

ENVELOPE = Envelope(Settings(weijing_env="test", **ACCOUNT))  # type: ignore[arg-type]
"""Opens replies as strictly as WeChat does; its crypto is wechatpy's."""
_numbers = itertools.count(int(time.time()) * 10**6)


@dataclass
class Sealing:
    """How a push is sealed; what is not said is right."""

    key: str = ACCOUNT["wechat_aes_key"]
    app_id: str = ACCOUNT["wechat_app_id"]
    pad: bytes | None = None
    query: dict[str, str] = field(default_factory=dict)
    encrypt: str = ""


def text_xml(openid: str, text: str, message_id: int = 0, created: int = 0) -> str:
    """A text message."""
    words = text.replace("]]>", "]]]]><![CDATA[>")
    return _xml(openid, "text", f"<Content><![CDATA[{words}]]></Content><MsgId>{message_id or next(_numbers)}</MsgId>", created)


def event_xml(openid: str, event_key: str, created: int = 0) -> str:
    """A click on a menu entry."""
    return _xml(openid, "event", f"<Event><![CDATA[CLICK]]></Event><EventKey><![CDATA[{event_key}]]></EventKey>", created)


def _xml(openid: str, kind: str, more: str, created: int) -> str:
    return (
        f"<xml><ToUserName><![CDATA[{ACCOUNT['wechat_original_id']}]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName>"
        f"<CreateTime>{created or int(time.time())}</CreateTime><MsgType><![CDATA[{kind}]]></MsgType>{more}</xml>"
    )


def seal(plain: bytes, sealing: Sealing) -> tuple[dict[str, str], bytes]:
    """Query and body of a safe-mode push of any bytes (消息加解密)."""
    key = base64.b64decode(sealing.key + "=")
    whole = secrets.token_bytes(16) + struct.pack(">I", len(plain)) + plain + sealing.app_id.encode()
    length = 32 - len(whole) % 32
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    sealed = encryptor.update(whole + (sealing.pad or bytes([length]) * length)) + encryptor.finalize()
    encrypt = sealing.encrypt or base64.b64encode(sealed).decode()
    signed = (ACCOUNT["wechat_token"], str(int(time.time())), str(secrets.randbelow(10**10)))
    query = {"signature": _sign(*signed), "timestamp": signed[1], "nonce": signed[2], "encrypt_type": "aes", "msg_signature": _sign(*signed, encrypt)}
    body = f"<xml><ToUserName><![CDATA[{ACCOUNT['wechat_original_id']}]]></ToUserName><Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>"
    return {**query, **sealing.query}, body.encode()


def request(side: Side, query: dict[str, str], body: bytes, port: int = 0) -> bytes:
    """One request to a server, encoded."""
    return encode(f"http://127.0.0.1:{port or side.port}{side.path}?{urlencode(query)}", body)


def stream(side: Side, count: int, users: int = 500) -> list[tuple[str, str, bytes]]:
    """(openid, words, request) of so many text messages of new users who take turns; all words differ."""
    prefix = secrets.token_hex(4)
    pushes = []
    for number in range(count):
        openid, words = f"o{prefix}-{number % users}", f"身份证丢了怎么补办 {number}"
        pushes.append((openid, words, request(side, *seal(text_xml(openid, words).encode(), Sealing()))))
    return pushes


def _sign(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()
