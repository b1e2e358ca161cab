"""How the board names what the tables hold: topics, reasons of handoffs, decisions."""

from __future__ import annotations

TOPICS = {
    "办事指南": ("ask_guide", "find_office"),
    "查进度": ("query_progress", "query_case", "track_delivery"),
    "投诉举报": ("file_report", "add_evidence"),
    "备案登记": ("file_residence", "file_ride", "file_bank_identity", "file_filing"),
    "预约": ("book_appointment", "cancel_appointment"),
    "起名": ("check_name", "ask_naming"),
    "评价与来信": ("rate_service", "write_letter", "answer_survey"),
    "公告预警": ("ask_notice",),
    "转人工": ("request_handoff",),
    "险情": ("emergency",),
    "身份绑定": ("bind_identity",),
}
"""Topic -> intents; what is in none is 其他."""
OTHER = "其他"
TOPIC_OF = {intent: topic for topic, intents in TOPICS.items() for intent in intents}
REASONS = {
    "request": "群众要求", "fallback": "两次没听懂", "emergency": "险情", "report": "举报需要人", "filing": "备案需要人", "appointment": "预约需要人",
    "letter": "来信需要人", "failure": "系统故障", "language": "外文", "risk": "高风险事项", "held": "待审超时",
}  # fmt: skip
MARKS = {"quality": "办理质量", "procedure": "手续流程", "attitude": "服务态度"}
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def topic_of(intent: str | None) -> str:
    """The topic of an intent."""
    return TOPIC_OF.get(intent or "", OTHER)


def reason_of(reason: str) -> str:
    """The reason of a handoff in words."""
    return REASONS.get(reason, reason)


def span(seconds: float | None) -> str:
    """A length of time as people say it: `42 秒`, `3 分 5 秒`, `2 小时 14 分`, `3 天 4 小时`; a dash where there is none."""
    if seconds is None:
        return "—"
    whole = max(0, round(seconds))
    for unit, name, part, below in ((86_400, "天", 3600, "小时"), (3600, "小时", 60, "分"), (60, "分", 1, "秒")):
        if whole >= unit:
            rest = whole % unit // part
            return f"{whole // unit} {name} {rest} {below}" if rest else f"{whole // unit} {name}"
    return f"{whole} 秒"


def share(part: float, whole: float) -> float | None:
    """Percent with one decimal; None of nothing."""
    return round(100 * part / whole, 1) if whole else None
