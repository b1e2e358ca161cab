"""The words by which complaints and tips are told: kinds, topics, times and places in plain Chinese."""

from __future__ import annotations

import re

from weijing.report_topics import topics
from weijing.spoken_time import CLOCK, DAY, PART

KINDS = {"投诉": "complaint", "举报": "tip"}
MODES = {"匿名": "anonymous", "实名": "named", "实名保密": "sealed"}
"""What the user reads -> what the API takes."""
MEDIA = ("图片", "语音", "视频", "文件", "链接")
"""What may be sent as evidence."""
LOCATION = re.compile("〔位置〕.*")

TIP_TOPICS, COMPLAINT_TOPICS = ({name: topic.words for (of, name), topic in topics().items() if of == kind} for kind in ("tip", "complaint"))
"""Topic -> other words for it. The names are the API's `topic`."""

COMPLAINT = re.compile("服务态度|窗口|民警|警察|派出所|不作为|乱收费|12389")
TIP = re.compile("举报|线索|检举|反映")
OPENING = re.compile(
    "^(?:你好|您好|警官|同志|[,，。 ])*(?:我)?(?:要|想|来|需要)?(?:匿名|实名)?"
    "(?:投诉|举报|反映|检举)(?:一下|个|你们)?(?:情况|问题|线索)?[:：,，。!！ ]*"
)  # fmt: skip
"""「我要举报：」 in front of the story."""

TIME = re.compile(rf"(?:{DAY}|上周|上个月|最近|这几天|每天|每晚)(?:的?(?:{PART}|白天))?(?:\s?{CLOCK}分?)?(?:左右|多)?")

_KIND_OF_PLACE = (
    "[路街道巷弄村镇乡苑]|小区|花园|大厦|广场|派出所|大厅|窗口|酒店|宾馆|旅馆|市场|公园|医院|学校|车站|"
    "网吧|棋牌室|茶馆|饭店|KTV|超市|工地|仓库"
)  # fmt: skip
_HOUSE = "〔地址#[0-9a-f]{8}〕|[A-Za-z0-9]{1,5}(?:号|弄|栋|幢|楼|单元|室)+"
_SPOT = "[^在有,，。;；!！?？ 的]{0,6}(?:棋牌室|茶馆|网吧|窗口|大厅|门口|楼下|旁边|对面)"
PLACE = re.compile(f"(?:在|到|去)(?P<place>[^在到去,，。;；!！?？ ]{{1,20}}?(?:{_KIND_OF_PLACE})(?:{_HOUSE}|{_SPOT})*)")

PAST = re.compile("昨|前天|前晚|上周|上个?月|上星期|去年|已经(?:走|散|停|结束)|之前|曾经")
NOW = re.compile("正在|此刻|这会儿?|就是现在|现在(?:还|就|正|又|有|$)|还在")
NOT_NOW = re.compile("[不没]是?(?:正在|还在|现在)|现在[没不]")

ANONYMOUS = re.compile("匿名|不留(?:名|姓名)|不(?:想|要|用)?实名")
SEALED = re.compile("实名(?:并|且|但|、|,|，)?(?:要|要求|请)?保密|保密实名")
SECRET = re.compile("保密|不(?:要|想)?(?:公开|泄露|透露)|别(?:让|告诉)")
"""SEALED whenever it is said; SECRET only as the answer to the question for the mode: many ask whether a tip stays secret."""
NAMED = re.compile("实名|留(?:下)?(?:名|姓名|电话|联系)")
MASKED_NAME = re.compile("〔姓名#[0-9a-f]{8}〕")
OWN_NAME = re.compile(r"我(?:叫|是|的?名字[是叫]?)?\s?(〔姓名#[0-9a-f]{8}〕)")
NOT_NAME = re.compile(r"〔[^〕]*〕|[,，]?\s?(?:电话|手机).*|\s?[0-9-]{5,}.*")
PLAIN_NAME = re.compile(r"(?:我?叫|我是|姓名[是:： ]*|我?名字[是叫:： ]*)?\s?([\u4e00-\u9fff·•]{2,15}?)[。,， ]*")
NO_NAME = re.compile("[不没吗呢]|什么|匿名|实名|保密|跳过|随便")
UNKNOWN = re.compile("(?:我|也|都|真)*(?:不知道|不清楚|不记得|记不清|说不清|不想说|不方便说|跳过|略过|下一[个步项])[了的吧啊呀。!！,， ]*")
NOTHING = re.compile("(?:我|都|暂时|目前|现在)*(?:不|没)")
LEAD_IN = re.compile("^(?:〔位置〕|就?在|地点[是在:： ]*|地址[是在:： ]*)")
