"""The bureau's data: edits that touch only their lines, intents that are split, renamed and merged whole, files in and out, history and its way back."""

from __future__ import annotations

import io
import re
from pathlib import Path

import aiohttp
import pytest
from openpyxl import Workbook, load_workbook
from ruamel.yaml import YAML

from console.staff import Staff
from console.workbench import examples as nlu
from console.workbench import intents
from console.workbench.corpus import Corpora, Corpus
from console.workbench.findings import Finding, half, mended, read_findings
from console.workbench.item_edits import rewritten
from console.workbench.repo import Repo
from tests.console.conftest import Desk, Person
from weijing.refusals import DeskRefused
from weijing.service_items import FOLDER, load_service_items, parse_item

WU = Staff("xunlian", "吴训练", "desk", frozenset({"trainer"}))
NEW = "ask_the_weather"


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    return Repo(tmp_path_factory.mktemp("repo") / "data")


@pytest.fixture
def corpus(repo: Repo) -> Corpus:
    return Corpora(repo)._load(repo.head())


def lines_of(diff: str) -> list[str]:
    return [line for line in diff.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]


def save(repo: Repo, corpus: Corpus, files: dict[str, str], title: str = "改") -> Corpus:
    assert repo.change(files, WU, title, seen=corpus.files)
    return Corpora(repo)._load(repo.head())


def test_every_project_file_is_read_as_rasa_reads_it(corpus: Corpus) -> None:
    """The line reader against ruamel, example by example."""
    for path, text in corpus.files.items():
        if path.startswith("data/nlu/"):
            blocks = [block for block in YAML(typ="safe").load(text)["nlu"] if "intent" in block]
            wanted = [(block["intent"], line.strip()[1:].strip()) for block in blocks for line in block["examples"].splitlines() if line.strip()]
            assert [(one.intent, one.raw) for one in corpus.examples if one.path == path] == wanted


def test_comments_and_order_survive_and_a_diff_touches_only_the_changed_lines(repo: Repo, corpus: Corpus) -> None:
    example = next(one for one in corpus.examples if one.path == "data/nlu/guide.yml")
    before = repo.read("data/nlu/guide.yml")
    corpus = save(repo, corpus, nlu.changed(corpus.files, example, "那要花多少钱呀"))
    assert lines_of(repo.diff(repo.head())) == [f"-    - {example.raw}", "+    - 那要花多少钱呀"]
    assert repo.read("data/nlu/guide.yml").count("#") == before.count("#")
    newest = repo.history(1)[0]
    assert (newest.author, newest.staff_id, newest.title) == ("吴训练", "xunlian", "改")
    repo.revert(newest.id, WU)
    assert repo.read("data/nlu/guide.yml") == before and repo.history(1)[0].title == "撤销：改"


def test_a_revert_keeps_what_came_later_and_is_refused_where_it_cannot(repo: Repo, corpus: Corpus) -> None:
    corpus = save(repo, corpus, nlu.added(corpus.files, "thank", ["太谢谢你们啦微警"]), "先")
    first = repo.head()
    corpus = save(repo, corpus, nlu.added(corpus.files, "goodbye", ["那我先去忙啦微警"]), "后")
    repo.revert(first, WU)
    now = repo.read("data/nlu/smalltalk.yml")
    assert "那我先去忙啦微警" in now and "太谢谢你们啦微警" not in now
    with pytest.raises(DeskRefused):
        repo.revert(first, WU)
    with pytest.raises(DeskRefused):
        repo.diff("0" * 40)


def test_two_who_change_one_file_do_not_overwrite_each_other(repo: Repo, corpus: Corpus) -> None:
    save(repo, corpus, nlu.added(corpus.files, "thank", ["辛苦啦辛苦啦微警"]))
    with pytest.raises(DeskRefused) as refused:
        repo.change(nlu.added(corpus.files, "thank", ["多谢多谢微警"]), WU, "晚了", seen=corpus.files)
    assert refused.value.status == 409


def test_an_intent_is_split_renamed_and_merged_with_its_rules_and_tests(repo: Repo, corpus: Corpus) -> None:
    start = repo.head()
    chosen = [one for one in corpus.examples if one.intent == "smalltalk"][:3]
    corpus = save(repo, corpus, intents.split(corpus, "smalltalk", NEW, chosen), "拆")
    assert NEW in corpus.intents and [one.raw for one in corpus.examples if one.intent == NEW] == [one.raw for one in chosen]
    assert f"intent: {NEW}" in corpus.files["data/rules/smalltalk.yml"]
    assert all(line.startswith("+") or line[1:].strip("- ") in {one.raw for one in chosen} for line in lines_of(repo.diff(repo.head())))
    story = 'version: "3.1"\nstories:\n  - story: 天气 # 备注\n    steps:\n      - intent: ask_the_weather\n      - action: utter_smalltalk\n'
    question = f'# 测试题\n- {{text: "明天会下雨吗", intent: {NEW}, also: [{NEW}, smalltalk]}}\n'
    corpus = save(repo, corpus, {"tests/conversations/test_weather.yml": story, "tests/nlu/weather.yml": question})
    corpus = save(repo, corpus, intents.renamed(corpus, NEW, "ask_the_sky"), "改名")
    assert not [path for path, text in corpus.files.items() if NEW in text], "it stands nowhere any more"
    changed = lines_of(repo.diff(repo.head()))
    assert all(NEW in line or "ask_the_sky" in line for line in changed)
    assert repo.read("tests/conversations/test_weather.yml") == story.replace(NEW, "ask_the_sky")
    assert "# 测试题" in repo.read("tests/nlu/weather.yml") and "also: [ask_the_sky, smalltalk]" in repo.read("tests/nlu/weather.yml")
    corpus = save(repo, corpus, intents.merged(corpus, "ask_the_sky", "smalltalk"), "合并")
    assert "ask_the_sky" not in corpus.intents and "intent: smalltalk" in repo.read("tests/conversations/test_weather.yml")
    old = repo.history(100)
    assert old[-1].first and start in [one.id for one in old]
    assert "ask_the_sky" not in repo.read("data/rules/smalltalk.yml") and "ask_the_sky" not in repo.read("domain.yml")


def test_an_intent_that_the_program_knows_keeps_its_name(corpus: Corpus) -> None:
    for deed in (lambda: intents.renamed(corpus, "file_report", "report_it"), lambda: intents.merged(corpus, "emergency", "smalltalk")):
        with pytest.raises(DeskRefused):
            deed()
    for name in ("Ask", "a", "ask-weather", "ask_guide"):
        with pytest.raises(DeskRefused):
            intents.split(corpus, "smalltalk", name, [one for one in corpus.examples if one.intent == "smalltalk"][:1])


def test_a_field_of_a_service_item_is_rewritten_alone() -> None:
    """Records of every ninth file: new words for two fields, and nothing else is another value."""
    for path in sorted(FOLDER.rglob("*.yml"))[::9]:
        source = path.read_text(encoding="utf-8")
        records = YAML(typ="safe").load(source)
        after = {"summary": "新的：一句话，#带井号。", "procedure": ["第一步", "第二步: 有冒号"]}
        for record in records:
            changed = YAML(typ="safe").load(rewritten(source, record["id"], after))
            wanted = [{**one, **after} if one["id"] == record["id"] else one for one in records]
            assert changed == wanted, (path.name, record["id"])
        first = rewritten(source, records[0]["id"], {"summary": "短"})
        assert len(set(first.splitlines()) - set(source.splitlines())) == 1
    item = load_service_items()[0]
    assert parse_item(item.as_dict(), "again") == item


def test_findings_are_mended(corpus: Corpus) -> None:
    one, two = [example for example in corpus.examples if example.intent == "thank"][:2]
    twice = f"{one.path}:{one.line + 1}: example 「谢」 is there 2 times: {one.path}:{one.line + 1} (thank), {two.path}:{two.line + 1} (thank)"
    leak = f"{two.path}:{two.line + 1}: example 「x」 is the test message 「x」 of talk.yml:3: remove the example"
    written = f'[{{"check": "too_few", "fault": "intent x has 1 examples"}}, {{"check": "leaks", "fault": "{leak}"}}, {{"check": "twice", "fault": "{twice}"}}]'
    found = read_findings(written)
    assert [finding.check for finding in found] == ["twice", "leaks", "too_few"] and not found[2].mend
    for finding in found[:2]:
        (text,) = mended(corpus, finding).values()
        assert f"- {two.raw}\n" not in text and f"- {one.raw}\n" in text
    assert half("ＡＢ１２　路，好！") == "AB12 路，好！"
    with pytest.raises(DeskRefused):
        mended(corpus, Finding("alike", "data/nlu/x.yml:1: ", (), "data/nlu/x.yml:1"))


def form_with(name: str, content: bytes, person: Person) -> aiohttp.FormData:
    form = aiohttp.FormData({"csrf": person.csrf})
    form.add_field("file", content, filename=name)
    return form


def sheet_of(*rows: tuple[str, ...]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in (("text", "intent"), *rows):
        book.active.append(row)
    book.save(out)
    return out.getvalue()


BAD = [
    ("a.csv", b"text,intent\n=1+1,thank\n"), ("a.xlsx", sheet_of(("=1+1", "thank"))), ("a.csv", "text,intent\n你好,no_such\n".encode()),
    ("a.csv", "句子,意图\n你好,greet\n".encode()), ("a.csv", "text,intent\n感谢感谢,thank\n".encode("gbk")),
    ("a.xlsx", b"PK no zip"), ("a.yml", b"nlu: [{intent: x}]"),
    ("a.exe", b"MZ"),
    ("a.csv", b"text,intent\n"), ("a.csv", "text,intent\n转人工吧,thank\n转人工吧,greet\n".encode()), ("a.csv", b"x" * (2 * 1024 * 1024 + 1)),
]  # fmt: skip


async def test_files_come_in_whole_or_not_at_all_and_go_out(desk: Desk) -> None:
    person, repo = await desk.log_in("xunlian"), Repo(desk.settings.workbench_repo)
    head = repo.head()
    for name, content in BAD:
        page = await person.post("/workbench/import", form_with(name, content, person))
        assert page.status == 422 and repo.head() == head, (name, content[:30], page.status, page.text[-300:])
    good = {
        "a.csv": "\ufefftext,intent\n感恩微警帮大忙,thank\n谢谢,thank\n".encode(), "b.xlsx": sheet_of(("微警再会啦再会", "goodbye")),
        "c.yml": 'version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - 微警早呀早呀\n'.encode(),
    }  # fmt: skip
    for name, content in good.items():
        assert (await person.post("/workbench/import", form_with(name, content, person))).status == 303
    assert [one.title for one in repo.history(3)] == [f"导入 {name}：1 条例句" for name in ("c.yml", "b.xlsx", "a.csv")]
    async with person.http.get(f"{person.base}/workbench/export/xlsx?intent=goodbye") as answer:
        table = list(load_workbook(io.BytesIO(await answer.read())).worksheets[0].values)
    assert table[0] == ("text", "intent", "category") and ("微警再会啦再会", "goodbye") in [row[:2] for row in table]
    async with person.http.get(f"{person.base}/workbench/export/yml") as answer:
        written = YAML(typ="safe").load(await answer.read())
    assert sum(len(block["examples"].splitlines()) for block in written["nlu"]) == len(Corpora(repo)._load(repo.head()).examples)


async def test_the_pages_of_an_intent_and_its_history(desk: Desk) -> None:
    person, repo = await desk.log_in("xunlian"), Repo(desk.settings.workbench_repo)
    assert "举报投诉" in (await person.get("/workbench/data")).text
    done = await person.post("/workbench/data/thank/examples", {"examples": "微警你真棒呀谢谢\n谢谢\n"}, htmx=False)
    assert done.status == 303 and lines_of(repo.diff(repo.head())) == ["+    - 微警你真棒呀谢谢"]
    page = await person.get("/workbench/data/thank?q=微警你真棒")
    ticked = re.search(r'name="example" value="([^"]*)"', page.text)
    assert ticked
    clash = await person.post("/workbench/data/greet/examples", {"examples": "微警你真棒呀，谢谢！"}, htmx=False)
    assert clash.status == 409 and "没有添加" in clash.text
    moved = await person.post("/workbench/data/thank/examples/several", {"deed": "move", "into": "smalltalk", "example": ticked[1]}, htmx=False)
    assert moved.status == 303
    stale = await person.post("/workbench/data/thank/examples/several", {"deed": "delete", "example": ticked[1]}, htmx=False)
    assert stale.status == 409, "it stands elsewhere now"
    newest = repo.history(1)[0]
    shown = await person.get(f"/workbench/history/{newest.id}")
    assert "微警你真棒呀谢谢" in shown.text and "撤销这次修改" in shown.text
    assert (await person.post(f"/workbench/history/{newest.id}/revert", htmx=False)).status == 303
    assert (await person.get("/workbench/history/nonsense")).status == 404
    assert (await person.get("/workbench/data/no_such")).status == 404


async def test_new_examples_of_a_critical_intent_wait_for_a_second_person(desk: Desk) -> None:
    trainer, chief, repo = await desk.log_in("xunlian"), await desk.log_in("zhuguan"), Repo(desk.settings.workbench_repo)
    desk.run("TRUNCATE weijing.labels")
    await trainer.post("/workbench/data/thank/examples", {"examples": "微警帮我报个案谢谢呀"}, htmx=False)
    head, page = repo.head(), await trainer.get("/workbench/data/thank?q=微警帮我报个案")
    ticked = re.search(r'name="example" value="([^"]*)"', page.text)
    assert ticked
    added = await trainer.post("/workbench/data/file_report/examples", {"examples": "微警我要举报[高新区](place)的赌场"}, htmx=False)
    moved = await trainer.post("/workbench/data/thank/examples/several", {"deed": "move", "into": "file_report", "example": ticked[1]}, htmx=False)
    sheet = "text,intent\n微警这里有人动刀啦快来,emergency\n微警多谢多谢啦,thank\n".encode()
    read = await trainer.post("/workbench/import", form_with("a.csv", sheet, trainer))
    assert [one.headers["Location"] for one in (added, moved, read)] == ["/workbench/labels"] * 3
    assert [one.title for one in repo.history(1)] == ["导入 a.csv：1 条例句"] and lines_of(repo.diff(repo.head())) == ["+    - 微警多谢多谢啦"]
    one = Corpora(repo)._load(head).examples
    own = next(f"{example.id}:{example.raw}" for example in one if example.intent == "file_report")
    assert (await trainer.post("/workbench/data/file_report/examples/one", {"example": own, "raw": "换个说法"}, htmx=False)).status == 403
    numbers = [number for (number,) in desk.run("SELECT id FROM weijing.labels ORDER BY id")]
    assert (await trainer.post(f"/workbench/labels/{numbers[0]}/decision", {"to": "approved"})).status == 403
    for number in numbers[:2]:
        assert (await chief.post(f"/workbench/labels/{number}/decision", {"to": "approved"})).status == 200
    now = {example.raw: example.intent for example in Corpora(repo)._load(repo.head()).examples if "微警" in example.text}
    assert now["微警我要举报[高新区](place)的赌场"] == now["微警帮我报个案谢谢呀"] == "file_report", "moved whole"
    newest = repo.head()
    assert (await trainer.post(f"/workbench/history/{newest}/revert", htmx=False)).status == 403, "two people made it"
    assert (await chief.post(f"/workbench/history/{newest}/revert", htmx=False)).status == 303


def test_a_half_written_file_of_a_process_that_died_is_put_back(repo: Repo, corpus: Corpus) -> None:
    file = Path(repo.folder) / "data" / "nlu" / "help.yml"
    file.write_text("half", encoding="utf-8")
    repo.change(nlu.added(corpus.files, "thank", ["太感谢啦太感谢啦微警"]), WU, "之后")
    assert file.read_text(encoding="utf-8") == corpus.files["data/nlu/help.yml"]
