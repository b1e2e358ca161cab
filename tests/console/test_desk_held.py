"""Held answers over HTTP: each is decided once, in the bot's words, in the staff's, or by a person."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest_asyncio

from store.redis import Redis
from tests.console.conftest import Desk
from tests.console.desk_people import found, happened, outbox, turn

ANSWER = "请在六十日内提出。"


@pytest_asyncio.fixture
async def held(desk: Desk) -> dict[str, str]:
    """A citizen's question whose answer waits: `key` and `openid`."""
    event = turn(f"o{uuid4().hex[:20]}", "对罚款不服怎么办", held=ANSWER)
    await found(desk, "TRUNCATE weijing.held_answers")
    await happened(desk, event)
    return event


async def test_the_list_shows_question_answer_and_clock(desk: Desk, held: dict[str, str]) -> None:
    page = (await (await desk.log_in("zuoxi1")).get("/desk/held")).text
    assert "对罚款不服怎么办" in page and ANSWER in page and "data-until=" in page


async def test_of_two_who_approve_at_once_one_does_and_it_goes_once(desk: Desk, held: dict[str, str], redis: Redis) -> None:
    people = [await desk.log_in("zuoxi1"), await desk.log_in("zuoxi2")]
    pages = await asyncio.gather(*(person.post(f"/desk/held/{held['key']}/approve") for person in people))
    assert sorted(page.status for page in pages) == [200, 409]
    assert await outbox(redis, held["openid"]) == [[{"text": ANSWER}]]


async def test_it_goes_in_the_staffs_words(desk: Desk, held: dict[str, str], redis: Redis) -> None:
    person = await desk.log_in("zuoxi1")
    assert (await person.post(f"/desk/held/{held['key']}/edit", {"text": ""})).status == 422
    assert (await person.post(f"/desk/held/{held['key']}/edit", {"text": "我帮您核过了，可以。"})).status == 200
    assert await outbox(redis, held["openid"]) == [[{"text": "我帮您核过了，可以。"}]]


async def test_what_is_refused_waits_for_a_person(desk: Desk, held: dict[str, str], redis: Redis) -> None:
    person = await desk.log_in("zuoxi1")
    assert ANSWER not in (await person.post(f"/desk/held/{held['key']}/refuse")).text
    assert held["openid"] in (await person.get("/desk/waiting")).text
    assert [ANSWER] not in [[bubble.get("text") for bubble in reply] for reply in await outbox(redis, held["openid"])]
    assert [row.by for row in await found(desk, "SELECT by FROM weijing.held_answers WHERE key = :key", key=held["key"])] == ["zuoxi1"]
