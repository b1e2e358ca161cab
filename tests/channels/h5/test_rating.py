"""The rating page: one user's by its signature, danger in the words comes first."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.channels.conftest import Bot
from tests.channels.h5.conftest import House, Page, Phone
from tests.channels.h5.test_identity import XSS
from weijing.links import rating_link, rating_signature

MATTER = "A2026-000109"
MARKS = {"quality": "good", "procedure": "fair", "attitude": "poor"}


async def opened(house: House, phone: Phone) -> Page:
    return await phone.get(rating_link(house.settings, MATTER, phone.openid))


def filled(page: Page, **changes: str) -> dict[str, str]:
    return {**{name: page.hidden(name) for name in ("token", "m", "s")}, **MARKS, "words": "窗口很耐心", **changes}


async def test_a_rating_is_one_message(house: House, answering: Bot) -> None:
    phone = house.phone()
    page = await opened(house, phone)
    assert page.status == 200 and MATTER in page.text and page.url.startswith(f"{phone.base}/h5/rate?m={MATTER}&s=")
    answering.bubbles = [{"text": "谢谢您的评价"}]
    assert "谢谢您的评价" in (await phone.post("/h5/rate", filled(page))).text
    (message,) = answering.seen
    assert (message.event_key, message.openid, message.data) == ("rate_service", phone.openid, {"matter": MATTER, **MARKS, "words": "窗口很耐心"})


async def test_a_link_of_somebody_else_a_changed_matter_and_a_guess_are_refused(house: House) -> None:
    phone = house.phone()
    own = rating_signature(house.settings, MATTER, phone.openid)
    others = rating_link(house.settings, MATTER, "o-other")
    query = parse_qs(urlsplit(others).query)
    for matter, signature in [(MATTER, query["s"][0]), ("A2026-000108", own), (MATTER, ""), (MATTER, own[:-1]), ("<script>", own), ("", "")]:
        page = await phone.get("/h5/rate", params={"m": matter, "s": signature})
        assert page.status == 403 and "评价链接打不开" in page.text and "<script>" not in page.text
    sent = await phone.post("/h5/rate", filled(await opened(house, phone), m="A2026-000108"))
    assert sent.status == 403 and not await house.bot.waiting()


async def test_without_a_matter_it_says_what_to_do(house: House) -> None:
    page = await house.phone().get("/h5/rate")
    assert page.status == 200 and "评价链接发给您" in page.text and page.url.endswith("/h5/rate")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [({"quality": ""}, "请选一个"), ({"attitude": "best"}, "请选一个"), ({"words": "好" * 501}, "最多写 500 个字"), ({"procedure": XSS}, "请选一个")],
)
async def test_what_is_missing_is_said_at_the_field(house: House, change: dict[str, str], sentence: str) -> None:
    phone = house.phone()
    page = await phone.post("/h5/rate", filled(await opened(house, phone), **change))
    assert page.status == 422 and sentence in page.text and "<script>" not in page.text and not await house.bot.waiting()
    assert page.text.count(" checked") == 3 - (next(iter(change)) != "words")


async def test_markup_in_the_words_stays_text(house: House, answering: Bot) -> None:
    phone = house.phone()
    page = await phone.post("/h5/rate", filled(await opened(house, phone), words=XSS, quality=""))
    assert "&lt;script&gt;" in page.text and "<script>alert" not in page.text
    await phone.post("/h5/rate", filled(await opened(house, phone), words=XSS))
    assert answering.seen[-1].data["words"] == XSS


async def test_danger_in_the_words_gets_the_card_first_and_goes_to_a_person(house: House) -> None:
    phone = house.phone()
    page = await phone.post("/h5/rate", filled(await opened(house, phone), words="我老公在打我救命"))
    assert page.status == 200 and "110" in page.text and "12110" in page.text
    ((_, _, message),) = await house.bot.waiting()
    assert message.emergency and message.text == "我老公在打我救命" and message.openid == phone.openid


async def test_without_redis_the_card_is_still_shown(start_house) -> None:  # type: ignore[no-untyped-def]
    house = await start_house()
    phone = house.phone()
    data = filled(await opened(house, phone), words="我老公在打我救命")
    dead = await start_house(redis_url="redis://127.0.0.1:9/0")
    page = await phone.post(f"{dead.settings.public_base}/h5/rate", data)
    assert "12110" in page.text
