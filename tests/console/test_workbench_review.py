"""The review queue: where it comes from, what comes first, and a label's way into the data."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from console.workbench.repo import Repo
from console.workbench.sources import fill
from store.db import async_engine
from tests.console.conftest import Desk, Person
from tests.console.workbench import answered_by_staff, empty, guess, said


@pytest_asyncio.fixture
async def engine(desk: Desk) -> AsyncIterator[AsyncEngine]:
    made = async_engine(desk.settings.database_url)
    await empty(made)
    yield made
    await made.dispose()


def repo_of(desk: Desk) -> Repo:
    return Repo(desk.settings.workbench_repo)


async def rows(engine: AsyncEngine, words: str, **values: Any) -> list[Any]:
    async with engine.connect() as connection:
        return list((await connection.execute(text(words), values)).all())


async def card(person: Person, **query: str) -> str:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return (await person.get(f"/workbench/review?{asked}")).text


def number_on(page: str) -> int:
    found = re.search(r"/workbench/review/(\d+)/labels", page)
    assert found, page
    return int(found[1])


async def test_every_source_brings_its_messages_once_and_the_worst_comes_first(desk: Desk, engine: AsyncEngine) -> None:
    unsure, sure = [guess("emergency", 0.28), guess("file_report", 0.27)], [guess("smalltalk", 0.6), guess("thank", 0.1)]
    await said(engine, "a", "他又来砸门了怎么办", "clarify", unsure)
    await said(engine, "b", "嗯呢就那样吧", "fallback", sure)
    await said(engine, "c", "楼上太吵受不了了", "fallback", [guess("file_report", 0.19), guess("smalltalk", 0.17)], openid="noisy", minutes=8)
    await answered_by_staff(engine, "noisy", "请告诉我楼号，我帮您登记。")
    await said(engine, "d", "周末能拍身份证照片吗", "answer", [guess("find_office", 0.5)], openid="cross", minutes=9, intent="find_office")
    await said(engine, "e", "不满意", "answer", [guess("rate_service", 0.9)], openid="cross", minutes=8, intent="rate_service")
    await said(engine, "f", "我想看看怎么投诉", "answer", [guess("file_report", 0.7)], openid="left", minutes=9, intent="file_report")
    await said(engine, "g", "不办了", "answer", [guess("cancel", 1.0)], openid="left", minutes=8, intent="cancel")
    assert await fill(engine) == 6 and await fill(engine) == 0
    found = {(row.reason, row.key) for row in await rows(engine, "SELECT reason, key FROM weijing.review")}
    assert found == {("clarify", "a"), ("fallback", "b"), ("fallback", "c"), ("staff", "c"), ("rating", "d"), ("abandoned", "f")}
    page = await card(await desk.log_in("xunlian"))
    assert "他又来砸门了怎么办" in page, "unsure between a danger and a report: that is worth most"
    later = await card(await desk.log_in("xunlian"), reason="staff")
    assert "请告诉我楼号，我帮您登记。" in later


async def test_near_duplicates_are_one_group_and_make_it_worth_more(desk: Desk, engine: AsyncEngine) -> None:
    for number, words in enumerate(("孩子在外地上学户口要不要迁过去呀", "小孩在外地上学户口要不要迁过去", "孩子在外地上学，户口要不要迁过去？")):
        await said(engine, f"n{number}", words, "clarify", [guess("ask_guide", 0.4, "hukou_spouse"), guess("ask_guide", 0.35)])
    await said(engine, "alone", "电动车怎么上牌", "clarify", [guess("ask_guide", 0.4), guess("find_office", 0.33)])
    await fill(engine)
    groups = await rows(engine, "SELECT group_id, count(*) AS n FROM weijing.review GROUP BY group_id ORDER BY n")
    assert [row.n for row in groups] == [1, 3]
    page = await card(await desk.log_in("xunlian"))
    assert page.count('name="take"') == 2 and "3 条相近" in page


async def test_a_label_becomes_a_commit_that_touches_only_its_lines(desk: Desk, engine: AsyncEngine) -> None:
    await said(engine, "k1", "想找个人唠唠嗑解解闷", "fallback", [guess("smalltalk", 0.19), guess("request_handoff", 0.18)])
    await said(engine, "k2", "想找个人唠唠嗑，解解闷", "fallback", [guess("smalltalk", 0.19)])
    await fill(engine)
    person, repo = await desk.log_in("xunlian"), repo_of(desk)
    number = number_on(await card(person))
    other = (await rows(engine, "SELECT id FROM weijing.review WHERE id <> :id", id=number))[0].id
    before, head = repo.read("data/nlu/smalltalk.yml"), repo.head()
    done = await person.post(f"/workbench/review/{number}/labels", {"guess": "0", "take": str(other)})
    assert done.status == 200 and "已保存" in done.text and "都处理完了" in done.text
    newest = repo.history(1)[0]
    assert newest.id != head and (newest.author, newest.staff_id) == ("吴训练", "xunlian") and "想找个人唠唠嗑" in newest.title
    changed = [line for line in repo.diff(newest.id).splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    assert len(changed) == 1 and changed[0].startswith("+    - 想找个人唠唠嗑"), "the two say the same, so one line"
    after = repo.read("data/nlu/smalltalk.yml")
    assert [line for line in after.splitlines() if line not in before.splitlines()] == [changed[0][1:]]
    assert {row.state for row in await rows(engine, "SELECT state FROM weijing.review")} == {"labelled"}
    again = await person.post(f"/workbench/review/{number}/labels", {"guess": "0"})
    assert again.status == 409 and repo.history(1)[0].id == newest.id, "twice makes no second commit"


async def test_a_service_items_question_goes_to_its_record_and_masks_lose_their_value(desk: Desk, engine: AsyncEngine) -> None:
    await said(engine, "q", "〔手机#1a2b3c4d〕网站备案要跑几趟", "fallback", [guess("out_of_scope", 0.2)])
    await fill(engine)
    person, repo = await desk.log_in("xunlian"), repo_of(desk)
    number = number_on(await card(person))
    sent = {"intent": "ask_guide", "item": "website_filing", "aspect": "procedure"}
    assert (await person.post(f"/workbench/review/{number}/labels", sent)).status == 200
    changed = [line for line in repo.diff(repo.head()).splitlines() if line[:1] in "+-"][2:]
    assert len(changed) == 2 and "〔手机#00000000〕网站备案要跑几趟" in changed[1] and "1a2b3c4d" not in changed[1]
    assert changed[1].startswith("+  questions: [") and changed[1].endswith("]")
    row = (await rows(engine, "SELECT aspect, state FROM weijing.labels"))[0]
    assert (row.aspect, row.state) == ("procedure", "committed")


async def test_a_test_message_is_kept_from_training_and_entities_are_marked(desk: Desk, engine: AsyncEngine) -> None:
    await said(engine, "t1", "高新区派出所几点开门呢", "fallback", [guess("find_office", 0.2)])
    await fill(engine)
    person, repo = await desk.log_in("xunlian"), repo_of(desk)
    number = number_on(await card(person))
    bad = await person.post(f"/workbench/review/{number}/labels", {"guess": "0", "entities": '[[0, 99, "place"]]'})
    assert bad.status == 422 and "实体" in bad.text
    done = await person.post(f"/workbench/review/{number}/labels", {"guess": "0", "entities": '[[0, 3, "place"]]'})
    assert done.status == 200
    assert "+    - [高新区](place)派出所几点开门呢" in repo.diff(repo.head()).splitlines()
    await said(engine, "t2", "西城区派出所周末上班吗", "fallback", [guess("find_office", 0.2)])
    await fill(engine)
    await person.post(f"/workbench/review/{number_on(await card(person))}/labels", {"guess": "0", "held_out": "1"})
    assert repo.read("tests/nlu/labelled.yml").splitlines()[-1] == '- {text: "西城区派出所周末上班吗", intent: find_office}'
    assert "西城区派出所周末上班吗" not in repo.read("data/nlu/office.yml")


async def test_a_conflict_is_shown_first_and_moves_the_example_when_it_is_meant(desk: Desk, engine: AsyncEngine) -> None:
    await said(engine, "c", "退出！", "fallback", [guess("goodbye", 0.2)])
    person, repo = await desk.log_in("xunlian"), repo_of(desk)
    await said(engine, "c2", "打扰啦，回头聊", "fallback", [guess("goodbye", 0.21)])
    await fill(engine)
    number = (await rows(engine, "SELECT id FROM weijing.review WHERE key = 'c2'"))[0].id
    await person.post(f"/workbench/review/{number}/labels", {"guess": "0"})
    await said(engine, "c3", "打扰啦 回头聊。", "fallback", [guess("smalltalk", 0.2)])
    await fill(engine)
    again, head = (await rows(engine, "SELECT id FROM weijing.review WHERE key = 'c3'"))[0].id, repo.head()
    shown = await person.post(f"/workbench/review/{again}/labels", {"guess": "0"})
    assert shown.status == 409 and "和已有的例句矛盾" in shown.text and "打扰啦，回头聊" in shown.text and repo.head() == head
    meant = await person.post(f"/workbench/review/{again}/labels", {"intent": "smalltalk", "sure": "1"})
    assert meant.status == 200
    diff = repo.diff(repo.head())
    assert "-    - 打扰啦，回头聊" in diff and "+    - 打扰啦 回头聊。" in diff


async def test_a_critical_intent_waits_for_a_second_person(desk: Desk, engine: AsyncEngine) -> None:
    await said(engine, "e", "他把门反锁了拿着棍子", "clarify", [guess("emergency", 0.28), guess("file_report", 0.2)])
    await fill(engine)
    person, repo = await desk.log_in("xunlian"), repo_of(desk)
    head, number = repo.head(), number_on(await card(person))
    told = await person.post(f"/workbench/review/{number}/labels", {"guess": "0"})
    assert "等第二个人审批" in told.text and repo.head() == head
    waiting = (await rows(engine, "SELECT id, state FROM weijing.labels"))[0]
    assert waiting.state == "proposed"
    own = await person.post(f"/workbench/labels/{waiting.id}/decision", {"to": "approved"})
    assert own.status == 403 and repo.head() == head
    chief = await desk.log_in("zhuguan")
    assert "他把门反锁了拿着棍子" in (await chief.get("/workbench/labels")).text
    assert (await chief.post(f"/workbench/labels/{waiting.id}/decision", {"to": "approved"})).status == 200
    newest = repo.history(1)[0]
    assert newest.staff_id == "xunlian" and "Approved-by: 周主管" in newest.words and "+    - 他把门反锁了拿着棍子" in repo.diff(newest.id)
    assert (await chief.post(f"/workbench/labels/{waiting.id}/decision", {"to": "approved"})).status == 409
    audited = await rows(engine, "SELECT act FROM weijing.audit WHERE act LIKE 'label.%' ORDER BY seq")
    assert [row.act for row in audited if row.act in ("label.made", "label.approved")][-2:] == ["label.made", "label.approved"]


async def test_the_rail_tells_how_many_groups_wait(desk: Desk, engine: AsyncEngine) -> None:
    await said(engine, "n", "一句没听懂的话", "fallback", [guess("smalltalk", 0.1)])
    await fill(engine)
    trainer = await desk.log_in("xunlian")
    page = await trainer.get("/workbench/review")
    assert 'hx-get="/workbench/review/count"' in page.text
    assert re.search(r'id="count-review" hx-swap-oob="true">1<', (await trainer.get("/workbench/review/count", htmx=True)).text)
    done = await trainer.post(f"/workbench/review/{number_on(page.text)}/state", {"to": "skipped"})
    assert done.headers["HX-Trigger"] == "review-changed"
    assert re.search(r'hx-swap-oob="true" hidden>', (await trainer.get("/workbench/review/count", htmx=True)).text)
    assert "/workbench/review/count" not in (await (await desk.log_in("zhuguan")).get("/workbench/models")).text


async def test_set_aside_and_back(desk: Desk, engine: AsyncEngine) -> None:
    await said(engine, "s", "呃呃呃这个那个", "fallback", [guess("smalltalk", 0.2)])
    await fill(engine)
    person = await desk.log_in("xunlian")
    number = number_on(await card(person))
    for state in ("skipped", "open", "flagged", "open", "private"):
        page = await person.post(f"/workbench/review/{number}/state", {"to": state})
        assert page.status == 200
        assert [row.state for row in await rows(engine, "SELECT state FROM weijing.review")] == [state]
    assert "撤销" in page.text and "呃呃呃" in await card(person, state="private")
    assert (await person.post(f"/workbench/review/{number}/state", {"to": "labelled"})).status == 422
    assert (await person.post(f"/workbench/review/{number}/labels", {"intent": "no_such_intent"})).status == 422


async def test_options_are_found_by_words_pinyin_and_initials(desk: Desk) -> None:
    person = await desk.log_in("xunlian")
    for asked, title in (
        ("居住证申", "居住证申领"),
        ("juzhuzhengshenl", "居住证申领"),
        ("jzzsl", "居住证申领"),
        ("zrg", "转人工"),
        ("file_report", "举报投诉"),
    ):
        page = await person.get(f"/workbench/options?q={asked}", htmx=True)
        first = re.search(r'data-title="([^"]*)"', page.text)
        assert first and first[1] == title, (asked, page.text[:300])
    assert "没有这样的" in (await person.get("/workbench/options?q=qqqqzzzzxxxx", htmx=True)).text
