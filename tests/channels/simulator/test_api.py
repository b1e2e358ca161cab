"""The doubles of the platform's API over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.channels.simulator.conftest import Account

TEXT = {"msgtype": "text", "text": {"content": "您的办件有进展"}}


async def token(account: Account, **change: str) -> dict[str, Any]:
    settings = account.settings
    body = {"grant_type": "client_credential", "appid": settings.wechat_app_id, "secret": settings.wechat_app_secret.get_secret_value()} | change
    async with account.http.post(f"{account.settings.platform_base}/cgi-bin/stable_token", json=body) as response:
        assert response.status == 200
        answer: dict[str, Any] = await response.json()
        return answer


async def call(account: Account, path: str, body: dict[str, Any] | str | None = None, access_token: str = "") -> dict[str, Any]:
    key = access_token or (await token(account))["access_token"]
    url = f"{account.settings.platform_base}/cgi-bin/{path}"
    data = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    method, sent = ("GET", None) if body is None else ("POST", data.encode())
    async with account.http.request(method, url, params={"access_token": key}, data=sent) as response:
        assert response.status == 200
        answer: dict[str, Any] = await response.json()
        return answer


async def send(account: Account, **body: Any) -> int:
    answer = await call(account, "message/custom/send", {"touser": account.user().openid, **TEXT, **body})
    return int(answer["errcode"])


async def test_a_message_reaches_the_phone_and_the_trace(account: Account) -> None:
    await account.do(kind="text", text="在吗")
    assert await send(account) == 0
    last = account.user().items[-1]
    assert last.content == {"text": "您的办件有进展"} and last.delivery == "customer_service"
    noted = account.user().exchanges[-1].calls[0]
    assert noted.path == "message/custom/send" and noted.errcode == 0 and "您的办件有进展" in noted.body


async def test_the_sixth_message_is_refused(account: Account) -> None:
    assert await send(account) == 45015
    await account.do(kind="text", text="在吗")
    assert [await send(account) for _ in range(6)] == [0, 0, 0, 0, 0, 45047]


async def test_after_a_menu_click_three_go(account: Account) -> None:
    await account.do(kind="click", key="help", name="帮助")
    assert [await send(account) for _ in range(4)] == [0, 0, 0, 45047]


@pytest.mark.parametrize(
    ("change", "errcode"),
    [
        ({"touser": "oNobody"}, 40003),
        ({"text": {"content": "好" * 683}}, 45002),
        ({"text": {"content": " "}}, 44004),
        ({"msgtype": "poem", "poem": {}}, 40008),
        ({"msgtype": "image", "image": {}}, 40007),
        ({"msgtype": "news", "news": {"articles": [{}, {}]}}, 45008),
    ],
)
async def test_what_the_platform_refuses(account: Account, change: dict[str, Any], errcode: int) -> None:
    await account.do(kind="text", text="在吗")
    assert await send(account, **change) == errcode
    assert await send(account) == 0, "a refused message counts for nothing"


async def test_who_does_not_follow_gets_nothing(account: Account) -> None:
    await account.do(kind="text", text="在吗")
    await account.do(kind="unfollow")
    assert await send(account) == 43004


async def test_tokens_and_bodies_are_checked(account: Account) -> None:
    assert (await call(account, "message/custom/send", {}, access_token="stale"))["errcode"] == 40001
    assert (await call(account, "message/custom/send", "{"))["errcode"] == 47001
    assert (await call(account, "message/custom/send", json.dumps({"touser": "好"})))["errcode"] == 40033
    assert (await token(account, secret="wrong"))["errcode"] == 40125
    assert (await token(account, appid="wrong"))["errcode"] == 40013
    assert (await token(account))["access_token"] == (await token(account))["access_token"]


async def test_an_unverified_account_may_not_send(account: Account) -> None:
    account.platform.verified = False
    await account.do(kind="text", text="在吗")
    assert await send(account) == 48001


async def test_typing_needs_contact_and_is_not_repeated(account: Account) -> None:
    body = {"touser": account.user().openid, "command": "Typing"}
    assert (await call(account, "message/custom/typing", body))["errcode"] == 45015
    await account.do(kind="text", text="在吗")
    assert (await call(account, "message/custom/typing", body))["errcode"] == 0
    assert (await call(account, "message/custom/typing", body))["errcode"] == 45081
    assert (await call(account, "message/custom/typing", body | {"command": "CancelTyping"}))["errcode"] == 0
    assert (await call(account, "message/custom/typing", body))["errcode"] == 0
    assert await send(account) == 0
    assert account.user().typing_until == 0.0, "a message ends the typing state"


async def test_the_menu_is_made_read_and_deleted(account: Account) -> None:
    menu = {"button": [{"type": "click", "name": "帮助", "key": "help"}]}
    assert (await call(account, "menu/create", menu))["errcode"] == 0
    assert (await call(account, "menu/get"))["menu"] == menu
    too_wide = {"button": [{"name": "办事", "sub_button": [{"type": "click", "name": str(n), "key": "help"} for n in range(6)]}]}
    assert (await call(account, "menu/create", too_wide))["errcode"] == 40023
    assert (await call(account, "menu/create", {"button": [{"type": "click", "name": "名字太长了吧", "key": "x"}]}))["errcode"] == 40018
    assert (await call(account, "menu/delete"))["errcode"] == 0
    assert (await call(account, "menu/get"))["errcode"] == 46003
