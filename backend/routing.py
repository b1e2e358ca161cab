"""Where a report goes, what the reporter is told, and by when they hear: rules of the house with their legal basis.

- A complaint about the police goes to the inspectors 督察 and never to the unit complained of (人民警察法 arts 46, 47); 12389 takes such complaints too.
- Whoever complains under their name is told within 15 days what became of it (信访工作条例 art. 23); the duty falls away when name or address are unknown.
  From acceptance it is to be done in 60 days, with at most 30 more (art. 34). Days are calendar days, the first not counted.
- A tip over WeChat is a clue. No confirmed rule sets a day for its answer, so none is promised.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

INSPECTORS = "督察"
PHONES = {INSPECTORS: "12389", "反诈": "96110"}
"""National lines by unit; 110 for the others."""

UNITS = (
    ("反诈", ("诈", "骗", "刷单", "跑分", "洗钱", "两卡", "电话卡", "银行卡")),
    ("刑侦", ("毒", "黑", "恶", "枪", "爆", "杀", "拐", "绑架", "抢", "盗", "偷", "非法集资", "传销", "逃犯")),
)
"""Unit by words in a tip's topic, first match wins; everything else is 治安."""

POLICE = re.compile("民警|警察|警官|辅警|协警|交警|派出所|所长|接警|出警|警务|窗口")
MISCONDUCT = re.compile(
    "骂|打人|吼|刁难|推诿|推脱|推来推去|不作为|不受理|不立案|不出警|不给办|不理人|没人管|拖着|乱收费|多收|索贿|受贿|收钱|吃拿卡要|刑讯|违规|违法|滥用|包庇|"
    "态度(?:很|太|非常|特别|极其)?(?:差|恶劣|不好|冷漠|蛮横)"
)

ANSWER_DAYS = 15
FINISH_DAYS = 60


def unit_of(kind: str, topic: str) -> str:
    """The unit that gets a report of this kind and topic."""
    if kind == "complaint":
        return INSPECTORS
    return next((unit for unit, words in UNITS if any(word in topic for word in words)), "治安")


def complains(words: str) -> bool:
    """Whether a letter is really a complaint about how the police behaved: then it goes where complaints go."""
    return bool(POLICE.search(words) and MISCONDUCT.search(words))


def phone_of(unit: str) -> str:
    """The number to call about a report with that unit."""
    return PHONES.get(unit, "110")


def promised_on(kind: str, mode: str, received: date) -> date | None:
    """The day by which the reporter is told what became of it; None where no rule gives one (tips, anonymous complaints)."""
    return received + timedelta(days=ANSWER_DAYS) if (kind, mode) == ("complaint", "named") else None


def urgent(unit: str) -> str:
    """What to do first when it is happening now."""
    if unit == "反诈":
        return "正在被骗或刚转账的，请马上拨打110，说明对方账号、转账时间和金额；96110来电请接听，也可以主动拨打96110。"
    return "事情正在发生的，请马上拨打110；不方便说话时发短信到12110。"


def next_step(kind: str, mode: str, unit: str, happening_now: bool) -> str:
    """What happens next, in the reporter's language."""
    first = urgent(unit if kind == "tip" else "") if happening_now else ""
    return first + (_complaint(mode) if kind == "complaint" else _tip(unit))


def _complaint(mode: str) -> str:
    told = (
        f"{ANSWER_DAYS}日内告知您接收情况，受理后{FINISH_DAYS}日内办结，情况复杂的可延长30日（《信访工作条例》第二十三条、第三十四条）。"
        if mode == "named"
        else "匿名投诉无法书面告知，请用编号和查询码查看进展。"
    )
    return f"您的投诉已登记，由督察部门核查，不会交给被投诉的单位办理。{told}您也可以拨打12389。"


def _tip(unit: str) -> str:
    money = "刚转账的请马上拨打110。" if unit == "反诈" else ""
    return f"您的线索已登记，转{unit}部门核实。微信举报是线索，不等于立案，是否立案由公安机关依法决定。{money}请用编号和查询码查看进展。"


def repeated(report_no: str) -> str:
    """What somebody is told who sent the same words again."""
    return f"同样的内容已登记为{report_no}，不再重复登记。请用当时给您的查询码查看进展。"
