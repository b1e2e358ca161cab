"""The review page: one message at a time, what the bot thought, and what it should have been."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web
from rapidfuzz import fuzz, process

from console import audit
from console.context import console_of
from console.staff import staff_of
from console.workbench import labels, queue
from console.workbench.bench import bench_of
from console.workbench.bounds import bound
from console.workbench.corpus import Corpus
from console.workbench.examples import bare
from console.workbench.form import choice, found, number, sent
from console.workbench.labels import ENTITIES, Label
from console.workbench.search import search
from store.release import Releases
from weijing.intent_words import intent_word
from weijing.refusals import DeskRefused
from weijing.service_item import ASPECTS

DEEDS: Mapping[str, str] = {"skipped": "已跳过", "flagged": "已标为存疑", "private": "不会用于训练", "open": "已放回待标注"}
BARS = 3
LIKE = 70.0


async def show(request: web.Request) -> web.StreamResponse:
    """The queue, beginning with the message that is worth most."""
    state = request.query.get("state", "open")
    state = state if state in queue.STATES else "open"
    return await _answer(request, "workbench/review.html", state, _reason(request.query.get("reason", "")))


async def show_one(request: web.Request) -> web.StreamResponse:
    """One message of the queue."""
    async with console_of(request).engine.connect() as connection:
        row = found(await queue.one(connection, number(request)))
    return await _answer(request, "workbench/review.html", row["state"], "", row)


async def label(request: web.Request) -> web.StreamResponse:
    """Label it and what was taken along; the next card comes back.

    Raises:
        DeskRefused: 422 naming the field, 409 somebody else was first.
    """
    console, bench, staff, form = console_of(request), bench_of(request), staff_of(request), await sent(request)
    corpus = await bench.corpora.now()
    async with console.engine.connect() as connection:
        row = found(await queue.one(connection, number(request)))
        others = {one["id"]: one["text"] for one in await queue.members(connection, row)}
    taken = [int(one) for one in form.get("take", []) if one.isdigit() and int(one) in others]
    wanted = labels.checked(corpus, _wanted(form, row, tuple(dict.fromkeys(others[one] for one in taken))))
    clash = labels.clashes(corpus, wanted)
    if clash and not form.get("sure"):
        return await _answer(
            request, "workbench/card.html", row["state"], _reason((form.get("reason") or [""])[0]), row, wanted=wanted, clash=clash, status=409
        )
    async with console.engine.begin() as connection:
        done = await queue.decide(connection, [row["id"], *taken], "labelled", staff.id, known=("open", "flagged", "skipped"))
        if row["id"] not in done:
            raise DeskRefused("这一条刚被别人处理了", "没有重复保存。请按 S 看下一条。")
        commit = "" if wanted.critical else await labels.commit(bench, wanted, staff)
        made = await labels.note(connection, wanted, row["id"], staff.id, "proposed" if wanted.critical else "committed", commit)
        detail = {"intent": wanted.intent, "item": wanted.item, "messages": len(done), "commit": commit, "label": made}
        await audit.append(connection, staff.id, "label.made", str(row["id"]), **detail)
    later = ("等第二个人审批", f"「{intent_word(wanted.intent)}」关系重大，由另一位训练师或主管审批后生效。")
    told = later if wanted.critical else _told(wanted, commit, 1 + len(taken))
    return await _next(request, row, form, *told, revert=commit)


async def set_aside(request: web.Request) -> web.StreamResponse:
    """Skip it, flag it, keep it out of training, or put it back; its group goes with it where that is asked."""
    console, staff, form = console_of(request), staff_of(request), await sent(request)
    state = choice(form, "to", "怎么处理", DEEDS)
    async with console.engine.begin() as connection:
        row = found(await queue.one(connection, number(request)))
        others = [one["id"] for one in await queue.members(connection, row)] if state == "private" and form.get("take") else []
        known = ("open", "flagged", "skipped", "private")
        if not await queue.decide(connection, [row["id"], *others], state, staff.id, known=known):
            raise DeskRefused("这一条已经标注了", "要改的话，请在「修改记录」里撤销那次标注。")
        await audit.append(connection, staff.id, "review.set_aside", str(row["id"]), before=row["state"], after=state)
    if state == "open":
        async with console.engine.connect() as connection:
            again = found(await queue.one(connection, row["id"]))
        return await _answer(request, "workbench/card.html", "open", _reason((form.get("reason") or [""])[0]), again, toast=_toast(DEEDS[state], row["text"]))
    return await _next(request, row, form, DEEDS[state], f"「{row['text'][:20]}」", undo=row["id"])


async def why(request: web.Request) -> web.StreamResponse:
    """Why the bot understands it as it does now."""
    async with console_of(request).engine.connect() as connection:
        row = found(await queue.one(connection, number(request)))
    await bound(request, "explain")
    rule = await Releases(console_of(request).redis).in_force()
    told = await bench_of(request).parser.parse(row["text"], rule.released if rule else "")
    return console_of(request).pages.show(request, "workbench/why.html", told=told, rules=RULES)


async def count(request: web.Request) -> web.StreamResponse:
    """The number in the rail, as an out-of-band swap."""
    async with console_of(request).engine.connect() as connection:
        waiting = await queue.waiting(connection)
    return console_of(request).pages.show(request, "workbench/review_count.html", waiting=waiting)


async def options(request: web.Request) -> web.StreamResponse:
    """Intents and service items for what is typed."""
    corpus = await bench_of(request).corpora.now()
    return console_of(request).pages.show(request, "workbench/options.html", options=search(corpus, request.query.get("q", "")))


def _reason(asked: str) -> str:
    return asked if asked in queue.REASONS else ""


def _wanted(form: Mapping[str, list[str]], row: queue.Row, taken: tuple[str, ...]) -> Label:
    """The label that was sent: one of the bars, or what was chosen."""
    guesses = bars(row["ranking"])
    guess = (form.get("guess") or [""])[0]
    if guess.isdigit() and int(guess) < len(guesses):
        intent, item = guesses[int(guess)]["intent"], guesses[int(guess)].get("service_item", "")
    else:
        intent, item = (form.get("intent") or [""])[0], (form.get("item") or [""])[0]
    aspect, entities = (form.get("aspect") or [""])[0], labels.entities_of((form.get("entities") or [""])[0])
    return Label(row["text"], intent, item, aspect if intent == "ask_guide" else "", entities, taken, bool(form.get("held_out")))


def bars(ranking: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The best guesses that can be accepted."""
    return [one for one in ranking if one["intent"] not in ("nlu_clarify", "nlu_fallback")][:BARS]


def _told(wanted: Label, commit: str, count: int) -> tuple[str, str]:
    more = f"，连同相近的 {count - 1} 条" if count > 1 else ""
    if not commit:
        return "语料里已经有了", f"已归为「{intent_word(wanted.intent)}」{more}，没有重复添加。"
    return "已保存", f"「{wanted.text[:16]}」→ {intent_word(wanted.intent)}{more}。"


async def _next(
    request: web.Request, row: queue.Row, form: Mapping[str, list[str]], title: str, words: str, *, undo: int = 0, revert: str = ""
) -> web.StreamResponse:
    """The card that comes next, and a word on what was done with a way back."""
    toast = _toast(title, words, undo=undo, revert=revert)
    reason = _reason((form.get("reason") or [""])[0])
    state = row["state"] if row["state"] in ("open", "flagged", "skipped") else "open"
    response = await _answer(request, "workbench/card.html", state, reason, toast=toast)
    response.headers["HX-Trigger"] = "review-changed"
    return response


def _toast(title: str, words: str, *, undo: int = 0, revert: str = "") -> dict[str, Any]:
    return {"title": title, "words": words, "undo": undo, "revert": revert}


async def _answer(
    request: web.Request, template: str, state: str, reason: str, row: queue.Row | None = None, *, status: int = 200, **more: Any
) -> web.StreamResponse:
    console, bench = console_of(request), bench_of(request)
    corpus = await bench.corpora.now()
    async with console.engine.connect() as connection:
        row = row or await queue.first(connection, state, reason)
        values: dict[str, Any] = {"counts": await queue.counts(connection), "row": row, "state": state, "reason": reason}
        if row:
            values |= {"members": await queue.members(connection, row), "story": await queue.story(connection, row), "near": near(corpus, row["text"])}
    shown = {"states": queue.STATES, "reasons": queue.REASONS, "aspects": ASPECTS, "entities": ENTITIES, "bars": bars, "items": corpus.items}
    return console.pages.show(request, template, status=status, **{**shown, "wanted": None, "clash": [], "toast": None, **values, **more})


def near(corpus: Corpus, text: str) -> list[Any]:
    """Examples that are like a message, the likest first."""
    wanted = bare(text)
    ranked = process.extract(wanted, [bare(one.text) for one in corpus.examples], scorer=fuzz.ratio, score_cutoff=LIKE, limit=6)
    return [corpus.examples[place] for _, _, place in ranked]


RULES: Mapping[str, str] = {
    "screened": "危急词表命中，先给报警卡片",
    "exact": "整句是固定说法，直接照办",
    "person_in_english": "英文要求人工",
    "foreign": "不是中文，按外语处理",
    "emergency_share": "「危急求助」的把握够高",
    "declared": "句子里明说了要办什么",
    "near_miss": "像要办事，但说的是别处管的事",
    "nothing": "没有任何候选",
    "between_ours_and_not": "在公安业务和其他事情之间拿不准，反问",
    "out_of_scope": "判为不归公安管",
    "too_unsure": "最高把握也太低，说没听懂",
    "sure": "把握够高，直接回答",
    "close": "前两名太接近，反问",
    "not_sure_enough": "有点把握但不够高，反问",
    "items_close": "事项之间分不开，反问",
}
"""The decider's rules in words."""
