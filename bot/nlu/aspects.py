"""Which aspect of a service item a question asks for, by the words people use; the first line that fits wins."""

from __future__ import annotations

import re

_LEXICON: tuple[tuple[str, str], ...] = (
    ("fee", r"(?<!罚)(?:多少钱|几块钱|多少元)|费用|收费|免费|工本费|手续费(?!查)|要钱吗|要不要钱|花钱|价格|缴费|交多少"),
    ("validity", r"有效期|有效时间|管几年|能用(?:多久|几年|多长)|用多长时间|几年(?:有效|一换)|多久过期|有效吗"),
    ("online", r"网上|线上|在线|网办|手机上|用手机|小程序|app|公众号上|12123(?:上|能|可以|办)|足不出户"),
    ("where", r"(?:要|用|需要?|得).{0,4}预约(?:吗|么|嘛|不)|预约(?:才|了才)"),
    (
        "time_limit",
        r"^(?:那|如果|要是|万一)?(?:已经)?(?:过期|逾期|超期|晚|迟)了?(?:怎么办|咋办|会怎.|呢|还能办|能办|行)"
        r"|多久|多长时间|几天|多少天|多少个工作日|几个工作日|[什啥]么?时候(?:能|可以)(?:拿|取|领|好)|加急|当天能|时限|多少时间",
    ),
    ("where", r"在哪|哪里|哪儿|去哪|到哪|什么地方|啥地方|哪个(?:部门|窗口|派出所|单位|地方)|地点|找谁办|归谁"),
    (
        "who",
        r"(?!.*(?:带|准备|拿|要)(?:什么|啥|哪些))(?:代办|代领|代理人|委托书|(?:替|帮(?!忙|我(?![爸妈老儿女孩家朋父母丈妻爷奶]))).{1,5}(?:办|代|领|弄|申请)(?!.{0,4}(?:什么|啥|哪|多))|(?:要|得|须|需要?|是)本人|本人(?:去|来|到|办)|亲自|人不[到去]"
        r"|(?:孩子|小孩|娃|老人|家人|家属|老公|老婆|丈夫|妻子|爱人|爸爸?|妈妈?|父母|儿子|女儿|子女|朋友|别人|他人).{0,3}(?:也|都)?(?:可以|能|行)(?:办|去|来|申请)?(?:吗|么|嘛|不)"
        r"|谁(?:能|可以|去|来)(?:办|申请)?)",
    ),
    ("materials", r"复印件.{0,4}(?:吗|行|可以)|(?:能|可以)用复印件"),
    ("conditions", r"条件|资格|几岁|多大(?:年龄|岁|能|可以)|什么要求|有.{0,2}要求|符合|(?:可以|能).{0,12}(?:吗|么|嘛)|能不能|可不可以|一定要|必须"),
    ("legal_basis", r"法律依据|依据|哪条法|第几条|哪部法|法律规定|什么法|有.{0,3}规定"),
    ("materials", r"材料|资料|(?:带|准备|要|拿)(?:什么|啥|哪些|那些)|证件|复印件|手续|哪些证明"),
    ("procedure", r"流程|步骤|程序|怎么|怎样|如何|咋|办理方法"),
)
_COMPILED = tuple((aspect, re.compile(pattern)) for aspect, pattern in _LEXICON)


def find_aspect(text: str) -> tuple[str, int, int] | None:
    """(aspect, start, end) of a normalised text, or None: the answer is then the overview."""
    for aspect, pattern in _COMPILED:
        found = pattern.search(text)
        if found:
            return aspect, found.start(), found.end()
    return None
