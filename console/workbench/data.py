"""The data pages: intents with their figures, the examples of one, and every edit of them as a commit."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from aiohttp import web

from console import audit
from console.context import console_of
from console.staff import staff_of
from console.workbench import examples as nlu
from console.workbench import intents, scores
from console.workbench.bench import bench_of
from console.workbench.corpus import DECIDED, Corpus
from console.workbench.examples import Example, Files, bare
from console.workbench.form import choice, sent, words
from console.workbench.labels import CRITICAL
from console.workbench.seconding import check_alone, propose
from weijing.intent_words import intent_word
from weijing.refusals import DeskRefused

SHOWN = 200


async def show(request: web.Request) -> web.StreamResponse:
    """Intents, the worst first; or, with words to look for, the examples that hold them."""
    console, corpus = console_of(request), await bench_of(request).corpora.now()
    asked = request.query.get("q", "").strip()[:64]
    async with console.engine.connect() as connection:
        report, crossed = await scores.newest(connection), await scores.crossed(connection)
    counts, marks, unseen = Counter(one.intent for one in corpus.examples), scores.by_intent(report), scores.by_intent(crossed)
    in_code = intents.in_code()
    rows: list[dict[str, Any]] = [
        {"id": name, "title": intent_word(name), "examples": counts[name], "marks": marks.get(name), "unseen": unseen.get(name), "code": name in in_code}
        for name in corpus.intents
    ]
    rows.sort(key=lambda row: ((row["marks"] or row["unseen"] or {"f1": 2.0})["f1"], row["examples"]))
    found = [one for one in corpus.examples if bare(asked) in bare(one.text)][:SHOWN] if bare(asked) else []
    shown = {"asked": asked, "found": found, "total": len(corpus.examples), "model": report.get("model", ""), "crossed": crossed}
    return console.pages.show(request, "workbench/data.html", rows=rows, **shown)


async def show_intent(request: web.Request) -> web.StreamResponse:
    """One intent: its examples, figures and what it is mixed up with."""
    console, corpus, intent = console_of(request), await bench_of(request).corpora.now(), await _intent(request)
    asked = request.query.get("q", "").strip()[:64]
    async with console.engine.connect() as connection:
        report, crossed = await scores.newest(connection), await scores.crossed(connection)
    mine = [one for one in corpus.examples if one.intent == intent]
    shown = [one for one in mine if bare(asked) in bare(one.text)] if bare(asked) else mine
    values: dict[str, Any] = {"examples": shown[:SHOWN], "more": max(0, len(shown) - SHOWN), "count": len(mine), "marks": scores.by_intent(report).get(intent)}
    free = intent not in intents.in_code()
    values |= {"mixed": scores.confusions(report, intent), "intents": corpus.intents, **_unseen(crossed, intent, {one.text for one in mine})}
    return console.pages.show(request, "workbench/intent.html", intent=intent, asked=asked, free=free, **values)


def _unseen(crossed: dict[str, Any], intent: str, texts: set[str]) -> dict[str, Any]:
    """What the newest cross-validation says of an intent: its figures, what it is taken for, and the doubtful examples that are still its own."""
    doubts = [one for one in crossed.get("doubts", []) if one["intent"] == intent and one["text"] in texts]
    return {"unseen": scores.by_intent(crossed).get(intent), "unseen_mixed": scores.confusions(crossed, intent)[:6], "doubts": doubts, "crossed": crossed}


async def add(request: web.Request) -> web.StreamResponse:
    """Add examples, one a line; what is there already is left out."""
    intent, form = await _intent(request), await sent(request)
    corpus = await bench_of(request).corpora.now()
    lines = [" ".join(line.split()) for line in (form.get("examples") or [""])[0].splitlines() if line.strip()][:200]
    new = [line for line in dict.fromkeys(lines) if intent not in corpus.known.get(bare(nlu.plain(line)), [])]
    clash = next((one for line in new for one in nlu.conflicts(corpus.examples, nlu.plain(line), intent)), None)
    if not lines or clash:
        reason = f"「{clash.text}」已经是「{intent_word(clash.intent)}」的例句。请先移过来，或去掉这一句。" if clash else "请每行写一句。"
        raise DeskRefused("没有添加", reason, 409 if clash else 422)
    if intent in CRITICAL and new:
        await propose(request, [(line, intent) for line in new])
        raise web.HTTPSeeOther("/workbench/labels")
    files = await asyncio.to_thread(nlu.added, corpus.files, intent, new) if new else corpus.files
    return await _commit(request, corpus, files, f"{intent_word(intent)}：加 {len(new)} 条例句", intent)


async def change(request: web.Request) -> web.StreamResponse:
    """Other words for an example."""
    intent, form, corpus = await _intent(request), await sent(request), await bench_of(request).corpora.now()
    check_alone(intent)
    (example,) = _chosen(corpus, form, intent)[:1]
    raw = words(form, "raw", "例句", 400)
    clash = next(nlu.conflicts(corpus.examples, nlu.plain(raw), intent), None)
    if clash:
        raise DeskRefused("和已有的例句矛盾", f"「{clash.text}」已经是「{intent_word(clash.intent)}」的例句。")
    return await _commit(request, corpus, nlu.changed(corpus.files, example, raw), f"{intent_word(intent)}：改例句「{example.text[:20]}」", intent)


async def change_several(request: web.Request) -> web.StreamResponse:
    """Delete examples, move them to another intent, or make a new one of them."""
    intent, form, corpus = await _intent(request), await sent(request), await bench_of(request).corpora.now()
    deed, chosen = choice(form, "deed", "怎么处理", ("delete", "move", "split")), _chosen(corpus, form, intent)
    if deed == "move":
        into = choice(form, "into", "移到哪个意图", [one for one in corpus.intents if one != intent])
        if into in CRITICAL:
            await propose(request, [(one.raw, into) for one in chosen])
            raise web.HTTPSeeOther("/workbench/labels")
        title = f"{len(chosen)} 条例句从「{intent_word(intent)}」移到「{intent_word(into)}」"
        return await _commit(request, corpus, intents.moved(corpus, chosen, into), title, into)
    if deed == "split":
        new = words(form, "new", "新意图的名字", 40)
        files = await asyncio.to_thread(intents.split, corpus, intent, new, chosen)
        return await _commit(request, corpus, files, f"从「{intent_word(intent)}」拆出 {new}，{len(chosen)} 条例句", new)
    left = sum(one.intent == intent for one in corpus.examples) - len(chosen)
    if not left:
        raise DeskRefused("不能全删", "一个意图至少要留一条例句。不要它的话，请合并到别的意图。")
    return await _commit(request, corpus, nlu.taken_out(corpus.files, chosen), f"{intent_word(intent)}：删 {len(chosen)} 条例句", intent)


async def rename(request: web.Request) -> web.StreamResponse:
    """Give an intent another name, or make it part of another."""
    intent, form, corpus = await _intent(request), await sent(request), await bench_of(request).corpora.now()
    if choice(form, "deed", "怎么处理", ("rename", "merge")) == "rename":
        new = words(form, "new", "新名字", 40)
        files, title = await asyncio.to_thread(intents.renamed, corpus, intent, new), f"意图 {intent} 改名为 {new}"
    else:
        new = choice(form, "into", "并入哪个意图", corpus.intents)
        check_alone(new)
        files, title = await asyncio.to_thread(intents.merged, corpus, intent, new), f"意图 {intent} 并入「{intent_word(new)}」"
    return await _commit(request, corpus, files, title, new)


async def _commit(request: web.Request, corpus: Corpus, files: Files, title: str, intent: str) -> web.StreamResponse:
    """One commit by the trainer, then the intent's page with a word on it."""
    console, bench, staff = console_of(request), bench_of(request), staff_of(request)
    changed = {path: text for path, text in files.items() if corpus.files.get(path) != text}
    commit = await asyncio.to_thread(bench.repo.change, changed, staff, title, seen=corpus.files)
    async with console.engine.begin() as connection:
        await audit.append(connection, staff.id, "data.changed", intent, title=title, commit=commit)
    raise web.HTTPSeeOther(f"/workbench/data/{intent}" + (f"?done={commit}" if commit else "?done=same"))


async def _intent(request: web.Request) -> str:
    intent, corpus = request.match_info["intent"], await bench_of(request).corpora.now()
    if intent not in corpus.intents or intent in DECIDED:
        raise DeskRefused("没有这个意图", "它可能已改名或合并。请回到列表重新选择。", 404)
    return intent


def _chosen(corpus: Corpus, form: dict[str, list[str]], intent: str) -> list[Example]:
    """The examples that were ticked; each is named by its place and its words, so that nothing else is hit."""
    known = {f"{one.id}:{one.raw}": one for one in corpus.examples if one.intent == intent}
    wanted = form.get("example", [])
    if not wanted or any(one not in known for one in wanted):
        raise DeskRefused(
            "没有选中例句" if not wanted else "例句刚被改过", "请勾选例句再操作。" if not wanted else "请刷新页面，再选一次。", 422 if not wanted else 409
        )
    return [known[one] for one in dict.fromkeys(wanted)]
