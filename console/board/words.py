"""How the board names what the tables hold: topics, reasons of handoffs, decisions."""

from __future__ import annotations

TOPICS = {
    "办事指南": ("ask_guide", "find_office"),
    "查进度": ("query_progress", "query_case", "track_delivery", "follow_progress"),
    "投诉举报": ("file_report", "add_evidence", "withdraw_report"),
    "备案登记": ("file_residence", "file_ride", "file_bank_identity", "file_declaration", "check_in", "ride_contact"),
    "预约": ("book_appointment", "cancel_appointment"),
    "起名": ("check_name", "ask_naming"),
    "评价与来信": ("rate_service", "write_letter", "answer_survey"),
    "公告预警": ("ask_notice", "subscribe_notice"),
    "转人工": ("request_handoff",),
    "险情": ("emergency",),
    "身份绑定": ("bind_identity",),
}
"""Topic -> intents; what is in none is 其他."""
OTHER = "其他"
TOPIC_OF = {intent: topic for topic, intents in TOPICS.items() for intent in intents}
MARKS = {"quality": "办理质量", "procedure": "手续流程", "attitude": "服务态度"}
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def topic_of(intent: str | None) -> str:
    """The topic of an intent."""
    return TOPIC_OF.get(intent or "", OTHER)


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
