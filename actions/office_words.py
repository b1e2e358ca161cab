"""What a question about offices says: which kind, in which area, and whether it is about hours or about what can be done there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from weijing.privacy import MASK
from weijing.spoken_time import DAY

MOST_AREAS, LONGEST_NAME = 4, 12
"""What goes to the backend stays within the 64 characters that it takes."""

KINDS = {
    "派出所": "派出所", "警务室": "警务室", "车管所": "车管所", "车辆管理所": "车管所", "户政": "户政", "户籍": "户政", "出入境": "出入境", "交警": "交警",
    "交管": "交警", "公安局": "公安局", "分局": "分局", "看守所": "看守所", "拘留所": "拘留所",
}  # fmt: skip
"""How a kind of office is called -> the word by which the backend finds it."""
_KIND = re.compile("|".join(KINDS))
_AREA = re.compile(
    r"(?:[\u4e00-\u9fff]{2,5}?(?<![小社地辖片景灾市务])(?:新区|开发区|[省市区镇乡]|街道)|[\u4e00-\u9fff]{1,5}?县)(?![民内里政区])"
)
_DAY = re.compile(DAY)
_HOURS = re.compile(r"几点|上班|下班|开门|关门|开吗|开不开|开着|营业|开放时间|工作时间|办公时间|办公吗|休息|放假|值班时间|中午")
_SERVICES = re.compile(r"(?:能|可以|可|都)(?:办|做|干)[^?？]{0,4}(?:什么|啥|哪些)|办(?:什么|啥|哪些)(?:业务|事)?|(?:什么|哪些)业务|管什么|管哪些|干什么")
_FILLER = re.compile(
    r"请问|你们|您|你|好|我们?|咱们?|想|查一?下|查询|问一?下|在|去|到|找|离|最近|附近|旁边|周边|周围|这边|这里|就近|哪里|哪儿|哪个|哪些|哪|有|是|的|地址|电话|怎么走|导航|"
    r"现在|下?周末|放假|节假日|假期|期间|小区|社区|城市|家|住|属于|归"
    r"|一个|个|辖区|管辖|管|火车站|什么|号码|处理|违章|[\s,，。?？!！]"
)


@dataclass(frozen=True)
class OfficeQuestion:
    """One question.

    Args:
        kind: the word by which the backend finds the kind of office; empty if none was named.
        areas: district, town or name of the office, as they were said.
        hours, services: whether it asks for opening times, or for what can be done there.
    """

    kind: str
    areas: tuple[str, ...]
    hours: bool
    services: bool

    @property
    def words(self) -> str:
        """What the backend is asked for: every word must fit."""
        return " ".join([*self.areas, *filter(None, [self.kind])])


def read_question(text: str) -> OfficeQuestion:
    """Read a question; an area counts only where an office is named or it is an administrative division."""
    text = _DAY.sub(" ", MASK.sub(" ", text))
    kind = _KIND.search(text)
    areas = [part for found in _AREA.findall(_FILLER.sub(" ", text)) for part in _city_and_district(found)][:MOST_AREAS]
    rest = re.sub(r"\W", "", _FILLER.sub("", _AREA.sub("", _FILLER.sub(" ", text[: kind.start()])))) if kind else ""
    name = (rest,) if 1 < len(rest) <= LONGEST_NAME else ()
    return OfficeQuestion(KINDS[kind[0]] if kind else "", (*areas, *name), bool(_HOURS.search(text)), bool(_SERVICES.search(text)))


def _city_and_district(area: str) -> tuple[str, ...]:
    """上海黄浦区 is 上海 and 黄浦区; shorter ones stay whole."""
    return (area[:2], area[2:]) if len(area) == 5 and area[-1] in "区县" else (area,)
