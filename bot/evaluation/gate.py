"""The gate: whether a model may be released. Each row is one demand with what was found; one that does not hold shuts the gate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.evaluation.comparison import Change, Comparison
from bot.evaluation.evaluation import Evaluation
from bot.evaluation.floors import LEAST_F1, MACRO_F1
from bot.evaluation.labels import Doubt
from bot.evaluation.measures import CRITICAL, ERRORS
from bot.evaluation.page import NAMES
from bot.evaluation.stories import Story
from weijing.intent_words import intent_word

LIKELY = 0.05
"""A difference between two models counts when chance alone would bring such a one more seldom (McNemar)."""
SPARED = 2
"""Messages of a critical intent that may be lost on balance: one or two happen when anything is trained anew."""
DOUBTS = 10
"""Labels that the released model may doubt: corrections come singly, mistakes in batches."""
_SHOWN = 5
_TITLES = {**NAMES, MACRO_F1: "各意图平均 F1", LEAST_F1: "最差意图的 F1"}


@dataclass(frozen=True)
class Demand:
    """One row of the report card.

    Args:
        name: which demand; `floor.<measure>`, `critical.<intent>`, `paired`, `stories`, `data`.
        title, found, wanted: as the trainer reads them.
        reason: why it does not hold; empty when it does.
    """

    name: str
    title: str
    found: str
    wanted: str
    reason: str = ""

    @property
    def holds(self) -> bool:
        """Nothing speaks against a release here."""
        return not self.reason


@dataclass(frozen=True)
class Verdict:
    """Every demand, in the order of the report card."""

    demands: tuple[Demand, ...]

    @property
    def passed(self) -> bool:
        """The model may be released."""
        return all(demand.holds for demand in self.demands)

    def as_json(self) -> dict[str, Any]:
        """For the table of models."""
        return {"passed": self.passed, "demands": [{**asdict(one), "holds": one.holds} for one in self.demands]}


def judge(found: Evaluation, stories: Sequence[Story], faults: Sequence[str], doubts: Sequence[Doubt] = ()) -> Verdict:
    """Put a model's evaluation to the gate.

    Args:
        faults: what the data check found in the data it was trained from.
        doubts: labels of that data which the released model doubts.
    """
    compared = [*_critical(found.comparison), _paired(found.comparison)] if found.comparison else []
    return Verdict((*_floors(found), *compared, _stories(stories), _data(faults), _labels(doubts)))


def data_findings(project: Path) -> Iterator[str]:
    """What the data check finds in a project's training data."""
    from bot.validate import find_faults

    yield from find_faults(project)


def _floors(found: Evaluation) -> Iterator[Demand]:
    values = {**{name: share.value for name, share in found.shares.items()}, MACRO_F1: found.macro_f1[0]}
    for name, bound in found.floors.items():
        if name == LEAST_F1:
            yield _least(found, bound)
            continue
        most, value = name in ERRORS, values[name]
        words = f"{'至多' if most else '至少'} {bound:.1%}"
        broken = value > bound if most else value < bound
        yield Demand(f"floor.{name}", _TITLES[name], f"{value:.1%}", words, f"{_TITLES[name]}是 {value:.1%}，底线是{words}" if broken else "")


def _least(found: Evaluation, bound: float) -> Demand:
    worst = found.table[0]
    below = [row for row in found.table if row.f1 < bound]
    reason = "低于底线的意图：" + "、".join(f"{intent_word(row.intent)}（F1 {row.f1:.2f}）" for row in below)
    return Demand(f"floor.{LEAST_F1}", _TITLES[LEAST_F1], f"{worst.f1:.2f}（{intent_word(worst.intent)}）", f"至少 {bound:.2f}", reason if below else "")


def _critical(comparison: Comparison) -> Iterator[Demand]:
    """Danger, reports and the wish for a person: what the released model understands, the new one must too."""
    for intent in CRITICAL:
        lost, won = ([change for change in changes if change.intent == intent] for changes in (comparison.worse, comparison.better))
        balance = len(won) - len(lost)
        reason = f"{intent_word(intent)}比现用模型净少认出 {-balance} 句，如{_quoted(lost)}" if balance < -SPARED else ""
        words = f"多认出 {len(won)} 句，少认出 {len(lost)} 句"
        yield Demand(f"critical.{intent}", f"要紧意图：{intent_word(intent)}", words, f"净少不超过 {SPARED} 句", reason)


def _paired(comparison: Comparison) -> Demand:
    better, worse = len(comparison.better), len(comparison.worse)
    found = f"变好 {better} 句，变坏 {worse} 句（差 {comparison.low:+.1%} 到 {comparison.high:+.1%}，p = {comparison.p_value:.3f}）"
    lost = worse > better and comparison.p_value < LIKELY
    reason = f"同样的 {comparison.shared} 句话，变坏 {worse} 句、变好 {better} 句，不是偶然（p = {comparison.p_value:.3g}），如{_quoted(comparison.worse)}"
    return Demand("paired", "与现用模型同题比较", found, "不显著变坏", reason if lost else "")


def _stories(stories: Sequence[Story]) -> Demand:
    failed = [story for story in stories if not story.passed]
    reason = f"没有走通的对话：{'、'.join(story.name for story in failed[:_SHOWN])}{'等' if len(failed) > _SHOWN else ''}"
    return Demand("stories", "对话测试", f"{len(stories) - len(failed)} / {len(stories)} 走通", "全部走通", reason if failed else "")


def _data(faults: Sequence[str]) -> Demand:
    reason = f"语料检查有 {len(faults)} 处问题：{'；'.join(faults[:_SHOWN])}"
    return Demand("data", "语料检查", f"{len(faults)} 处问题", "没有问题", reason if faults else "")


def _labels(doubts: Sequence[Doubt]) -> Demand:
    """A batch of wrong labels may teach the model nothing that the held-out messages ask about, and yet be wrong."""
    hidden = [doubt for doubt in doubts if doubt.read in CRITICAL]
    shown = [*hidden, *(doubt for doubt in doubts if doubt not in hidden)][:_SHOWN]
    words = "；".join(f"{doubt.where}「{doubt.text}」标成“{intent_word(doubt.intent)}”，现用模型有把握认作“{intent_word(doubt.read)}”" for doubt in shown)
    reason = f"{len(doubts)} 条标注可疑（其中要紧意图 {len(hidden)} 条），请核对：{words}"
    broken = len(doubts) > DOUBTS or len(hidden) > SPARED
    return Demand("labels", "标注核对", f"{len(doubts)} 条可疑，要紧意图 {len(hidden)} 条", f"至多 {DOUBTS} 条，要紧意图 {SPARED} 条", reason if broken else "")


def _quoted(changes: Sequence[Change]) -> str:
    return "、".join(f"「{change.text}」" for change in changes[:_SHOWN])
