"""Renaming, splitting and merging intents: examples, domain, rules, stories and tests follow, as edits of the lines that name them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from console.workbench import examples as nlu
from console.workbench.corpus import Corpus
from console.workbench.examples import Example, Files
from console.workbench.lines import load, replaced
from weijing.refusals import DeskRefused
from weijing.settings import ROOT

KEYS = ("intent", "not_intent", "intents", "also", "ignored_intents")
"""Keys whose values are intents."""
_NAME = re.compile(r"[a-z][a-z0-9_]{2,39}")
_ROOMS = ("bot", "actions", "channels", "weijing", "store")
_QUOTED = re.compile(r"""["']([a-z][a-z0-9_]{2,39})["']""")


@lru_cache(maxsize=1)
def in_code(root: Path = ROOT) -> frozenset[str]:
    """Words in quotes in the program: an intent among them cannot go, for the program asks for it by name."""
    files = (file for room in _ROOMS for file in (root / room).rglob("*.py"))
    return frozenset(name for file in files for name in _QUOTED.findall(file.read_text(encoding="utf-8")))


def renamed(corpus: Corpus, old: str, new: str) -> Files:
    """The files that change when an intent gets another name.

    Raises:
        DeskRefused: 422, the name is not allowed; 409, the program knows the intent by name.
    """
    _check_free(corpus, old)
    _check_new(corpus, new)
    titled = {path: text.replace(f"({old})", f"({new})") if path.startswith("data/rules/") else text for path, text in corpus.files.items()}
    return _changed(corpus.files, {path: replaced(text, KEYS, old, new) for path, text in titled.items()})


def split(corpus: Corpus, old: str, new: str, chosen: Sequence[Example]) -> Files:
    """The files that change when some examples become an intent of their own, which is answered as the old one until somebody gives it an answer.

    Raises:
        DeskRefused: 422, the name is not allowed, or none or all of the examples were chosen.
    """
    _check_new(corpus, new)
    left = sum(one.intent == old for one in corpus.examples) - len(chosen)
    if not chosen or not left:
        raise DeskRefused("选的例句不对", "请选中一部分例句：至少一条，也不能是全部。", 422)
    files = nlu.added(nlu.taken_out(corpus.files, chosen), new, [one.raw for one in chosen])
    files = {**files, "domain.yml": _declared(files["domain.yml"], old, new)}
    for path, text in corpus.files.items():
        if path.startswith("data/rules/"):
            files[path] = _ruled(text, old, new)
    return _changed(corpus.files, files)


def merged(corpus: Corpus, old: str, into: str) -> Files:
    """The files that change when an intent's examples and tests become another's and its rules go.

    Raises:
        DeskRefused: 409, the program knows it by name; 422, there is no such other intent.
    """
    _check_free(corpus, old)
    if into not in corpus.intents or into == old:
        raise DeskRefused("要并入的意图不对", "请从列表里选另一个意图。", 422)
    mine = [one for one in corpus.examples if one.intent == old]
    files = nlu.taken_out(corpus.files, mine)
    known = {nlu.bare(one.text) for one in corpus.examples if one.intent == into}
    files = nlu.added(files, into, [one.raw for one in mine if nlu.bare(one.text) not in known] or [mine[0].raw]) if mine else files
    for path, text in list(files.items()):
        if path.startswith("data/rules/"):
            files[path] = _unruled(text, old)
        elif path == "domain.yml":
            files[path] = _undeclared(text, old)
        elif path.startswith(("tests/", "data/stories/")):
            files[path] = replaced(text, KEYS, old, into)
    return _changed(corpus.files, files)


def moved(corpus: Corpus, chosen: Sequence[Example], into: str) -> Files:
    """The files that change when examples become another intent's."""
    if into not in corpus.intents or not chosen:
        raise DeskRefused("没有选好", "请选中例句，再选要移到的意图。", 422)
    return _changed(corpus.files, nlu.added(nlu.taken_out(corpus.files, chosen), into, [one.raw for one in chosen]))


def _changed(old: Files, new: Files) -> Files:
    return {path: text for path, text in new.items() if old.get(path) != text}


def _check_free(corpus: Corpus, intent: str) -> None:
    if intent not in corpus.intents:
        raise DeskRefused("没有这个意图", "请回到列表重新选择。", 404)
    if intent in in_code():
        raise DeskRefused("这个意图不能改名或合并", "程序按这个名字办事，改了就没人应答。可以移走它的例句，或拆分出新的意图。")


def _check_new(corpus: Corpus, intent: str) -> None:
    if not _NAME.fullmatch(intent):
        raise DeskRefused("新名字不对", "用小写英文字母、数字和下划线，3 到 40 个字符，字母开头，比如 ask_weather。", 422)
    if intent in corpus.intents or intent in in_code():
        raise DeskRefused("这个名字已经用了", "请换一个名字，或者改用「合并」。", 422)


def _declared(domain: str, beside: str, new: str) -> str:
    """The domain with a new intent behind another."""
    lines, intents = domain.splitlines(True), load(domain)["intents"]
    place = next(number for number, one in enumerate(intents) if one == beside or (isinstance(one, dict) and beside in one))
    line, column = intents.lc.item(place)
    lines[line + 1 : line + 1] = [f"{' ' * (column - 2)}- {new}\n"]
    return "".join(lines)


def _undeclared(domain: str, intent: str) -> str:
    intents = load(domain)["intents"]
    lines = domain.splitlines(True)
    del lines[intents.lc.item(list(intents).index(intent))[0]]
    return "".join(lines)


def _ruled(text: str, old: str, new: str) -> str:
    """The rules, with one more for the new intent behind each that begins with the old one."""
    lines = text.splitlines(True)
    for start, end in reversed(list(_rules_of(text, old))):
        copy = [re.sub(rf"(intent: *){re.escape(old)}\b", rf"\g<1>{new}", line) for line in lines[start:end]]
        copy[0] = re.sub(r"(rule: *)(.*?)\s*$", lambda found: f"{found[1]}{_title(found[2], new)}\n", copy[0])
        while copy and not copy[-1].strip():
            copy.pop()
        lines[start:start] = [*copy, "\n"]
    return "".join(lines)


def _title(title: str, new: str) -> str:
    return f"{title[:-1]} ({new}){title[-1]}" if title[-1:] in {'"', "'"} else f"{title} ({new})"


def _unruled(text: str, intent: str) -> str:
    """The rules without those of an intent; where it is one of several, only its line goes."""
    lines = text.splitlines(True)
    for start, end in reversed(list(_rules_of(text, intent))):
        del lines[start:end]
    return "".join(lines)


def _rules_of(text: str, intent: str) -> Iterable[tuple[int, int]]:
    """(first line, line behind the last) of each rule with a step of this intent alone."""
    if intent not in text:
        return
    rules = load(text)["rules"]
    count = len(text.splitlines())
    for place, rule in enumerate(rules):
        if any(step.get("intent") == intent for step in rule["steps"] if "or" not in step):
            yield rules.lc.item(place)[0], rules.lc.item(place + 1)[0] if place + 1 < len(rules) else count
