"""How a case reads on a page: words, colour and shape of its kind, state, urgency and deadline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from weijing.privacy import mask_for_log
from weijing.workdays import OFFICE_HOURS, SHANGHAI, is_workday, workdays_between

KINDS = {"application": "申请", "report": "投诉举报", "letter": "局长信箱", "filing": "登记备案", "follow_up": "差评回访"}


@dataclass(frozen=True)
class Badge:
    """Status is word, colour (a class of `parts.css`) and shape (an icon), never colour alone."""

    word: str
    tone: str = ""
    icon: str = ""


STATES = {
    "received": Badge("收件", "info", "inbox"), "accepted": Badge("受理", "info", "clipboard-check"), "supplement": Badge("补正", "soon", "hourglass"),
    "processing": Badge("办理", "info", "progress"), "completed": Badge("办结", "good", "circle-check"), "delivered": Badge("送达", "good", "mail-check"),
    "followed_up": Badge("回访", "good", "phone-check"), "refused": Badge("不予受理", "", "circle-x"), "withdrawn": Badge("撤回", "", "arrow-back-up"),
}  # fmt: skip
DEEDS = {
    "accepted": "受理", "refused": "不予受理", "supplement": "转入补正", "processing": "开始办理", "completed": "办结", "delivered": "标记送达",
    "followed_up": "完成回访",
}  # fmt: skip
"""State -> the verb on the button that brings a case there."""
PATHS = {
    "application": ("received", "accepted", "processing", "completed", "delivered", "followed_up"),
    "filing": ("received", "accepted", "processing", "completed", "delivered", "followed_up"),
    "report": ("received", "accepted", "processing", "completed", "followed_up"),
    "letter": ("received", "accepted", "processing", "completed", "followed_up"),
    "follow_up": ("received", "processing", "completed"),
}
"""Kind -> the usual way, as the stepper shows it."""
OWED = frozenset({"refused", "completed", "supplement"})
"""States that the public is told with a reason."""
ASKED = frozenset({"report", "filing"})
"""Kinds whose citizen is asked in the chat."""
URGENCIES = {
    "critical": Badge("危急", "bad", "alert-octagon"), "high": Badge("紧急", "soon", "alert-triangle"), "normal": Badge("一般"), "low": Badge("较缓"),
}  # fmt: skip
WARNINGS = {"yellow": Badge("将到期", "soon", "clock-exclamation"), "red": Badge("已超期", "bad", "alert-octagon"), "none": Badge("未到预警")}
MODES = {"anonymous": "匿名", "named": "实名", "sealed": "身份密封"}
MEDIA = {"image": ("图片", "photo"), "voice": ("语音", "microphone"), "video": ("视频", "video"), "file": ("文件", "file")}
"""Kind of evidence -> word and icon."""
ACTS = {
    "step": "业务系统更新", "answered": "群众已答复", "transition": "流转", "assign": "分派", "ask": "要求补充", "merge": "并案", "supervise": "督办",
    "note": "备注",
}  # fmt: skip
"""What a line of the internal history is."""
LEVELS = ("未督办", "一级督办", "二级督办", "三级督办")
RATED = {
    "matter": "评价的办件", "rated_unit": "被评单位", "quality": "办理质量", "procedure": "办理程序", "attitude": "服务态度",
    "good": "好", "fair": "一般", "poor": "差",
}  # fmt: skip
"""Names and marks of a follow-up's fields."""


def deadline(item: dict[str, Any], now: datetime) -> Badge | None:
    """How long is left in workdays, or by how many it is over; None where no clock runs.

    `now` is aware. The hours are office hours of today; a last day counts to the end of its office hours.
    """
    if item["state"] == "supplement":
        return Badge("等群众补充，期限暂停", "", "player-pause")
    if not item["due_on"] or item["merged_into"] or item["state"] not in {"received", "accepted", "processing"}:
        return None
    local, due = now.astimezone(SHANGHAI), date.fromisoformat(item["due_on"])
    tone, icon = {"yellow": ("soon", "clock-exclamation"), "red": ("bad", "alert-octagon")}.get(item["warning"], ("", "clock"))
    if due < local.date():
        over = workdays_between(due, local.date())
        return Badge(f"超期 {over} 天（工作日）" if over else "超期不到 1 个工作日", tone, icon)
    days, hours = workdays_between(local.date(), due), hours_left(local)
    words = " ".join(part for part in (f"{days} 天" if days else "", f"{hours} 小时" if hours else "") if part)
    return Badge(f"还剩 {words}（工作日）" if words else "今天到期", tone, icon)


def hours_left(local: datetime) -> int:
    """Whole office hours that are left of today (Shanghai time)."""
    if not is_workday(local.date()):
        return 0
    halves = [(datetime.combine(local.date(), opens, SHANGHAI), datetime.combine(local.date(), closes, SHANGHAI)) for opens, closes in OFFICE_HOURS]
    return int(sum((max(timedelta(), closes - max(opens, local)) for opens, closes in halves), timedelta()).total_seconds() // 3600)


def hidden(value: object) -> str:
    """A value with identifiers, names and house numbers hidden, as it stands on a page until somebody opens it with a reason."""
    return mask_for_log(str(value))


def hidden_name(name: str) -> str:
    """`赵**`."""
    return name[:1] + "*" * max(1, len(name) - 1)


def hidden_phone(phone: str) -> str:
    """`199****0001`."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "****"
