"""Hostile bodies, signed as WeChat signs or broken on the way. All servers should do the same: no 5xx, no echo, and the next push as quick as ever."""

from __future__ import annotations

import base64
import json
import secrets
import tempfile
from pathlib import Path

from bench.edge_pushes import Sealing, seal, text_xml

Hostile = tuple[dict[str, str], bytes, bytes]
"""Query, body, and what must not come back."""
MARK = "微警标记"
_TEXT = "<MsgType>text</MsgType><FromUserName>ohostile</FromUserName><ToUserName>gh</ToUserName><CreateTime>1</CreateTime><MsgId>1</MsgId>"


def hostile_bodies() -> dict[str, Hostile]:
    """Name -> the request; made anew for each server."""
    return {**_inside(), **_around()}


def _inside() -> dict[str, Hostile]:
    """Well sealed, with a body that is not what it should be."""
    secret = Path(tempfile.gettempdir()) / "weijing-bench-secret"
    secret.write_text(MARK, encoding="utf-8")
    lol = '<!DOCTYPE l [<!ENTITY a "lol">' + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(8)) + "]>"
    good = text_xml("ohostile", MARK)
    bodies: dict[str, str | bytes] = {
        "external entity": f'<!DOCTYPE x [<!ENTITY f SYSTEM "file://{secret}">]><xml>{_TEXT}<Content>&f;</Content></xml>',
        "entity bomb": f"{lol}<xml>{_TEXT}<Content>&i;</Content></xml>",
        "external DTD": f'<!DOCTYPE x SYSTEM "file://{secret}"><xml>{_TEXT}<Content>{MARK}</Content></xml>',
        "nested 10,000 deep": "<xml>" + "<a>" * 10_000 + "</a>" * 10_000 + "</xml>",
        "10,000 fields": "<xml>" + "".join(f"<f{n}>{MARK}</f{n}>" for n in range(2_000)) + "</xml>",
        "two senders": good.replace("<MsgType>", "<FromUserName>oother</FromUserName><MsgType>", 1),
        "no sender": f"<xml><MsgType>text</MsgType><Content>{MARK}</Content><CreateTime>1</CreateTime><MsgId>1</MsgId></xml>",
        "no type": f"<xml><FromUserName>o</FromUserName><Content>{MARK}</Content></xml>",
        "CreateTime is a word": good.replace("<CreateTime>", "<CreateTime>x"),
        "MsgId is a word": good.replace("<MsgId>", "<MsgId>x"),
        "coordinates are words": f"<xml>{_TEXT.replace('text', 'location')}<Location_X>x</Location_X><Location_Y>y</Location_Y><Scale>s</Scale></xml>",
        "not well-formed": good.replace("</xml>", f"</xm>{MARK}"),
        "another root": good.replace("xml>", "html>"),
        "JSON": json.dumps({"MsgType": "text", "Content": MARK}, ensure_ascii=False),
        "empty": "",
        "no UTF-8": good.encode().replace(MARK.encode(), b"\xff\xfe\xc3"),
        "control characters": good.replace(MARK, "\x00\x08\x1b" + MARK),
    }
    marks = {"control characters": b"\x00"}
    return {
        name: (*seal(body.encode() if isinstance(body, str) else body, Sealing()), marks.get(name, MARK.encode())) for name, body in bodies.items()
    }


def _around() -> dict[str, Hostile]:
    """The sealing itself is broken; the signature is right."""
    xml = text_xml("ohostile", MARK).encode()
    sealings = {
        "padding of 0": Sealing(pad=_ending(xml, 0)),
        "padding of 255": Sealing(pad=_ending(xml, 255)),
        "half a block": Sealing(encrypt=base64.b64encode(secrets.token_bytes(40)).decode()),
        "random bytes": Sealing(encrypt=base64.b64encode(secrets.token_bytes(320)).decode()),
        "no base64": Sealing(encrypt="微警" * 20),
        "one block": Sealing(encrypt=base64.b64encode(secrets.token_bytes(16)).decode()),
        "signature of other letters": Sealing(query={"signature": "签名", "msg_signature": "签名"}),
    }
    found: dict[str, Hostile] = {name: (*seal(xml, sealing), MARK.encode()) for name, sealing in sealings.items()}
    query, body = seal(xml, Sealing())
    found["no body"] = (query, b"", MARK.encode())
    found["no Encrypt"] = (query, b"<xml><ToUserName>gh</ToUserName></xml>", MARK.encode())
    found["spaces instead of Encrypt"] = (query, b"<xml><Encrypt>" + b" " * 200, MARK.encode())
    found["no query"] = ({}, body, MARK.encode())
    found["megabytes"] = (query, body + b" " * 4_000_000, MARK.encode())
    return found


def _ending(xml: bytes, last: int) -> bytes:
    """Padding of the right length whose last byte lies."""
    length = 32 - (16 + 4 + len(xml) + 18) % 32
    return bytes([length]) * (length - 1) + bytes([last])
