"""Labels: what a message means, written into the data as a commit; a critical intent waits for a second person."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from console.staff import Staff
from console.workbench import examples as nlu
from console.workbench.bench import Workbench
from console.workbench.corpus import Corpus, Item
from console.workbench.examples import Example, Files, bare, trainable
from console.workbench.lines import load, scalar
from weijing.intent_words import intent_word
from weijing.refusals import DeskRefused
from weijing.service_item import ASPECTS

CRITICAL = ("emergency", "file_report", "request_handoff")
"""Intents whose mistakes hurt: a second person approves what is labelled so."""
ENTITIES = {"place": "地点", "date": "日期", "time": "时间", "name": "姓名", "phone": "手机", "id_number": "证件号码", "plate": "车牌"}
"""Entities that may be marked -> their words."""
HELD_OUT = "tests/nlu/labelled.yml"
_ADD = text("""
    INSERT INTO weijing.labels (review_id, text, intent, aspect, item, entities, taken, held_out, by, state, commit)
    VALUES (:review_id, :text, :intent, :aspect, :item, CAST(:entities AS jsonb), CAST(:taken AS jsonb), :held_out, :by, :state, :commit) RETURNING id""")


@dataclass(frozen=True)
class Label:
    """What one message, and with it its near-duplicates, means.

    Args:
        entities: (start, end, entity) in `text`.
        taken: texts of near-duplicates.
        held_out: it becomes a test message, which nothing is trained with.
    """

    text: str
    intent: str
    item: str = ""
    aspect: str = ""
    entities: tuple[tuple[int, int, str], ...] = ()
    taken: tuple[str, ...] = ()
    held_out: bool = False

    @property
    def critical(self) -> bool:
        """Whether a second person must approve it."""
        return self.intent in CRITICAL

    @property
    def name(self) -> str:
        """How a page names it."""
        return intent_word(self.intent) + (f" · {self.item}" if self.item else "")


def checked(corpus: Corpus, label: Label) -> Label:
    """The label, if the data know its intent, item, aspect and entities.

    Raises:
        DeskRefused: 422, naming the field.
    """
    if label.intent not in corpus.intents:
        raise DeskRefused("还没有选意图", "请用 E 搜索并选择一个意图或事项。", 422)
    if label.item and (label.item not in corpus.items or label.intent != "ask_guide"):
        raise DeskRefused("事项不对", "只有「问办事指南」能带事项，请重新选择。", 422)
    if label.aspect and label.aspect not in ASPECTS:
        raise DeskRefused("「问什么」要选一项", "请从列表里选择。", 422)
    ends = 0
    for start, end, entity in sorted(label.entities):
        if entity not in ENTITIES or not ends <= start < end <= len(label.text):
            raise DeskRefused("实体标得不对", "实体不能重叠，也不能超出原文。请删掉重标。", 422)
        ends = end
    return label


def entities_of(written: str) -> tuple[tuple[int, int, str], ...]:
    """Entities as the page sends them: `[[start, end, entity], …]`.

    Raises:
        DeskRefused: 422, it is something else.
    """
    try:
        rows = json.loads(written or "[]")
        return tuple((int(start), int(end), str(entity)) for start, end, entity in rows)[:20]
    except (ValueError, TypeError):
        raise DeskRefused("实体标得不对", "请刷新页面，重新标注。", 422) from None


def marked(label: Label) -> str:
    """The message as an example, entities marked as Rasa does."""
    found = label.text
    for start, end, entity in sorted(label.entities, reverse=True):
        found = f"{found[:start]}[{found[start:end]}]({entity}){found[end:]}"
    return trainable(found)


def clashes(corpus: Corpus, label: Label) -> list[Example]:
    """Examples that say the same under another intent."""
    return [one for said in (label.text, *label.taken) for one in nlu.conflicts(corpus.examples, said, label.intent)]


def edited(corpus: Corpus, label: Label) -> Files:
    """The data's files that change with the label; conflicting examples go, for the trainer has seen them."""
    files = nlu.taken_out(corpus.files, clashes(corpus, label))
    new: dict[str, str] = {}
    for said, raw in [(label.text, marked(label)), *((one, trainable(one)) for one in label.taken)]:
        if label.intent not in corpus.known.get(bare(said), []) or label.held_out:
            new.setdefault(bare(said), raw)
    if label.held_out:
        files = _tested(files, label, [nlu.plain(raw) for raw in new.values()])
    elif new and label.item:
        files = _asked(files, corpus.items[label.item], [nlu.plain(raw) for raw in new.values()])
    elif new:
        files = nlu.added(files, label.intent, new.values())
    return {path: text for path, text in files.items() if corpus.files.get(path) != text}


def _tested(files: Files, label: Label, said: list[str]) -> Files:
    more = "".join(f", {name}: {value}" for name, value in (("item", label.item), ("aspect", label.aspect)) if value)
    old = files.get(HELD_OUT, "# Messages that trainers kept for tests.\n")
    return {**files, HELD_OUT: old + "".join(f"- {{text: {json.dumps(one, ensure_ascii=False)}, intent: {label.intent}{more}}}\n" for one in said)}


def _asked(files: Files, item: Item, said: list[str]) -> Files:
    """The item's record with more questions: how people ask for it is trained and linked by."""
    lines = files[item.path].splitlines(True)
    record = load(files[item.path])[item.place]
    line, column = record.lc.value("questions")
    if lines[line][column] != "[":
        last, indent = record["questions"].lc.item(len(item.questions) - 1)
        lines[last + 1 : last + 1] = [f"{' ' * (indent - 2)}- {scalar(one)}\n" for one in said]
        return {**files, item.path: "".join(lines)}
    place = next(number for number in range(line, len(lines)) if lines[number].rstrip().endswith("]"))
    lines[place] = lines[place].rstrip()[:-1] + "".join(f", {scalar(one)}" for one in said) + "]\n"
    return {**files, item.path: "".join(lines)}


async def commit(bench: Workbench, label: Label, author: Staff, approved_by: str = "") -> str:
    """Write the label into the data; returns the commit, empty where the data say so already.

    Raises:
        DeskRefused: 409, the data changed meanwhile.
    """
    corpus = await bench.corpora.now()
    files = await asyncio.to_thread(edited, corpus, label)
    title = f"{'测试' if label.held_out else '标注'}：「{trainable(label.text)[:24]}」{'等' if label.taken else ''} → {label.name}"
    words = f"Approved-by: {approved_by}" if approved_by else ""
    return await asyncio.to_thread(bench.repo.change, files, author, title, words, seen=corpus.files)


async def note(connection: AsyncConnection, label: Label, review_id: int | None, by: str, state: str, commit_id: str = "") -> int:
    """Write the label down."""
    row: dict[str, Any] = {"review_id": review_id, "text": label.text, "intent": label.intent, "aspect": label.aspect or None, "item": label.item or None}
    row |= {"entities": json.dumps(label.entities), "taken": json.dumps(label.taken, ensure_ascii=False), "held_out": label.held_out}
    return int((await connection.execute(_ADD, {**row, "by": by, "state": state, "commit": commit_id})).scalar_one())


def of_row(row: Any) -> Label:
    """A label as it was written down."""
    entities = tuple((int(start), int(end), str(entity)) for start, end, entity in row["entities"])
    return Label(row["text"], row["intent"], row["item"] or "", row["aspect"] or "", entities, tuple(row["taken"]), row["held_out"])
