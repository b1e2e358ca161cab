"""Names that somebody wants looked at before a child is registered: where they stand in a message.

The worker hides them before anything else reads the text, and for that turn alone: nothing about the child is stored (个人信息保护法 art. 6, 19).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from weijing.emergency import screen
from weijing.normalise import simplify
from weijing.privacy import SURNAMES

KIND = "取名"
"""The word in the mask of a candidate name."""
DOTS = "·•・‧∙.．"
"""What people type between the parts of a name of a minority; the register's sign is the first."""

_HAN = "\u3400-\u9fff\U00020000-\U000323af"
_MARKS = "\\s，,。.、;；:：!！?？“”\"「」『』《》（）()"
_CHARACTER = rf"(?:(?![吗呢吧啊呀了的我你您他她它们不没这那哪怎么什啥谁个])[{_HAN}A-Za-z0-9@])"
_FAMILY = rf"(?:(?!和|查[名重同办违快进询一人])(?:{SURNAMES}))"
_ETHNIC = rf"[{_HAN}]{{1,8}}?(?:[{DOTS}][{_HAN}]{{1,10}}?){{1,3}}"
_NAME = rf"(?:{_ETHNIC}|{_FAMILY}{_CHARACTER}{{1,5}}?)"
_OR = r"\s*(?:[、，,；;/|\s]|和|跟|与|还是|或者?|vs)\s*"
_LIST = rf"{_NAME}(?:{_OR}{_NAME})*"
_LEFT = (
    r"(?:看一?看|看一?下|查一?查|查一?下|检查|核对|核查|比一?比|比较|对比|打分|测一?测|(?<!我)叫做?|[起取命改]名|[起取改]个?名字|名字|重名|改成|还是|换成)"
    r"(?:一下|下|做|为|叫做?|是|成|有)?[\s:：,，“\"「『《]*"
)
_RIGHT = (
    r"[\s，,”\"」』》]*(?:[这這]个?名|[这這][几两三四五]个|的名字|怎么?样|咋样|如何|好不好|好吗|好听|行不行|行吗|可以|可不可以|能|合规|合不合|重名|同名|有?多少|多不多|哪一?个|呢|吗|吧)"
)
_END = rf"(?={_RIGHT}|的|[{_MARKS}]|$)"
_ANCHORED = (
    re.compile(rf"{_LEFT}(?P<names>{_LIST}){_END}"),
    re.compile(rf"(?:^|[{_MARKS}])(?P<names>{_LIST})(?={_RIGHT})"),
    re.compile(rf"(?:[起取命改]名|[起取]个?名字|名字)(?:叫做?|为|是)\s*(?P<names>{_CHARACTER}{{2,6}}?){_END}"),
    re.compile(rf"(?:^|{_LEFT}|[{_MARKS}])(?!请|麻烦|帮|喜欢|觉得|[改换用取起给对为就只想还有叫]|孩子|宝宝|现在)(?P<names>{_CHARACTER}{{2,6}}?)(?=[这這]个?名字)"),
    re.compile(rf"(?:^|[{_MARKS}])(?P<names>{_LIST})(?=$|[{_MARKS}])"),
)
_ONE = re.compile(rf"{_NAME}(?={_OR}{_NAME}|$)")
_BARE = re.compile(
    rf"(?:(?:那|就|要不|还有|或者?|换成?|改成|再看看?|看看|名字|名|叫做?|是)+[\s:：]*)?(?P<names>{_LIST})"
    rf"(?:[，,\s]*哪一?个(?:名字)?(?:更?好听?)?|呢|怎么样|行吗|可以吗|好吗|吧|[这這]个名?字?|[这這][几两三四五]个)*[{_MARKS}]*"
)
_TALK = re.compile(
    r"名字|[这這]名|[起取改]个?名|重名|同名|多少人.{0,2}叫|叫.{1,6}多少人|(?:孩子|小孩|宝宝|娃|儿子|女儿|闺女|想)(?:要|想)?叫.{2,8}(?:上户|登记|可以|行|怎么样|好)"
)
_OTHER = re.compile(r"举报|投诉|报案|报警|骗|偷|抢|嫌疑|冒用|盗用|冒充|失踪|走失|进度|办件")
"""Talk of other matters, where a name must reach the staff."""
_WORDS = re.compile(
    r"谢谢|明白|方便|高兴|时间|时候|地址|地方|电话|多少|费用|花钱|网上|预约|护照|[证照]$|户口|户籍|落户|派出所|人工|客服|名单|规定|要求|条件|材料|[单双]亲|[未已结]婚|国外|外国|全[部国家]|任何"
    r"|马上|平时|应该|万一|于是|安全|解除|解绑|成年|查询|一下|退出|取消|返回|快递|邮寄|姓|生辰|八字|五行|周易|诗经|龙凤|[男女][孩生宝]|[金木水火土]命|起名|取名|名字|分局|公安"
    r"|车辆|登记|高考|成语|违章|游戏|关掉"
)
"""Words that begin like a name."""
LONGEST = 200
"""A message with more characters is a story, no question about a name."""
Span = tuple[int, int]


def find_candidates(text: str, asked: bool = False) -> list[Span]:
    """Where candidate names stand, in the order of the text; empty when the message speaks of something else.

    Args:
        asked: the bot has just asked for names, so that names alone are names.
    """
    if not (asked or _TALK.search(text)) or len(text) > LONGEST or _OTHER.search(text):
        return []
    flat = simplify(text)
    flat = flat if len(flat) == len(text) else text
    bare = _BARE.fullmatch(flat) if asked else None
    found = [bare.span("names")] if bare else []
    if not found and _TALK.search(flat):
        found = [one.span("names") for pattern in _ANCHORED for one in pattern.finditer(flat)]
    spans = _apart(span for start, end in found for span in _single(flat, start, end))
    return [] if spans and screen(text) else spans


def hide_candidates(text: str, hold: Callable[[str, str], str], asked: bool = False) -> str:
    """The text with every candidate name replaced by what `hold` answers for its kind and value."""
    for start, end in reversed(find_candidates(text, asked)):
        text = text[:start] + hold(KIND, text[start:end]) + text[end:]
    return text


def _single(text: str, start: int, end: int) -> list[Span]:
    """The names of a list, one by one."""
    spans = [(start + one.start(), start + one.end()) for one in _ONE.finditer(text[start:end])] or [(start, end)]
    return [(begin, stop) for begin, stop in spans if not _WORDS.search(text[begin:stop])]


def _apart(spans: Iterable[Span]) -> list[Span]:
    """Those that overlap no earlier one."""
    taken: list[Span] = []
    for start, end in spans:
        if all(end <= begin or start >= stop for begin, stop in taken):
            taken.append((start, end))
    return sorted(taken)
