"""What the desk's codes are called on a page."""

from __future__ import annotations

REASONS = {
    "request": "群众要求", "fallback": "两次没听懂", "report": "投诉举报", "emergency": "紧急求助", "language": "外语", "filing": "办件要人看",
    "letter": "来信", "appointment": "预约", "risk": "问题要由人答", "failure": "系统出错", "held": "待审超时",
}  # fmt: skip
"""Why the bot gave a conversation away (`handoffs.reason`)."""
END_STATES = {"solved": "已解决", "transferred": "已转其他部门", "no_answer": "群众没有回音", "spam": "骚扰"}
"""How a conversation ended (`handoffs.end_state`)."""
URGENCIES = {"normal": "一般", "urgent": "加急", "critical": "危急"}
"""`conversations.urgency`."""
OWNERS = {"bot": "机器人接待", "waiting": "等人接", "staff": "坐席接待", "closed": "已办结"}
DEEDS = {"claimed": "认领", "transferred": "转给", "returned": "交回机器人", "closed": "办结", "released": "无人照看，放回待接", "left": "群众返回机器人或离开"}
"""`desk_deeds.deed`."""
STATES = {"sending": "发送中", "retry": "发送中", "delivered": "已送达", "held": "等待群众回复后送达", "dead": "未送达"}
"""How far a message to the user has come (`store.transcript.state_of`)."""
DECISIONS = {"answer": "回答", "clarify": "追问", "fallback": "没听懂", "held": "交人核对"}
"""What the bot decided (`turns.decision`)."""
KINDS = {
    "image": "图片", "voice": "语音", "video": "视频", "file": "文件", "location": "位置", "link": "链接", "form": "表单", "event": "操作",
    "unknown": "不支持的消息",
}  # fmt: skip
"""`messages.kind`, where it is no text."""
AGES = {"5": "等了 5 分钟以上", "15": "等了 15 分钟以上", "60": "等了 1 小时以上", "1440": "等了 1 天以上"}
"""Choices of the filter by age: minutes -> words."""


def reason_words(reason: str | None) -> str:
    """「两次没听懂」; a reason without words is shown as it is."""
    return REASONS.get(reason or "", reason or "")


def citizen(openid: str) -> str:
    """How a citizen is called: WeChat tells no names, so the end of the openid tells two apart."""
    return f"群众 {openid[-4:]}"
