"""Logging in by WeChat: state random, once, of this browser; code once; no redirect elsewhere; nothing of the page believed."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from aiohttp import web

from channels.h5.limits import LIMITS, Limit
from channels.h5.session import COOKIE
from store.redis import Redis
from tests.channels.h5.conftest import House, Phone, StartHouse
from tests.e2e.house import free_port
from weijing.health import serve
from weijing.links import rating_link


async def leave(phone: Phone, path: str = "/h5/identity") -> str:
    """Open a page that needs a login; where WeChat is."""
    return str((await phone.get(path, follow=False)).headers["Location"])


async def come_back(phone: Phone, path: str = "/h5/identity") -> str:
    """The callback's address with code and state, not opened yet."""
    return str((await phone.get(await leave(phone, path), follow=False)).headers["Location"])


async def test_the_way_to_wechat_and_back(house: House, redis: Redis) -> None:
    phone = house.phone()
    target = urlsplit(await leave(phone, "/h5/identity?from=chat"))
    query = {name: value[0] for name, value in parse_qs(target.query).items()}
    assert target.path == "/simulator/platform/connect/oauth2/authorize" and target.fragment == "wechat_redirect"
    assert query.pop("state").isalnum()
    assert query == {"appid": house.settings.wechat_app_id, "redirect_uri": f"{phone.base}/h5/oauth", "response_type": "code", "scope": "snsapi_base"}
    page = await phone.get("/h5/identity?from=chat")
    assert page.status == 200 and page.url.endswith("/h5/identity?from=chat") and "绑定身份" in page.text
    assert (await phone.get("/h5/identity", follow=False)).status == 200, "once for the session"
    assert len(await redis.keys("wj:h5:state:*")) == 1, "a state that came back is gone; the first one is still waiting"


async def test_the_cookie_is_sealed_and_closed(house: House, start_house: StartHouse) -> None:
    phone = house.phone()
    cookie = (await phone.get("/h5/identity", follow=False)).headers["Set-Cookie"]
    assert COOKIE in cookie and "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/h5" in cookie and "Max-Age=1800" in cookie
    assert "Secure" not in cookie and phone.openid not in cookie
    other = await start_house(public_url="https://weijing.example", wechat_oauth_base="https://open.weixin.qq.com")
    async with phone.http.get(f"http://127.0.0.1:{other.settings.edge_port}/h5/identity", allow_redirects=False) as answer:
        assert "Secure" in answer.headers["Set-Cookie"] and answer.headers["Location"].startswith("https://open.weixin.qq.com/connect/oauth2/authorize?")


async def test_a_state_is_used_once(house: House) -> None:
    phone = house.phone()
    back = await come_back(phone)
    assert (await phone.get(back)).status == 200
    assert (await phone.get(back)).status == 403


async def test_a_forged_state_or_one_of_another_browser_is_refused_calmly(house: House) -> None:
    victim, thief = house.phone("李先生"), house.phone("小陈")
    stolen = await come_back(thief)
    await leave(victim)
    for url in (stolen, "/h5/oauth?code=x&state=forged", "/h5/oauth", f"/h5/oauth?{urlencode({'state': chr(0xd800), 'code': ''}, errors='surrogatepass')}"):
        page = await victim.get(url)
        assert page.status == 403 and "没能确认您的微信身份" in page.text and 'href="/h5/identity"' in page.text and "Traceback" not in page.text
    assert "oauth2" in (await victim.get("/h5/identity", follow=False)).headers["Location"], "still not logged in"


async def test_a_used_code_and_a_bad_code_offer_to_begin_anew(house: House) -> None:
    phone = house.phone()
    used = parse_qs(urlsplit(await come_back(phone)).query)["code"][0]
    secret = house.settings.wechat_app_secret.get_secret_value()
    query = {"appid": house.settings.wechat_app_id, "secret": secret, "code": used, "grant_type": "authorization_code"}
    exchange = f"{house.settings.platform_base}/sns/oauth2/access_token?{urlencode(query)}"
    assert json.loads((await phone.get(exchange)).text)["openid"] == phone.openid
    assert json.loads((await phone.get(exchange)).text)["errcode"] == 40163
    for code in (used, "made-up", ""):
        state = parse_qs(urlsplit(await leave(phone, "/h5/upload")).query)["state"][0]
        page = await phone.get(f"/h5/oauth?{urlencode({'code': code, 'state': state})}")
        assert page.status == 403 and 'href="/h5/upload">再试一次' in page.text and secret not in page.text
    assert (await phone.get("/h5/identity")).status == 200, "beginning anew works"


async def test_nothing_leads_to_another_site(house: House) -> None:
    phone = house.phone()
    for tail in ("identity?next=https://evil.example", "identity//evil.example", "/evil.example/identity", "oauth?next=//evil.example&state=x&code=y"):
        path = f"/h5/{tail}"
        page = await phone.get(path)
        assert page.url.startswith(phone.base), path
    platform = await phone.get(
        f"{house.settings.oauth_base}/connect/oauth2/authorize?"
        + urlencode({"appid": house.settings.wechat_app_id, "redirect_uri": "https://evil.example/h5/oauth", "response_type": "code", "scope": "snsapi_base"})
    )
    assert platform.status == 400


@pytest.mark.parametrize(
    "answer", ["", "[]", '{"errcode":-1}', '{"openid":"../x"}', '{"openid":"web.abc"}', '{"openid":["o"]}', '{"errcode":"x"}', "<html>"]
)
async def test_what_is_no_openid_is_no_login(start_house: StartHouse, answer: str) -> None:
    async def reply(_: web.Request) -> web.Response:
        return web.Response(text=answer)

    app, port = web.Application(), free_port()
    app.router.add_get("/sns/oauth2/access_token", reply)
    runner = await serve(app, "127.0.0.1", port)
    house = await start_house(wechat_api_base=f"http://127.0.0.1:{port}")
    page = await house.phone().get("/h5/identity")
    assert page.status == 403 and "再试一次" in page.text
    await runner.cleanup()


async def test_an_openid_that_the_page_names_is_not_believed(house: House, answering) -> None:  # type: ignore[no-untyped-def]
    phone = house.phone()
    page = await phone.get("/h5/identity?openid=o-other")
    data = {"token": page.hidden("token"), "openid": "o-other", "name": "赵示例", "id_number": "110101190001010014", "phone": "19900000001", "consent": "yes"}
    assert "绑定成功" in (await phone.post("/h5/identity?openid=o-other", data)).text
    assert {message.openid for message in answering.seen} == {phone.openid}


async def test_too_many_logins_from_one_address_are_slowed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "login", Limit(3, 60))
    phone = house.phone()
    pages = [await phone.get("/h5/identity", follow=False) for _ in range(5)]
    assert pages[-1].status == 429 and "操作得太频繁了" in pages[-1].text
    assert (await phone.get("/h5/items/id_card_first")).status == 200


async def test_who_stands_behind_our_proxy_is_counted_apart(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "login", Limit(1, 60))
    phone = house.phone()
    visitors = ["203.0.113.5", "203.0.113.6", "198.51.100.9, 203.0.113.5", "nonsense", "203.0.113.7"]
    pages = [await phone.get("/h5/identity", follow=False, headers={"X-Forwarded-For": one}) for one in visitors]
    assert [page.status for page in pages] == [302, 302, 429, 302, 302], "what a visitor writes himself before our proxy counts for nothing"


async def test_a_login_needs_redis_and_says_so(start_house: StartHouse) -> None:
    house = await start_house()
    phone = house.phone()
    link = rating_link(house.settings, "A2026-000109", phone.openid)
    dead = await start_house(redis_url="redis://127.0.0.1:9/0")
    async with phone.http.get(link.replace(str(house.settings.edge_port), str(dead.settings.edge_port)), allow_redirects=False) as answer:
        assert answer.status == 503 and "系统这会儿忙不过来" in await answer.text()
    async with phone.http.get(f"http://127.0.0.1:{dead.settings.edge_port}/h5/items/id_card_first") as answer:
        assert answer.status == 200, "a page that needs no Redis is shown without it"
