"""The hostile set: HTTP that is no push, or a push in a strange wrapping."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator

from channels.wechat.callback import PATH
from tests.channels.wechat.hostile import MARK, push
from tests.channels.wechat.hostile_envelope import Outside, Query, Request, good, plain, seal


async def _slowly() -> AsyncIterator[bytes]:
    yield b"<xml>"
    await asyncio.sleep(3.5)
    yield MARK.encode()


async def _in_pieces() -> AsyncIterator[bytes]:
    for _ in range(64):
        yield b"<a/>" * 512


def _more(request: Request, last: Query | None = None, *, first: Query | None = None, method: str = "POST", path: str = PATH) -> Request:
    return Request(request.body, [*(first or []), *request.query, *(last or [])], method, path, request.headers)


def _headed(body: bytes, **headers: str) -> Request:
    return Request(body, seal(good()).query, headers={name.replace("_", "-"): value for name, value in headers.items()})


HTTP = [
    Outside("GET without anything", lambda: Request(method="GET")),
    Outside(
        "GET with a wrong signature",
        lambda: Request(method="GET", query=[("signature", "0" * 40), ("timestamp", "1760000000"), ("nonce", "1"), ("echostr", MARK)]),
    ),
    Outside("GET with a script to echo, unsigned", lambda: Request(method="GET", query=[("echostr", f"<script>{MARK}</script>")])),
    Outside("GET without an echostr", lambda: _more(plain(b""), method="GET")),
    Outside("GET with a good push", lambda: _more(seal(good()), method="GET")),
    Outside("PUT", lambda: _more(seal(good()), method="PUT")),
    Outside("DELETE", lambda: _more(seal(good()), method="DELETE")),
    Outside("PATCH", lambda: _more(seal(good()), method="PATCH")),
    Outside("OPTIONS", lambda: Request(method="OPTIONS", headers={"Origin": f"https://{MARK}.example", "Access-Control-Request-Method": "POST"})),
    Outside("a method nobody knows", lambda: _more(seal(good()), method="BREW")),
    Outside("another path", lambda: _more(seal(good()), path=f"/webhooks/wechat/{MARK}")),
    Outside("a path that climbs", lambda: _more(seal(good()), path=f"/webhooks/wechat/webhook/..%2f..%2f{MARK}")),
    Outside("a path with a NUL", lambda: _more(seal(good()), path=f"/webhooks/wechat/webhook%00{MARK}")),
    Outside("a POST without a body", lambda: Request(query=seal(good()).query)),
    Outside("gzip that grows a thousandfold", lambda: _headed(gzip.compress(b"<xml>" + b"x" * 50_000_000), Content_Encoding="gzip")),
    Outside("gzip that is none", lambda: _headed(f"<xml>{MARK}".encode(), Content_Encoding="gzip")),
    Outside("deflate that is none", lambda: _headed(f"<xml>{MARK}".encode(), Content_Encoding="deflate")),
    Outside("a coding nobody knows", lambda: _headed(f"<xml>{MARK}".encode(), Content_Encoding=MARK)),
    Outside("a body that does not come", lambda: Request(_slowly(), seal(good()).query)),
    Outside("a body in many pieces", lambda: Request(_in_pieces(), seal(good()).query)),
    Outside(
        "a form with a file",
        lambda: _headed(b"--b\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--b--", Content_Type="multipart/form-data; boundary=b"),
    ),
    Outside("JSON by name and content", lambda: _headed(f'{{"Encrypt":"{MARK}"}}'.encode(), Content_Type="application/json")),
    Outside("a charset nobody knows", lambda: _headed(f"<xml>{MARK}</xml>".encode(), Content_Type=f"text/xml; charset={MARK}")),
    Outside("a megabyte", lambda: Request(b"<xml>" + MARK.encode() * 200_000, seal(good()).query)),
    Outside("a query of 6,000 letters", lambda: _more(seal(good()), [("x", MARK * 1000)], method="GET")),
    Outside("a query beyond what a line may hold", lambda: _more(seal(good()), [("x", MARK * 5000)])),
    Outside("a query that is no UTF-8", lambda: _more(seal(good()), path=f"{PATH}?nonce=%ff%fe{MARK}")),
    Outside("two signatures, the wrong one first", lambda: _more(seal(good()), first=[("msg_signature", "0" * 40)])),
    Outside("two timestamps, the wrong one first", lambda: _more(seal(good()), first=[("timestamp", "1")])),
    Outside("a thousand parameters", lambda: Request(push().encode(), [(f"p{n}", "1") for n in range(900)])),
    Outside("a content type that is none", lambda: _more_headers(seal(good()), {"Content-Type": f"{MARK}"}), taken=True),
    Outside("two signatures, the good one first", lambda: _more(seal(good()), [("msg_signature", "0" * 40)]), taken=True),
]


def _more_headers(request: Request, headers: dict[str, str]) -> Request:
    return Request(request.body, request.query, headers=headers)
