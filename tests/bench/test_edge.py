"""The edge's benchmark judges as WeChat does and counts what it says. No timing is asserted."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import pytest_asyncio

from bench.edge_hostile import hostile_bodies
from bench.edge_load import Load, judge
from bench.edge_overload import Overload
from bench.edge_pushes import Sealing, seal, stream, text_xml
from bench.edge_report import TEMPLATE, Results, failing, page, right
from bench.edge_sides import ACCOUNT, Side
from bench.process import free_ports
from bench.wire import Exchange, Wire, encode
from channels.wechat.envelope import Envelope
from channels.wechat.passive import text_reply
from channels.wechat.push import read_push
from weijing.errors import PushForbidden
from weijing.settings import Settings

ANSWERS = {
    b"length": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    b"chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
    b"close": b"HTTP/1.0 200 OK\r\n\r\nhello",
    b"error": b"HTTP/1.1 500 Oops\r\nContent-Length: 5\r\n\r\nhello",
    b"nothing": b"",
}


def edge_envelope() -> Envelope:
    return Envelope(Settings(weijing_env="test", **ACCOUNT))


@pytest_asyncio.fixture
async def port() -> AsyncIterator[int]:
    """A server that answers what the body names, and says nothing at all to `silence`."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
        if body != b"silence":
            for byte in range(0, len(ANSWERS[body]), 7):
                writer.write(ANSWERS[body][byte : byte + 7])
                await writer.drain()
        else:
            await asyncio.sleep(2)
        writer.close()

    [number] = free_ports(1)
    server = await asyncio.start_server(serve, "127.0.0.1", number)
    yield number
    server.close()


@pytest.mark.parametrize(("body", "status"), [(b"length", 200), (b"chunks", 200), (b"close", 200), (b"error", 500), (b"nothing", 0), (b"silence", 0)])
async def test_the_wire_reads_every_kind_of_answer(port: int, body: bytes, status: int) -> None:
    wire, now = Wire(port, 0.5), time.perf_counter()
    exchange = await wire.post(encode(f"http://127.0.0.1:{port}/?a=b", body), now, now)
    assert exchange.status == status and (not status or exchange.body == b"hello")
    wire.close()


def test_pushes_are_what_the_edge_opens_and_broken_ones_are_not(tmp_path: Path) -> None:
    envelope = edge_envelope()
    for openid, words, request in stream(Side("x", tmp_path / "x"), 3):
        line, body = request.split(b"\r\n", 1)[0].decode(), request.split(b"\r\n\r\n", 1)[1]
        push = read_push(envelope.open(dict(parse_qsl(urlsplit(line.split()[1]).query)), body).fields)
        assert (push.message.openid, push.message.text) == (openid, words)
    envelope.open(*seal(text_xml("o", "旧").encode(), Sealing(key=ACCOUNT["wechat_aes_key_previous"])))
    for sealing in (Sealing(app_id="wx0"), Sealing(query={"msg_signature": "0" * 40}), Sealing(encrypt="A" * 64)):
        with pytest.raises(PushForbidden):
            envelope.open(*seal(text_xml("o", "x").encode(), sealing))
    assert len(hostile_bodies()) > 25


def test_only_a_sealed_reply_to_the_sender_is_right() -> None:
    envelope, push = edge_envelope(), ("o1", "你好", b"")
    opened = envelope.open(*seal(text_xml("o1", "你好").encode(), Sealing()))

    def answer(openid: str, text: str) -> str:
        return judge(push, Exchange(0, 0, 200, envelope.seal(text_reply(openid, ACCOUNT["wechat_original_id"], text), opened).encode()))

    assert answer("o1", "你好") == "right"
    assert answer("o1", "别的") == "别的"
    assert answer("o2", "你好") == "not for WeChat"
    assert judge(push, Exchange(0, 0, 200, b"success")) == "success"
    assert judge(push, Exchange(0, 0, 200, "你好".encode())) == "not for WeChat"
    assert judge(push, Exchange(0, 0, 500, b"")) == "HTTP 500"


def test_the_page_holds_every_figure() -> None:
    load = Load(10, 2.0, [0.1, 0.2, 0.3], {"edge": 0.5, "redis": 0.1, "load generator": 9.0}, 9, {"success": 1})
    over = Overload(100.0, load, 3, 5, 4, 1, 2, 7, 1.0, {"edge": (80.0, 90.0)})
    cases = {"Weijing": {"repeats": {"a": True, "b": False}}}
    packages = dict.fromkeys(("werobot", "tornado", "wechatpy", "aiohttp", "hiredis", "redis"), "1.0")
    results = Results({"Weijing": [load]}, {"Weijing": [load]}, cases, {"the edge itself": over}, [60.0], {"ours": packages, "peers": packages})
    assert right(results).splitlines()[-1] == "| **all** | **1/2** |"
    assert failing(results) == "- **Weijing** fails: b."
    text = page(results)
    assert "{{" not in text and "| 4 |" not in TEMPLATE.read_text()
    for figure in ("0.50 ms", "0.60 ms", "| **3** |", "the edge itself", "2 / 7", "edge 80 → 90"):
        assert figure in text, figure
