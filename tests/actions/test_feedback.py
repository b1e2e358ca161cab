"""Ratings: sent by the page, changed within a week; the chat says how one gets to rate."""

from __future__ import annotations

import psycopg2

from backend.demo import DEMO
from tests.actions.conftest import BackendProcess
from tests.actions.talk import Talk

RATING = {"matter": DEMO[8].application_no, "quality": "good", "procedure": "fair", "attitude": "poor", "words": "王警官的电话13912345678打不通"}


async def test_a_rating_is_handed_in_and_changed(talk: Talk) -> None:
    assert "谢谢您的评价" in await talk.send("rate_service", **RATING)
    assert "13912345678" not in str([event.as_dict() for event in talk.tracker.events])
    assert "评价已改好" in await talk.send("rate_service", **{**RATING, "attitude": "good"})


async def test_a_week_later_it_is_closed(talk: Talk, database_url: str) -> None:
    await talk.send("rate_service", **RATING)
    with psycopg2.connect(database_url) as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE backend.ratings SET rated_at = now() - interval '8 days'")
    assert "不能再改" in await talk.send("rate_service", **RATING)


async def test_a_matter_that_does_not_exist(talk: Talk) -> None:
    assert "没有记上" in await talk.send("rate_service", **{**RATING, "matter": "A2026-999999"})


async def test_the_chat_says_how(talk: Talk) -> None:
    assert "评价链接" in await talk.say("我要评价", "rate_service")


async def test_a_backend_that_is_away_is_not_a_success(talk: Talk, backend: BackendProcess) -> None:
    backend.kill()
    assert "这次没有记上" in await talk.send("rate_service", **RATING)
