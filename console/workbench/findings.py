"""The linter's findings: `weijing validate --json` on the bureau's data, run once for each commit beside the pages, with the mends that a machine may make."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from console.workbench import examples as nlu
from console.workbench.corpus import Corpus
from console.workbench.examples import Example, Files
from console.workbench.repo import Repo
from weijing.refusals import DeskRefused
from weijing.settings import ROOT, child_environment
from weijing.tasks import end

CHECKS: Mapping[str, str] = {
    "twice": "例句重复",
    "leaks": "例句就是测试题",
    "wide": "有全角的数字、字母或空格",
    "alike": "两个意图下几乎同一句",
    "too_few": "例句不够",
    "crooked_entities": "实体没有标在词的边界上",
    "unknown_categories": "没有这个事项类别",
    "borders": "模式永远匹配不到",
    "never_met": "词语永远不会出现",
    "private": "可能是真实的个人号码",
    "items": "事项记录有误",
    "filings": "申报定义有误",
    "rasa": "规则或对话对不上",
}
"""Check -> what it found, in words; those that can be mended at a click stand first."""
MENDS: Mapping[str, str] = {"twice": "留一条", "leaks": "移出例句", "wide": "改成半角"}
_SOURCE = re.compile(r"^(data/\S+?\.yml):(\d+): ")
_QUOTED = re.compile(r"「([^」]*)」")
_PLACE = re.compile(r"(data/\S+?\.yml):(\d+)")


@dataclass(frozen=True)
class Finding:
    """One fault.

    Args:
        fault: the linter's own sentence, which names it.
        quoted: the words it is about.
        source: file and line, or empty.
    """

    check: str
    fault: str
    quoted: tuple[str, ...]
    source: str

    @property
    def mend(self) -> str:
        """The word on the button, empty where a person has to decide."""
        return MENDS.get(self.check, "") if self.source else ""


def read_findings(written: str) -> list[Finding]:
    """The findings that `validate --json` printed, mendable ones first."""
    order = list(CHECKS)
    rows = [_finding(row["check"], row["fault"]) for row in json.loads(written)]
    return sorted(rows, key=lambda one: order.index(one.check) if one.check in CHECKS else len(order))


def _finding(check: str, fault: str) -> Finding:
    source = _SOURCE.match(fault)
    return Finding(check, fault, tuple(_QUOTED.findall(fault)), f"{source[1]}:{source[2]}" if source else "")


def mended(corpus: Corpus, finding: Finding) -> Files:
    """The files that change when a finding is mended.

    Raises:
        DeskRefused: 409 the data changed, 422 a person has to decide.
    """
    examples = {f"{one.path}:{one.line + 1}": one for one in corpus.examples}
    example = examples.get(finding.source)
    if not finding.mend or example is None:
        raise DeskRefused("这一条要人来定", "请打开例句，自己修改。", 422)
    if finding.check == "wide":
        files = nlu.changed(corpus.files, example, half(example.raw))
    else:
        files = nlu.taken_out(corpus.files, _doubles(examples, finding) if finding.check == "twice" else [example])
    return {path: text for path, text in files.items() if corpus.files[path] != text}


def _doubles(examples: Mapping[str, Example], finding: Finding) -> list[Example]:
    """All but the first of the same words; only when all are of one intent, for else it is a question of meaning."""
    same = [examples[f"{path}:{line}"] for path, line in _PLACE.findall(finding.fault)[1:] if f"{path}:{line}" in examples]
    if len({(one.intent, one.category) for one in same}) != 1:
        raise DeskRefused("这句话属于不同的意图", "请在例句里看看，留下对的那一条。", 422)
    return same[1:]


def half(raw: str) -> str:
    """Full-width digits, letters and blanks as half-width ones; marks stay as they are."""
    wide = {code: chr(code - 0xFEE0) for code in [*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)]}
    return raw.translate({**wide, 0x3000: " "})


class Linter:
    """Runs the check for the newest commit and keeps what it found."""

    def __init__(self, repo: Repo) -> None:
        self._repo = repo
        self._commit, self._found = "", list[Finding]()
        self._task: asyncio.Task[None] | None = None

    def findings(self, commit: str) -> list[Finding] | None:
        """What was found at a commit; None while it is being looked for.

        Raises:
            DeskRefused: 503, the check itself failed.
        """
        if commit == self._commit:
            return self._found
        if self._task and self._task.done() and (error := self._task.exception()):
            self._task = None
            raise DeskRefused("检查没有跑完", "语料不受影响。请过一会儿刷新再试。", 503) from error
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(commit))
        return None

    async def _run(self, commit: str) -> None:
        words = ("nice", "-n", "10", sys.executable, "-m", "weijing", "validate", "--json", "--project", str(self._repo.folder))
        child = await asyncio.create_subprocess_exec(
            *words, cwd=ROOT, env=child_environment(LOG_LEVEL="ERROR"), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
        try:
            written, _ = await child.communicate()
            self._found, self._commit = read_findings(written.decode().splitlines()[-1]), commit
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()

    async def close(self) -> None:
        """End a check that runs."""
        if self._task:
            await end(self._task)
