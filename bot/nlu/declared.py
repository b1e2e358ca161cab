"""What users declare in so many words: 「我想投诉…」「我要举报…」 starts a report, 「字大一点」 easy mode, 「我的菜单」
their own menu, 「查A2026-000123」 a look-up, whatever the n-grams make of the rest of the sentence.

A complaint that is not heard is a promise broken, so the phrase counts even where the classifier doubts; questions about complaining
(「怎么投诉」「举报有奖吗」) do not.
"""

from __future__ import annotations

import re

_WISH = re.compile(
    r"^(?:你好|您好|喂|请问)?[,，!！。\s]*(?:我|俺|咱们?|本人)?们?(?:现在|今天)?(?:实名|匿名)?(?:就?要|想要?|需要|准备|必须|来)?"
    r"(?:在这里?|向你们)?(?:实名|匿名)?(?:投诉|举报|检举)"
)
_ABOUT = re.compile(
    r"[?？]|吗|怎么|怎样|咋|如何|什么|哪|多少|多久|几天|谁|能不能|可不可以|会不会|是否|电话|热线|奖|材料|信怎么|流程|条件|时限|保密|"
    r"进度|结果|受理了|处理得|撤销|撤回|撤诉|取消|被(?:人)?(?:投诉|举报)|(?:投诉|举报)(?:我|平台|中心)"
)
_OTHERS = re.compile(
    r"商家|淘宝|京东|拼多多|美团|外卖|快递|物业|物管|运营商|移动公司|联通|电信公司|银行|"
    r"航空|酒店服务|老师|医生|卖家|店家|客服|网店|退款|充值|游戏|账号"
)


def declares_report(text: str) -> bool:
    """Whether the words say that the writer complains or gives a tip now, to us."""
    return bool(_WISH.match(text)) and not _ABOUT.search(text) and not _OTHERS.search(text)


_EASY = re.compile(
    r"(?:简洁|大字|简单|老[人年]|关怀|长辈|适老|普通|标准)(?:模式|版|界面)|(?:字|字体|字号)[^。,，!！?？]{0,4}(?:太小|大一?点|大些|放大|调大|变大|看不清)|看不清(?:字|楚字|屏幕|手机|$|[,，。!！])"
    r"|(?:我|老人家?|眼睛)[^。,，]{0,3}(?:眼睛|眼神)?(?:不好使?|花了|看不清)$|(?:我)?(?:眼睛|眼神)(?:不好|花)"
)
_NOT_EASY = re.compile("吗|驾照|照片|身份证|监控|名字|考|车牌|证件")
_MENU = re.compile(
    r"(?:我的|常用|个人|快捷|自己的)(?:的)?(?:菜单|功能|服务|事项|入口)|^常用$|"
    r"(?:加|添|放|存|收)(?:到|进|入|在)(?:我的)?(?:菜单|常用)|(?:从|在)?(?:我的)?(?:菜单|常用)里?(?:删|移|去掉|拿掉|不要)"
)


_NUMBER = re.compile(
    r"(?:请|麻烦)?(?:帮我|给我|我要|我想)?(?:查询?|看|跟踪)?(?:一下|查|看)?[:： ]*(?:编号|单号|办件)?[是为:： ]*(?P<letter>[ABJKXY])\s?\d{4}\s?-\s?\d{6}"
    r"(?:这件|这个)?(?:的?(?:进度|进展|情况|结果)|(?:办|走|进行)?到哪(?:一步|儿)?了?|办好了?[吗没]|怎么样了?)?[。.!！?？~ ]*",
    re.IGNORECASE,
)


def _number_alone(text: str) -> str:
    """A number of ours and nothing that is asked beside how far it is."""
    found = _NUMBER.fullmatch(text)
    return "" if not found else "query_case" if found["letter"].upper() == "K" else "query_progress"


def declared(text: str) -> str:
    """The intent that the words name outright; empty if they name none."""
    if declares_report(text):
        return "file_report"
    if number := _number_alone(text):
        return number
    if _EASY.search(text) and not _NOT_EASY.search(text):
        return "easy_mode"
    return "show_menu" if _MENU.search(text) else ""
