"""The hostile set, outside: requests that WeChat did not seal, or that are no push at all. All but the marked ones must leave nothing behind."""

from __future__ import annotations

import base64
import itertools
import secrets
import struct
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from channels.wechat.callback import PATH
from channels.wechat.signature import sign
from tests.channels.conftest import KEY, OLD_KEY
from tests.channels.wechat.hostile import push

TOKEN, APP_ID = "tokenOfTheTest", "wx2c2769f8efd9abc2"
Query = list[tuple[str, str]]
_nonces = itertools.count(1_000_000_000)


@dataclass
class Request:
    """One HTTP request."""

    body: bytes | AsyncIterator[bytes] = b""
    query: Query = field(default_factory=list)
    method: str = "POST"
    path: str = PATH
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/xml"})


@dataclass(frozen=True)
class Outside:
    """One case: `make` builds the request anew each time; `taken` says that it is a good push after all."""

    name: str
    make: Callable[[], Request]
    taken: bool = False


def encrypt(plain: bytes, *, key: str = KEY, app_id: str = APP_ID, length: int | None = None, pad: bytes | None = None) -> str:
    """What stands in Encrypt, with any part wrong that a case asks for."""
    secret = base64.b64decode(key + "=")
    packed = secrets.token_bytes(16) + struct.pack(">I", len(plain) if length is None else length) + plain + app_id.encode()
    short = 32 - len(packed) % 32
    encryptor = Cipher(algorithms.AES(secret), modes.CBC(secret[:16])).encryptor()
    return base64.b64encode(encryptor.update(packed + (pad * short if pad else bytes([short]) * short)) + encryptor.finalize()).decode()


def seal(sealed: str, *, signed: str | None = None, **query: str | None) -> Request:
    """A safe-mode push with this Encrypt; `signed` is what the signature covers instead, a query value of None is left out."""
    stamp, nonce = str(int(time.time())), str(next(_nonces))
    values: dict[str, str | None] = {"signature": sign(TOKEN, stamp, nonce), "timestamp": stamp, "nonce": nonce, "encrypt_type": "aes"}
    values["msg_signature"] = sign(TOKEN, stamp, nonce, sealed if signed is None else signed)
    body = f"<xml><ToUserName>gh</ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>".encode("utf-8", "surrogateescape")
    return Request(body, [(name, value) for name, value in {**values, **query}.items() if value is not None])


def inside(xml: bytes) -> Request:
    """A push sealed as WeChat seals it."""
    return seal(encrypt(xml))


def plain(xml: bytes) -> Request:
    """A push in plain mode: the signature covers no word of it."""
    stamp, nonce = str(int(time.time())), str(next(_nonces))
    return Request(xml, [("signature", sign(TOKEN, stamp, nonce)), ("timestamp", stamp), ("nonce", nonce)])


def good() -> str:
    """The Encrypt of a push that is as it should be."""
    return encrypt(push().encode())


def _flip(sealed: str, at: int) -> str:
    data = bytearray(base64.b64decode(sealed))
    data[at] ^= 1
    return base64.b64encode(data).decode()


def moved_digit() -> Request:
    """Without a delimiter, a digit may move from the nonce to the timestamp and leave the plain signature as it is."""
    request = plain(push().encode())
    return _changed(request, lambda query: {**query, "timestamp": query["timestamp"] + query["nonce"][0], "nonce": query["nonce"][1:]})


def _twice() -> Request:
    request, other = seal(good()), good()
    assert isinstance(request.body, bytes)
    body = request.body.replace(b"<ToUserName>", b"<Encrypt>AAAA</Encrypt><ToUserName>").replace(b"</xml>", f"<Encrypt>{other}</Encrypt></xml>".encode())
    return Request(body, request.query)


def _changed(request: Request, change: Callable[[dict[str, str]], dict[str, str]]) -> Request:
    return Request(request.body, list(change(dict(request.query)).items()))


def _changed_bit() -> Request:
    sealed = good()
    return seal(_flip(sealed, 40), signed=sealed)


def _swapped() -> Request:
    """The signature of one body, and another body."""
    return seal(good(), signed=good())


CRYPTO = [
    Outside("no base64", lambda: seal("not base64 !!")),
    Outside("base64 with other letters", lambda: seal("é" + good()[1:])),
    Outside("base64 of nothing", lambda: seal("")),
    Outside("no whole block", lambda: seal(base64.b64encode(b"x" * 33).decode())),
    Outside("one block", lambda: seal(base64.b64encode(b"x" * 16).decode())),
    Outside("random blocks", lambda: seal(base64.b64encode(secrets.token_bytes(160)).decode())),
    Outside("padding of 0", lambda: seal(encrypt(push().encode(), pad=b"\0"))),
    Outside("padding of 255", lambda: seal(encrypt(push().encode(), pad=b"\xff"))),
    Outside("padding that disagrees with itself", lambda: seal(encrypt(push().encode(), pad=b"\x02"))),
    Outside("a length beyond the end", lambda: seal(encrypt(push().encode(), length=2**31 - 1))),
    Outside("a negative length", lambda: seal(encrypt(push().encode(), length=2**32 - 1))),
    Outside("a length of 0", lambda: seal(encrypt(push().encode(), length=0))),
    Outside("a length one too short", lambda: seal(encrypt(push().encode(), length=len(push().encode()) - 1))),
    Outside("for another account", lambda: seal(encrypt(push().encode(), app_id="wx0000000000000000"))),
    Outside("for no account", lambda: seal(encrypt(push().encode(), app_id=""))),
    Outside("for an account that begins like ours", lambda: seal(encrypt(push().encode(), app_id=APP_ID + "0"))),
    Outside("with another key", lambda: seal(encrypt(push().encode(), key="A" * 43))),
    Outside("with the key before, which is good", lambda: seal(encrypt(push().encode(), key=OLD_KEY)), taken=True),
    Outside("cut short", lambda: seal(good()[:-44])),
    Outside("a bit of the text changed, and signed", lambda: seal(_flip(good(), 40))),
    Outside("a bit of the length changed, and signed", lambda: seal(_flip(good(), 3))),
    Outside("a bit of the end changed, and signed", lambda: seal(_flip(good(), -1))),
    Outside("a bit changed, with the old signature", _changed_bit),
    Outside("the signature of another body", _swapped),
    Outside("no msg_signature", lambda: seal(good(), msg_signature=None)),
    Outside("an empty msg_signature", lambda: seal(good(), msg_signature="")),
    Outside("a wrong msg_signature", lambda: seal(good(), msg_signature="0" * 40)),
    Outside("a msg_signature in Chinese", lambda: seal(good(), msg_signature="签名" * 20)),
    Outside("a msg_signature with half of a surrogate pair", lambda: seal(good(), msg_signature="\udcff" * 40)),
    Outside("a msg_signature in capitals", lambda: _changed(seal(good()), lambda query: {**query, "msg_signature": query["msg_signature"].upper()})),
    Outside("the plain signature as msg_signature", lambda: _changed(seal(good()), lambda query: {**query, "msg_signature": query["signature"]})),
    Outside("a timestamp of yesterday", lambda: seal(good(), timestamp=str(int(time.time()) - 86_400))),
    Outside("a timestamp in Arabic digits", lambda: seal(good(), timestamp="١٢٣٤٥٦٧٨٩٠")),
    Outside("no timestamp", lambda: seal(good(), timestamp=None)),
    Outside("a plain body", lambda: plain(push().encode())),
    Outside("a plain body that says it is raw", lambda: _changed(plain(push().encode()), lambda query: {**query, "encrypt_type": "raw"})),
    Outside(
        "a plain body that says it is sealed",
        lambda: _changed(plain(push().encode()), lambda query: {**query, "encrypt_type": "aes", "msg_signature": query["signature"]}),
    ),
    Outside("an Encrypt inside a user's words", lambda: plain(push(f"<![CDATA[<Encrypt>{good()}</Encrypt>]]>").encode())),
    Outside("the signed Encrypt among others", _twice, taken=True),
    Outside("a sealed body that says it is raw", lambda: seal(good(), encrypt_type="raw"), taken=True),
    Outside("a wrong plain signature beside a good msg_signature", lambda: seal(good(), signature="0" * 40), taken=True),
]
