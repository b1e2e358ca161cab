"""The desk over HTTP: lists, claiming at once, replies that go once, whose a conversation is, what the trail tells."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest
import pytest_asyncio

from store.evidence import Evidence, EvidenceStore, evidence_id
from store.redis import Redis
from tests.channels.outbox.conftest import BASE
from tests.console.conftest import Desk, Page, Person, opened, settings_for
from tests.console.desk_people import found, happened, outbox, turn
from weijing.engines import EmbeddedRedis

PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==")


@pytest_asyncio.fixture
async def desk(database: str, folder: Path, redis: Redis, redis_server: EmbeddedRedis) -> AsyncIterator[Desk]:
    """A console whose citizens' phones can reach us."""
    async with opened(settings_for(redis_server.url, database, folder, public_url=BASE), redis) as made:
        yield made


@pytest_asyncio.fixture
async def openid(desk: Desk) -> str:
    """A citizen who waits for a person."""
    name = f"o{uuid4().hex[:20]}"
    await found(desk, "WITH c AS (DELETE FROM weijing.conversations) DELETE FROM weijing.handoffs")
    await happened(desk, turn(name, "房东不给合同怎么办", reason="fallback", topic="居住登记"))
    return name


def reply(text: str, key: str = "") -> dict[str, str]:
    """What the composer sends."""
    return {"text": text, "key": key or uuid4().hex}


async def claimed(desk: Desk, openid: str, login: str = "zuoxi1") -> Person:
    """Somebody who has it."""
    person = await desk.log_in(login)
    assert (await person.post(f"/desk/talks/{openid}/claim")).status == 200
    return person


async def test_the_queue_shows_who_waits_with_the_reason_and_the_last_words(desk: Desk, openid: str) -> None:
    person = await desk.log_in("zuoxi1")
    page = (await person.get("/desk/waiting")).text
    assert f'data-openid="{openid}"' in page and "居住登记" in page and "房东不给合同怎么办" in page and "data-since=" in page


NARROW = {"q=不给合同": True, "q=没说过": False, "urgency=urgent": False, "reason=fallback&sure=95": True, "age=5": False}


@pytest.mark.parametrize(("query", "shown"), NARROW.items())
async def test_filters_narrow_the_queue(desk: Desk, openid: str, query: str, shown: bool) -> None:
    person = await desk.log_in("zuoxi1")
    assert (f'data-openid="{openid}"' in (await person.get(f"/desk/waiting?{query}")).text) is shown


@pytest.mark.parametrize("query", ["urgency=much", "sure=200", "sure=x", f"q={'长' * 41}", "after=nonsense"])
async def test_a_filter_that_cannot_be_is_refused_in_words(desk: Desk, query: str) -> None:
    page = await (await desk.log_in("zuoxi1")).get(f"/desk/waiting?{query}", htmx=True)
    assert page.status in (404, 422) and "data-toast" in page.text


async def test_who_called_for_help_stands_first(desk: Desk, openid: str) -> None:
    urgent, critical = f"o{uuid4().hex[:20]}", f"o{uuid4().hex[:20]}"
    await happened(desk, turn(urgent, "窗口骂人", reason="report", urgency="urgent", ago=50))
    await happened(desk, turn(critical, "他在打我", reason="emergency", urgency="urgent", ago=5))
    page = (await (await desk.log_in("zuoxi1")).get("/desk/rows?list=waiting", htmx=True)).text
    assert page.index(critical) < page.index(urgent) < page.index(openid) and "危急" in page and "加急" in page


async def test_of_two_who_claim_at_once_one_wins_and_the_other_reads_who(desk: Desk, openid: str) -> None:
    people = [await desk.log_in("zuoxi1"), await desk.log_in("zuoxi2")]
    pages = await asyncio.gather(*(person.post(f"/desk/talks/{openid}/claim") for person in people))
    assert sorted(page.status for page in pages) == [200, 409]
    lost = next(page for page in pages if page.status == 409)
    winner = "林坐席" if pages[0].status == 200 else "陈坐席"
    assert f"{winner}刚刚认领了" in lost.text and lost.headers["HX-Retarget"] == "#toasts", "a word in the corner, the page stays"


async def test_a_reply_goes_once_however_often_it_is_sent(desk: Desk, openid: str, redis: Redis) -> None:
    person, said = await claimed(desk, openid), reply("您好，房东的纸条也可以。")
    pages = await asyncio.gather(*(person.post(f"/desk/talks/{openid}/reply", said) for _ in range(3)))
    again = await person.post(f"/desk/talks/{openid}/reply", said)
    assert {page.status for page in (*pages, again)} == {200}
    assert await outbox(redis, openid) == [[{"text": "您好，房东的纸条也可以。"}]]
    await person.post(f"/desk/talks/{openid}/reply", reply("您好，房东的纸条也可以。"))
    assert len(await outbox(redis, openid)) == 2, "the same words under another key are another reply"


WRONG = {"key": {"key": "x"}, "empty": {"text": "  "}, "long": {"text": "长" * 2001}, "card": {"item": "../x"}}


@pytest.mark.parametrize("name", WRONG)
async def test_a_reply_that_is_wrong_is_refused_and_nothing_goes(desk: Desk, openid: str, redis: Redis, name: str) -> None:
    person = await claimed(desk, openid)
    assert (await person.post(f"/desk/talks/{openid}/reply", reply("您好") | WRONG[name])).status == 422
    assert await outbox(redis, openid) == []


async def test_a_colleagues_conversation_is_read_and_not_answered(desk: Desk, openid: str, redis: Redis) -> None:
    await claimed(desk, openid)
    other = await desk.log_in("zuoxi2")
    assert "林坐席接待中" in (await other.get(f"/desk/all/{openid}")).text
    refused = await other.post(f"/desk/talks/{openid}/reply", reply("我来答"))
    assert refused.status == 409 and "林坐席" in refused.text and await outbox(redis, openid) == []
    assert (await other.post(f"/desk/talks/{openid}/close", {"end_state": "solved"})).status == 409


async def test_a_conversation_out_of_reach_looks_as_if_it_were_not_there(desk: Desk, openid: str, redis: Redis) -> None:
    await found(desk, "UPDATE weijing.conversations SET unit_id = 'hukou' WHERE openid = :openid", openid=openid)
    person, supervisor = await desk.log_in("zuoxi1"), await desk.log_in("zhuguan")
    for path in (f"/desk/waiting/{openid}", f"/desk/talks/{openid}/lines", f"/desk/talks/{openid}/info"):
        assert (await person.get(path)).status == 404 and (await supervisor.get(path)).status == 200
    assert openid not in (await person.get("/desk/all")).text
    for deed in ("claim", "reply", "transfer", "note"):
        assert (await person.post(f"/desk/talks/{openid}/{deed}", reply("我来答"))).status == 404
    assert await outbox(redis, openid) == []


async def test_transfer_return_and_end(desk: Desk, openid: str) -> None:
    await found(desk, "INSERT INTO weijing.units (id, name, kind) VALUES ('desk', '在线坐席', 'desk') ON CONFLICT DO NOTHING")
    person, other = await claimed(desk, openid), await desk.log_in("zuoxi2")
    assert "陈坐席" in (await person.get(f"/desk/talks/{openid}/dialog?what=transfer", htmx=True)).text
    assert (await person.post(f"/desk/talks/{openid}/transfer", {"to": "nobody"})).status == 422
    moved = await person.post(f"/desk/talks/{openid}/transfer", {"to": "staff:zuoxi2", "note": "他要问户口"})
    assert "陈坐席接待中" in moved.text and "他要问户口" in (await other.get(f"/desk/talks/{openid}/lines", htmx=True)).text
    assert (await other.post(f"/desk/talks/{openid}/close", {"end_state": "never"})).status == 422
    assert "已办结" in (await other.post(f"/desk/talks/{openid}/close", {"end_state": "solved"})).text
    assert openid in (await other.get("/desk/closed")).text and openid not in (await other.get("/desk/mine")).text


async def test_reading_is_in_the_trail_once_for_a_stretch(desk: Desk, openid: str) -> None:
    person = await desk.log_in("zuoxi1")
    await person.get(f"/desk/waiting/{openid}")
    for _ in range(3):
        assert (await person.get(f"/desk/talks/{openid}/lines", htmx=True)).status == 200
    rows = await found(desk, "SELECT staff_id FROM weijing.audit WHERE act = 'conversation.read' AND object = :openid", openid=openid)
    assert [row.staff_id for row in rows] == ["zuoxi1"]
    other = await desk.log_in("zuoxi2")
    await other.get(f"/desk/talks/{openid}/lines", htmx=True)
    rows = await found(desk, "SELECT staff_id FROM weijing.audit WHERE act = 'conversation.read' AND object = :openid ORDER BY seq", openid=openid)
    assert [row.staff_id for row in rows] == ["zuoxi1", "zuoxi2"], "who asks for a part alone is noted too"


async def test_a_picture_of_the_citizen_opens_for_the_desk_alone(desk: Desk, openid: str) -> None:
    event = turn(openid, "〔图片〕", kind="image")
    await happened(desk, event)
    store = await EvidenceStore.open(desk.settings.database_url, desk.settings.derived_key("evidence"))
    id_ = evidence_id(event["key"])
    await store.keep(Evidence(id_, openid, event["key"], "image"), PNG)
    await store.close()
    person, address = await desk.log_in("zuoxi1"), f"/desk/talks/{openid}/files/{id_}"
    assert f'src="{address}"' in (await person.get(f"/desk/waiting/{openid}")).text
    opened = await person.get(address)
    assert opened.status == 200 and opened.headers["Content-Type"] == "image/png" and "no-store" in opened.headers["Cache-Control"]
    assert (await found(desk, "SELECT 1 FROM weijing.audit WHERE act = 'evidence.read' AND object = :thing AND staff_id = 'zuoxi1'", thing=f"{openid}/{id_}"))
    for login in ("xunlian", "shenji", "guanli"):
        assert (await (await desk.log_in(login)).get(address)).status == 403
    assert (await desk.nobody().get(address)).status == 303
    other = f"o{uuid4().hex[:20]}"
    await happened(desk, turn(other, "人工", reason="request"))
    assert (await person.get(f"/desk/talks/{other}/files/{id_}", htmx=True)).status == 404, "a file is opened in its own conversation"


async def test_a_picture_of_the_staff_goes_as_an_address_of_ours(desk: Desk, openid: str, redis: Redis) -> None:
    person, key = await claimed(desk, openid), uuid4().hex

    async def send(content: bytes) -> Page:
        form = aiohttp.FormData({"text": "填这张表", "key": key})
        form.add_field("picture", content, filename="a.png", content_type="image/png")
        return await person.post(f"/desk/talks/{openid}/reply", form)

    assert (await send(b"MZ\x90 no picture")).status == 422 and await outbox(redis, openid) == [], "what it is tells its content"
    sent = await send(PNG)
    ((text, picture),) = await outbox(redis, openid)
    assert sent.status == 200 and text == {"text": "填这张表"} and picture["image"].startswith(f"{BASE}/pictures/E-")
    shown = re.search(rf'src="(/desk/talks/{openid}/files/E-[^"]+)"', sent.text)
    assert shown and (await person.get(shown[1])).headers["Content-Type"] == "image/png", "the desk opens it as evidence, not over the public address"


async def test_what_the_bot_took_in_is_shown_by_its_name(desk: Desk, openid: str) -> None:
    await happened(desk, turn(openid, "在鼓楼区五四路", slots={"report_place": "鼓楼区五四路", "no_such_slot": "别人看不到的"}))
    page = (await (await desk.log_in("zuoxi1")).get(f"/desk/talks/{openid}/info")).text
    assert "<dt>地点</dt><dd>鼓楼区五四路</dd>" in page and "别人看不到的" not in page


async def test_notes_are_for_staff(desk: Desk, openid: str, redis: Redis) -> None:
    person = await desk.log_in("zuoxi1")
    assert "下午再打给他" in (await person.post(f"/desk/talks/{openid}/note", {"text": "下午再打给他"})).text
    assert (await person.post(f"/desk/talks/{openid}/note", {"text": "长" * 501})).status == 422
    assert await outbox(redis, openid) == []


async def test_a_view_is_kept_and_forgotten(desk: Desk) -> None:
    person = await desk.log_in("zuoxi1")
    assert (await person.post("/desk/views", {"name": "加急", "list": "waiting", "urgency": "urgent"}, htmx=False)).status == 303
    assert 'href="/desk/waiting?urgency=urgent">加急<' in (await person.get("/desk/mine")).text
    assert "加急</a>" not in (await (await desk.log_in("zuoxi2")).get("/desk/mine")).text
    await person.post("/desk/views/drop", {"name": "加急"}, htmx=False)
    assert "加急</a>" not in (await person.get("/desk/mine")).text


async def test_the_counters_of_the_rail(desk: Desk, openid: str) -> None:
    person = await claimed(desk, openid)
    assert 'id="count-mine" hx-swap-oob="true">1<' in (await person.get("/counts", htmx=True)).text


async def test_typing_is_told_to_the_senders(desk: Desk, openid: str, redis: Redis) -> None:
    person = await claimed(desk, openid)
    async with redis.pubsub(ignore_subscribe_messages=True) as channel:
        await channel.subscribe("wj:typing")
        while await channel.get_message(timeout=0.2):
            pass
        assert (await person.post(f"/desk/talks/{openid}/typing")).status == 204
        told = await channel.get_message(timeout=5)
    assert told and told["data"] == openid
