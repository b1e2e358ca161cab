"""What users declare in so many words: 「我想投诉…」「怕被报复，想保密举报…」「我妈被人骗走八万」 starts a report, 「叫你们领导来」 calls a person,
「字大一点」 easy mode, 「我的菜单」 their own menu, 「查A2026-000123」 a look-up, whatever the n-grams make of the rest of the sentence.

A complaint that is not heard is a promise broken, so the phrase counts even where the classifier doubts; questions about complaining
(「怎么投诉」「举报有奖吗」) do not.
"""

from __future__ import annotations

import re

_HOW = "(?:(?:实名|匿名|保密|悄悄|偷偷|秘密)地?)?"
_WISH = re.compile(
    r"^(?:你好|您好|喂|请问)?[,，!！。\s]*(?:(?:我|俺)?(?:很|有点)?(?:怕|害怕|担心)[^。!！?？]{1,14}(?:报复|知道|泄露|麻烦)[,，。\s]*(?:但是?|可是|所以|又)?)?"
    rf"(?:我|俺|咱们?|本人)?们?(?:现在|今天)?{_HOW}(?:就?要|想要?|需要|准备|必须|来)?(?:在这里?|向你们)?{_HOW}(?:投诉|举报|检举)"
)
_WISH_LAST = re.compile(
    r"(?<![不别没友人友事家妈爸他她])(?<!要不)(?:想要?|就?要|来|得|我)(?:在网上|去)?(?:报(?:个|一下)?(?:案|失窃?|警(?:登记|备案|处理|立案))|立案|举报|检举|投诉)(?:一下|[他她它]们?)?[了吧呀啊哈。!！\s]*$"
    r"|(?:有人|发现|看见|看到|知道|碰到|遇到).{4,}(?:举报|检举)(?:一下)?[了吧。!！\s]*$"
)
"""The wish after the story."""
_ABOUT = re.compile(
    r"[?？]|吗|怎么|怎样|咋|如何|什么|哪|多少|多久|几天|谁|能不能|可不可以|会不会|是否|(?<!诈骗)(?<!骚扰)(?<!推销)(?<!可疑)(?<!诈)电话|热线|奖|材料|信怎么|流程|条件|时限|保密(?!地?(?:投诉|举报|检举))|"
    r"进度|结果|受理了|处理得|撤|取消|到现在|行不行|不作数|被(?:人)?(?:投诉|举报)|(?:投诉|举报)(?:我|平台|中心)"
)
_OTHERS = re.compile(
    r"商家|淘宝|京东|拼多多|美团|外卖|快递|物业|物管|运营商|移动公司|联通|电信公司|银行|"
    r"航空|酒店服务|老师|医生|卖家|店家|客服|网店|退款|充值|游戏|账号|机器人|滴滴|4s店"
)


_CHEATED = re.compile(
    r"(?:我|俺|我们|家里|老人|孩子|[爸妈父母爷奶婆姥姨舅叔姑哥姐弟妹]|老公|老婆|爱人|同事|朋友)[^,，。?？!！]{0,8}(?:被|让|给)[^,，。?？!！]{0,8}骗(?:了|走|去)"
    r"[^,，。?？!！]{0,8}[0-9一二两三四五六七八九十几百千万]+多?(?:元|块|万|千|百)"
)
_NOT_NEW = re.compile("怎么|咋|吗|[?？]|能不能|会不会|可以|报(?:了|过|完)?(?:案|警)|立案|案子|案件|追回|退赃|返还|进展|消息|结果|前年|游戏|救助")
"""A question about a fraud, or one that the police know already."""


def declares_report(text: str) -> bool:
    """Whether the words say that the writer complains or gives a tip now, to us, or tell of money that a swindler has just taken."""
    wishes = bool(_WISH.match(text) or _WISH_LAST.search(text)) and not _ABOUT.search(text) and not _OTHERS.search(text)
    return wishes or (bool(_CHEATED.search(text)) and not _NOT_NEW.search(text))


_LEAD = (
    r"^(?:你好|您好|喂|请|麻烦|我|俺|咱|就|只|还是|还|想|要|需要|必须|能不能|能|可不可以|可以|可|帮|给|快|赶紧|赶快|直接|不行|算了|那|[你您]们?|"
    r"[,，。!！\s])*"
)
_PERSON = "(?:(?:值班)?民警|警察|警官|工作人员|办事员|值班的?人?|客服|负责人|管事的人?|真人|活人|人工)"
_PERSONS = (
    r"(?<!你是)(?<!不是)(?<!是不是)(?:真人|大?活人)(?!秀|cs|头像|照|版|娱乐|发牌|百家乐|游戏|直播|电影|漫|视频|声音|语音包)",
    r"(?:叫|让|请|把|找|喊|换|见)(?:一?下)?[你您]们?的?(?:单位|所里?|局里?|派出所)?的?(?:领导|负责人|所长|局长|队长|主任|上级|管事的|当官的|头儿?|值班的?|人)"
    r"(?:来|出来|过来|叫来|喊来|接|听|说|讲|回|跟|和我|$)",
    r"(?:[不别]|少)(?:想|要|愿意|再|用|给我)*(?:跟|和|让|用|拿)?(?:你这个?|这个?)?(?:机器人?|自动回复|ai|智能客服|电脑)(?:再)?(?:说|讲|聊|回|答|应付|糊弄|敷衍|了|$|[,，。!！])",
    rf"(?:在线的?)?{_PERSON}(?:们)?(?:还)?(?:在线|在)(?:吗|么|不在?|没)|有(?:没有)?(?:真的?|活的?)人|(?:真的人|真人|活人|人工)(?:在哪儿?|在不在|呢|在吗)$",
    rf"安排(?:一?[个位名])?{_PERSON}",
    rf"(?:跟|和|与|找|让|叫|请|换|来|派)(?:一?[个位名]|[你您]们的?)?{_PERSON}(?:来|直接|再|亲自)?(?:跟我|和我|给我)?(?:说|讲|对话|沟通|聊|谈|通话|回复|答复|回我|接电话|接)",
)
_PERSON_WANTED = re.compile(f"{_LEAD}(?:有没有|有|来|是|找|叫|换|接|转)?(?:一?个)?(?:{'|'.join(_PERSONS)})|(?:真人|活人)在(?:哪儿?|不在)$|(?<!是)真的人$")
_NOT_PERSON = re.compile("信箱|写信|反映|建议|投诉|举报|感谢|表扬|上班|几点|姓|叫什么|几号|电话多少|号码|地址|智能是|什么是")
_CALL_LAST = re.compile(
    r"(?<![说要])(?:[帮给替]我|麻烦|请|直接|干脆)再?(?:(?:找|叫|换|安排)(?:一?[个位])?(?:(?:懂(?:行|政策)?|明白|管事|能?做主|能管事|能解决|负责)的?人|工作人员|客服|人工|真人|活人)"
    r"|(?:转接?|接)(?:给|到)?(?:一?[个位])?(?:懂行?的人|明白人|管事的人?|工作人员|客服|人工|真人|活人|值班的?人?|民警)"
    r"|(?:转接?|接)(?:给|到)[^,，。?？!！我]{1,6}的(?:人|同志|民警|警官))"
    r"(?:来|过来)?(?:跟我|和我)?(?:说|讲|谈|问|解答|处理)?(?:行不行|行吗|好不好|好吗|可以吗|吧|呗|嘛|啊|谢谢|[,，。.!！?？~\s])*$"
)
"""The call after the story, which may be long."""
_MONEY = re.compile("钱|款|账|汇|[0-9一二两三四五六七八九十百千万][元块万]")
"""What else is handed on to somebody."""
_LONGEST_CALL = 26
"""Characters of a message that calls for a person from its beginning; what is longer tells of something."""


_PERSON_ENGLISH = re.compile(
    r"\b(?:real|live|actual) (?:person|human|agent|officer)\b|^(?:a )?human(?: please| agent)?[.!]*$|\b(?:human|live) (?:agent|operator|being)\b"
    r"|\b(?:talk|speak|chat) (?:to|with) (?:a |an |some)?(?:real |human |live )?(?:person|human|agent|operator|officer|someone|somebody|staff)\b"
    r"|\b(?:get|give|find|bring) me (?:a |an |some)?(?:human|person|agent|officer|one)\b|^(?:agent|operator)[.!]*$|\bis there (?:a|any) (?:human|staff)\b"
    r"|\b(?:transfer|connect|put) me (?:through )?(?:to|with) (?:a |an |the |your |some)?(?:human|person|agent|officer|operator|someone|somebody|staff)\b"
    r"|(?:^|\b(?:to|with|contact|need|want) (?:your )?)customer (?:service|support)(?: please)?[.!?]*$",
    re.IGNORECASE,
)


def wants_person_in_english(text: str) -> bool:
    """The same in English; who may take it over speaks with the interpreter's line at hand."""
    return bool(_PERSON_ENGLISH.search(text.strip()))


def wants_person(text: str) -> bool:
    """Whether the words call for somebody who is no machine."""
    if _CALL_LAST.search(text) and not _MONEY.search(text):
        return True
    return len(text) <= _LONGEST_CALL and bool(_PERSON_WANTED.search(text)) and not _NOT_PERSON.search(text)


_EASY = re.compile(
    r"(?:简洁|大字|简单|老[人年]|关怀|长辈|适老|普通|标准)(?:模式|版|界面)|(?:字|字体|字号)[^。,，!！?？]{0,4}(?:太小|大一?点|大些|放大|调大|变大|看不清)|看不清(?:字|楚字|屏幕|手机|$|[,，。!！])"
    r"|(?:眼睛|眼神|视力)[^。,，]{0,3}(?:不好使?|花了|看不清)$|(?:我)?(?:眼睛|眼神)(?:不好|花)"
)
_NOT_EASY = re.compile("吗|驾照|照片|身份证|监控|名字|考|车牌|证件")
_MENU = re.compile(
    r"(?:我的|常用|个人|快捷|自己的)(?:的)?(?:菜单|功能|服务|事项|入口)|^常用$|"
    r"(?:加|添|放|存|收)(?:到|进|入|在)(?:我的)?(?:菜单|常用)|(?:从|在)?(?:我的)?(?:菜单|常用)里?(?:删|移|去掉|拿掉|不要)"
)


_NUMBER = re.compile(
    r"(?:请|麻烦)?(?:帮我|给我|我要|我想)?(?:查询?|看|跟踪)?(?:一下|查|看)?[:：\s]*(?:编号|单号|办件)?[是为:：\s]*(?P<letter>[ABJKXY])\s?\d{4}\s?-\s?\d{6}"
    r"\s*(?:这件|这个)?(?:的?(?:进度|进展|情况|结果)|(?:办|走|进行)?到哪(?:一步|儿)?了?|办好了?[吗没]|怎么样了?)?[。.!！?？~ ]*",
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
    if wants_person(text):
        return "request_handoff"
    if number := _number_alone(text):
        return number
    if _EASY.search(text) and not _NOT_EASY.search(text):
        return "easy_mode"
    return "show_menu" if _MENU.search(text) else ""
