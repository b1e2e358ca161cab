"""What is due goes out: once, in order, in as few messages as can be."""

from __future__ import annotations

import json

from prometheus_client import REGISTRY

from channels.outbox import Sender
from channels.wechat.passive import ASK_FOR_REST
from store.commits import Commits
from store.keys import key, partition
from store.ledger import Ledger
from store.redis import Redis
from store.turns import Turns, now_ms
from tests.channels.outbox.conftest import MakeSender, Platform, again, held, post, scan, state

BUTTON = [{"title": "好", "payload": "好"}]


def doubles() -> float:
    return REGISTRY.get_sample_value("weijing_last_hop_doubles_total") or 0.0


async def test_what_is_due_is_sent_once_in_order(sender: Sender, platform: Platform, redis: Redis, openid: str) -> None:
    names = [f"m{number}" for number in range(4)]
    for name in names:
        await post(redis, openid, name)
    await post(redis, "another-user", "other")
    await scan(sender)
    await scan(sender)
    assert platform.texts(openid) == names
    assert len(platform.sent) == 5
    assert await state(redis, openid, "m0") == "sent"
    assert not await redis.exists(key(partition(openid), "due"))
    delivered = [fields["e"] for _, fields in await redis.xrange(key(partition(openid), "events")) if '"customer_service"' in fields["e"]]
    assert len(delivered) >= 4


async def test_posts_of_one_millisecond_keep_their_order(sender: Sender, platform: Platform, redis: Redis, openid: str) -> None:
    names = [f"{letter}-post" for letter in "zyxwvutsrqponmlk"]
    turns = Turns(redis)
    for name in names:
        await turns.post(openid, name, [{"text": name}], kind="notice")
    await scan(sender)
    assert platform.texts() == names


async def test_bubbles_are_merged_and_buttons_become_a_menu(sender: Sender, platform: Platform, redis: Redis, openid: str) -> None:
    buttons = [{"title": "查进度", "payload": "查询进度"}, {"title": "找人工", "payload": "人工"}]
    await post(redis, openid, "menu", {"text": "第一段"}, {"text": "第二段"}, {"text": "您想？", "buttons": buttons})
    await scan(sender)
    (body,) = platform.sent
    assert body["msgtype"] == "msgmenu"
    assert body["msgmenu"]["head_content"] == "第一段\n\n第二段\n\n您想？"
    assert body["msgmenu"]["list"] == [{"id": "1", "content": "查询进度"}, {"id": "2", "content": "人工"}]
    assert "查询进度".encode() in platform.bodies[0], "real UTF-8, no \\u escapes"


async def test_long_text_is_cut_at_sentence_ends(sender: Sender, platform: Platform, redis: Redis, openid: str) -> None:
    text = "".join(f"第{number}条说明，请您仔细阅读。" for number in range(120))
    await post(redis, openid, "long", {"text": text})
    await scan(sender)
    parts = platform.texts()
    assert len(parts) == 3
    assert "".join(parts) == text
    assert all(len(part.encode()) <= 2048 and part.endswith("。") for part in parts)


async def test_many_bubbles_become_one_text_with_links(sender: Sender, platform: Platform, redis: Redis, openid: str) -> None:
    await post(redis, openid, "many", *({"text": f"第{number}组", "buttons": BUTTON} for number in range(5)))
    await scan(sender)
    (text,) = platform.texts()
    assert [f"第{number}组" in text for number in range(5)] == [True] * 5
    assert text.count("weixin://bizmsgmenu") == 5 and "5. <a" in text


async def test_what_the_ledger_does_not_allow_waits_and_says_so(sender: Sender, platform: Platform, redis: Redis, openid: str) -> None:
    ledger = Ledger(redis)
    await ledger.note(openid, "message")
    for _ in range(3):
        await ledger.take(openid)
    text = "".join(f"第{number}条说明，请您仔细阅读，以免耽误。" for number in range(90))
    await post(redis, openid, "chain", {"text": text})
    await post(redis, openid, "later")
    await scan(sender)
    first, second = platform.texts()
    assert second.endswith(ASK_FOR_REST) and not first.endswith(ASK_FOR_REST)
    assert await held(redis, openid) == ["chain", "later"], "nothing overtakes the rest"
    waiting = (await Commits(redis, "w").read(openid)).held
    shown = first + second.removesuffix(ASK_FOR_REST) + waiting[0][1][0]["text"]
    assert shown == text
    assert waiting[1] == ("later", ({"text": "later"},))
    assert (await ledger.read(openid)).left == 0


async def test_with_nothing_left_the_whole_reply_waits_as_it_is(sender: Sender, platform: Platform, redis: Redis, openid: str) -> None:
    await Ledger(redis).note(openid, "tap", at=now_ms() - 61_000)
    bubbles = ({"text": "一", "buttons": BUTTON}, {"text": "二"})
    await post(redis, openid, "kept", *bubbles)
    await scan(sender)
    assert platform.calls == []
    assert (await Commits(redis, "w").read(openid)).held == (("kept", bubbles),)


async def test_a_retry_sends_only_the_parts_that_did_not_go(sender: Sender, platform: Platform, redis: Redis, openid: str) -> None:
    await post(redis, openid, "parts", {"text": "一", "buttons": BUTTON}, {"text": "二", "buttons": BUTTON}, {"text": "三"})
    platform.errcodes = [0, -1]
    await scan(sender)
    await again(sender, redis, openid, "parts")
    assert platform.texts() == ["一", "二", "三"]


async def test_parts_that_did_not_go_wait_without_those_that_did(sender: Sender, platform: Platform, redis: Redis, openid: str) -> None:
    await post(redis, openid, "parts", {"text": "一", "buttons": BUTTON}, {"text": "二", "buttons": BUTTON}, {"text": "三"})
    platform.errcodes = [0, 45047]
    await scan(sender)
    assert platform.texts() == ["一"]
    assert (await Commits(redis, "w").read(openid)).held == (("parts", ({"text": "二", "buttons": BUTTON}, {"text": "三"})),)


async def test_a_frozen_cut_survives_the_sender_that_made_it(make_sender: MakeSender, platform: Platform, redis: Redis, openid: str) -> None:
    """The last allowed part is on its way when the sender dies: its successor neither loses a word nor says one twice."""
    ledger = Ledger(redis)
    await ledger.note(openid, "tap")
    text = "".join(f"第{number}条说明，请您仔细阅读，以免耽误。" for number in range(300))
    await post(redis, openid, "chain", {"text": text})
    platform.errcodes = [0, -1]
    first = await make_sender("first")
    await scan(first)
    await again(first, redis, openid, "chain")
    parts = platform.texts()
    assert len(parts) == 3 and parts[2].endswith(ASK_FOR_REST)
    rest = (await Commits(redis, "w").read(openid)).held[0][1][0]["text"]
    assert "".join(parts).removesuffix(ASK_FOR_REST) + rest == text


async def test_two_senders_send_nothing_twice(make_sender: MakeSender, platform: Platform, redis: Redis) -> None:
    one, two = await make_sender("one"), await make_sender("two")
    for sender in (one, two, one, two):
        await sender.balance()
    assert len(one.parts) == len(two.parts) == 32 and not one.parts & two.parts
    users = [f"user-{number}" for number in range(60)]
    for user in users:
        await post(redis, user, f"to-{user}")
    for _ in range(2):
        await one.scan()
        await two.scan()
    await one.idle()
    await two.idle()
    assert sorted(platform.texts()) == sorted(f"to-{user}" for user in users)


async def test_a_message_that_may_have_gone_is_sent_again_and_counted(sender: Sender, platform: Platform, redis: Redis, openid: str) -> None:
    """The sender dies between the call and its note: what Redis then holds is what a killed sender leaves."""
    before = doubles()
    await post(redis, openid, "maybe")
    assert await Turns(redis).take(partition(openid), "maybe")
    await redis.hset(key(partition(openid), "turn", "maybe"), "calling", "1")
    await again(sender, redis, openid, "maybe")
    assert platform.texts() == ["maybe"]
    assert doubles() == before + 1


async def test_an_answer_that_is_lost_counts_and_a_refused_connection_does_not(sender: Sender, platform: Platform, redis: Redis, openid: str) -> None:
    before = doubles()
    platform.silent = True
    await post(redis, openid, "lost")
    await scan(sender)
    platform.silent = False
    await again(sender, redis, openid, "lost")
    assert platform.texts() == ["lost", "lost"]
    assert doubles() == before + 1
    platform.errcodes = [47001]
    await post(redis, openid, "known")
    await scan(sender)
    await again(sender, redis, openid, "known")
    assert doubles() == before + 1


async def test_while_it_sends_a_reply_stays_its_own(sender: Sender, platform: Platform, redis: Redis, openid: str) -> None:
    await post(redis, openid, "mine")
    await scan(sender)
    events = [json.loads(fields["e"]) for _, fields in await redis.xrange(key(partition(openid), "events"))]
    assert [event["outcome"] for event in events if event["type"] == "delivery"] == ["sent"]
    assert await state(redis, openid, "mine", "parts") == "1"
    assert await state(redis, openid, "mine", "calling") is None
