"""Subscription notices: the gist, to who has accepted them; the whole message stays for the user's next one."""

from __future__ import annotations

import asyncio

import pytest

from channels.wechat.notices import FILE, fitting, kinds, notice_data, read_templates
from store.commits import Commits
from store.consents import accepts, note_consents
from store.keys import key, partition
from store.ledger import Ledger
from store.message import Message
from store.redis import Redis
from store.turns import now_ms
from tests.channels.conftest import Bot, StartEdge, event_push
from tests.channels.outbox.conftest import MakeSender, Platform, again, held, post, scan, state
from weijing.errors import SettingsError

TEMPLATES = {"progress": "TPL-progress", "report": "TPL-report"}
DONE = {"text": "您之前提交的内容已正式登记，编号 J2026-000123，查询码 7KQ2-M9XD（只显示这一次，请保存）。请留意后续通知。"}


async def accept(redis: Redis, openid: str, template: str, answer: str = "accept") -> None:
    await note_consents(redis, Message("k", openid, kind="event", data={template: answer}))


async def close_window(redis: Redis, openid: str) -> None:
    await Ledger(redis).note(openid, "message", at=now_ms() - 49 * 3600 * 1000)


async def test_who_accepted_is_told_once_and_reads_the_whole_when_he_writes(
    make_sender: MakeSender, platform: Platform, redis: Redis, openid: str
) -> None:
    await accept(redis, openid, "TPL-report")
    await close_window(redis, openid)
    await post(redis, openid, "r1", DONE, kind="report")
    sender = await make_sender(templates=TEMPLATES)
    await scan(sender)
    (notice,) = platform.notices
    assert (notice["touser"], notice["template_id"]) == (openid, "TPL-report")
    assert notice["data"]["character_string2"] == {"value": "J2026-000123"}
    assert "7KQ2" not in str(notice), "the query code is shown in the chat only"
    assert platform.sent == [] and await held(redis, openid) == ["r1"]
    assert (await Commits(redis, "w").read(openid)).held == (("r1", (DONE,)),)
    events = [fields["e"] for _, fields in await redis.xrange(key(partition(openid), "events"))]
    assert any('"via":"notice"' in event and '"held"' in event for event in events)
    await again(sender, redis, openid, "r1")
    assert len(platform.notices) == 1


@pytest.mark.parametrize("case", ["refused", "never asked", "no template"])
async def test_who_did_not_accept_is_not_told(make_sender: MakeSender, platform: Platform, redis: Redis, openid: str, case: str) -> None:
    if case == "refused":
        await accept(redis, openid, "TPL-report")
        await accept(redis, openid, "TPL-report", "reject")
    if case == "no template":
        await accept(redis, openid, "TPL-other")
    await close_window(redis, openid)
    await post(redis, openid, "r1", DONE, kind="staff" if case == "no template" else "report")
    await scan(await make_sender(templates=TEMPLATES))
    assert platform.notices == []
    assert await state(redis, openid, "r1") == "held"


async def test_a_refusal_that_the_platform_tells_is_remembered(make_sender: MakeSender, platform: Platform, redis: Redis, openid: str) -> None:
    await accept(redis, openid, "TPL-report")
    await close_window(redis, openid)
    platform.notice_errcode = 43101
    await post(redis, openid, "r1", DONE, kind="report")
    sender = await make_sender(templates=TEMPLATES)
    await scan(sender)
    assert await state(redis, openid, "r1") == "held"
    assert not await accepts(redis, openid, "TPL-report")


async def test_a_notice_waits_for_a_platform_that_is_busy(make_sender: MakeSender, platform: Platform, redis: Redis, openid: str) -> None:
    await accept(redis, openid, "TPL-report")
    await close_window(redis, openid)
    platform.notice_errcode = -1
    await post(redis, openid, "r1", DONE, kind="report")
    sender = await make_sender(templates=TEMPLATES)
    await scan(sender)
    assert await state(redis, openid, "r1") == "sending"
    platform.notice_errcode = 0
    await again(sender, redis, openid, "r1")
    assert len(platform.notices) == 1 and await held(redis, openid) == ["r1"]


async def test_a_message_that_can_go_needs_no_notice(make_sender: MakeSender, platform: Platform, redis: Redis, openid: str) -> None:
    await accept(redis, openid, "TPL-report")
    await Ledger(redis).note(openid, "message")
    await post(redis, openid, "r1", DONE, kind="report")
    await scan(await make_sender(templates=TEMPLATES))
    assert len(platform.sent) == 1 and platform.notices == []


async def test_the_pushes_of_the_platform_are_noted(start_edge: StartEdge, bot: Bot, redis: Redis, openid: str) -> None:
    edge = await start_edge()
    row = "<List><TemplateId>{}</TemplateId><SubscribeStatusString>{}</SubscribeStatusString></List>"
    both = row.format("TPL-progress", "accept") + row.format("TPL-report", "reject")
    popup = f"<SubscribeMsgPopupEvent>{both}</SubscribeMsgPopupEvent>"
    assert (await edge.push(event_push(openid, "subscribe_msg_popup_event", more=popup), openid)).kind == ""
    for _ in range(100):
        if await accepts(redis, openid, "TPL-progress"):
            break
        await asyncio.sleep(0.02)
    assert [await accepts(redis, openid, template) for template in ("TPL-progress", "TPL-report")] == [True, False]
    assert await bot.waiting() == []


def test_templates_are_read_and_wrong_ones_named() -> None:
    assert read_templates("") == {}
    assert read_templates(" progress = VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc , notice=12345678 ") == {
        "progress": "VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc", "notice": "12345678",
    }  # fmt: skip
    for text, word in (("weather=12345678", "weather"), ("progress", "progress"), ("progress=短", "progress")):
        with pytest.raises(SettingsError, match=word):
            read_templates(text)


def test_every_field_of_every_kind_fits_with_and_without_values() -> None:
    given = {"notice": {"item": "补领居民身份证" * 5, "status": "待领取"}}
    rich = [{"text": "第一句很长很长很长很长很长很长很长很长很长很长很长。身份证号 11010519491231002X", "custom": given}]
    for kind, fields in kinds().items():
        for bubbles in ([{"text": ""}], rich, [DONE]):
            data = notice_data(kind, bubbles, now=1_700_000_000)
            assert set(data) == {field.name for field in fields}
            for name, holder in data.items():
                assert holder["value"] and fitting(name, holder["value"]) == holder["value"], (kind, name)
    assert "1949" not in str(notice_data("notice", [{"text": "身份证 11010519491231002X 已受理"}]))


@pytest.mark.parametrize(
    ("name", "value", "fits"),
    [
        ("thing1", "好" * 20, "好" * 20), ("thing1", "好" * 21, "好" * 19 + "…"), ("thing12", "一\n二", "一 二"), ("thing1", "𠮷" * 30, "𠮷" * 19 + "…"),
        ("phrase3", "待领取", "待领取"), ("phrase3", "正在审核当中", ""), ("phrase3", "ok", ""), ("character_string2", "A2026-000123", "A2026-000123"),
        ("character_string2", "编号1", ""), ("time4", "2026年11月22日 15:01", "2026年11月22日 15:01"),
    ],
)  # fmt: skip
def test_a_value_is_made_to_fit_its_field(name: str, value: str, fits: str) -> None:
    assert fitting(name, value) == fits


def test_the_time_is_beijing_s() -> None:
    assert notice_data("progress", [], now=1_700_000_000)["time4"] == {"value": "2023年11月15日 06:13"}
    assert FILE.is_file()
