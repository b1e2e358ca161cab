"""Where a report goes, what the reporter is told, and by when they hear: rules of the house with their legal basis.

- A complaint about the police goes to the inspectors 督察 and never to the unit complained of (人民警察法 arts 46, 47; 信访工作条例 art. 30); one about the
  inspectors themselves to those of the bureau above. 12389 takes such complaints too.
- A tip goes to the unit of its topic, in the district that its place names. What is another office's is told at once, with that office's number, and handed
  on within 24 hours (公安机关办理行政案件程序规定 art. 61).
- Whoever complains under their name is told within 15 days what became of it (信访工作条例 art. 23); the duty falls away when name or address are unknown.
  From acceptance it is to be done in 60 days, with at most 30 more (art. 34). Days are calendar days, the first not counted.
- A tip over WeChat is a clue. No confirmed rule sets a day for its answer, so none is promised.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from weijing.report_topics import Elsewhere, elsewhere, topics

INSPECTORS, INSPECTORS_ABOVE, LETTERS = "督察", "上级督察", "信访"
PHONES = {INSPECTORS: "12389", INSPECTORS_ABOVE: "12389", "反诈": "96110"}
"""National lines by unit; 110 for the others."""

UNITS = (
    ("反诈", ("诈", "骗", "刷单", "跑分", "洗钱", "两卡", "电话卡", "银行卡")),
    ("刑侦", ("毒", "黑", "恶", "枪", "爆", "杀", "拐", "绑架", "抢", "盗", "偷", "非法集资", "传销", "逃犯")),
)
"""Unit by words in a topic that is none of ours, first match wins; everything else is 治安."""
_OF_INSPECTORS = re.compile("(?:投诉|举报|反映|控告)(?:[^，。,]{0,8})督察|督察[^，。,]{0,10}(?:态度|不作为|不受理|不理|推诿|收费|违法|违纪|打人|骂|包庇)")
_WIDER = r"(?:[\u4e00-\u9fff]{2,8}?(?:省|自治区))?(?:[\u4e00-\u9fff]{2,8}?市)?"
_AREA = re.compile(rf"^{_WIDER}(?P<area>[\u4e00-\u9fff]{{1,6}}?(?<![小社校园景库厂院街片发])(?:区|县|旗))")

POLICE = re.compile("民警|警察|警官|辅警|协警|交警|派出所|所长|接警|出警|警务|窗口")
MISCONDUCT = re.compile(
    "骂|打人|吼|刁难|推诿|推脱|推来推去|不作为|不受理|不立案|不出警|不给办|不理人|没人管|拖着|乱收费|多收|索贿|受贿|收钱|吃拿卡要|刑讯|违规|违法|滥用|包庇|"
    "态度(?:很|太|非常|特别|极其)?(?:差|恶劣|不好|冷漠|蛮横)"
)

NAMED = ("named", "sealed")
"""Modes in which the reporter can be told."""
ANSWER_DAYS = 15
FINISH_DAYS = 60


@dataclass(frozen=True)
class Route:
    """Where a report goes.

    Args:
        area: the district or county that the place names, empty when it names none; complaints have none, lest they reach the unit complained of.
        elsewhere: whose matter it is, when it is not the police's.
    """

    unit: str
    area: str = ""
    elsewhere: Elsewhere | None = None


def route(report: Mapping[str, Any]) -> Route:
    """The route of a report as `POST /v1/reports` takes it."""
    other = elsewhere(report["content"])
    if report["kind"] == "complaint":
        return Route(LETTERS, elsewhere=other) if other else Route(_inspectors(report))
    found = _AREA.match(report.get("place") or "")
    return Route(unit_of(report["kind"], report["topic"]), found["area"] if found else "", other)


def _inspectors(report: Mapping[str, Any]) -> str:
    """Nobody looks into what is said of himself; the inspectors of the bureau above do."""
    named = " ".join(one["value"] for one in report.get("details") or [] if one["name"] == "单位和民警")
    of_them = INSPECTORS in f"{named} {report.get('place') or ''}" or _OF_INSPECTORS.search(report["content"])
    return INSPECTORS_ABOVE if of_them else INSPECTORS


def unit_of(kind: str, topic: str) -> str:
    """The unit that gets a report of this kind and topic."""
    if kind == "complaint":
        return INSPECTORS
    known = topics().get((kind, topic))
    return known.unit if known else next((unit for unit, words in UNITS if any(word in topic for word in words)), "治安")


def complains(words: str) -> bool:
    """Whether a letter is really a complaint about how the police behaved: then it goes where complaints go."""
    return bool(POLICE.search(words) and MISCONDUCT.search(words))


def phone_of(unit: str) -> str:
    """The number to call about a report with that unit."""
    return PHONES.get(unit, "110")


def promised_on(kind: str, mode: str, received: date) -> date | None:
    """The day by which the reporter is told what became of it; None where no rule gives one (tips, anonymous complaints)."""
    return received + timedelta(days=ANSWER_DAYS) if kind == "complaint" and mode in NAMED else None


def urgent(unit: str) -> str:
    """What to do first when it is happening now."""
    if unit == "反诈":
        return "正在被骗或刚转账的，请马上拨打110，说明对方账号、转账时间和金额；96110来电请接听，也可以主动拨打96110。"
    return "事情正在发生的，请马上拨打110；不方便说话时发短信到12110。"


def next_step(kind: str, mode: str, to: Route, happening_now: bool) -> str:
    """What happens next, in the reporter's language."""
    first = urgent(to.unit if kind == "tip" else "") if happening_now else ""
    if to.elsewhere:
        return first + _elsewhere(to.elsewhere)
    return first + (_complaint(mode, to.unit) if kind == "complaint" else _tip(to))


def _elsewhere(other: Elsewhere) -> str:
    return (
        f"这件事看来属于{other.matter}，由{other.office}管，您可以直接拨打{other.number}。我们已记下，核对后不属于公安机关职责的，"
        "24小时内移送有权处理的单位（《公安机关办理行政案件程序规定》第六十一条）。"
    )


def _complaint(mode: str, unit: str) -> str:
    told = (
        f"{ANSWER_DAYS}日内告知您接收情况，受理后{FINISH_DAYS}日内办结，情况复杂的可延长30日（《信访工作条例》第二十三条、第三十四条）。"
        if mode in NAMED
        else "匿名投诉无法书面告知，请用编号和查询码查看进展。"
    )
    return f"您的投诉已登记，由{unit}部门核查，不会交给被投诉的单位办理。{told}您也可以拨打12389。"


def _tip(to: Route) -> str:
    money = "刚转账的请马上拨打110。" if to.unit == "反诈" else ""
    return f"您的线索已登记，转{to.area}{to.unit}部门核实。微信举报是线索，不等于立案，是否立案由公安机关依法决定。{money}请用编号和查询码查看进展。"


def repeated(report_no: str) -> str:
    """What somebody is told who sent the same words again."""
    return f"同样的内容已登记为{report_no}，不再重复登记。请用当时给您的查询码查看进展。"
