"""Binding by the page: checked at the field, one message whatever is pressed, calm in every refusal."""

from __future__ import annotations

import asyncio

import pytest

from channels.h5.limits import LIMITS, Limit
from store.redis import Redis
from tests.channels.conftest import Bot
from tests.channels.h5.conftest import House, Phone

PERSON = {"name": "赵示例", "id_number": "110101190001010014", "phone": "19900000001", "consent": "yes"}
XSS = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


async def form(phone: Phone, /, **changes: str) -> dict[str, str]:
    """The form as filled in on a fresh page."""
    return {"token": (await phone.get("/h5/identity")).hidden("token"), **PERSON, **changes}


async def due(redis: Redis) -> int:
    """Replies that the sender would deliver."""
    return sum([await redis.zcard(key) for key in await redis.keys("wj:{*}:due")])


async def test_one_message_with_the_details_and_the_answer_on_the_page(house: House, answering: Bot, redis: Redis) -> None:
    phone = house.phone()
    page = await phone.post("/h5/identity", await form(phone, id_number="11010119000101001 ４", phone="+86 199 0000 0001", name=" 赵示例 "))
    assert page.status == 200 and "绑定成功：赵**" in page.text and page.headers["Cache-Control"] == "no-store"
    (message,) = answering.seen
    assert (message.openid, message.channel, message.kind, message.event_key) == (phone.openid, "wechat", "form", "bind_identity")
    assert message.data == {name: PERSON[name] for name in ("name", "id_number", "phone")}
    for _ in range(250):
        if not await due(redis):
            break
        await asyncio.sleep(0.02)
    assert not await due(redis), "confirmed: the sender does not say it again"


async def test_pressing_again_joins_the_same_turn_and_a_changed_field_is_another(house: House, answering: Bot) -> None:
    phone = house.phone()
    filled = await form(phone)
    pages = await asyncio.gather(*(phone.post("/h5/identity", filled) for _ in range(5)))
    pages.append(await phone.post("/h5/identity", filled))
    assert all("绑定成功" in page.text for page in pages) and len(answering.seen) == 1
    await phone.post("/h5/identity", {**filled, "phone": "19900000002"})
    assert len(answering.seen) == 2


async def test_a_late_answer_comes_in_the_chat(house: House, redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_submissions(house), "_wait", 0.2)
    phone = house.phone()
    page = await phone.post("/h5/identity", await form(phone))
    assert page.status == 200 and "已收到，正在办" in page.text and "结果会发到对话里" in page.text
    await house.bot.answer_all([{"text": "绑定成功"}])
    assert await due(redis) == 1, "the sender has it"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "请填写姓名。"), ({"name": "Tom"}, "请按身份证填写中文姓名"), ({"name": "赵"}, "请按身份证填写中文姓名"),
        ({"id_number": ""}, "请填写身份证号码。"), ({"id_number": "1101011900"}, "您填了 10 位"), ({"id_number": "110101190001010015"}, "可能写错了一位"),
        ({"id_number": "11010119000101001A"}, "最后一位可以是 X"), ({"phone": "12345"}, "手机号应是 11 位数字"), ({"phone": ""}, "请填写手机号。"),
        ({"consent": ""}, "要您单独同意"), ({"consent": "no"}, "要您单独同意"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_said_at_the_field(house: House, change: dict[str, str], sentence: str) -> None:
    phone = house.phone()
    page = await phone.post("/h5/identity", await form(phone, **change))
    (name,) = change
    assert page.status == 422 and sentence in page.text and "还没有提交" in page.text
    assert f'id="{name}-fault"' in page.text and 'aria-invalid="true"' in page.text and "autofocus" in page.text
    kept = next(value for field, value in PERSON.items() if field not in (name, "consent"))
    assert f'value="{kept}"' in page.text, "what was right need not be typed again"
    assert not await house.bot.waiting()


async def test_minority_names_and_x_are_fine(house: House, answering: Bot) -> None:
    phone = house.phone()
    await phone.post("/h5/identity", await form(phone, name="阿依古丽•买买提", id_number="11010119000101002x"))
    await phone.post("/h5/identity", await form(phone, name="阿依古丽•买买提"))
    assert answering.seen[-1].data["name"] == "阿依古丽·买买提"


@pytest.mark.parametrize("field", ["name", "id_number", "phone", "consent"])
async def test_markup_in_a_field_stays_text(house: House, field: str) -> None:
    phone = house.phone()
    page = await phone.post("/h5/identity", await form(phone, **{field: XSS}))
    assert page.status == 422 and "<script>alert" not in page.text and "<img src=x" not in page.text


async def test_markup_in_an_answer_stays_text(house: House, answering: Bot) -> None:
    phone = house.phone()
    answering.bubbles = [{"text": XSS, "buttons": [{"title": XSS, "payload": XSS}]}]
    page = await phone.post("/h5/identity", await form(phone))
    assert "&lt;script&gt;" in page.text and "<script>alert" not in page.text


async def test_without_a_token_or_with_anothers_nothing_is_taken(house: House) -> None:
    phone, other = house.phone(), house.phone("小陈")
    filled, stolen = await form(phone), (await form(other))["token"]
    rating = "0011223344556677." + "A" * 22
    for token in ("", "x", filled["token"] + "x", "x" + filled["token"], stolen, rating, "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")):
        page = await phone.post("/h5/identity", {**filled, "token": token})
        assert page.status == 403 and "没有提交" in page.text
    missing = await phone.post("/h5/identity/unbind", {})
    assert missing.status == 403 and not await house.bot.waiting()


async def test_without_a_session_or_with_a_forged_one_nothing_is_taken(house: House) -> None:
    phone = house.phone()
    filled = await form(phone)
    for cookies in ({}, {"weijing_h5": "forged"}, {"weijing_h5": "gAAAAABm" + "A" * 100}):
        stranger = house.phone("小陈")
        stranger.http.cookie_jar.update_cookies(cookies)
        page = await stranger.post("/h5/identity", filled)
        assert page.status == 403 and "重新打开" in page.text
    assert not await house.bot.waiting()


async def test_who_is_bound_sees_the_masked_name_and_unbinds_by_one_message(house: House, answering: Bot) -> None:
    phone = house.phone("绑定的人")  # the backend is shared by all tests: nobody else has this name
    base, token = house.settings.backend_base, house.settings.backend_token.get_secret_value()
    body = {"openid": phone.openid, **{name: PERSON[name] for name in ("name", "id_number", "phone")}}
    async with phone.http.post(f"{base}/v1/identities", json=body, headers={"Authorization": f"Bearer {token}", "Idempotency-Key": phone.openid}) as done:
        assert done.status == 201
    page = await phone.get("/h5/identity")
    assert "已绑定：赵**" in page.text and 'name="id_number"' not in page.text
    await phone.post("/h5/identity/unbind", {"token": page.hidden("token")})
    assert answering.seen[-1].data == {"deed": "unbind"} and answering.seen[-1].event_key == "bind_identity"


async def test_too_often_and_too_much(house: House, answering: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "form", Limit(2, 600))
    phone = house.phone()
    pages = [await phone.post("/h5/identity", await form(phone)) for _ in range(3)]
    assert [page.status for page in pages] == [200, 200, 429] and len(answering.seen) == 2
    huge = await phone.post("/h5/identity", await form(phone, name="赵" * 100_000))
    assert huge.status == 413 and "太大了" in huge.text
    assert (await house.phone("小陈").get("/h5/identity")).status == 200, "another user goes on"


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("multipart/form-data; boundary=x", b"--x\r\nA\r\n\r\n"), ("multipart/form-data", b"x"), ("application/x-www-form-urlencoded", b"token=\xff"),
        ("application/x-www-form-urlencoded; charset=nonsense", b"token=x"), ("application/json", b"{}"), ("text/plain", b"token=x"),
    ],
)  # fmt: skip
async def test_what_is_no_form_is_calm(house: House, kind: str, raw: bytes) -> None:
    page = await house.phone().post("/h5/identity", raw, headers={"Content-Type": kind})
    assert page.status in (400, 403) and "Traceback" not in page.text


async def test_a_file_where_words_belong_reads_as_nothing(house: House) -> None:
    import aiohttp

    phone = house.phone()
    body = aiohttp.FormData({name: value for name, value in (await form(phone)).items() if name != "name"})
    body.add_field("name", b"x", filename="x.txt")
    page = await phone.post("/h5/identity", body)
    assert page.status == 422 and "请填写姓名。" in page.text


def _submissions(house: House):  # type: ignore[no-untyped-def]
    from channels.h5.desk import DESK

    pages = next(app for app in house.app._subapps if DESK in app)
    return pages[DESK].submissions
