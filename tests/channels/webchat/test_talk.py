"""The talk: said once, answered once, shown in order on every page, whatever breaks in between."""

from __future__ import annotations

import asyncio
import json

from channels.outbox import Sender
from channels.webchat.session import Sessions
from store.keys import key, partition
from store.redis import Redis, client
from store.turns import Turns
from tests.channels.conftest import Bot, Edge, StartEdge
from tests.channels.webchat.conftest import VAULT_KEY, Visit, base
from tests.channels.webchat.guest import Guest
from weijing.engines import EmbeddedRedis


def openid_of(edge: Edge, page: Guest) -> str:
    return Sessions(edge.settings.derived_key("webchat-session")).visitor(page.token)


async def no_open_turns(redis: Redis, openid: str) -> bool:
    return not await redis.exists(key(partition(openid), "open", openid)) and not await redis.zcard(key(partition(openid), "due"))


async def test_words_are_answered_and_shown_on_every_page(visit: Visit, busy_bot: Bot, redis: Redis, edge: Edge) -> None:
    first = await visit()
    second = await visit(token=first.token)
    busy_bot.bubbles = [{"text": "40 元", "buttons": [{"title": "在哪办", "payload": "身份证在哪办"}]}]
    assert await first.say("补身份证多少钱") == (200, {"accepted": True})
    for page in (first, second):
        assert await page.until(2) == ["补身份证多少钱", "40 元"]
        assert [entry["who"] for entry in page.entries] == ["user", "bot"]
        assert page.entries[1]["bubbles"][0]["buttons"] == [{"title": "在哪办", "payload": "身份证在哪办"}]
    assert busy_bot.seen[0].channel == "webchat" and busy_bot.seen[0].openid.startswith("web.")
    assert await no_open_turns(redis, busy_bot.seen[0].openid)
    late = await visit(token=first.token)
    assert await late.until(2) == first.lines()


async def test_typing_shows_while_a_turn_is_under_way_and_ends_in_silence_too(visit: Visit, bot: Bot) -> None:
    page = await visit()
    await page.say("在吗")
    await page.until(1)
    await page.until_typing(True)
    await bot.answer_all([])
    await page.until_typing(False)
    assert page.lines() == ["在吗"]


async def test_an_urgent_try_ahead_of_others_takes_only_danger(visit: Visit, bot: Bot) -> None:
    page = await visit()
    assert (await page.post("messages", {"id": "12345678", "text": "你好", "urgent": True}))[0] == 409
    assert (await page.post("messages", {"id": "12345679", "text": "救命！家里着火了", "urgent": True}))[0] == 200
    assert [message.text for _, _, message in await bot.waiting()] == ["救命！家里着火了"]


async def test_where_storage_is_forbidden_a_cookie_brings_the_visitor_back(edge: Edge, visit: Visit) -> None:
    page = await visit()
    async with edge.http.post(f"{base(edge)}/session", data=b"{}", headers={"Origin": page.base.split("/webchat")[0]}) as response:
        cookie = response.headers["Set-Cookie"]
        openid = Sessions(edge.settings.derived_key("webchat-session")).visitor((await response.json())["token"])
    assert all(word in cookie for word in ("HttpOnly", "Secure", "SameSite=None", "Partitioned"))
    answer = (await page.post("session", {}, Cookie=cookie.split(";")[0]))[1]
    assert Sessions(edge.settings.derived_key("webchat-session")).visitor(answer["token"]) == openid
    nobody = Guest(edge.http, base(edge), "")
    assert (await nobody.post("messages", {"id": "12345678", "text": "你好"}, Cookie=cookie.split(";")[0]))[0] == 401


async def test_a_repeat_with_the_same_id_is_one_message(visit: Visit, busy_bot: Bot) -> None:
    """The answer to a POST was lost: the page posts again, at once or much later."""
    page = await visit()
    answers = await asyncio.gather(*(page.say("办居住证", "12345678-aaaa") for _ in range(5)))
    assert {status for status, _ in answers} == {200}
    await page.until(2)
    assert (await page.say("办居住证", "12345678-aaaa"))[0] == 200
    other = await visit()
    await other.say("别人", "12345678-aaaa")
    assert await other.until(2) == ["别人", "答：别人"]
    await asyncio.sleep(0.1)
    assert page.lines() == ["办居住证", "答：办居住证"] and len(busy_bot.seen) == 2


async def test_what_came_while_a_page_was_away_follows_once(visit: Visit, busy_bot: Bot) -> None:
    page = await visit()
    await page.say("一")
    await page.until(2)
    await page.drop()
    other = await visit(token=page.token)
    for number, words in enumerate(("二", "三"), start=2):
        await page.say(words)
        await other.until(2 * number)
    page.follow()
    assert await page.until(6) == ["一", "答：一", "二", "答：二", "三", "答：三"]
    assert page.received == 6


async def test_a_stream_cut_again_and_again_loses_and_doubles_nothing(visit: Visit, busy_bot: Bot) -> None:
    page = await visit()
    for number in range(18):
        await page.say(str(number))
        if number % 2:
            await page.drop()
            page.follow()
    said = [line for line in await page.until(36) if not line.startswith("答")]
    answered = [line for line in page.lines() if line.startswith("答")]
    assert said == [str(number) for number in range(18)] and answered == [f"答：{number}" for number in range(18)]
    assert len(page.entries) == 36


async def test_the_sender_shows_what_no_edge_did_and_edge_and_sender_never_both(visit: Visit, bot: Bot, sender: Sender, redis: Redis, edge: Edge) -> None:
    page = await visit()
    await page.drop()
    await page.say("一")
    await page.say("二")
    openid = openid_of(edge, page)
    await bot.answer_all([{"text": "答"}])
    await redis.zadd(key(partition(openid), "due"), dict.fromkeys(await redis.zrange(key(partition(openid), "due"), 0, -1), 1))
    page.follow()
    await asyncio.gather(*(sender.scan() for _ in range(3)))
    await sender.idle()
    assert await page.until(4) == ["一", "二", "答", "答"]
    await asyncio.sleep(0.1)
    assert len(page.entries) == 4 and await no_open_turns(redis, openid)
    events = [json.loads(fields["e"]) for _, fields in await redis.xrange(key(partition(openid), "events"))]
    assert [(event["via"], event["outcome"]) for event in events if event["type"] == "delivery"] == [("webchat", "sent")] * 2


async def test_a_post_reaches_the_page_with_the_name_of_who_speaks(visit: Visit, sender: Sender, redis: Redis, edge: Edge) -> None:
    page = await visit()
    openid = openid_of(edge, page)
    for kind in ("staff", "notice", "staff"):
        await Turns(redis).post(openid, f"{kind}-of-{openid}", [{"text": f"{kind} 说"}], kind=kind)
    await sender.scan()
    await sender.idle()
    assert await page.until(2) == ["staff 说", "notice 说"]
    assert [entry["who"] for entry in page.entries] == ["staff", "notice"]


async def test_replies_come_in_the_order_of_their_questions(visit: Visit, bot: Bot, redis: Redis, edge: Edge) -> None:
    """The hint of the first reply was lost with its edge; the second must not overtake it."""
    page = await visit()
    await page.drop()
    for words in ("一", "二", "三"):
        await page.say(words)
    for _, entry, message in await bot.waiting():
        await bot.answer_one(message, entry, [{"text": f"答：{message.text}"}])
    page.follow()
    assert await page.until(6) == ["一", "二", "三", "答：一", "答：二", "答：三"]


async def test_two_edges_show_the_same_talk(visit: Visit, start_edge: StartEdge, busy_bot: Bot) -> None:
    here = await visit()
    there = await visit(token=here.token, at=await start_edge(vault_key=VAULT_KEY))
    await here.say("从这边")
    await there.say("从那边")
    for page in (here, there):
        await page.until(4)
    assert here.entries == there.entries


async def test_a_lost_subscription_is_made_up_for(visit: Visit, busy_bot: Bot, redis: Redis) -> None:
    page = await visit()
    for number in range(3):
        await redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        await page.say(str(number))
    assert len(await page.until(6, seconds=10)) == 6  # sooner than the look that every page takes now and then


async def test_without_redis_the_page_tries_again_and_an_emergency_gets_its_card(visit: Visit, redis_server: EmbeddedRedis) -> None:
    page = await visit()
    killer = client(redis_server.url)
    await killer.execute_command("CLIENT", "PAUSE", "4000")
    status, answer = await page.say("有人拿刀砍我，快救命", "emergency-1")
    assert not answer["accepted"] and "110" in answer["card"]["text"] and status == 503
    assert (await page.say("你好", "hello-0001"))[0] == 503
    await killer.execute_command("CLIENT", "UNPAUSE")
    await killer.close(close_connection_pool=True)
    for words, id_ in (("有人拿刀砍我，快救命", "emergency-1"), ("你好", "hello-0001")):
        assert (await page.say(words, id_))[0] == 200
    await page.drop()  # its stream ended with Redis
    page.follow()
    lines = await page.until(3)
    assert sorted(lines)[0] == "你好" and len(lines) == 3 and sum("110" in line for line in lines) == 1


async def test_an_emergency_card_is_at_once_in_the_answer_and_in_the_log(visit: Visit, bot: Bot) -> None:
    page = await visit()
    for _ in range(25):  # beyond what a visitor may send in a minute
        status, answer = await page.say("救命！家里着火了", "fire-00001")
        assert status == 200 and "119" in answer["card"]["text"]
    lines = await page.until(2)
    assert lines[0] == "救命！家里着火了" and "119" in lines[1] and page.entries[1]["id"] == answer["card"]["id"]
    waiting = await bot.waiting()
    assert len(waiting) == 1 and waiting[0][2].emergency


async def test_an_emergency_gets_its_card_without_a_session(edge: Edge) -> None:
    nobody = Guest(edge.http, base(edge), "forged")
    status, answer = await nobody.say("有人拿刀砍我，快救命")
    assert status == 401 and "110" in answer["card"]["text"] and answer["code"] == "session"


async def test_who_ends_the_talk_is_forgotten_everywhere(visit: Visit, bot: Bot, redis: Redis, edge: Edge) -> None:
    page = await visit()
    other = await visit(token=page.token)
    await page.say("我的身份证号是 110101199003077758")
    await page.until(1)
    openid = openid_of(edge, page)
    assert (await page.post("end", {}))[0] == 200
    await asyncio.sleep(0.05)
    await bot.answer_all([{"text": "晚到的答复"}])
    assert other.ended == "left"
    assert (await page.say("还在吗"))[0] == 401
    kept = {name.split(":")[2] async for name in redis.scan_iter(f"*{openid}*")}
    assert "left" in kept and not kept & {"webchat", "open", "vault", "held"}
    assert any(json.loads(fields["e"])["type"] == "unsubscribe" for _, fields in await redis.xrange(key(partition(openid), "events")))
    again = await visit(token=page.token)
    assert again.token != page.token and openid_of(edge, again) != openid


async def test_words_lie_sealed_in_redis(visit: Visit, busy_bot: Bot, redis: Redis, edge: Edge) -> None:
    page = await visit()
    await page.say("我的身份证号是 110101199003077758")
    await page.until(2)
    openid = openid_of(edge, page)
    raw = await redis.xrange(key(partition(openid), "webchat", openid))
    assert len(raw) == 2 and "110101199003077758" not in str(raw)


async def test_a_stopping_edge_lets_its_pages_go(start_edge: StartEdge, visit: Visit) -> None:
    edge = await start_edge(vault_key=VAULT_KEY)
    page = await visit(at=edge)
    await asyncio.sleep(0.1)
    stopping = asyncio.create_task(edge.server.close())
    await asyncio.wait_for(stopping, 3)
    await asyncio.sleep(0.05)
    assert page.ended == "closed"
