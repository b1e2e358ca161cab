"""What a message about notices says: which kinds, which districts, which one, whether to stop; and how a kind and a district are called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from weijing.notice_text import KINDS
from weijing.privacy import MASK

_KINDS = {
    "fraud": r"反诈|诈骗|骗局|骗术|防骗|被骗|骗子|电诈|刷单|杀猪盘|骗钱|骗人",
    "traffic": r"管制|封路|路封|封了|封闭|限行|限号|堵车|交通|改道|绕行|修路|施工|马拉松|(?:路|桥)(?:能|可以)?(?:走|过)",
    "service": r"办事安排|窗口|停办|暂停办理|办公安排|放假|办证安排|系统(?:维护|升级)|维护|升级|停电",
    "safety": r"治安|防盗|防火|安全提醒|烟花|飞线|防范",
}
_NUMBER = re.compile(r"(?:通知|公告|预警)\s*(\d{1,12})(?!\d)|(?:第)\s*(\d{1,12})\s*号(?:通知|公告|预警)")
_MORE = re.compile(r"更多|还有(?:吗|没|别的|其他|哪些)|下一页|再来|以前的")
_CHECK = re.compile(
    r"(?:真的|真假|真实|可信|可靠|靠谱|假的)(?:吗|还是|么|不|$|[?？])|是真是假|真的假的|(?:是不是|会不会是)(?:真|假|骗)"
    r"|核实.{0,8}(?:通知|公告|短信|真假)|(?:通知|短信|公告|电话).{0,6}(?:真假|是诈骗吗|是骗子吗|能信|可以信)"
)
_STOP = re.compile(r"别(?!的|人)|不用|不要|不想|不必|不再|停止|取消|退订|关闭|关掉|停了|停掉|删掉|屏蔽")
_MINE = re.compile(
    r"(?:我|都|已经|现在|目前).{0,4}(?:订阅|订|关注)(?:了|过|的|的是)?(?:什么|啥|哪)|我的订阅"
    r"|查.{0,3}订阅|(?:看看?|查).{0,4}我?.{0,2}订(?:阅)?了"
)
_ALL = re.compile(r"全部|所有|全都|都要|都订|都给我|一切|任何")
_AREA = re.compile(r"[\u4e00-\u9fff]{2}(?:新区|(?<![小社辖景全市各地园校个些本片该这那灾])[区县])")
_FILLER = re.compile(
    r"订阅|退订|关注|取消|不要|再发|最近|今天|明天|现在|以后|如果|有没有|有|我们|咱们|你们|我|要|想|看|查|告诉|通知|提醒|一下|只|的|在|和|跟|还|收到|接收|请|帮|给|关于|发生|哪里|哪"
)
ELSEWHERE = {
    "utter_notice_elsewhere_limits": r"限行|限号|尾号|单双号",
    "utter_notice_elsewhere_jobs": r"招警|辅警|招聘|招录|招考|招人",
    "utter_notice_elsewhere": r"拍卖|公示|悬赏|失物|寻人|通缉|警情通报|名单",
}
"""What is mostly made known elsewhere: the response that says where -> how it is called."""


@dataclass(frozen=True)
class NoticeQuestion:
    """One message.

    Args:
        kinds: keys of `KINDS`; all of them when it says so, none when it names none.
        areas: the bureau's districts that it names.
        unknown: a district that is not the bureau's; empty if none was named.
        number: of one notice; empty if none was named.
        elsewhere, word: the response that says where, and the word found, for what is mostly made known elsewhere.
        more, check, stop, mine: it asks for older ones; whether something received is genuine; to hear no more; what it is subscribed to.
    """

    kinds: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    unknown: str = ""
    number: str = ""
    elsewhere: str = ""
    word: str = ""
    more: bool = False
    check: bool = False
    stop: bool = False
    mine: bool = False

    @property
    def what(self) -> str:
        """What it is about, as a user reads it: 「鼓楼区交通管制」."""
        return "、".join(self.areas) + ("、".join(KINDS[kind] for kind in self.kinds) if 0 < len(self.kinds) < len(KINDS) else "通知")


def read_question(text: str, areas: Sequence[str]) -> NoticeQuestion:
    """Read a message against the bureau's districts; the last sign of a district may be left out."""
    text = MASK.sub(" ", text)
    found = _NUMBER.search(text)
    mine = tuple(area for area in areas if area in text or (len(area) > 2 and area[:-1] in text))
    kinds = tuple(KINDS) if _ALL.search(text) else tuple(kind for kind, words in _KINDS.items() if re.search(words, text))
    foreign = "" if mine else next(iter(_AREA.findall(_FILLER.sub(" ", text))), "")
    elsewhere, word = next(((where, hit[0]) for where, words in ELSEWHERE.items() if (hit := re.search(words, text))), ("", ""))
    signs = {"more": _MORE, "check": _CHECK, "stop": _STOP, "mine": _MINE}
    read = {name: bool(pattern.search(text)) for name, pattern in signs.items()}
    return NoticeQuestion(kinds, mine, foreign, (found[1] or found[2]) if found else "", elsewhere, word, **read)


def kind_names(kinds: Sequence[str]) -> str:
    """「反诈预警、交通管制」."""
    return "、".join(KINDS[kind] for kind in kinds)
