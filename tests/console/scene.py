"""An afternoon at the desk, invented: who waits, who is served, what is held, what was closed, and three weeks behind it."""

from __future__ import annotations

import asyncio
import random
import time
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

from console.board.daily import count_days
from store.db import async_engine
from store.desk import Desk as DeskStore
from store.event_streams import EventStreams
from store.evidence import Evidence, EvidenceStore, evidence_id
from store.ledger import Ledger
from store.projector import Projector
from store.redis import Redis
from tests.console.conftest import Desk
from tests.console.desk_people import found, happened, turn
from weijing.settings import ROOT
from weijing.tasks import end

DAY = 86_400.0
CLOSED = 3
PICTURE = ROOT / "docs" / "img" / "h5-item.png"
MATERIALS = "【居住登记】要带：\n1. 居民身份证（原件）\n2. 住所证明：租房合同、房产证等（原件或复印件）\n依据：《居住证暂行条例》第九条"
WAITS = "已转给工作人员，请稍等。"
WAITING: tuple[tuple[str, float, str, dict[str, Any]], ...] = (
    ("他又打我了，我和孩子在卧室", 21, "emergency", {"urgency": "urgent"}),
    ("窗口的人骂我，还让我滚", 134, "report", {"urgency": "urgent", "topic": "服务态度"}),
    ("身份证丢了，人在外地怎么补", 220, "request", {"topic": "身份证"}),
    ("Do I need to register my address?", 380, "language", {}),
    ("我的护照办了二十天还没好", 960, "request", {"topic": "出入境"}),
    ("小狗多大要办证", 2400, "fallback", {"topic": "养犬"}),
    ("电动车被偷了三天，没有人联系我", 4200, "report", {"topic": "盗窃"}),
    ("帮我看看这条短信是不是诈骗", 7800, "request", {"topic": "反诈"}),
)
"""(words, seconds of waiting, reason, the rest of the handoff)."""
HELD = (
    (
        "对罚款决定不服，过了六十天还能复议吗",
        "申请行政复议，应当自知道该行政行为之日起六十日内提出；因不可抗力耽误的，自障碍消除之日起继续计算。\n依据：《行政复议法》第二十条",
    ),
    ("被拘留五天后说弄错了，能赔多少", "侵犯人身自由的，每日赔偿金按国家上年度职工日平均工资计算。\n依据：《国家赔偿法》第三十三条"),
)
ASKED = ("身份证丢了怎么补", "居住证怎么签注", "护照首次申请要带什么", "驾驶证到期换证", "无犯罪证明怎么开", "给新生儿上户口", "去派出所办户口几点开门")


def person(name: str) -> str:
    """An openid as WeChat writes them."""
    return f"oScene_{uuid4().hex[:12]}{name}"


async def play(desk: Desk, redis: Redis) -> dict[str, str]:
    """Write everything; returns the objects that a page's address may name: `openid` of the conversation that 林坐席 serves, and the `id` of its picture."""
    served, key = person("Serv"), uuid4().hex
    events = [
        turn(served, "我要办居住登记", ago=1500, bubbles=[{"text": MATERIALS}], intent="ask_guide", service_item="residence_registration", aspect="materials"),
        turn(served, "房东不给合同怎么办", ago=1380, decision="clarify", bubbles=[{"text": "我没有听明白。您是想问材料，还是想反映房东？"}], confidence=0.41),
        turn(served, "", ago=1260, key=key, kind="image", bubbles=[{"text": "收到图片。"}]),
        turn(served, "这张纸条能不能当证明", ago=1200, reason="fallback", topic="居住登记", bubbles=[{"text": "这个问题我答不好，已转给工作人员，请稍等。"}]),
        *(turn(person(f"W{n}"), words, ago=ago, reason=reason, bubbles=[{"text": WAITS}], **more) for n, (words, ago, reason, more) in enumerate(WAITING)),
        *(turn(person(f"H{n}"), words, ago=300 + 900 * n, held=answer) for n, (words, answer) in enumerate(HELD)),
    ]
    closed = [person(f"C{n}") for n in range(CLOSED)]
    events += [turn(openid, ASKED[n], ago=9000 + 600 * n, reason="request", topic="户政", bubbles=[{"text": WAITS}]) for n, openid in enumerate(closed)]
    await happened(desk, *events, *_past())
    await _keep_picture(desk, served, key)
    await _work(desk, redis, served, closed)
    for openid in (served, *closed):
        await Ledger(redis).note(openid, "message", int((time.time() - 1200) * 1000))
    await _settled(desk, redis)
    return {"openid": served, "id": evidence_id(key)}


async def _settled(desk: Desk, redis: Redis) -> None:
    """What staff said is projected, and the days behind are counted."""
    engine = async_engine(desk.settings.database_url)
    projector = asyncio.create_task(Projector(EventStreams(redis, "scene"), engine).run())
    for _ in range(600):
        if len(await found(desk, "SELECT key FROM weijing.messages WHERE direction = 'staff'")) == 1 + CLOSED:
            break
        await asyncio.sleep(0.05)
    await end(projector)
    await count_days(engine)
    await engine.dispose()


def _past() -> list[dict[str, Any]]:
    chance = random.Random(5)
    made = []
    for day in range(1, 21):
        for visit in range(chance.randrange(8, 20)):
            lost, handed = chance.random() < 0.12, chance.random() < 0.15
            more = {"reason": "fallback" if lost else "request"} if handed else {}
            made.append(turn(
                person(f"P{day}{visit}"), chance.choice(ASKED), ago=day * DAY + chance.randrange(36_000), service_item=None if lost else "id_card_replacement",
                decision="fallback" if lost else "answer", intent="ask_guide" if chance.random() < 0.6 else "query_progress", **more,
            ))  # fmt: skip
    return made


async def _keep_picture(desk: Desk, openid: str, key: str) -> None:
    store = await EvidenceStore.open(desk.settings.database_url, desk.settings.derived_key("evidence"))
    await store.keep(Evidence(evidence_id(key), openid, key, "image", "wechat", "wechat", int((time.time() - 1260) * 1000)), PICTURE.read_bytes())
    await store.close()


async def _work(desk: Desk, redis: Redis, served: str, closed: list[str]) -> None:
    engine = async_engine(desk.settings.database_url)
    store = DeskStore(engine, redis)
    await store.claim(served, "zuoxi1")
    await store.reply(served, "zuoxi1", [{"text": "您好，我是林坐席。手写纸条不能当住所证明，可以请房东出具一份同意居住的说明，附房产证复印件。"}], uuid4().hex)
    await store.note(served, "zuoxi1", "房东在外地，下周回来；已告知可先线上预约。")
    for number, openid in enumerate(closed):
        await store.claim(openid, "zuoxi2")
        await store.reply(openid, "zuoxi2", [{"text": "您好，材料带齐到户籍窗口就能办。"}], uuid4().hex)
        await store.close(openid, "zuoxi2", ("solved", "solved", "no_answer")[number])  # type: ignore[arg-type]
    await engine.dispose()
    since = datetime.now(timezone.utc) - timedelta(days=1)
    await found(desk, "UPDATE weijing.handoffs SET state = 'done', closed_at = opened_at + interval '9 minutes', closed_by = 'zuoxi1', end_state = 'solved' "
                "WHERE opened_at < :since", since=since)  # fmt: skip
    await found(desk, "UPDATE weijing.conversations SET owner = 'bot', waiting_since = NULL, handoff = NULL WHERE waiting_since < :since", since=since)
