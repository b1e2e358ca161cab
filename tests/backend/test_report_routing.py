"""Routing, urgency and sealing: where a report goes, how urgent it is and why, and who never learns the name."""

from __future__ import annotations

import json
from uuid import uuid4

import asyncpg
import pytest
from cryptography.fernet import Fernet, InvalidToken

from backend.vault import sealed_vault
from tests.backend.conftest import Api, Running
from tests.backend.test_reports import REPORTER


@pytest.mark.parametrize(
    ("fields", "unit"),
    [
        ({"content": "城关派出所民警骂人", "place": "黄浦区城关派出所"}, "督察"),
        ({"content": "打电话去问，对方挂断", "details": [{"name": "单位和民警", "value": "县局督察大队"}]}, "上级督察"),
        ({"content": "我投诉过，督察大队不理不睬，推诿了一个月"}, "上级督察"),
        ({"content": "我向督察反映过，派出所还是不立案"}, "督察"),
        ({"content": "理发店办的卡，店家跑路了不退钱"}, "信访"),
    ],
)
async def test_a_complaint_never_goes_to_the_unit_complained_of(api: Api, database: asyncpg.Connection, fields: dict[str, object], unit: str) -> None:
    filed = await api.report(kind="complaint", topic="不作为", **fields)
    row = await database.fetchrow("SELECT unit, area FROM backend.reports WHERE report_no = $1", filed.json["report_no"])
    assert (row["unit"], row["area"]) == (unit, "")
    assert "派出所" not in (await api.progress(filed.json["report_no"], query_code=filed.json["query_code"])).json["office"]


@pytest.mark.parametrize(
    ("topic", "place", "office"),
    [
        ("赌博", "上海市黄浦区示例路3号", "黄浦区治安部门"),
        ("毒品", "示例县中心街", "示例县刑侦部门"),
        ("噪声", "幸福小区5栋", "治安部门"),
        ("非法集资", None, "经侦部门"),
        ("涉黑", "高新开发区", "刑侦部门"),
    ],
)
async def test_a_tip_goes_to_the_unit_of_its_topic_in_the_district_of_its_place(api: Api, topic: str, place: str | None, office: str) -> None:
    filed = await api.report(topic=topic, place=place, content=f"一条线索 {uuid4().hex}")
    assert (await api.progress(filed.json["report_no"], query_code=filed.json["query_code"])).json["office"] == office
    assert f"转{office}" in filed.json["next_step"]


@pytest.mark.parametrize(
    ("content", "number"),
    [
        ("老板拖欠工资三个月", "12333"),
        ("网上买到假货，商家不给退款", "12315"),
        ("楼下工地半夜施工吵得睡不着", "12345"),
        ("老板拖欠工资还打人", None),
        ("刷单被骗不退钱", None),
    ],
)
async def test_what_is_not_ours_is_told_at_once_with_its_number(api: Api, content: str, number: str | None) -> None:
    step = (await api.report(topic="其他", content=content, openid=f"o-{uuid4().hex[:8]}")).json["next_step"]
    assert (number in step and "24小时" in step and "第六十一条" in step) if number else "24小时" not in step


async def test_urgency_is_stored_with_its_reasons_and_sorts(api: Api, database: asyncpg.Connection) -> None:
    await database.execute("DELETE FROM backend.reports")
    for topic, content, now in (("噪声", "每晚广场舞", False), ("赌博", "二楼打牌", False), ("枪爆", "有人带着猎枪", True), ("赌博", "正在打牌", True)):
        await api.report(topic=topic, content=content, happening_now=now)
    rows = await database.fetch("SELECT urgency::text, urgency_reasons FROM backend.reports AS filed ORDER BY filed.urgency, received_at")
    assert [row["urgency"] for row in rows] == ["critical", "high", "normal", "low"]
    assert "涉及枪支、爆炸物或凶器" in json.loads(rows[0]["urgency_reasons"]) and json.loads(rows[3]["urgency_reasons"]) == []


async def test_a_sealed_reporter_is_nowhere_but_in_the_sealed_column(api: Api, backend: Running, database: asyncpg.Connection) -> None:
    filed = await api.report(mode="sealed", reporter=REPORTER, openid="o-sealed", content="要求保密的线索")
    number = filed.json["report_no"]
    row = await database.fetchrow("SELECT * FROM backend.reports WHERE report_no = $1", number)
    assert row["contact"] is None and row["sealed"]
    assert sealed_vault(backend.settings.derived_key("sealed-reporter")).open(row["sealed"]) == REPORTER
    seen = [str(dict(row)), str(filed.json), str((await api.progress(number, query_code=filed.json["query_code"])).json)]
    seen.append(str((await api("GET", "/v1/changes")).json))
    assert not any(secret in text for text in seen for secret in REPORTER.values())


async def test_the_usual_key_does_not_open_what_is_sealed(api: Api, backend: Running, database: asyncpg.Connection) -> None:
    filed = await api.report(mode="sealed", reporter=REPORTER, content="另一条要求保密的线索")
    sealed = await database.fetchval("SELECT sealed FROM backend.reports WHERE report_no = $1", filed.json["report_no"])
    with pytest.raises(InvalidToken):
        Fernet(backend.settings.vault_key.get_secret_value()).decrypt(sealed.encode())


async def test_sealed_without_a_name_is_refused(api: Api) -> None:
    assert (await api.report(mode="sealed")).status == 422
