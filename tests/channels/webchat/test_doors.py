"""What the web chat refuses: strangers' pages, forged sessions, floods, bodies of nobody's making."""

from __future__ import annotations

import time

import pytest

from channels.webchat.limits import LIMITS
from channels.webchat.pages import allowed_origins
from channels.webchat.session import Sessions
from store.redis import Redis
from store.webchat_log import LIVES_S
from tests.channels.conftest import Bot, Edge, StartEdge, settings_with
from tests.channels.webchat.conftest import VAULT_KEY, Visit, base
from tests.channels.webchat.guest import Guest
from weijing.errors import SettingsError
from weijing.refusals import ChatRefused

KEY = b"k" * 32


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": ""}, {"Sec-Fetch-Site": "cross-site"}])
@pytest.mark.parametrize("path", ["session", "messages", "pictures/12345678", "end"])
async def test_only_our_own_page_may_write(edge: Edge, headers: dict[str, str], path: str) -> None:
    status, answer = await Guest(edge.http, base(edge)).post(path, {"id": "12345678", "text": "你好"}, **headers)
    assert status == 403 and answer["code"] == "origin"


async def test_behind_a_proxy_the_public_address_is_our_own(start_edge: StartEdge) -> None:
    edge = await start_edge(vault_key=VAULT_KEY, public_url="https://chat.example.gov.cn")
    assert (await Guest(edge.http, base(edge)).post("session", {}, Origin="https://chat.example.gov.cn"))[0] == 200


@pytest.mark.parametrize("token", ["", "x", "gAAAA", Sessions(b"o" * 32).start(), "é"], ids=["none", "short", "cut", "another key", "no ASCII"])
async def test_a_forged_token_opens_nothing(edge: Edge, token: str) -> None:
    stranger = Guest(edge.http, base(edge), token)
    for path in ("messages", "end", "pictures/12345678"):
        assert (await stranger.post(path, {"id": "12345678", "text": "你好"}))[0] in {401, 501}
    for address in ("stream", "pictures/12345678"):
        async with edge.http.get(f"{base(edge)}/{address}", headers={"Authorization": f"Bearer {token}"}) as response:
            assert response.status in {401, 501}


def test_a_token_lives_thirty_days_and_names_nobody_but_visitors(monkeypatch: pytest.MonkeyPatch) -> None:
    sessions = Sessions(KEY)
    token = sessions.start()
    assert sessions.visitor(f"Bearer {token}") == sessions.visitor(token) and token[:20] != sessions.visitor(token)[:20]
    for openid in ("oWeChatUser", "web.short", "web." + "a" * 21 + "*"):
        with pytest.raises(ChatRefused):
            sessions.visitor(sessions.renew(openid))
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + LIVES_S - 10)
    assert sessions.visitor(token)
    monkeypatch.setattr(time, "time", lambda: now + LIVES_S + 10)
    with pytest.raises(ChatRefused):
        sessions.visitor(token)


async def test_a_visitor_who_floods_is_slowed_down_and_the_others_are_not(visit: Visit, bot: Bot) -> None:
    page, other = await visit(), await visit()
    answers = [await page.say("你好") for _ in range(2 * LIMITS["message-visitor"].count + 1)]  # the window may turn once
    limited = [answer for status, answer in answers if status == 429]
    assert limited and limited[0]["error"] == "您发得有点快，稍等一下会自动再发。"
    assert (await other.say("你好"))[0] == 200


async def test_sessions_and_streams_are_limited_by_address(edge: Edge, redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "session-address", LIMITS["session-address"].__class__(2, 3600, "稍等"))
    page = Guest(edge.http, base(edge))
    peers = [{"X-Forwarded-For": f"203.0.113.9, {address}"} for address in ("198.51.100.1", "198.51.100.1", "198.51.100.1", "198.51.100.2")]
    answers = [await page.post("session", {}, **headers) for headers in peers]
    assert [status for status, _ in answers] == [200, 200, 429, 200]
    assert not [name async for name in redis.scan_iter("wj:limit:*198.51*")]


async def test_an_address_is_believed_only_from_our_own_proxy(start_edge: StartEdge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "session-address", LIMITS["session-address"].__class__(2, 3600, "稍等"))
    edge = await start_edge(vault_key=VAULT_KEY, trusted_proxies="")
    page = Guest(edge.http, base(edge))
    answers = [await page.post("session", {}, **{"X-Forwarded-For": f"198.51.100.{number}"}) for number in range(3)]
    assert [status for status, _ in answers] == [200, 200, 429]


@pytest.mark.parametrize("body", [
    b"", b"[]", b"null", b"{}", b'{"id":"12345678"}', b'{"id":1,"text":"a"}', b'{"id":"12345678","text":1}', b'{"id":"../../etc","text":"a"}',
    b'{"id":"12345678","text":" "}', b"\xff\xfe", b"[" * 20000, b'{"id":"12345678","text":"' + b"a" * 1001 + b'"}',
    b'{"id":"12345678","text":"' + b"a" * 40000 + b'"}',
])  # fmt: skip
async def test_a_body_of_nobodys_making_is_refused_in_calm_words(visit: Visit, bot: Bot, body: bytes) -> None:
    page = await visit()
    status, answer = await page.post("messages", body)
    assert status in {400, 413} and not answer["accepted"] and answer["error"].endswith("。")
    assert not await bot.waiting()


async def test_half_a_surrogate_pair_does_not_stop_the_talk(visit: Visit, busy_bot: Bot) -> None:
    page = await visit()
    assert (await page.post("messages", b'{"id":"12345678","text":"a\\ud800b\\u0000"}'))[0] == 200
    await page.until(2)


@pytest.mark.parametrize("origins", ["www.example.gov.cn", "https://a.cn/path", "ftp://a.cn", "https://a.cn; script-src *", "*", "https://*.cn"])
def test_an_origin_that_is_none_is_refused_at_the_start(origins: str) -> None:
    with pytest.raises(SettingsError):
        allowed_origins(settings_with("", webchat_origins=origins))


async def test_pages_say_who_may_embed_them(start_edge: StartEdge) -> None:
    edge = await start_edge(vault_key=VAULT_KEY, webchat_origins="https://www.example.gov.cn, https://Police.example.gov.cn/")
    async with edge.http.get(f"{base(edge)}/") as response:
        policy = response.headers["Content-Security-Policy"]
        page = await response.text()
    assert "frame-ancestors https://www.example.gov.cn https://police.example.gov.cn 'self'" in policy
    assert "unsafe" not in policy and "<script>" not in page and "style=" not in page
    for path in ("/widget.js", "/static/js/main.js", "/static/css/chat.css"):
        async with edge.http.get(base(edge) + path) as response:
            assert response.status == 200 and response.headers["Cache-Control"] == "no-cache" and response.headers["X-Content-Type-Options"] == "nosniff"
            assert len(await response.read()) < 30_000
            etag = response.headers["ETag"]
        async with edge.http.get(base(edge) + path, headers={"If-None-Match": etag}) as response:
            assert response.status == 304


@pytest.mark.parametrize(("origins", "status"), [("", 404), ("https://www.example.gov.cn", 200)])
async def test_in_production_the_chat_is_there_only_for_named_origins(start_edge: StartEdge, origins: str, status: int) -> None:
    edge = await start_edge(vault_key=VAULT_KEY, webchat_origins=origins, weijing_env="production")
    async with edge.http.get(f"{base(edge)}/") as response:
        assert response.status == status and "'self';" not in response.headers.get("Content-Security-Policy", "").partition("frame-ancestors")[2]
    async with edge.http.get(f"{base(edge)}/demo") as response:
        assert response.status == 404
