"""Every event and message type is a turn, something to note, or nothing; and each gets a key of its own."""

from __future__ import annotations

import asyncio
import csv
import logging
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from channels.wechat.push import EVENTS, Push, message_key, read_push
from channels.wechat.xml import read
from store.keys import key, partition
from store.redis import Redis
from tests.channels.conftest import Bot, StartEdge, event_push, text_push

Fixture = Callable[[str], list[Push]]


@pytest.fixture(scope="module")
def fixture(shared: Path) -> Fixture:
    """Pushes of one kind, as SDKs and the official pages publish them."""
    folder = shared / "fixtures/wechat/messages"
    rows = list(csv.DictReader((folder / "INDEX.tsv").open(encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE))

    def pushes(kind: str) -> list[Push]:
        found = [read_push(read((folder / row["file"]).read_bytes())) for row in rows if row["kind"] == kind]
        assert found, kind
        return found

    return pushes


def test_every_published_event_has_its_place(shared: Path) -> None:
    """An event that nobody thought of is answered `success`; those that real accounts get are decided one by one."""
    folder = shared / "fixtures/wechat/messages"
    seen = {push.message.event: push.deed for push in (read_push(read(path.read_bytes())) for path in folder.glob("event_*.xml"))}
    business = ("card", "merchant", "store", "invoice", "poi", "user_", "shake", "wifi", "submit_", "update_member", "apply_", "create_map", "modify_")
    for event, deed in seen.items():
        assert event in EVENTS or any(word in event for word in business) or event in ("", "this_is_unknown", "unknown"), event
        assert deed == EVENTS.get(event, "none") or event == ""


@pytest.mark.parametrize(
    ("kind", "deed"),
    [
        ("event_pic_sysphoto", "none"), ("event_pic_weixin", "none"), ("event_location_select", "none"), ("event_scancode_push", "none"),
        ("event_scancode_waitmsg", "turn"), ("event_subscribe_scan", "turn"), ("event_SCAN", "turn"), ("event_kf_create_session", "none"),
        ("event_TEMPLATESENDJOBFINISH", "note"), ("event_subscribe_msg_sent_event", "note"), ("event_subscribe_msg_popup_event", "consent"),
        ("event_subscribe_msg_change_event", "consent"), ("event_debug_demo", "none"), ("check_container_path", "none"), ("event_LOCATION", "none"),
        ("event_verify_expired", "note"), ("event_user_get_card", "none"), ("compat_file", "turn"), ("text_unsupported_placeholder", "turn"),
    ],
)  # fmt: skip
def test_what_each_is_to_us(fixture: Fixture, kind: str, deed: str) -> None:
    assert {push.deed for push in fixture(kind)} == {deed}


def test_what_the_phone_waits_for_after_a_scan_is_read_as_if_typed(fixture: Fixture) -> None:
    assert {(push.message.kind, push.message.text) for push in fixture("event_scancode_waitmsg")} >= {("text", "www.qq.com"), ("text", "2")}
    info = "<ScanCodeInfo><ScanType><![CDATA[barcode]]></ScanType><ScanResult><![CDATA[CODE_128,A2026-000123]]></ScanResult></ScanCodeInfo>"
    push = read_push(read(event_push("u", "scancode_waitmsg", "query_progress", info).encode()))
    assert (push.message.kind, push.message.text, push.contact) == ("text", "A2026-000123", "tap")
    empty = read_push(read(event_push("u", "scancode_waitmsg").encode()))
    assert (empty.deed, empty.message.kind) == ("turn", "unknown"), "even an empty scan is answered"


def test_the_scene_of_a_qr_code_reaches_the_bot(fixture: Fixture) -> None:
    followed = {push.message.event_key for push in fixture("event_subscribe_scan")}
    assert any(key.startswith("qrscene_") for key in followed)
    assert all(push.message.event_key and push.message.data["ticket"] for push in fixture("event_SCAN"))


async def test_consent_to_notices_is_kept(start_edge: StartEdge, bot: Bot, redis: Redis, shared: Path, fixture: Fixture) -> None:
    """A popup names several templates in repeated List elements; a later change counts."""
    edge = await start_edge()
    (push,) = fixture("event_subscribe_msg_popup_event")
    openid, folder = push.message.openid, shared / "fixtures/wechat/messages"
    for name in ("popup", "change"):
        sealed = edge.envelope.seal((folder / f"event_subscribe_msg_{name}_event__wechatpy_1.xml").read_text(), openid, int(time.time()))
        assert await edge.post(sealed.query, sealed.body) == (200, "success")
    first, second = push.message.data
    assert push.message.data == {first: "accept", second: "reject"}
    kept = key(partition(openid), "consent", openid)
    for _ in range(200):
        if await redis.hgetall(kept) == {first: "reject", second: "reject"}:
            break
        await asyncio.sleep(0.02)
    assert await redis.hgetall(kept) == {first: "reject", second: "reject"}, "accepted in the popup, refused later"
    assert await bot.waiting() == []


async def test_what_became_of_our_messages_is_noted(start_edge: StartEdge, caplog: pytest.LogCaptureFixture) -> None:
    edge = await start_edge()
    finished = event_push("u", "TEMPLATESENDJOBFINISH", more="<MsgID>1</MsgID><Status>failed:user block\nforged</Status>")
    sealed = edge.envelope.seal(finished, "u", int(time.time()))
    with caplog.at_level(logging.INFO):
        assert await edge.post(sealed.query, sealed.body) == (200, "success")
    (line,) = [record.getMessage() for record in caplog.records if "templatesendjobfinish" in record.getMessage()]
    assert "failed:user block" in line and "\n" not in line


def test_keys() -> None:
    """One user, one second: what differs is two; what WeChat repeats is one; MsgID with a capital D names no push."""
    common = {"FromUserName": "u", "CreateTime": "1700000000"}
    different = [
        {**common, "MsgId": "1"}, {**common, "MsgId": "2"}, {**common, "MsgId": "1", "FromUserName": "v"}, {**common, "MsgId": "1", "CreateTime": "1700000001"},
        {**common, "Event": "CLICK", "EventKey": "a"}, {**common, "Event": "CLICK", "EventKey": "b"}, {**common, "Event": "VIEW", "EventKey": "a"},
        {**common, "Event": "user_get_card", "UserCardCode": "1"}, {**common, "Event": "user_get_card", "UserCardCode": "2"},
    ]  # fmt: skip
    assert len({message_key(fields) for fields in different}) == len(different)
    assert message_key({**common, "Event": "TEMPLATESENDJOBFINISH", "MsgID": "1"}) == message_key({**common, "Event": "TEMPLATESENDJOBFINISH", "MsgID": "2"})
    assert message_key({**common, "MsgId": "1", "Content": "a"}) == message_key({**common, "MsgId": "1", "Content": "b"})


async def test_two_users_with_the_same_number_are_two_messages(start_edge: StartEdge, busy_bot: Bot) -> None:
    edge, created = await start_edge(), int(time.time())
    for user in ("same-a", "same-b", "same-a"):
        assert (await edge.push(text_push(user, f"我是{user}", message_id=42, created=created), user)).text == f"答：我是{user}"
    assert [message.openid for message in busy_bot.seen] == ["same-a", "same-b"]


async def test_events_of_one_second_and_their_repeats_on_two_edges(start_edge: StartEdge, bot: Bot, openid: str) -> None:
    """Each event is a turn, each repeat joins its own, in whatever edge it arrives."""
    edges = [await start_edge(), await start_edge()]
    names = ("query_progress", "help", "find_office")
    pushes = {name: event_push(openid, "CLICK", name) for name in names}
    asking = [(name, asyncio.create_task(edge.push(xml, openid))) for name, xml in pushes.items() for edge in edges]
    for _ in range(200):
        if len(await bot.waiting()) == 3:
            break
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.2)
    for _, entry, message in await bot.waiting():
        await bot.answer_one(message, entry, [{"text": message.event_key}])
    assert [(name, (await one).text) for name, one in asking] == [(name, name) for name in names for _ in edges]
    assert len(bot.seen) == 3
