"""The training examples: read line by line from data/nlu, and added, changed, moved or taken out as edits of single lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from weijing.normalise import normalise
from weijing.refusals import DeskRefused

Files = dict[str, str]
"""Path -> text."""
_BLOCK = re.compile(r"^- (intent): *([^\s#]+)")
_OTHER = re.compile(r"^- (?:synonym|lookup|regex):")
_CATEGORY = re.compile(r"^    category: *(\S+)")
_LINE = re.compile(r"^( +)- ?(.*?)\s*$")
_MARK = re.compile(r"\[([^\]]+)\]\(([a-z_]+)\)|\[([^\]]+)\]\{[^}]*\}")
_COURTESY = str.maketrans("", "", " ?？。!！，,、.~…:：;；“”\"'()（）")
_REFERENCE = re.compile(r"#[0-9a-f]{8}〕")
GONE = ("这条例句刚被改过", "没有保存。请刷新页面再试。")


@dataclass(frozen=True)
class Example:
    """One example.

    Args:
        text: without the marks of entities; `raw` with them.
        path, line: where it stands, from 0.
        category: of a guide question; empty if its block names none.
    """

    intent: str
    text: str
    raw: str
    path: str
    line: int
    category: str = ""

    @property
    def id(self) -> str:
        """How a page names it."""
        return f"{self.path}:{self.line}"


@dataclass(frozen=True)
class Block:
    """The examples of one intent that stand together; `end` is the line behind the last example."""

    intent: str
    category: str
    path: str
    start: int
    end: int
    indent: str = "    "


def bare(text: str) -> str:
    """What is compared: normalised, without marks and blanks."""
    return normalise(text).translate(_COURTESY).lower()


def plain(raw: str) -> str:
    """An example without the marks of its entities."""
    return _MARK.sub(lambda found: found[1] or found[3], raw)


def entities(raw: str) -> tuple[tuple[int, int, str], ...]:
    """(start, end, entity) of what is marked, in the words without marks."""
    found, shift = list[tuple[int, int, str]](), 0
    for mark in _MARK.finditer(raw):
        value = mark[1] or mark[3]
        start = mark.start() - shift
        shift += len(mark[0]) - len(value)
        if mark[2]:
            found.append((start, start + len(value), mark[2]))
    return tuple(found)


def trainable(text: str) -> str:
    """A message as an example: one line, masks without whose value they hide."""
    return _REFERENCE.sub("#00000000〕", " ".join(text.split()))


def read(files: Mapping[str, str]) -> tuple[list[Example], list[Block]]:
    """Every example and block of literal text under data/nlu."""
    examples: list[Example] = []
    blocks: list[Block] = []
    for path, text in files.items():
        if path.startswith("data/nlu/"):
            _read_file(path, text, examples, blocks)
    return examples, blocks


def _read_file(path: str, text: str, examples: list[Example], blocks: list[Block]) -> None:
    inside = False
    for number, line in enumerate(text.splitlines()):
        if found := _BLOCK.match(line):
            blocks.append(Block(found[2].strip("\"'"), "", path, number, number + 1))
            inside = True
        elif _OTHER.match(line):
            inside = False
        elif inside and (category := _CATEGORY.match(line)):
            blocks[-1] = Block(blocks[-1].intent, category[1], path, blocks[-1].start, number + 1)
        elif inside and (row := _LINE.match(line)):
            block = blocks[-1] = Block(blocks[-1].intent, blocks[-1].category, path, blocks[-1].start, number + 1, row[1])
            examples.append(Example(block.intent, plain(row[2]), row[2], path, number, block.category))
        elif inside and line.startswith("  examples:"):
            blocks[-1] = Block(blocks[-1].intent, blocks[-1].category, path, blocks[-1].start, number + 1)


def added(files: Files, intent: str, raws: Iterable[str], category: str = "") -> Files:
    """The files with these examples at the end of the intent's block; the intent gets a block where it has none.

    Raises:
        DeskRefused: 422, an example is empty.
    """
    rows = list(dict.fromkeys(_checked(raw) for raw in raws))
    _, blocks = read(files)
    own = [block for block in blocks if block.intent == intent]
    block = next((one for one in own if one.category == category), None)
    if block is None:
        return _with_block(files, intent, rows, category, own[-1].path if own else "data/nlu/workbench.yml")
    lines = files[block.path].splitlines(True)
    lines[block.end - 1] = lines[block.end - 1].rstrip("\n") + "\n"
    lines[block.end : block.end] = [f"{block.indent}- {row}\n" for row in rows]
    return {**files, block.path: "".join(lines)}


def _with_block(files: Files, intent: str, rows: list[str], category: str, path: str) -> Files:
    text = files.get(path, 'version: "3.1"\n\nnlu:\n')
    metadata = f"  metadata:\n    category: {category}\n" if category else ""
    return {**files, path: text.rstrip("\n") + f"\n- intent: {intent}\n{metadata}  examples: |\n" + "".join(f"    - {row}\n" for row in rows)}


def taken_out(files: Files, examples: Iterable[Example]) -> Files:
    """The files without these examples; a block that is left empty goes too.

    Raises:
        DeskRefused: 409, one of them stands there no more.
    """
    found = {**files}
    for one in sorted(examples, key=lambda one: (one.path, -one.line)):
        lines = found[one.path].splitlines(True)
        _check(lines, one)
        del lines[one.line]
        found[one.path] = "".join(lines)
    return _without_empty_blocks(found)


def changed(files: Files, example: Example, raw: str) -> Files:
    """The files with other words in an example's place."""
    lines = files[example.path].splitlines(True)
    _check(lines, example)
    lines[example.line] = lines[example.line].replace(example.raw, _checked(raw), 1)
    return {**files, example.path: "".join(lines)}


def _without_empty_blocks(files: Files) -> Files:
    examples, blocks = read(files)
    full = {(one.path, one.intent, one.category) for one in examples}
    for block in sorted(blocks, key=lambda one: (one.path, -one.start)):
        if (block.path, block.intent, block.category) not in full:
            lines = files[block.path].splitlines(True)
            del lines[block.start : block.end]
            files = {**files, block.path: "".join(lines)}
    return files


def _check(lines: list[str], example: Example) -> None:
    row = _LINE.match(lines[example.line]) if example.line < len(lines) else None
    if row is None or row[2] != example.raw:
        raise DeskRefused(*GONE)


def _checked(raw: str) -> str:
    words = " ".join(raw.split())
    if not plain(words).strip() or len(words) > 400:
        raise DeskRefused("例句不对", "例句要有文字，最多 400 个字。", 422)
    return words


def conflicts(examples: Iterable[Example], text: str, intent: str) -> Iterator[Example]:
    """Examples of other intents that say the same."""
    wanted = bare(text)
    yield from (one for one in examples if one.intent != intent and bare(one.text) == wanted)
