"""Models and jobs in the workbench: what is asked for, by whom, and what the gate lets through."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timezone
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from store import jobs, models
from store.db import async_engine
from store.jobs import Jobs
from store.release import Releases
from tests.console.conftest import Desk, Person

MESSAGES = [
    {"text": text, "source": "talk.yml:3", "intent": intent, "predicted": "thank", "decision": "answer", "confidence": 0.71, "understood": intent == "thank"}
    for text, intent in (("窗口态度很差", "file_report"), ("谢谢你", "thank"))
]
PLANTED = "50 条标注可疑，请核对：data/nlu/planted.yml:5「我要投诉保安」标成“感谢”，现用模型有把握认作“举报投诉”"
"""As `tests/bot/trainer/test_gate.py` sees the gate refuse fifty planted examples."""
WORSE = {"text": "窗口态度很差", "intent": "file_report", "before": "file_report", "now": "thank"}


def report(*, passed: bool) -> dict[str, Any]:
    reason = "" if passed else "变坏 9 句"
    demand = {"name": "paired", "title": "与现用模型同题比较", "found": "变坏 9 句", "wanted": "不显著变坏", "reason": reason, "holds": passed}
    doubts = {"name": "labels", "title": "标注核对", "found": "50 条可疑", "wanted": "至多 10 条", "reason": "" if passed else PLANTED, "holds": passed}
    comparison = {"name": "old", "shared": 2, "before": 2, "now": 1, "better": [], "worse": [WORSE], "p_value": 1.0, "low": -0.1, "high": 0.0}
    intents = [{"intent": "file_report", "precision": 0.9, "recall": 0.5, "f1": 0.66, "support": 1}]
    return {"messages": MESSAGES, "intents": intents, "comparison": comparison, "gate": {"passed": passed, "demands": [demand, doubts]}}


@pytest_asyncio.fixture
async def engine(desk: Desk) -> AsyncIterator[AsyncEngine]:
    engine = async_engine(desk.settings.database_url)
    async with engine.begin() as connection:
        await connection.execute(text("TRUNCATE weijing.jobs, weijing.models"))
        for name, passed in (("good", True), ("bad", False)):
            await models.keep(connection, name, f"{name}.tar.gz", "c0ffee", datetime.now(timezone.utc), "xunlian")
            await models.judge(connection, name, report(passed=passed))
    yield engine
    await engine.dispose()


async def jobs_of(engine: AsyncEngine) -> list[tuple[str, str, str, dict[str, Any]]]:
    async with engine.connect() as connection:
        rows = await connection.execute(text("SELECT kind, by, model, args FROM weijing.jobs ORDER BY id"))
        return [(row.kind, row.by, row.model, row.args) for row in rows]


async def test_a_training_is_asked_for_once_followed_and_cancelled(desk: Desk, engine: AsyncEngine) -> None:
    trainer = await desk.log_in("xunlian")
    asked = await trainer.post("/workbench/train", htmx=False)
    assert asked.status == 303 and asked.headers["Location"].startswith("/workbench/jobs/")
    assert (await trainer.post("/workbench/train", htmx=False)).status == 409
    assert await jobs_of(engine) == [("train", "xunlian", "", {})]
    work = Jobs(engine)
    job = await work.take()
    assert job and await work.take() is None
    assert await work.seen(job.id, progress=30, step="训练中", log="CascadeIntentClassifier\n")
    page = await trainer.get(f"/workbench/jobs/{job.id}")
    assert "训练中" in page.text and "CascadeIntentClassifier" in page.text and 'value="30"' in page.text
    assert (await trainer.post(f"/workbench/jobs/{job.id}/cancel", htmx=False)).status == 303
    assert not await work.seen(job.id), "the trainer's process hears of it"
    await work.finish(job.id, "done", "训练好了", {})
    assert "已取消" in (await trainer.get(f"/workbench/jobs/{job.id}")).text, "what is cancelled stays so"
    assert (await trainer.post(f"/workbench/jobs/{job.id}/cancel", htmx=False)).status == 409


async def test_the_report_card_shows_why_and_the_sentences_behind_it(desk: Desk, engine: AsyncEngine) -> None:
    trainer = await desk.log_in("xunlian")
    card = (await trainer.get("/workbench/models/bad")).text
    assert "不能发布" in card and "变坏 9 句" in card and "窗口态度很差" in card and "关口放行后才能发布" in card
    assert PLANTED in card, "the lines that were planted"
    assert "主管放行" not in card, "a trainer overrides nothing"
    cell = await trainer.get("/workbench/models/bad/sentences?intent=file_report&predicted=thank", htmx=True)
    assert "窗口态度很差" in cell.text and "谢谢你" not in cell.text
    assert "关口未放行" in (await trainer.get("/workbench/models")).text
    assert (await trainer.get("/workbench/models/none")).status == 404


async def test_what_the_gate_refused_is_released_only_by_a_supervisor_with_a_reason(desk: Desk, engine: AsyncEngine) -> None:
    trainer, supervisor = await desk.log_in("xunlian"), await desk.log_in("zhuguan")
    refused = await trainer.post("/workbench/models/bad/release", {"share": "64"}, htmx=False)
    assert refused.status == 409 and "变坏 9 句" in refused.text and await jobs_of(engine) == []
    assert (await trainer.post("/workbench/models/bad/override", {"reason": "现用的更差，先顶上"}, htmx=False)).status == 403
    assert (await supervisor.post("/workbench/models/bad/override", {"reason": "急"}, htmx=False)).status == 422
    assert (await supervisor.post("/workbench/models/good/override", {"reason": "不需要理由的放行理由"}, htmx=False)).status == 409
    assert (await supervisor.post("/workbench/models/bad/override", {"reason": "现用模型认不出新政策，先用这个"}, htmx=False)).status == 303
    async with engine.connect() as connection:
        row = (await connection.execute(text("SELECT staff_id, detail FROM weijing.audit WHERE act = 'model.override' AND detail ? 'reason'"))).one()
    assert row.staff_id == "zhuguan" and row.detail["refused"] == ["paired", "labels"] and "新政策" in row.detail["reason"]
    assert (await trainer.post("/workbench/models/bad/release", {"share": "64"}, htmx=False)).status == 303
    assert [job[0] for job in await jobs_of(engine)] == ["release"]


async def test_nobody_lets_his_own_model_through(desk: Desk, engine: AsyncEngine) -> None:
    supervisor = await desk.log_in("zhuguan")
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE weijing.models SET by = 'zhuguan'"))
    assert (await supervisor.post("/workbench/models/bad/override", {"reason": "现用模型认不出新政策，先用这个"}, htmx=False)).status == 403


async def test_costly_doors_have_a_bound_and_the_way_back_has_none(desk: Desk, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.workbench.bounds.BOUNDS", {"train": (1, 3600), "talk": (0, 60)})
    trainer = await desk.log_in("xunlian")
    assert (await trainer.post("/workbench/train", htmx=False)).status == 303
    refused = await trainer.post("/workbench/train", htmx=False)
    assert refused.status == 429 and "用得太勤了" in refused.text
    assert (await trainer.post("/workbench/try", {"text": "你好", "talk": "t"})).status == 429
    assert (await trainer.post("/workbench/rollback", htmx=False)).status == 303


CROSSED = {
    "examples": 2, "wrong": 1, "macro_f1": {"value": 0.5, "low": 0.4, "high": 0.6},
    "intents": [{"intent": "thank", "precision": 0.5, "recall": 1.0, "f1": 0.67, "support": 1}],
    "confusions": [{"intent": "thank", "predicted": "greet", "count": 3, "examples": ["多谢"]}],
    "doubts": [{"text": "谢谢", "intent": "thank", "predicted": "greet", "confidence": 0.91}],
}  # fmt: skip


async def test_a_cross_validation_is_shown_with_the_data_it_is_about(desk: Desk, engine: AsyncEngine) -> None:
    trainer = await desk.log_in("xunlian")
    assert (await trainer.post("/workbench/crossval", htmx=False)).status == 303
    work = Jobs(engine)
    job = await work.take()
    assert job and job.kind == "crossval"
    await work.finish(job.id, "done", "2 条例句，1 条与其余例句说的不一致", CROSSED)
    page = (await trainer.get(f"/workbench/jobs/{job.id}")).text
    assert "可疑的例句" in page and "谢谢" in page and "91%" in page and "0.500" in page
    listed = (await trainer.get("/workbench/data")).text
    assert "交叉检验 F1" in listed and "0.67" in listed and "1 条可疑" in listed
    intent = (await trainer.get("/workbench/data/thank")).text
    assert "可疑的例句" in intent and "认作 问好" in intent and "3 次" in intent


async def test_a_replay_shows_its_cases_but_not_those_of_who_left(desk: Desk, engine: AsyncEngine) -> None:
    trainer, found = await desk.log_in("xunlian"), {"now": "thank", "now_item": None, "confidence": 0.9, "decision": "answer", "passed": True}
    async with engine.begin() as connection:
        await jobs.add(connection, "replay", "xunlian", cases=[{"key": "a", "handoff": "h", "text": "多谢微警", "intent": "thank", "item": ""}])
    work = Jobs(engine)
    job = await work.take()
    assert job
    await work.finish(job.id, "done", "重放 2 句，2 句听对了", {"rows": [{"key": "a", **found}, {"key": "gone", **found}], "passed": True})
    page = (await trainer.get(f"/workbench/jobs/{job.id}")).text
    assert "多谢微警" in page and page.count("听对</span>") == 1


async def test_a_share_is_one_of_those_offered(desk: Desk, engine: AsyncEngine) -> None:
    trainer = await desk.log_in("xunlian")
    assert (await trainer.post("/workbench/models/good/release", {"share": "63"}, htmx=False)).status == 422
    assert (await trainer.post("/workbench/models/good/release", {"share": "6"}, htmx=False)).status == 303
    assert await jobs_of(engine) == [("release", "xunlian", "good", {"share": 6})]


async def test_the_list_tells_who_serves_and_a_model_that_will_not_load(desk: Desk, engine: AsyncEngine) -> None:
    releases = Releases(desk.redis)
    await releases.enforce(await releases.wish("good.tar.gz", "bad.tar.gz", 6))
    failed = {"bad.tar.gz": {"state": "failed", "words": "cannot be read", "model_id": ""}}
    await releases.tell("host:1", {"epoch": 1, "models": failed})
    async with engine.begin() as connection:
        await models.note_release(connection, "good", "bad", "xunlian")
    trainer: Person = await desk.log_in("xunlian")
    page = (await trainer.get("/workbench/models")).text
    assert "试用，服务 6/64" in page and "停止试用" in page and "bad.tar.gz 装不进去" in page
