"""The words by which complaints and tips are told: kinds, topics, times and places in plain Chinese."""

from __future__ import annotations

import re

KINDS = {"投诉": "complaint", "举报": "tip"}
MODES = {"匿名": "anonymous", "实名": "named"}
"""What the user reads -> what the API takes."""
MEDIA = ("图片", "语音", "视频", "文件", "链接")
"""What may be sent as evidence."""
LOCATION = re.compile("〔位置〕.*")

OTHER = "其他"
TIP_TOPICS = {
    "赌博": "赌|老虎机|六合彩|炸金花|牌局",
    "涉黄": "卖淫|嫖|色情|淫秽",
    "毒品": "吸毒|贩毒|冰毒|大麻|制毒",
    "诈骗": "骗钱|骗子|传销|刷单|被骗",
    "枪爆": "枪支|持枪|弹药|爆炸|雷管|管制刀具",
    "非法集资": "集资|高息|庞氏|非法吸收",
    "安全生产": "消防通道|违规作业|烟花爆竹|易燃",
    "噪声": "噪音|扰民|太吵|广场舞",
    OTHER: "其它|别的",
}
COMPLAINT_TOPICS = {
    "态度": "骂|推脱|不耐烦|凶|吼|冷漠|爱理不理",
    "不作为": "不受理|不立案|不管|没人管|拖着|一直没|不给办|推诿|不出警",
    "乱收费": "多收|额外收|收费",
    "违法": "打人|刑讯|索贿|受贿|违规|滥用",
    OTHER: "其它|别的",
}
"""Topic -> other words for it. The names are the API's `topic`."""

COMPLAINT = re.compile("服务态度|窗口|民警|警察|派出所|不作为|乱收费|12389")
TIP = re.compile("举报|线索|检举|反映")
OPENING = re.compile(
    "^(?:你好|您好|警官|同志|[,，。 ])*(?:我)?(?:要|想|来|需要)?(?:匿名|实名)?"
    "(?:投诉|举报|反映|检举)(?:一下|个|你们)?(?:情况|问题|线索)?[:：,，。!！ ]*"
)  # fmt: skip
"""「我要举报：」 in front of the story."""

_WEEK = "(?:上|这|本)?(?:周|星期)[一二三四五六日天]|上周|上个月"
_DATE = r"(?:\d{4}年)?\d{1,2}月\d{1,2}[日号]"
_DAY = f"(?:今天|昨天|大?前天|昨日|今日|今早|今晚|昨晚|前晚|刚才|刚刚|最近|这几天|每天|每晚|{_WEEK}|{_DATE})"
_PART = "(?:的?(?:凌晨|清晨|早上|上午|中午|下午|傍晚|晚上|夜里|深夜|半夜|白天))?"
_FIGURE = "[0-9一二三四五六七八九十两]{1,3}"
TIME = re.compile(rf"{_DAY}{_PART}(?:\s?{_FIGURE}\s?[点时:：](?:半|{_FIGURE}分?)?)?(?:左右|多)?")

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
NAMED = re.compile("实名|留(?:下)?(?:名|姓名|电话|联系)")
MASKED_NAME = re.compile("〔姓名#[0-9a-f]{8}〕")
OWN_NAME = re.compile(r"我(?:叫|是|的?名字[是叫]?)?\s?(〔姓名#[0-9a-f]{8}〕)")
NOT_NAME = re.compile(r"〔[^〕]*〕|[,，]?\s?(?:电话|手机).*|\s?[0-9-]{5,}.*")
PLAIN_NAME = re.compile(r"(?:我?叫|我是|姓名[是:： ]*|我?名字[是叫:： ]*)?\s?([\u4e00-\u9fff·•]{2,15}?)[。,， ]*")
NO_NAME = re.compile("[不没吗呢]|什么|匿名|实名|保密|跳过|随便")
NOTHING = re.compile("(?:我|都|暂时|目前|现在)*(?:不|没)")
LEAD_IN = re.compile("^(?:〔位置〕|就?在|地点[是在:： ]*|地址[是在:： ]*)")
