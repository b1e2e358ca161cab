"""Masking: identifiers, names and house numbers leave a text before anything else reads it, and each log line before it is written.

Personal Information Protection Law, articles 6 and 51: no more than the purpose needs, de-identified where possible. Application and report numbers are not
masked, users quote them; query codes are, they are secrets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from weijing.identifiers import find_identifiers
from weijing.normalise import narrow

Keep = Callable[[str, str], str]
"""`(kind, raw value) -> mask`, see `store.context.TurnContext.keep`."""

MASK = re.compile(r"〔([^〔〕#]{1,8})#([0-9a-f]{8})〕")
"""A mask in a text: kind and reference."""

KINDS = {
    "id_number": "身份证", "phone": "手机", "plate": "车牌", "bank_card": "银行卡", "email": "邮箱", "travel_document": "证件", "query_code": "查询码",
}  # fmt: skip
"""Identifier kind -> word in the mask."""

COMPOUND = (
    "欧阳", "上官", "皇甫", "令狐", "司徒", "诸葛", "司马", "宇文", "呼延", "鲜于", "赫连", "东方", "慕容", "濮阳", "夏侯", "闻人", "公孙", "申屠", "亓官",
    "端木", "南宫", "巫马", "南门", "长孙", "尉迟", "轩辕", "钟离", "第五", "司空", "仲孙", "左丘", "西门", "公冶", "漆雕", "东郭", "万俟", "澹台", "淳于",
    "单于", "太叔", "拓跋", "百里", "独孤", "纳兰", "完颜", "贺兰", "闾丘", "梁丘", "谷梁", "公羊",
)  # fmt: skip
"""Surnames of two characters."""
SURNAMES = (
    f"{'|'.join(COMPOUND)}|[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢"
    "姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关"
    "兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和萧仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝]"
)
"""Surnames as alternatives of a pattern: compound ones, then single characters."""
_GIVEN = "(?![我你他她它们的了在是不叫吗呢吧请这那哪谁什怎没被把给])[\u4e00-\u9fff]"
_TIBETAN = (
    "扎西|次仁|尼玛|卓玛|多吉|顿珠|旺堆|旺姆|拉姆|央金|平措|索朗|格桑|"
    "仁青|丹增|白玛|边巴|达娃|巴桑|普布|德吉|洛桑|强巴|贡嘎|曲珍|罗布|桑杰|才让|加措|卓嘎|措姆"
)
_DOTTED = r"(?!本人|我是|我叫)(?:(?![叫是在])[\u4e00-\u9fff]){2,6}[··•][\u4e00-\u9fff]{2,8}"
_NAME = rf"(?P<value>(?:{_TIBETAN}){{2}}|(?:{SURNAMES})(?:{_GIVEN}){{1,2}}|{_DOTTED})"
_NEXT = r"(?:身份证|电话|手机|联系|今年|年龄|性别|家住|住址|住在|男|女|户籍|户口在|现住|号码|籍贯|出生)"
_DEED = "[骗打偷抢欠来走请不我][了丢失我想要发给]?|失踪|失联|因为|报案|举报|投诉"
_STOP = rf"(?=$|[\s,，。.;；、!！?？)）（(〔\n]|{_NEXT}|[的是要想在住]|{_DEED})"
_KIN = (
    "孩子|小孩|宝宝|娃|儿子|女儿|闺女|老公|老婆|丈夫|妻子|爱人|媳妇|对象|[爸妈哥弟姐妹]|父亲|母亲|爷爷|奶奶|外公|外婆|姥姥|姥爷|叔叔?|姨|姑姑?|舅舅?|同事|朋友|同学|邻居|室友|"
    "老板|房东|租客|司机|骗子|户主|家长|亲戚|对方|[他她]|男的|女的|本人|嫌疑人"
)
_NAMES = (
    re.compile(rf"(?:我叫做?|我的名字(?:叫做?|是)|我名字叫|我姓名|(?:{_KIN})(?:的名字)?叫做?|名叫|名字叫做?|名字[:：])[:: ]?{_NAME}{_STOP}"),
    re.compile(rf"(?:姓名|(?:联系|举报|报案|投诉|申请|当事|嫌疑|被害|委托|经办|代办|监护|收件|寄件)人(?:姓名)?)\s?[是为叫:： ]{{1,2}}\s?{_NAME}{_STOP}"),
    re.compile(rf"(?:本人|我是)[:: ]?{_NAME}(?=[\s,，、(（]{{0,2}}(?:{_NEXT}|〔身份证|〔手机))"),
    re.compile(rf"(?:本人|我是)[:: ]?{_NAME}(?<![人主东员工生民户身亲师长家司方天年的])(?=[,，])"),
    re.compile(rf"(?:^|[\s,，。:：]|本人|我是)(?P<value>{_DOTTED})(?=$|[\s,，。、(（〔])"),
)
_NOT_NAMES = re.compile(
    r"什么|怎么|哪个|人工|客服|警察|民警|师傅|先生|女士|平台|公司|房东|邻居|老板|车|人$"
    r"|^(?:周[一二三四五六日天末]|明[天日]|时间|时候|方便|高[兴利中考速铁]|马[上路来]|白天|安[全排装徽]|金[额融]|任[何职]|单[位身亲独]|查[询看]|常[住年]|万[一元]|和[解好朋]|向[来你]|钱[被都]|成[年功为]"
    r"|全[职部家国]|包[括含]|严[重格]|强[制迫]|温州|江[苏西边]|广|贺州|连[续江云]|路[过上边口]|项目|毛坯|黄[码牌]|夏天|关[于系]|相关|应[届该]|[农党]|商户|房[主子]|向|于|从|费用|余额|平时|平安|易[燃制]"
    r"|[季程]度|程序|党员|曾经|韩国|古[城代田]|石[狮家]|沙县|雷州|柳州|景区|尚未|卫生|支[付持]|盛大|苗族|古籍|左右|司机|申[报请诉]|牛[奶肉]|龙岩|顾客|段时)"
)
_NUMBER = r"[0-9一二三四五六七八九十百零〇]{1,6}"
_UNIT = "(?:号楼|号院|栋|幢|座|单元|楼|层|室|房|户|门|号)"
_INSIDE = rf"(?:\s?[A-Za-z]?(?:{_NUMBER}|[A-Za-z]){_UNIT}|\s?[-–]\s?\d{{1,4}}|\s?\d{{3,4}}(?!\d|[年月日天元块次分个人]))"
_HOUSES = (
    re.compile(rf"(?<=[路街道巷弄里村屯组坊])(?P<value>(?:{_NUMBER}(?:弄|巷))?{_NUMBER}(?:-\d{{1,4}})?号(?![线令文公])(?:院|楼)?(?:[\u4e00-\u9fff]{{2,8}}(?:小区|花园|公寓|苑))?{_INSIDE}*)"),
    re.compile(rf"(?P<value>[A-Za-z]?(?:{_NUMBER}|[A-Za-z])(?:栋|幢|座|号楼|单元){_INSIDE}+)"),
)  # fmt: skip
_Span = tuple[int, int, str, str]


def mask(text: str, keep: Keep) -> str:
    """The text with every private value replaced by what `keep` answers.

    Args:
        text: as the user wrote it; masks that are already there stay.
        keep: called once for each value, in the order of the text, with the kind (身份证 手机 车牌 银行卡 邮箱 证件 姓名 地址 查询码) and the canonical value.
    """
    parts, at = [], 0
    for start, end, kind, value in _spans(text):
        parts += [text[at:start], keep(kind, value)]
        at = end
    return "".join(parts) + text[at:]


def mask_name(text: str, keep: Keep) -> str:
    """The answer to a question for a name: a bare name, also with a number behind it, is masked, anything else like any other text."""
    found = re.fullmatch(rf"\s*(?:我叫|我是|叫)?{_NAME}[\s,，、]*(?:(?:电话|手机)(?:号码?)?)?[是为:：\s]*(?:\+?\d[\d -]{{4,20}})?\s*", text)
    if not found or _NOT_NAMES.search(found["value"]):
        lead = re.compile(rf"^\s*(?:我叫|我是|叫)?{_NAME}(?=[\s,，、;；]*(?:身份证|证件|电话|手机)?(?:号码?)?[是为:：\s]*〔(?:身份证|手机|证件)#)")
        return lead.sub(lambda name: keep("姓名", name["value"]) if not _NOT_NAMES.search(name["value"]) else name[0], mask(text, keep))
    return mask(text.replace(found["value"], keep("姓名", found["value"])), keep)


def mask_people(text: str, keep: Keep) -> str:
    """The answer to a question for several people: a name at the beginning of a line, or in front of a number that was masked, is masked too."""
    hidden = mask(text, keep)
    row = re.compile(rf"(?:(?<=^)|(?<=[\n;；,，、\s.:：]))(?:{_NAME})(?=[\s,，、:：]*(?:〔(?:身份证|手机|证件)#|身份证|护照|证件|$))", re.MULTILINE)
    return row.sub(lambda found: keep("姓名", found["value"]) if not _NOT_NAMES.search(found["value"]) else found[0], hidden)


def mask_for_log(text: str) -> str:
    """The text with every private value replaced by its kind alone, e.g. `〔手机〕`; nothing is kept."""
    return mask(text, lambda kind, _: f"〔{kind}〕")


def _spans(text: str) -> list[_Span]:
    taken: list[_Span] = [(found.start(), found.end(), "", "") for found in MASK.finditer(text)]
    for span in _candidates(text):
        if all(span[1] <= other[0] or span[0] >= other[1] for other in taken):
            taken.append(span)
    return sorted(span for span in taken if span[2])


def _candidates(text: str) -> Iterator[_Span]:
    flat = narrow(text)
    for found in find_identifiers(text):
        if found.kind in KINDS:
            yield found.start, found.end, KINDS[found.kind], found.value
    for pattern in _HOUSES:
        yield from ((*house.span("value"), "地址", house["value"].strip()) for house in pattern.finditer(flat))
    for pattern in _NAMES:
        for name in pattern.finditer(flat):
            if not _NOT_NAMES.search(name["value"]):
                yield (*name.span("value"), "姓名", name["value"])
