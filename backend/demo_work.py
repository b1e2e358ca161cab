"""Demo work, seeded once wherever `WEIJING_ENV` is not production: units, and some fifty reports, letters and follow-ups in every state, older and younger.

Everything is invented. They are followed by nobody: their query codes were never given out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any

import asyncpg

from backend import follow_ups, letters, reports, routing
from backend.database import transaction
from backend.demo_notices import DEMO_AREAS
from backend.promises import Promises
from backend.vault import Vault
from backend.work import fill_work
from backend.work_states import STATES, STATUS
from weijing.urgency import judge
from weijing.workdays import SHANGHAI, today

UNITS: tuple[tuple[str, str, str | None, str, list[str]], ...] = (
    ("desk", "服务坐席", None, "desk", []), ("hukou", "户政", None, "department", []), ("public_order", "治安", None, "department", []),
    ("traffic", "交管", None, "department", []), ("exit_entry", "出入境", None, "department", []), ("anti_fraud", "反诈", None, "department", []),
    ("criminal", "刑侦", None, "department", []), ("economic", "经侦", None, "department", []), ("petitions", "信访", None, "petitions", []),
    ("supervision", "督察", None, "supervision", []), ("supervision_above", "上级督察", None, "supervision", []),
    ("station_1", "示例一号派出所", "public_order", "station", list(DEMO_AREAS[:2])),
    ("station_2", "示例二号派出所", "public_order", "station", [DEMO_AREAS[2]]),
    ("station_3", "示例三号派出所", "public_order", "station", list(DEMO_AREAS[3:])),
)  # fmt: skip
"""(id, name, parent, kind, areas)."""
TIPS = (
    ("赌博", "小区棋牌室每晚聚众赌博，门口有人望风"), ("噪声", "楼下歌厅唱到凌晨，物业劝过还在吵"), ("诈骗", "有人在业主群里拉人刷单返利，先垫钱后返钱"),
    ("涉黄", "足疗店半夜拉客，门上贴着暗号卡片"), ("安全生产", "仓库里堆放烟花爆竹，消防通道锁着"), ("毒品", "出租屋常有陌生人进出，气味刺鼻"),
    ("非法集资", "门店许诺高息，让老人存钱，现在取不出来"), ("其他", "有人在河边电鱼，夜里开着大灯"),
)  # fmt: skip
COMPLAINTS = (("不作为", "报案以后一直没有收到回执，打电话说再等等"), ("服务态度", "窗口人员说话很冲，让我来回跑了三趟"), ("乱收费", "办证多收了钱，没给票据"))
LETTERS = (
    ("suggestion", "建议办证大厅中午安排人值班"), ("question", "想问外地户口的孩子在本地怎么办身份证"), ("request", "母亲行动不便，想请民警上门办证"),
    ("praise", "感谢派出所帮我找回走失的父亲"), ("opinion", "学校门口放学时太堵，建议增加协管"),
)  # fmt: skip
PATHS: dict[str, tuple[tuple[str, ...], ...]] = {
    "report": (
        (), ("accepted",), ("accepted", "processing"), ("accepted", "processing", "completed"), ("accepted", "supplement"), ("refused",),
        ("accepted", "processing", "completed", "followed_up"), (),
    ),
    "letter": ((), ("accepted",), ("accepted", "processing"), ("accepted", "processing", "completed"), ("refused",), ()),
    "follow_up": ((), ("processing",)),
}  # fmt: skip
"""What a demo item has gone through, one after the other."""
WHO = ("zuoxi1", "zuoxi2")
"""Accounts of the demo's console."""
UNIT = "INSERT INTO backend.units (id, name, parent, kind, areas) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"
QUESTION = "现场照片请补一张，能看清门牌就可以。"
REPORT = "UPDATE backend.reports SET status = $2, steps = $3, question = $4 WHERE report_no = $1"
LETTER = "UPDATE backend.letters SET status = $2, steps = $3 WHERE letter_no = $1"
FOLLOW_UP = "UPDATE backend.follow_ups SET status = $2, steps = $3 WHERE follow_up_no = $1"
STAND = """
    UPDATE backend.work SET state = $2, assignee = $3, version = $4, waiting_since = CASE WHEN $2 = 'supplement' THEN received_at::date + 1 END,
           ended_at = CASE WHEN ended_at IS NULL THEN NULL ELSE LEAST(now(), received_at + make_interval(days => $5)) END WHERE number = $1
"""
HISTORY = """
    INSERT INTO backend.work_history (number, at, staff, act, from_state, to_state, reason) VALUES ($1, $2, $3, 'transition', $4, $5, '演示数据')
"""


async def seed_work(pool: asyncpg.Pool, vault: Vault, sealed: Vault, promises: Promises) -> None:
    """Put in units and work, if they are not there yet, and the work items of all matters."""
    async with transaction(pool) as connection:
        await connection.executemany(UNIT, UNITS)
        if not await connection.fetchval("SELECT true FROM backend.reports WHERE report_no LIKE 'J%-9%' LIMIT 1"):
            numbers = [*await _reports(connection, vault, sealed), *await _letters(connection, promises), *await _follow_ups(connection, promises)]
            await fill_work(connection)
            await _stand(connection, numbers)


Item = tuple[str, str, datetime, int]
"""Number, kind, when it was received, and its place in its kind."""


def _received(place: int) -> datetime:
    return datetime.combine(today() - timedelta(days=place * 7 % 24), time(7 * place % 24, 13), SHANGHAI)


def _steps(kind: str, place: int, received: datetime) -> tuple[str, list[dict[str, str]]]:
    """The state at the end of the item's path, and the public steps on the way."""
    path = PATHS[kind][place % len(PATHS[kind])]
    moments = [received + timedelta(hours=count) for count in range(len(path) + 1)]
    names = ("登记", *(STATES[state] for state in path))
    return path[-1] if path else "received", [{"at": at.isoformat(), "name": name, "note": ""} for at, name in zip(moments, names, strict=True)]


async def _reports(connection: asyncpg.Connection, vault: Vault, sealed: Vault) -> list[Item]:
    made: list[Item] = []
    for place in range(36):
        kind, stories = ("complaint", COMPLAINTS) if place % 4 == 3 else ("tip", TIPS)
        topic, content = stories[place % len(stories)]
        mode = ("anonymous", "named", "sealed")[place % 3]
        area = DEMO_AREAS[place % len(DEMO_AREAS)]
        reporter = {"name": "示例", "phone": f"199000001{place:02d}"}
        report = {"kind": kind, "topic": topic, "content": f"{area}{content}", "place": f"{area}示例路{place + 1}号", "mode": mode, "happening_now": place == 0}
        to, urgency, received = routing.route(report), judge(report), _received(place)
        number, (state, steps) = f"J{received.year}-9{place + 1:05d}", _steps("report", place, received)
        contact, secret = vault.seal(reporter) if mode == "named" else None, sealed.seal(reporter) if mode == "sealed" else None
        await connection.execute(
            reports.INSERT, number, kind, topic, report["content"], None, report["place"], place == 0, [], mode, contact, None, to.unit, steps,
            routing.next_step(kind, mode, to, False), received, routing.promised_on(kind, mode, received.date()), None, secret, [], to.area,
            urgency.level, list(urgency.reasons),
        )  # fmt: skip
        await connection.execute(REPORT, number, STATUS["report"][state], steps, QUESTION if state == "supplement" else None)
        made.append((number, "report", received, place))
    return made


async def _letters(connection: asyncpg.Connection, promises: Promises) -> list[Item]:
    made: list[Item] = []
    for place in range(12):
        kind, content = LETTERS[place % len(LETTERS)]
        received = _received(place)
        number, (state, steps) = f"X{received.year}-9{place + 1:05d}", _steps("letter", place, received)
        promised = promises.letter_on(received.date(), named=False)
        await connection.execute(letters.INSERT, number, kind, content, None, None, None, routing.LETTERS, steps, "正在办理。", received, promised)
        await connection.execute(LETTER, number, STATUS["letter"][state], steps)
        made.append((number, "letter", received, place))
    return made


async def _follow_ups(connection: asyncpg.Connection, promises: Promises) -> list[Item]:
    made: list[Item] = []
    for place, matter in enumerate(("A2026-000107", "A2026-000109")):
        received = _received(place)
        number, (state, steps) = f"H{received.year}-9{place + 1:05d}", _steps("follow_up", place, received)
        due = promises.follow_up_on(received.date())
        row = (number, matter, "demo", "示例市公安局户政窗口", routing.INSPECTORS, steps, follow_ups.NEXT, received, due)
        await connection.execute(follow_ups.OPEN, *row)
        await connection.execute(FOLLOW_UP, number, STATUS["follow_up"][state], steps)
        made.append((number, "follow_up", received, place))
    return made


async def _stand(connection: asyncpg.Connection, items: Sequence[Item]) -> None:
    """Bring the work items to the ends of their paths, with the history of the way."""
    stands: list[tuple[Any, ...]] = []
    lines: list[tuple[Any, ...]] = []
    for number, kind, received, place in items:
        path = ("received", *PATHS[kind][place % len(PATHS[kind])])
        who = WHO[place % len(WHO)]
        stands.append((number, path[-1], who if len(path) > 1 else None, len(path), 1 + place % 9))
        lines.extend((number, received + timedelta(hours=count), who, *pair) for count, pair in enumerate(pairwise(path), start=1))
    await connection.executemany(STAND, stands)
    await connection.executemany(HISTORY, lines)
