"""Several pictures: each known by its content, sealed, this user's, and one message for all of them."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import asyncpg
import pytest

from channels.h5 import parcel
from channels.h5.limits import LIMITS, Limit
from tests.channels.h5.conftest import PNG, House, Phone, StartHouse

Files = list[tuple[str, bytes]]


def picture(number: int) -> bytes:
    """A picture unlike the others."""
    return PNG + bytes([number])


async def token(phone: Phone) -> str:
    return (await phone.get("/h5/upload")).hidden("token")


def body(token: str, files: Files = (), tickets: list[str] | None = None) -> aiohttp.FormData:  # type: ignore[assignment]
    data = aiohttp.FormData(default_to_multipart=True)
    data.add_field("token", token)
    for ticket in tickets or []:
        data.add_field("ticket", ticket)
    for name, content in files:
        data.add_field("files", content, filename=name, content_type="image/png")
    return data


async def ticket(phone: Phone, token_: str, name: str, content: bytes) -> dict[str, Any]:
    """One picture sent as the page's JavaScript does."""
    return dict(json.loads((await phone.post("/h5/upload/files", body(token_, [(name, content)]))).text))


async def stored(house: House) -> list[asyncpg.Record]:
    database = await asyncpg.connect(house.settings.database_url)
    try:
        return list(await database.fetch("SELECT * FROM weijing.evidence ORDER BY id"))
    finally:
        await database.close()


async def ids(house: House) -> list[str]:
    """What the one waiting message carries."""
    ((_, _, message),) = await house.bot.waiting()
    assert (message.kind, message.event_key) == ("form", "add_evidence")
    return message.data["media"].split()


async def test_without_javascript_all_go_with_the_form(house: House) -> None:
    phone = house.phone()
    page = await phone.post("/h5/upload", body(await token(phone), [("a.png", picture(1)), ("b.png", picture(2)), ("a-again.png", picture(1))]))
    assert page.status == 200 and "已交 2 张图片" in page.text
    kept = await ids(house)
    assert len(kept) == 2
    rows = [row for row in await stored(house) if row["id"] in kept]
    assert {(row["openid"], row["source"], row["state"], row["media_type"]) for row in rows} == {(phone.openid, "h5", "kept", "image/png")}
    assert not [row for row in rows if PNG in row["content"]], "sealed"


async def test_with_javascript_each_gets_a_ticket_and_the_form_carries_tickets(house: House) -> None:
    phone = house.phone()
    token_ = await token(phone)
    tickets = [(await ticket(phone, token_, f"{number}.png", picture(number)))["ticket"] for number in (3, 4, 3)]
    assert len(set(tickets)) == 2, "the same picture is the same evidence"
    assert not await house.bot.waiting()
    page = await phone.post("/h5/upload", body(token_, tickets=tickets))
    assert "已交 2 张图片" in page.text and len(await ids(house)) == 2
    await phone.post("/h5/upload", body(token_, tickets=tickets))
    assert len(await house.bot.waiting()) == 1, "pressed twice"


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "空的"), (b"<svg onload=alert(1)>", "不是图片"), (b"%PDF-1.4 x", "不是图片"), (b"MZ\x90", "不是图片"), (b"PK\x03\x04", "不是图片")],
)
async def test_what_is_no_picture_is_refused_by_its_content(house: House, content: bytes, reason: str) -> None:
    phone = house.phone()
    token_ = await token(phone)
    before = len(await stored(house))
    assert reason in (await ticket(phone, token_, "x.png", content))["error"]
    page = await phone.post("/h5/upload", body(token_, [("<b>x.png", content)]))
    assert page.status == 422 and "一张也没有收下" in page.text and reason in page.text and "<b>x" not in page.text
    assert len(await stored(house)) == before and not await house.bot.waiting()


async def test_too_large_is_read_past_and_the_others_are_kept(house: House) -> None:
    phone = house.phone()
    page = await phone.post("/h5/upload", body(await token(phone), [("big.png", PNG + bytes(parcel.LARGEST)), ("good.png", picture(5))]))
    assert "已交 1 张图片" in page.text and "big.png：超过 10 MB" in page.text and len(await ids(house)) == 1


async def test_ten_are_one_too_many(house: House) -> None:
    phone = house.phone()
    page = await phone.post("/h5/upload", body(await token(phone), [(f"{number}.png", picture(10 + number)) for number in range(10)]))
    assert "已交 9 张图片" in page.text and "9.png：一次最多 9 张" in page.text and len(await ids(house)) == 9


async def test_an_oversized_body_is_refused_at_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parcel, "_BODY", 1000)
    phone = house.phone()
    page = await phone.post("/h5/upload", body(await token(phone), [("a.png", PNG + bytes(5000))]))
    assert page.status == 413 and "没有收下" in page.text


async def test_no_pictures_at_all(house: House) -> None:
    phone = house.phone()
    page = await phone.post("/h5/upload", body(await token(phone)))
    assert page.status == 422 and "还没有选图片" in page.text
    assert (await phone.post("/h5/upload", {"token": await token(phone)})).status == 413


async def test_tickets_of_somebody_else_or_made_up_count_for_nothing(house: House) -> None:
    phone, other = house.phone(), house.phone("小陈")
    stolen = (await ticket(other, await token(other), "a.png", picture(30)))["ticket"]
    made_up = f"E-{'0' * 16}.{'A' * 22}"
    page = await phone.post("/h5/upload", body(await token(phone), tickets=[stolen, made_up, "", "E-x", stolen.partition(".")[0]]))
    assert page.status == 422 and not await house.bot.waiting()


async def test_without_a_token_of_this_page_nothing_is_stored(house: House) -> None:
    phone, other = house.phone(), house.phone("小陈")
    before = len(await stored(house))
    wrong = [(await phone.get("/h5/identity")).hidden("token"), await token(other), "", "x"]
    for token_ in wrong:
        for path in ("/h5/upload", "/h5/upload/files"):
            page = await phone.post(path, body(token_, [("a.png", picture(40))]))
            assert page.status == 403
    first = aiohttp.FormData(default_to_multipart=True)
    first.add_field("files", picture(41), filename="a.png")
    first.add_field("token", await token(phone))
    assert (await phone.post("/h5/upload", first)).status == 403, "the token comes first"
    assert len(await stored(house)) == before


async def test_too_many_pictures_in_an_hour(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "file", Limit(2, 3600))
    phone = house.phone()
    token_ = await token(phone)
    pages = [await phone.post("/h5/upload/files", body(token_, [("a.png", picture(50 + number))])) for number in range(3)]
    assert [page.status for page in pages] == [200, 200, 429]


async def test_without_a_database_the_chat_is_named(start_house: StartHouse) -> None:
    house = await start_house(database_url="")
    page = await house.phone().get("/h5/upload")
    assert page.status == 503 and "直接发到对话里" in page.text


async def test_a_database_that_is_away_is_said(start_house: StartHouse) -> None:
    house = await start_house(database_url="postgresql://nobody@127.0.0.1:9/none")
    phone = house.phone()
    page = await phone.post("/h5/upload", body(await token(phone), [("a.png", picture(60))]))
    assert page.status == 503 and "没有办成" in page.text and not await house.bot.waiting()


async def test_a_body_that_breaks_off_is_calm(house: House) -> None:
    phone = house.phone()
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    for raw in (b"", b"--x\r\n", b"--x\r\nContent-Disposition: form-data; name=token\r\n\r\n", b"nonsense", b"--x\r\nA\r\n\r\n", b"--x--"):
        page = await phone.post("/h5/upload", raw, headers=headers)
        assert page.status in (400, 403, 422) and "Traceback" not in page.text
    assert (await phone.post("/h5/upload", b"x", headers={"Content-Type": "multipart/form-data"})).status < 500
