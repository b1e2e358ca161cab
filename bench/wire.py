"""The benchmark's own HTTP/1.1 client: a request costs it a tenth of what it costs an HTTP library, for its CPU is taken from the servers that it measures.

It sends what was encoded before the clock started and reads what these servers send: a head, and a body with Content-Length, in chunks, or up to the end.
"""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)


@dataclass(frozen=True)
class Exchange:
    """One request and its answer; status 0 is none: `body` then says why.

    Args:
        at: when it was to be sent, seconds since the start.
        seconds: from then to the whole answer.
    """

    at: float
    seconds: float
    status: int
    body: bytes


def encode(url: str, body: bytes, content_type: str = "text/xml") -> bytes:
    """The bytes of one POST."""
    parts = urlsplit(url)
    return (
        f"POST {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\nUser-Agent: Mozilla/4.0\r\nAccept: */*\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


class _Line(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._data = b""
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self.reusable = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def ask(self, request: bytes) -> asyncio.Future[tuple[int, bytes]]:
        assert self._transport is not None
        self._data, self._answer = b"", asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._data += data
        head, found, body = self._data.partition(b"\r\n\r\n")
        if not found:
            return
        length = _LENGTH.search(head)
        if length and len(body) >= int(length[1]):
            self._done(head, body)
        elif not length and _CHUNKED.search(head) and body.endswith(b"0\r\n\r\n"):
            self._done(head, _unchunked(body))

    def connection_lost(self, error: Exception | None) -> None:
        self.reusable = False
        head, found, body = self._data.partition(b"\r\n\r\n")
        if found:
            self._done(head, body)
        elif self._answer and not self._answer.done():
            self._answer.set_exception(error or ConnectionResetError("closed without an answer"))

    def close(self) -> None:
        if self._transport:
            self._transport.abort()

    def _done(self, head: bytes, body: bytes) -> None:
        self.reusable = self.reusable and head.startswith(b"HTTP/1.1") and not _CLOSE.search(head)
        if self._answer and not self._answer.done():
            self._answer.set_result((int(head[9:12]), body))


class Wire:
    """Kept-alive connections to one server, as many as are needed at once.

    Args:
        cut: seconds after which a request is given up and its connection cut, as WeChat does after 5.
    """

    def __init__(self, port: int, cut: float) -> None:
        self._port, self._cut = port, cut
        self._idle: list[_Line] = []

    async def post(self, request: bytes, at: float, start: float) -> Exchange:
        """Send an encoded request; `at` and `start` are those of the clock `time.perf_counter`."""
        line: _Line | None = None
        try:
            line = self._kept() or await asyncio.wait_for(self._new(), self._cut)
            status, body = await _within(line.ask(request), self._cut)
        except (OSError, asyncio.TimeoutError) as error:
            if line:
                line.close()
            return Exchange(at - start, time.perf_counter() - at, 0, type(error).__name__.encode())
        if line.reusable:
            self._idle.append(line)
        else:
            line.close()
        return Exchange(at - start, time.perf_counter() - at, status, body)

    def _kept(self) -> _Line | None:
        while self._idle:
            line = self._idle.pop()
            if line.reusable:
                return line
        return None

    async def _new(self) -> _Line:
        _, line = await asyncio.get_running_loop().create_connection(_Line, "127.0.0.1", self._port)
        return line

    def close(self) -> None:
        """Cut all."""
        for line in self._idle:
            line.close()


async def _within(answer: asyncio.Future[tuple[int, bytes]], seconds: float) -> tuple[int, bytes]:
    """The answer, without the task that `asyncio.wait_for` costs."""
    timer = asyncio.get_running_loop().call_later(seconds, lambda: answer.done() or answer.set_exception(asyncio.TimeoutError()))
    try:
        return await answer
    finally:
        timer.cancel()


def _unchunked(body: bytes) -> bytes:
    whole = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size, 16)
        whole, body = whole + rest[:length], rest[length + 2 :] if length else b""
    return whole
