"""Service items: an edit by one person, approved by another, into the data and to the bot's catalogue; off at once."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta

import pytest_asyncio
from ruamel.yaml import YAML
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from console.workbench import item_fields, item_lines
from console.workbench.repo import Repo
from store.db import async_engine
from tests.backend.conftest import Running
from tests.console.conftest import Desk, opened, settings_for
from tests.console.workbench import empty, guess, said
from weijing.engines import EmbeddedRedis
from weijing.service_item import Basis, TimeLimit
from weijing.service_items import FOLDER, load_service_items
from weijing.workdays import SHANGHAI

ITEM = "website_filing"


@pytest_asyncio.fixture
async def bureau(database: str, folder: object, redis: object, redis_server: EmbeddedRedis) -> AsyncIterator[Desk]:
    """A console beside a real backend on the same database server."""
    settings = settings_for(redis_server.url, database, folder)  # type: ignore[arg-type]  # fixtures
    with Running(settings) as backend:
        async with opened(settings.copy(update={"backend_url": backend.base}), redis) as desk:  # type: ignore[arg-type]
            yield desk


@pytest_asyncio.fixture
async def engine(bureau: Desk) -> AsyncIterator[AsyncEngine]:
    made = async_engine(bureau.settings.database_url)
    await empty(made)
    yield made
    await made.dispose()


def edit(summary: str, day: date) -> dict[str, str]:
    return {"summary": summary, "reason": "依据：公安部令第33号第十二条", "effective_on": day.isoformat()}


async def live(engine: AsyncEngine) -> dict[str, object]:
    async with engine.connect() as connection:
        row = (await connection.execute(text("SELECT record, version, active FROM backend.service_items WHERE id = :id"), {"id": ITEM})).one()
    return {**row.record, "version": row.version, "active": row.active}


async def test_an_edit_needs_a_second_person_and_reaches_data_and_bot(bureau: Desk, engine: AsyncEngine) -> None:
    trainer, chief, repo = await bureau.log_in("xunlian"), await bureau.log_in("zhuguan"), Repo(bureau.settings.workbench_repo)
    before, today, path = await live(engine), datetime.now(SHANGHAI).date(), f"/workbench/items/{ITEM}"
    assert (await trainer.post(f"{path}/edits", edit(str(before["summary"]), today), htmx=False)).status == 422, "nothing differs"
    assert (await trainer.post(f"{path}/edits", {**edit("短", today), "name": "一" * 30}, htmx=False)).status == 422, "no valid item"
    assert (await trainer.post(f"{path}/edits", edit("短", today - timedelta(days=1)), htmx=False)).status == 422
    assert (await trainer.post(f"{path}/edits", edit("网站联通之日起三十日内备案。", today), htmx=False)).status == 303
    page = await chief.get(path)
    found = re.search(r"/edits/(\d+)/decision", page.text)
    assert found and "网站联通之日起三十日内备案。" in page.text
    assert (await trainer.post(f"{path}/edits/{found[1]}/decision", {"to": "approved"})).status == 403
    head = repo.head()
    assert (await chief.post(f"{path}/edits/{found[1]}/decision", {"to": "approved"}, htmx=False)).status == 303
    newest = repo.history(1)[0]
    assert newest.id != head and newest.staff_id == "xunlian" and "Approved-by: zhuguan" in newest.words
    changed = [line for line in repo.diff(newest.id).splitlines() if line[:1] in "+-"][2:]
    assert changed == [f"-  summary: {before['summary']}", "+  summary: 网站联通之日起三十日内备案。"]
    after = await live(engine)
    assert after["summary"] == "网站联通之日起三十日内备案。" and int(str(after["version"])) > int(str(before["version"]))
    assert (await chief.post(f"{path}/edits/{found[1]}/decision", {"to": "approved"})).status == 409
    assert (await chief.post(f"{path}/edits", edit("主管自己改的。", today), htmx=False)).status == 303
    assert (await chief.post(f"{path}/edits/{await _newest(engine)}/decision", {"to": "approved"})).status == 403, "one's own"


async def _newest(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return int((await connection.execute(text("SELECT max(id) FROM weijing.item_edits"))).scalar_one())


async def test_a_fee_needs_its_basis_and_what_is_emptied_is_not_confirmed(bureau: Desk, engine: AsyncEngine) -> None:
    trainer, chief, repo = await bureau.log_in("xunlian"), await bureau.log_in("zhuguan"), Repo(bureau.settings.workbench_repo)
    path, sent = f"/workbench/items/{ITEM}", {"reason": "依据：示例收费文件", "effective_on": datetime.now(SHANGHAI).date().isoformat()}
    page = (await trainer.get(path)).text
    basis = item_lines.typed("legal_basis", (await live(engine))["legal_basis"])
    assert all(f'name="{name}"' in page for name in ("fee", "time_limit", "legal_basis", "regions")) and basis in page
    fee = {**sent, "fee": "备案 | 10 | 每个网站\n没有网站的不收"}
    refused = await trainer.post(f"{path}/edits", fee, htmx=False)
    assert refused.status == 422 and "收费要有依据" in refused.text
    half = await trainer.post(f"{path}/edits", {**fee, "legal_basis": f"{basis}\n示例收费办法 | 第3条 | 费用"}, htmx=False)
    assert half.status == 422 and "「依据」" in half.text, "an article as no law prints it"
    wrong = await trainer.post(f"{path}/edits", {**sent, "fee": "备案 | 十元"}, htmx=False)
    assert wrong.status == 422 and "备案 | 十元" in wrong.text
    region = "浙江\n依据 | 示例省收费办法 | 第五条 | 费用\n费用 | 备案 | 5.5"
    whole = {**fee, "legal_basis": f"{basis}\n示例收费办法 | 第三条 | 2025 | 费用", "regions": region, "time_limit": ""}
    shown = (await trainer.post(f"{path}/preview", {**whole, "aspect": "fee"})).text
    assert "备案：10元（每个网站）" in shown and "示例收费办法" in shown and "改了什么" in shown and "没有网站的不收" in shown
    assert (await trainer.post(f"{path}/edits", whole, htmx=False)).status == 303
    assert (await chief.post(f"{path}/edits/{await _newest(engine)}/decision", {"to": "approved"}, htmx=False)).status == 303
    after = await live(engine)
    assert item_lines.typed("fee", after["fee"]) == fee["fee"]
    assert set(after["unconfirmed"]) == {"materials", "time_limit", "online", "validity"}, "filled and emptied"  # type: ignore[call-overload]
    written = next(one for one in load_service_items(repo.folder / "data" / "service_items") if one.id == ITEM)
    assert written.regions[0].changes.fee and written.regions[0].changes.fee.charges[0].yuan == 5.5 and written.time_limit == TimeLimit()
    assert written.legal_basis[-1] == Basis("示例收费办法", "第三条", 2025, "", ("fee",))


async def test_an_item_is_added_and_taken_away_by_two(bureau: Desk, engine: AsyncEngine) -> None:
    trainer, chief, repo = await bureau.log_in("xunlian"), await bureau.log_in("zhuguan"), Repo(bureau.settings.workbench_repo)
    known, today = {one.id for one in load_service_items(repo.folder / "data" / "service_items")}, datetime.now(SHANGHAI).date().isoformat()
    new = {
        "id": "kite_filing", "category": "cyber", "owner": "示例支队", "name": "风筝备案", "summary": "示例事项，放风筝前备案。", "audience": "放风筝的人",
        "legal_basis": "示例风筝条例 | 第三条", "questions": "放风筝要不要备案\n风筝备案去哪里",
        "valid_from": today, "review_by": today, "reason": "示例", "effective_on": today,
    }  # fmt: skip
    assert (await trainer.get("/workbench/new-item")).status == 200
    assert (await trainer.post("/workbench/items", {**new, "name": "公安联网备案"}, htmx=False)).status == 409, "another item has this name"
    assert (await trainer.post("/workbench/items", {**new, "legal_basis": ""}, htmx=False)).status == 422, "no law"
    assert (await trainer.post("/workbench/items", new, htmx=False)).status == 303
    assert "新事项，还没生效" in (await chief.get("/workbench/items/kite_filing")).text
    assert {one.id for one in load_service_items(repo.folder / "data" / "service_items")} == known
    decision = f"/workbench/items/kite_filing/edits/{await _newest(engine)}/decision"
    assert (await chief.post(decision, {"to": "approved"}, htmx=False)).status == 303
    assert "正在回答" in (await chief.get("/workbench/items/kite_filing")).text
    assert {one.id for one in load_service_items(repo.folder / "data" / "service_items")} - known == {"kite_filing"}
    assert not [line for line in repo.diff(repo.history(1)[0].id).splitlines() if line.startswith("-  ") or line.startswith("-- ")], "other lines stay"
    gone = {"reason": "示例结束", "effective_on": today}
    assert (await trainer.post("/workbench/items/passport_first/removal", gone, htmx=False)).status == 409, "others lead to it"
    assert (await trainer.post("/workbench/items/kite_filing/removal", gone, htmx=False)).status == 303
    decision = f"/workbench/items/kite_filing/edits/{await _newest(engine)}/decision"
    assert (await chief.post(decision, {"to": "approved"}, htmx=False)).status == 303
    assert {one.id for one in load_service_items(repo.folder / "data" / "service_items")} == known
    async with engine.connect() as connection:
        assert not (await connection.execute(text("SELECT active FROM backend.service_items WHERE id = 'kite_filing'"))).scalar_one()


def test_every_field_of_the_projects_items_is_typed_and_read_back() -> None:
    """What lines cannot say is not offered: of all items, empty lists and days without a number alone."""
    left_out = {}
    for file in FOLDER.rglob("*.yml"):
        for record in YAML().load(file.read_text(encoding="utf-8")):
            offered = {name for name, _, _ in item_fields.fields(record)}
            left_out |= {record["id"]: set(item_lines.TITLES) - offered - {"unconfirmed"}} if len(offered) < len(item_lines.TITLES) - 1 else {}
            assert not item_fields.changes(record, {name: [typed] for name, _, typed in item_fields.fields(record)})
    assert len(left_out) < 10, left_out


async def test_an_edit_waits_for_its_day(bureau: Desk, engine: AsyncEngine) -> None:
    trainer, chief, repo = await bureau.log_in("xunlian"), await bureau.log_in("zhuguan"), Repo(bureau.settings.workbench_repo)
    day, path = datetime.now(SHANGHAI).date() + timedelta(days=3), f"/workbench/items/{ITEM}"
    head = repo.head()
    await trainer.post(f"{path}/edits", edit("三天后才这样说。", day), htmx=False)
    await chief.post(f"{path}/edits/{await _newest(engine)}/decision", {"to": "approved"}, htmx=False)
    assert repo.head() == head and "等生效" in (await trainer.get(path)).text
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE weijing.item_edits SET effective_on = current_date - 1"))
    await trainer.post(f"{path}/edits", edit("再改一次。", day), htmx=False)
    await chief.post(f"{path}/edits/{await _newest(engine)}/decision", {"to": "rejected"}, htmx=False)
    assert repo.head() != head and (await live(engine))["summary"] == "三天后才这样说。"


async def test_what_was_asked_and_not_answered_preview_and_switch(bureau: Desk, engine: AsyncEngine) -> None:
    await said(engine, "m", "网站要不要去公安登记", "clarify", [guess("ask_guide", 0.3, ITEM), guess("smalltalk", 0.2)])
    trainer, path = await bureau.log_in("xunlian"), f"/workbench/items/{ITEM}"
    listed = (await trainer.get("/workbench/items")).text
    assert "1 次没答上" in listed and listed.index("公安联网备案") < listed.index("网号网证申领")
    assert "网站要不要去公安登记" in (await trainer.get(path)).text
    shown = await trainer.post(f"{path}/preview", {"aspect": "overview", "summary": "新的说明看看。"})
    assert shown.status == 200 and "【公安联网备案】简介" in shown.text and "新的说明看看。" in shown.text
    off = await trainer.post(f"{path}/switch", {"active": "false"}, htmx=False)
    assert off.status == 303 and (await live(engine))["active"] is False and "已关闭" in (await trainer.get(path)).text
    await trainer.post(f"{path}/switch", {"active": "true"}, htmx=False)
    assert (await live(engine))["active"] is True
