"""WeChat's behaviour at the callback: repeats, the fault notice, what is shown and what is not."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from channels.simulator.platform import FAULT
from tests.channels.simulator.conftest import Account, reply_xml


def texts(account: Account) -> list[str]:
    return [item.content["text"] for item in account.user().items if item.side != "user"]


async def test_a_text_is_pushed_encrypted_and_the_passive_reply_is_shown(account: Account) -> None:
    done = await account.do(kind="text", text="身份证丢了怎么补办")
    fields, query = account.pushes[0]
    assert fields["Content"] == "身份证丢了怎么补办" and fields["MsgType"] == "text" and int(fields["MsgId"]) > 2**32
    assert query["encrypt_type"] == "aes" and query["openid"] == fields["FromUserName"] == account.user().openid
    assert texts(account) == ["收到身份证丢了怎么补办"]
    assert done["exchange"]["state"] == "passive" and len(account.pushes) == 1  # type: ignore[index]


async def test_a_silent_account_is_asked_three_times_with_the_same_id_and_a_new_nonce(account: Account) -> None:
    async def never(fields: dict[str, str], request: web.Request) -> web.Response:
        await asyncio.sleep(1.5)
        return web.Response(text="success")

    account.script = never
    done = await account.do(kind="text", text="在吗")
    assert len(account.pushes) == 3
    assert len({fields["MsgId"] for fields, _ in account.pushes}) == 1
    assert len({query["nonce"] for _, query in account.pushes}) == 3
    assert texts(account) == [FAULT]
    assert [attempt["outcome"] for attempt in done["exchange"]["attempts"]] == ["timeout"] * 3  # type: ignore[index]


async def test_an_answer_to_the_third_request_is_in_time(account: Account) -> None:
    async def slow(fields: dict[str, str], request: web.Request) -> web.Response:
        if len(account.pushes) < 3:
            await asyncio.sleep(1.5)
        return account.sealed(reply_xml(fields, "来了"), request)

    account.script = slow
    await account.do(kind="text", text="在吗")
    assert texts(account) == ["来了"]


@pytest.mark.parametrize("answer", ["", "success"])
async def test_success_and_nothing_show_nothing(account: Account, answer: str) -> None:
    async def quiet(fields: dict[str, str], request: web.Request) -> web.Response:
        return web.Response(text=answer)

    account.script = quiet
    done = await account.do(kind="text", text="在吗")
    assert texts(account) == [] and done["exchange"]["state"] == "silent"  # type: ignore[index]


@pytest.mark.parametrize("fault", ["status", "json", "plain", "empty", "long", "other_user", "twice"])
async def test_what_wechat_cannot_read_shows_the_fault_at_once(account: Account, fault: str) -> None:
    async def bad(fields: dict[str, str], request: web.Request) -> web.Response:
        good = reply_xml(fields, "好")
        answers = {
            "status": web.Response(status=500),
            "json": web.json_response({"text": "好"}),
            "plain": web.Response(text=good),
            "empty": account.sealed(reply_xml(fields, " "), request),
            "long": account.sealed(reply_xml(fields, "好" * 683), request),
            "other_user": account.sealed(good.replace(fields["FromUserName"], "oSomebodyElse"), request),
            "twice": account.sealed(good.replace("</xml>", "<MsgType><![CDATA[news]]></MsgType></xml>"), request),
        }
        return answers[fault]

    account.script = bad
    done = await account.do(kind="text", text="在吗")
    assert texts(account) == [FAULT] and len(account.pushes) == 1
    assert done["exchange"]["attempts"][0]["reason"]  # type: ignore[index]


async def test_682_characters_are_not_too_long(account: Account) -> None:
    async def long(fields: dict[str, str], request: web.Request) -> web.Response:
        return account.sealed(reply_xml(fields, "好" * 682), request)

    account.script = long
    await account.do(kind="text", text="在吗")
    assert texts(account) == ["好" * 682]


async def test_a_reply_sealed_with_another_key_shows_the_fault(account: Account) -> None:
    async def forged(fields: dict[str, str], request: web.Request) -> web.Response:
        sealed = account.crypto.encrypt_message(reply_xml(fields, "好"), request.query["nonce"])
        return web.Response(text=sealed.replace("<MsgSignature><![CDATA[", "<MsgSignature><![CDATA[0"))

    account.script = forged
    await account.do(kind="text", text="在吗")
    assert texts(account) == [FAULT]


async def test_after_unfollow_nothing_is_shown_until_the_next_follow(account: Account) -> None:
    await account.do(kind="unfollow")
    assert account.pushes[-1][0]["Event"] == "unsubscribe" and "MsgId" not in account.pushes[-1][0]
    assert texts(account) == ["你已取消关注该公众号"]
    await account.do(kind="follow")
    assert texts(account)[1:] == ["你已关注该公众号", "收到subscribe"]


async def test_a_tap_on_a_menu_link_sends_its_words_with_the_menu_id(account: Account) -> None:
    await account.do(kind="text", text="补办要多少钱", menu_id="7")
    assert account.pushes[0][0]["bizmsgmenuid"] == "7"
    await account.do(kind="click", key="query_progress", name="进度查询")
    assert account.pushes[1][0]["EventKey"] == "query_progress" and account.pushes[1][0]["Event"] == "CLICK"


async def test_location_picture_and_voice_carry_their_fields(account: Account) -> None:
    await account.do(kind="location", place=0)
    await account.do(kind="image")
    await account.do(kind="voice", text="怎么补办")
    location, image, voice = (fields for fields, _ in account.pushes)
    assert float(location["Location_X"]) == pytest.approx(31.23, abs=0.01) and location["Label"].startswith("上海市")
    async with account.http.get(image["PicUrl"]) as picture:
        assert picture.status == 200 and picture.content_type == "image/png"
    assert voice["Recognition"] == "怎么补办" and voice["Format"] == "amr"


async def test_hostile_words_stay_one_element(account: Account) -> None:
    words = "]]></Content><MsgType><![CDATA[event]]></MsgType>\x08&<b>"
    await account.do(kind="text", text=words)
    assert account.pushes[0][0]["Content"] == words.replace("\x08", "") and account.pushes[0][0]["MsgType"] == "text"
