"""Examples out and in: Rasa YAML, CSV and XLSX. What comes in is checked as a whole before a line of it is taken."""

from __future__ import annotations

import asyncio
import csv
import io
import zipfile
from collections.abc import Iterable

from aiohttp import web
from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from console import audit
from console.context import console_of
from console.staff import staff_of
from console.workbench import examples as nlu
from console.workbench.bench import bench_of
from console.workbench.bounds import bound
from console.workbench.corpus import Corpus
from console.workbench.examples import Example, Files, bare
from console.workbench.labels import CRITICAL
from console.workbench.seconding import propose
from weijing.intent_words import intent_word
from weijing.refusals import DeskRefused

MOST_BYTES, MOST_ROWS, MOST_UNPACKED = 2 * 1024 * 1024, 5000, 40 * 1024 * 1024
HEAD = ("text", "intent", "category")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
TYPES = {
    "yml": "application/yaml",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Row = tuple[str, str, str]


async def export(request: web.Request) -> web.StreamResponse:
    """All examples, or those of one intent."""
    corpus, kind, intent = await bench_of(request).corpora.now(), request.match_info["kind"], request.query.get("intent", "")
    rows = [one for one in corpus.examples if not intent or one.intent == intent]
    if kind not in TYPES or not rows:
        raise web.HTTPNotFound
    body = await asyncio.to_thread({"yml": _yaml, "csv": _csv, "xlsx": _xlsx}[kind], rows)
    headers = {
        "Content-Disposition": f'attachment; filename="examples{"-" + intent if intent else ""}.{kind}"',
        "Cache-Control": "no-store",
        "Content-Type": TYPES[kind],
    }
    return web.Response(body=body, headers=headers)


async def import_file(request: web.Request) -> web.StreamResponse:
    """Take a file's examples as one commit; those of critical intents wait for a second person.

    Raises:
        DeskRefused: 422, the file cannot be taken; nothing of it was.
    """
    console, bench, staff, form = console_of(request), bench_of(request), staff_of(request), await request.post()
    upload = form.get("file")
    if not isinstance(upload, web.FileField):
        raise DeskRefused("没有选文件", "请选一个 YAML、CSV 或 XLSX 文件。", 422)
    content = upload.file.read(MOST_BYTES + 1)
    await bound(request, "import")
    corpus = await bench.corpora.now()
    rows = await asyncio.to_thread(read_rows, upload.filename or "", content)
    known = checked(corpus, rows)
    waiting, new = [row for row in known if row[1] in CRITICAL], [row for row in known if row[1] not in CRITICAL]
    files = await asyncio.to_thread(_with, corpus.files, new)
    name = "".join(sign for sign in upload.filename if sign.isprintable())[:40]
    commit = await asyncio.to_thread(bench.repo.change, files, staff, f"导入 {name}：{len(new)} 条例句", seen=corpus.files) if new else ""
    async with console.engine.begin() as connection:
        await audit.append(connection, staff.id, "data.imported", name, rows=len(rows), new=len(new), waiting=len(waiting), commit=commit)
    if await propose(request, [(said, intent) for said, intent, _ in waiting]):
        raise web.HTTPSeeOther("/workbench/labels")
    raise web.HTTPSeeOther(f"/workbench/history/{commit}" if commit else "/workbench/data?done=same")


def read_rows(name: str, content: bytes) -> list[Row]:
    """(text, intent, category) of each row.

    Raises:
        DeskRefused: 422, too large, of another kind, broken, or with formulas.
    """
    if len(content) > MOST_BYTES:
        raise DeskRefused("文件太大", "最大 2 MB，最多 5000 条。请分几次导入。", 422)
    kind = name.rsplit(".", 1)[-1].lower()
    reader = {"yml": _from_yaml, "yaml": _from_yaml, "csv": _from_csv, "xlsx": _from_xlsx}.get(kind)
    if reader is None:
        raise DeskRefused("不认识这种文件", "请用 YAML、CSV 或 XLSX。", 422)
    try:
        rows = reader(content)
    except (UnicodeDecodeError, YAMLError, InvalidFileException, zipfile.BadZipFile, KeyError, TypeError, AttributeError, csv.Error) as error:
        raise DeskRefused("文件读不出来", "没有导入。CSV 请存成 UTF-8；第一行要有 text 和 intent 两列；YAML 要是 Rasa 的 nlu 格式。", 422) from error
    if not rows or len(rows) > MOST_ROWS:
        raise DeskRefused("文件里没有例句" if not rows else "例句太多", "没有导入。一次 1 到 5000 条。", 422)
    for number, row in enumerate(rows, start=1):
        if any(cell.startswith(_FORMULA) for cell in row):
            raise DeskRefused(f"第 {number} 条像公式", "没有导入。单元格不能以 = + - @ 开头，请改成文字。", 422)
    return rows


def checked(corpus: Corpus, rows: Iterable[Row]) -> list[Row]:
    """The rows that are new.

    Raises:
        DeskRefused: 422, an unknown intent, or one text under two intents.
    """
    new: dict[str, Row] = {}
    for number, (said, intent, category) in enumerate(rows, start=1):
        if intent not in corpus.intents:
            raise DeskRefused(f"第 {number} 条的意图不对", f"没有导入。没有「{intent[:40]}」这个意图，请先拆分出来，或改成已有的。", 422)
        others = {*corpus.known.get(bare(nlu.plain(said)), []), *([new[bare(nlu.plain(said))][1]] if bare(nlu.plain(said)) in new else [])}
        if others - {intent}:
            raise DeskRefused(f"第 {number} 条和已有的矛盾", f"没有导入。「{said[:30]}」已经是「{intent_word(next(iter(others - {intent})))}」的例句。", 422)
        if not others:
            new[bare(nlu.plain(said))] = (said, intent, category)
    return list(new.values())


def _with(files: Files, rows: Iterable[Row]) -> Files:
    blocks: dict[tuple[str, str], list[str]] = {}
    for said, intent, category in rows:
        blocks.setdefault((intent, category), []).append(said)
    for (intent, category), said_all in blocks.items():
        files = nlu.added(files, intent, said_all, category)
    return files


def _from_yaml(content: bytes) -> list[Row]:
    blocks = YAML(typ="safe").load(content.decode("utf-8-sig"))["nlu"]
    rows = []
    for block in blocks:
        category = str((block.get("metadata") or {}).get("category") or "")
        rows += [(line.strip()[1:].strip(), str(block["intent"]), category) for line in block["examples"].splitlines() if line.strip().startswith("-")]
    return rows


def _from_csv(content: bytes) -> list[Row]:
    return [_row(row) for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig")))]


def _from_xlsx(content: bytes) -> list[Row]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(one.file_size for one in packed.infolist()) > MOST_UNPACKED:
            raise DeskRefused("文件太大", "展开后太大，没有导入。请分几次导入。", 422)
    sheet = load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
    lines = [[str("" if cell is None else cell) for cell in row] for row in sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=8, values_only=True)]
    return [_row(dict(zip(lines[0], line, strict=False))) for line in lines[1:] if any(line)] if lines else []


def _row(row: dict[str, str]) -> Row:
    text, intent = row["text"].strip(), row["intent"].strip()
    return text.removeprefix("'"), intent, (row.get("category") or "").strip()


def _yaml(rows: list[Example]) -> bytes:
    files: Files = {}
    groups: dict[tuple[str, str], list[str]] = {}
    for one in rows:
        groups.setdefault((one.intent, one.category), []).append(one.raw)
    for (intent, category), raws in groups.items():
        metadata = f"  metadata:\n    category: {category}\n" if category else ""
        files[f"{intent}/{category}"] = f"- intent: {intent}\n{metadata}  examples: |\n" + "".join(f"    - {raw}\n" for raw in raws)
    return ('version: "3.1"\n\nnlu:\n' + "".join(files.values())).encode()


def _csv(rows: list[Example]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEAD)
    writer.writerows((_plain(one.raw), one.intent, one.category) for one in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _xlsx(rows: list[Example]) -> bytes:
    book, out = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet("examples")
    sheet.append(HEAD)
    for one in rows:
        sheet.append((_plain(one.raw), one.intent, one.category))
    book.save(out)
    return out.getvalue()


def _plain(text: str) -> str:
    """Words that a spreadsheet does not take for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
